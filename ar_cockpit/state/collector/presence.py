"""Who has a customer open: said to colleagues while one is at it, and how to take over."""

from __future__ import annotations

from contextlib import suppress

import reflex as rx

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import BusyError
from ar_cockpit.services import clock
from ar_cockpit.services.collecting.sharing import claims
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.frame.access import allowed

_ALIVE_WITHIN = 0.2  # seconds
_WORK = Permission.WORK_CUSTOMERS


class CollectorPresence(CollectorState):
    """What a tab tells the others."""

    @rx.event
    @allowed(Permission.VIEW_QUEUE)
    def arrive(self) -> None:
        """Say that the customer that is open is being worked on; once more every few seconds, as a sign of life."""
        if not self._may(_WORK) or self.as_of != self.today:
            return
        # A sign of life that finds no turn is given with the next one: nobody is to wait for it.
        with suppress(BusyError), transaction(patience=_ALIVE_WITHIN) as session:
            if self._customer_id:
                claims.take(session, self.actor, self._customer_id, at=clock.now())
            else:
                claims.let_go(session, self.actor)

    @rx.event
    @allowed(_WORK)
    def take_over(self) -> None:
        """Take the customer from whoever has it; their screen says so."""
        with transaction() as session:
            claims.take_over(session, self.actor, self._customer_id, at=clock.now())
        self._taken.pop(self._customer_id, None)
        self.taken_words = ""
        self._forget_day()
