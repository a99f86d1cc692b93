"""Ending an agreement before its day, from the list where it stands: asked with a reason, and taken back at once."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx
from sqlmodel import Session

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import undo
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.state.agreements.shown import AgreementList
from ar_cockpit.state.frame.access import allowed


class EndedBeforeItsDay(AgreementList, mixin=True):
    """The dialog that ends one agreement of the list."""

    ENDED: ClassVar[str]  # the words that say so

    about: str = ""
    ending: str = ""

    @rx.event
    @allowed(Permission.WORK_CUSTOMERS)
    def ask_ending(self, key: str, about: str) -> None:
        """Open the dialog; an empty key shuts it."""
        self.ending, self.about = key, about

    @rx.event
    @allowed(Permission.WORK_CUSTOMERS)
    def end(self, form: dict[str, Any]) -> Any:
        """End it, saying why."""
        when, key = self._when(), int(self.ending)
        with transaction() as session:
            done = self._end(session, key, str(form.get("reason", "")), when)
        self.ending = ""
        self._notify("ok", self._say(self.ENDED), undo=type(self).take_back(done))
        return type(self).load

    @rx.event
    @allowed(Permission.WORK_CUSTOMERS)
    def take_back(self, touchpoint_id: int) -> Any:
        """Let it stand again."""
        with transaction() as session:
            undo.undo(session, self.actor, touchpoint_id, at=clock.now())
        self._notify("ok", self._say("shell.undone"))
        return type(self).load

    def _end(self, session: Session, key: int, reason: str, when: Moment) -> int:
        """End what the list is of, and return the touchpoint that tells it."""
        raise NotImplementedError  # each list knows its own
