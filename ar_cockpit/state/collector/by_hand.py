"""A customer taken by hand, so that no reminder goes to it by itself, and set back."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.services.collecting import holds
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.frame.access import allowed

_WORK = Permission.WORK_CUSTOMERS


class CollectorByHand(CollectorActs):
    """The dialog that asks why."""

    is_taking: bool = False

    @rx.event
    @allowed(_WORK)
    def ask_taking(self, is_open: bool) -> None:
        """Open or shut the dialog."""
        self.is_taking = bool(is_open)

    @rx.event
    @allowed(_WORK)
    def on_hand_key(self, _key: str) -> Any:
        """``m`` takes the customer by hand, asking why, or sets it back."""
        if self.record.by_hand:
            return CollectorByHand.give_back
        self.is_taking = self.has_record
        return None

    @rx.event
    @allowed(_WORK)
    def take_by_hand(self, form: dict[str, Any]) -> Any:
        """Take the customer out of the reminders that go by themselves."""
        self.is_taking = False
        with transaction() as session:
            done = holds.mark_manual(session, self.actor, self._key(), str(form.get("reason", "")), self._when())
        return self._stay("collector.by_hand.done", done)

    @rx.event
    @allowed(_WORK)
    def give_back(self) -> Any:
        """Let reminders go by themselves again."""
        with transaction() as session:
            done = holds.unmark_manual(session, self.actor, self._key(), self._when())
        return self._stay("review.by_hand.back", done)
