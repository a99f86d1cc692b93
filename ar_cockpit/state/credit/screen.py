"""The credit screen: requests to decide, limits to look at, alerts, holds, what groups owe together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError, InputError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import holds
from ar_cockpit.services.limits import looking, requests
from ar_cockpit.services.limits.requests import LimitWish
from ar_cockpit.services.people.colleagues import names_of
from ar_cockpit.state.credit import rows as credit_rows
from ar_cockpit.state.credit.rows import AlertItem, GroupItem, HeldItem, RequestItem, ReviewItem
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.display.days import read_day_if_any
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.filters import record_address

_SEE, _SET = Permission.APPROVE_CREDIT, Permission.SET_CREDIT


@dataclass
class _Seen:
    """What the services told."""

    requests: list[Any] = field(default_factory=list)
    reviews: tuple[list[Any], int] = ((), 0)  # type: ignore[assignment]  # an empty one serves
    alerts: tuple[list[Any], int] = ((), 0)  # type: ignore[assignment]  # likewise
    held: list[Any] = field(default_factory=list)
    groups: list[Any] = field(default_factory=list)
    levels: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


class CreditState(SessionState):
    """The lists, and what is done with their rows."""

    tab: str = "requests"
    is_loaded: bool = False
    waiting: list[RequestItem] = []
    reviews: list[ReviewItem] = []
    review_words: str = ""
    alerts: list[AlertItem] = []
    alert_words: str = ""
    held: list[HeldItem] = []
    groups: list[GroupItem] = []
    standing_words: str = ""
    dialog: str = ""  # limit, hold, refuse or none
    dialog_error: str = ""
    dialog_customer: str = ""
    _deciding: int = 0

    @rx.event
    @allowed(_SEE)
    async def load(self) -> None:
        """Fill the lists."""
        self.tab = self.params.get("tab", "requests")
        await self._load()

    @rx.event
    @allowed(_SEE)
    async def approve(self, key: int) -> None:
        """Say yes to the next step of a request."""
        if key not in [one.key for one in self.waiting]:
            return
        with transaction() as session:
            state = requests.approve(session, self.actor, key, "", self._when_today())
        self._notify("ok", self._say("credit.approved" if state == requests.APPROVED else "credit.one_step"))
        await self._load()

    @rx.event
    @allowed(_SEE)
    def ask_refusal(self, key: int) -> None:
        """Ask why a request is refused."""
        found = next((one for one in self.waiting if one.key == key), None)
        if found:
            self.dialog, self.dialog_error, self.dialog_customer = "refuse", "", found.customer
            self._deciding = key

    @rx.event
    @allowed(_SEE)
    async def refuse(self, form: dict[str, Any]) -> None:
        """Say no to the request, with the reason."""
        try:
            with transaction() as session:
                requests.refuse(session, self.actor, self._deciding, str(form.get("reason", "")), self._when_today())
        except InputError as error:
            self.dialog_error = self._refusal(error)
            return
        self.dialog = ""
        self._notify("ok", self._say("credit.refused"))
        await self._load()

    @rx.event
    @allowed(_SET)
    async def keep(self, key: int) -> None:
        """Keep a limit as it is for another year."""
        if key not in [one.key for one in self.reviews]:
            return
        with transaction() as session:
            looking.keep(session, self.actor, key, self._when_today())
        self._notify("ok", self._say("credit.kept"))
        await self._load()

    @rx.event
    @allowed(_SET)
    async def release(self, key: int) -> None:
        """Release a hold."""
        found = next((one for one in self.held if one.key == key), None)
        if found is None:
            return
        with transaction() as session:
            line = reach.customer(session, self.actor, Permission.WORK_CUSTOMERS, key)
            holds.release_hold(session, self.actor, line, self._when_today())
        self._notify("ok", self._say("credit.released", name=found.customer))
        await self._load()

    @rx.event
    @allowed(_SET)
    def open_dialog(self, name: str, customer: str) -> None:
        """Open the form for a limit or a hold, of a customer if one is named."""
        if name in {"limit", "hold"}:
            self.dialog, self.dialog_error, self.dialog_customer = name, "", customer

    @rx.event
    @allowed(_SEE)
    def close_dialog(self, _is_open: bool) -> None:
        """Shut the form; nothing is kept of it."""
        self.dialog = ""

    @rx.event
    @allowed(_SET)
    async def set_limit(self, form: dict[str, Any]) -> None:
        """Ask for a limit, which sets it where the policy lets this person."""
        try:
            insured = str(form.get("insured", "")).strip()
            wish = LimitWish(
                read_amount(form.get("amount", ""), self.language),
                str(form.get("reason", "")),
                read_day_if_any(form.get("until")),
                read_amount(insured, self.language) if insured else None,
            )
            with transaction() as session:
                line = self._line(session, form)
                state = requests.ask(session, self.actor, line.customer_id, wish, self._when_today())
        except CockpitError as error:
            self.dialog_error = self._refusal(error)
            return
        self.dialog = ""
        said = "credit.set" if state == requests.APPROVED else "credit.asked"
        self._notify("ok", self._say(said, name=line.name))
        await self._load()

    @rx.event
    @allowed(_SET)
    async def set_hold(self, form: dict[str, Any]) -> None:
        """Put a customer on hold, with reason and end."""
        try:
            until, reason = read_day_if_any(form.get("until")), str(form.get("reason", ""))
            with transaction() as session:
                line = self._line(session, form)
                holds.set_hold(session, self.actor, line, reason, self._when_today(), until)
        except CockpitError as error:
            self.dialog_error = self._refusal(error)
            return
        self.dialog = ""
        self._notify("ok", self._say("credit.held", name=line.name))
        await self._load()

    def _line(self, session: Any, form: dict[str, Any]) -> Any:
        company, _, code = str(form.get("customer", "")).strip().rpartition("/")
        return reach.customer_coded(session, self.actor, _SET, code, company or self.company)

    async def _load(self) -> None:
        seen = await asyncio.to_thread(_look, self.actor, self.as_of_date, self.company, self._may(_SET))
        language, names = self.language, seen.names

        def href(company: str, code: str) -> str:
            return record_address(self, company, code)

        self.waiting = []
        for one in seen.requests:
            item = credit_rows.request_item(one, names, href, language, self.user_email)
            item.may_decide = requests.may_approve(self.actor, one)
            self.waiting.append(item)
        found, total = seen.reviews
        self.reviews = [credit_rows.review_item(one, names, href, self.as_of_date, language) for one in found]
        self.review_words = self._count("credit.reviews", total, shown=len(found))
        told, alerts = seen.alerts
        self.alerts = [credit_rows.alert_item(one, href, language) for one in told]
        self.alert_words = self._count("credit.alerts", alerts, shown=len(told))
        self.held = [credit_rows.held_item(one, names, href, language) for one in seen.held]
        self.groups = [credit_rows.group_item(one, href, language) for one in seen.groups]
        levels = {level: seen.levels.get(level, 0) for level in ("hold", "watch", "ok")}
        self.standing_words = self._say("credit.levels", **levels) if any(levels.values()) else ""
        self.is_loaded = True


def _look(actor: Actor, on: date, company: str, sets: bool) -> _Seen:
    with reading() as session:
        seen = _Seen(requests=requests.waiting(session, actor, company))
        if sets:
            seen.reviews = looking.reviews(session, actor, on, company)
            seen.alerts = looking.alerts(session, actor, company)
            seen.held = looking.held(session, actor, on, company)
            seen.groups = looking.exposures(session, actor, on, company)
            seen.levels = looking.levels(session, actor, company)
        known = {one.asked_by for one in seen.requests} | {one.set_by for one in seen.held}
        known |= {one.reviewed_by for one in seen.reviews[0] if one.reviewed_by}
        known |= {done["by"] for one in seen.requests for done in one.steps_done}
        seen.names = names_of(session, known)
        return seen
