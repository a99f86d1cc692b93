"""What sales does with an order that was answered: keep it, give it back, ask for a limit."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.credit import Decision
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.services import order_checks, reach
from ar_cockpit.services.limits import requests
from ar_cockpit.services.limits.requests import LimitWish
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.sales.asking import wish_of
from ar_cockpit.state.sales.screen import SalesState


class OrdersState(SalesState):
    """The forms below the answer."""

    keep_error: str = ""
    is_asking_limit: bool = False
    limit_error: str = ""

    @rx.event
    @allowed(Permission.RESERVE_CREDIT)
    def keep(self, form: dict[str, Any]) -> Any:
        """Let the accepted order count against the limit until it is invoiced."""
        self.keep_error = ""
        try:
            wish = wish_of(self.params.get("order", ""), self.params.get("terms", ""), str(form.get("number", "")))
            with transaction() as session:
                line = reach.customer(session, self.actor, Permission.RESERVE_CREDIT, self._customer_id)
                done = order_checks.reserve(session, self.actor, line, wish, self._when())
        except CockpitError as error:
            self.keep_error = self._refusal(error)
            return None
        if done.answer.decision is not Decision.ACCEPT:
            self.keep_error = self._say("credit.order.changed")
            return SalesState.load
        self._notify("ok", self._say("credit.order.kept", number=str(form.get("number", "")).strip()))
        return rx.redirect(self._address(order="", terms=""))

    @rx.event
    @allowed(Permission.RESERVE_CREDIT)
    def give_back(self, key: int) -> Any:
        """Give back what an order keeps of the limit."""
        found = next((one for one in self.kept if one.key == key), None)
        if found is None:
            return None
        with transaction() as session:
            order_checks.release(session, self.actor, key, self._when())
        self._notify("ok", self._say("credit.order.released", number=found.number))
        return SalesState.load

    @rx.event
    @allowed(Permission.ASK_CREDIT)
    def start_asking_limit(self, is_open: bool) -> None:
        """Open or shut the form that asks for a limit."""
        self.is_asking_limit, self.limit_error = is_open, ""

    @rx.event
    @allowed(Permission.ASK_CREDIT)
    def ask_limit(self, form: dict[str, Any]) -> Any:
        """Ask for a limit; a credit manager sees it at once."""
        try:
            wish = LimitWish(read_amount(form.get("amount", ""), self.language), str(form.get("reason", "")))
            with transaction() as session:
                state = requests.ask(session, self.actor, self._customer_id, wish, self._when())
        except CockpitError as error:
            self.limit_error = self._refusal(error)
            return None
        self.is_asking_limit = False
        said = "credit.set" if state == requests.APPROVED else "credit.asked"
        self._notify("ok", self._say(said, name=self.card.name))
        return SalesState.load
