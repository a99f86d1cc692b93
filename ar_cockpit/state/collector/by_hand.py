"""A customer taken by hand, so that no reminder goes to it by itself, or put on hold; and set back."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import holds
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.moving import on_screen
from ar_cockpit.state.frame.access import allowed

_WORK = Permission.WORK_CUSTOMERS


class CollectorByHand(CollectorActs):
    """The dialogs that ask why."""

    is_taking: bool = False
    is_holding: bool = False

    @rx.event
    @allowed(_WORK)
    def ask_taking(self, is_open: bool) -> None:
        """Open or shut the dialog."""
        self.is_taking = bool(is_open)

    @rx.event
    @allowed(_WORK)
    def on_hand_key(self, _key: str, shown: str = "") -> Any:
        """``m`` takes the customer by hand, asking why, or sets it back."""
        if self.record.by_hand:
            return CollectorByHand.give_back(shown)
        self.is_taking = self.has_record
        return None

    @rx.event
    @allowed(_WORK)
    @on_screen
    def take_by_hand(self, form: dict[str, Any]) -> Any:
        """Take the customer out of the reminders that go by themselves."""
        self.is_taking = False
        with transaction() as session:
            done = holds.mark_manual(session, self.actor, self._key(), str(form.get("reason", "")), self._when())
        return self._done("collector.by_hand.done", done)

    @rx.event
    @allowed(_WORK)
    def give_back(self, shown: str = "") -> Any:
        """Let reminders go by themselves again."""
        if self._is_past(shown):
            return None
        with transaction() as session:
            done = holds.unmark_manual(session, self.actor, self._key(), self._when())
        return self._stay("review.by_hand.back", done)

    @rx.event
    @allowed(_WORK)
    @on_screen
    def set_hold(self, form: dict[str, Any]) -> Any:
        """Put the customer on hold."""
        self.is_holding = False
        with transaction() as session:
            line = reach.customer(session, self.actor, _WORK, self._key())
            done = holds.set_hold(session, self.actor, line, str(form.get("reason", "")), self._when())
        return self._done("collector.held", done)

    @rx.event
    @allowed(_WORK)
    def release_hold(self, shown: str = "") -> Any:
        """Release the customer's hold."""
        if self._is_past(shown):
            return None
        with transaction() as session:
            line = reach.customer(session, self.actor, _WORK, self._key())
            done = holds.release_hold(session, self.actor, line, self._when())
        return self._stay("collector.released", done)

    @rx.event
    @allowed(_WORK)
    def ask_holding(self, is_open: bool) -> None:
        """Open or shut the dialog that puts the customer on hold."""
        self.is_holding = is_open
