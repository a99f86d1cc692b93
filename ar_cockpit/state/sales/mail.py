"""Whether the week's changes come by mail, as a sales owner chooses it on the own screen."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.services.limits import weekly
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState


class SalesMailState(SessionState):
    """The choice, for who sells."""

    is_offered: bool = False
    is_wanted: bool = False

    @rx.event
    @allowed(Permission.VIEW_STANDING)
    def load(self) -> None:
        """Read the choice."""
        with reading() as session:
            wanted = weekly.wants(session, self.actor)
        self.is_offered, self.is_wanted = wanted is not None, bool(wanted)

    @rx.event
    @allowed(Permission.VIEW_STANDING)
    def choose(self, is_on: bool) -> None:
        """Let the mail come, or not."""
        if not self.is_offered:
            return
        with transaction() as session:
            weekly.choose(session, self.actor, wanted=is_on is True)
        self.is_wanted = is_on is True
        self._notify("ok", self._say("weekly.on" if self.is_wanted else "weekly.off"))
