"""The longer acts: promises of several dates, who answers a dispute, payment plans, and what finance is asked for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.commitments import MOST_DATES, answer_due
from ar_cockpit.domain.collecting.plans import Every, Terms
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.domain.money import Money, decimal_string, to_minor
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import cases, plans, proposals
from ar_cockpit.services.collecting.cases import Colleague
from ar_cockpit.services.collecting.plans import Offer
from ar_cockpit.state.collector.acts import PROMISE_DAYS, CollectorActs
from ar_cockpit.state.collector.moving import on_screen
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.display.days import read_day
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice

_WORK = Permission.WORK_CUSTOMERS
COUNTS = tuple(str(count) for count in (2, 3, 4, 5, 6, 8, 10, 12, 18, 24, 36))
ASKS = (proposals.HOLD, proposals.WRITE_OFF)
FIRST_DAYS = 14
USUAL = "*"  # whoever answers such disputes; a menu's entry may not be empty


@dataclass
class PromisePart:
    """A further date of a promise, as it is proposed."""

    place: str
    day: str
    amount: str


@dataclass
class InstalmentLine:
    """An instalment, ready to draw."""

    place: str
    day: str
    amount: str
    interest: str


class CollectorAgreeing(CollectorActs):
    """What the longer forms hold."""

    later: list[PromisePart] = []
    first_amount: str = ""
    parts_key: str = ""
    owner: str = USUAL
    owners: list[Choice] = []
    tellable: list[Choice] = []
    to_tell: list[Choice] = []  # who of them is told of the dispute besides its owner
    told_emails: str = ""  # the same, as the form hands them in
    answer_by: str = ""
    plan_count: str = "3"
    plan_every: str = Every.MONTH.value
    plan_first: str = ""
    plan_down: str = ""
    plan_bears: bool = False
    plan_lines: list[InstalmentLine] = []
    plan_total: str = ""
    plan_law: str = ""
    plan_approval: str = ""
    plan_error: str = ""
    ask_for: str = proposals.HOLD
    _offered_for: str = ""

    @rx.event
    @allowed(_WORK)
    async def prepare_agreeing(self) -> None:
        """Lay the longer forms out for the customer that is open."""
        self._lay_parts(0)
        self.answer_by = answer_due(self.as_of_date).isoformat()
        if self._offered_for != self.form_key:
            self._offered_for, self.plan_count, self.plan_every = self.form_key, "3", Every.MONTH.value
            self.plan_first = (self.as_of_date + timedelta(days=FIRST_DAYS)).isoformat()
            self.plan_down, self.plan_bears, self.ask_for, self.owner = "", False, proposals.HOLD, USUAL
            self._tell_these([])
        if self.act == "dispute" and self._customer_id:
            found = await asyncio.to_thread(_colleagues, self.actor, self._customer_id)
            self.tellable = [_choice(one) for one in found]
            self.owners = [Choice(USUAL, self._say("agreements.owner.usual")), *self.tellable]
        await self._work_out()

    @rx.event
    @allowed(_WORK)
    def add_date(self) -> None:
        """Share the promise among one date more."""
        self._lay_parts(min(len(self.later) + 1, MOST_DATES - 1))

    @rx.event
    @allowed(_WORK)
    def drop_date(self) -> None:
        """Share the promise among one date less."""
        self._lay_parts(max(len(self.later) - 1, 0))

    @rx.event
    @allowed(_WORK)
    def choose_owner(self, owner: str) -> None:
        """Choose who answers the dispute."""
        self.owner = owner if owner in {one.value for one in self.owners} else USUAL

    @rx.event
    @allowed(_WORK)
    def tell_also(self, email: str) -> None:
        """Tell one colleague more of the dispute, or one less."""
        known = {one.value: one for one in self.tellable}
        others = [one for one in self.to_tell if one.value != email]
        is_new = len(others) == len(self.to_tell) and email in known
        self._tell_these([*others, known[email]] if is_new else others)

    def _tell_these(self, who: list[Choice]) -> None:
        self.to_tell, self.told_emails = who, " ".join(one.value for one in who)

    @rx.event
    @allowed(_WORK)
    async def set_plan(self, name: str, value: str) -> None:
        """Change the terms of the plan, and see what it would be."""
        offered = {"plan_count": COUNTS, "plan_every": tuple(Every)}
        if name in {"plan_first", "plan_down"} or value in offered.get(name, ()):
            setattr(self, name, str(value)[:40])
        await self._work_out()

    @rx.event
    @allowed(_WORK)
    async def set_bears(self, is_wanted: bool) -> None:
        """Let the plan bear the interest of the law, or not."""
        self.plan_bears = bool(is_wanted)
        await self._work_out()

    @rx.event
    @allowed(_WORK)
    async def work_out(self) -> None:
        """Work the plan out anew, as for other invoices."""
        self._lay_parts(len(self.later))
        await self._work_out()

    @rx.event
    @allowed(_WORK)
    @on_screen
    def agree_plan(self, form: dict[str, Any]) -> Any:
        """Record the plan for the selected invoices."""
        self.plan_error = ""
        try:
            with transaction() as session:
                line = reach.customer(session, self.actor, _WORK, self._key())
                chosen = reach.invoices(session, self.actor, _WORK, self._ids(), self.as_of_date)
                agreed = (self._terms(), str(form.get("note", "")))
                when, bears = self._when(), self.plan_bears
                done = plans.agree(session, self.actor, line, chosen, agreed, when, with_interest=bears)
        except InputError as error:
            self.plan_error = self._refusal(error)
            return None
        return self._done("agreements.plan.waits" if self.plan_approval else "agreements.plan.agreed", done)

    @rx.event
    @allowed(_WORK)
    def choose_asking(self, kind: str) -> None:
        """Choose what finance is asked for."""
        self.ask_for = kind if kind in ASKS else self.ask_for

    @rx.event
    @allowed(_WORK)
    @on_screen
    def ask_finance(self, form: dict[str, Any]) -> Any:
        """Propose a hold, or a write-off of the selected invoices."""
        reason, when = str(form.get("note", "")), self._when()
        with transaction() as session:
            if self.ask_for == proposals.HOLD:
                done = proposals.propose_hold(session, self.actor, self._key(), reason, when)
            else:
                chosen = reach.invoices(session, self.actor, _WORK, self._ids(), self.as_of_date)
                done = proposals.propose_write_off(session, self.actor, chosen, reason, when)
        return self._done(f"agreements.asked.{self.ask_for}", done)

    def _ids(self) -> list[int]:
        return [int(key) for key in self.selected]

    def _lay_parts(self, later: int) -> None:
        """Propose as many further dates, a month apart, each with its share of what is selected."""
        currencies = {self._currency_of[key] for key in self.selected if key in self._currency_of}
        shares = [""] * (later + 1)
        if len(currencies) == 1:
            currency = currencies.pop()
            total = Money(sum(self._open_minor[key] for key in self.selected), currency)
            shares = [decimal_string(part.minor, currency) for part in total.split(later + 1)]
        first = self.as_of_date + timedelta(days=PROMISE_DAYS)
        self.first_amount = shares[0]
        self.later = [
            PromisePart(str(place), (first + timedelta(days=30 * place)).isoformat(), share)
            for place, share in enumerate(shares[1:], 1)
        ]
        self.parts_key = f"{self.form_key}:{later}:{shares[0]}"

    def _terms(self) -> Terms:
        currencies = {self._currency_of[key] for key in self.selected if key in self._currency_of}
        down = 0
        if self.plan_down.strip() and len(currencies) == 1:
            down = to_minor(read_amount(self.plan_down, self.language), currencies.pop())
        return Terms(read_day(self.plan_first), int(self.plan_count), Every(self.plan_every), down)

    async def _work_out(self) -> None:
        self.plan_error, self.plan_lines, self.plan_total, self.plan_law, self.plan_approval = "", [], "", "", ""
        if self.act != "plan" or not self.has_record:
            return
        if not self.selected:
            self.plan_error = self._say("agreements.plan.choose")
            return
        try:
            asked = (self._customer_id, self._ids(), self._terms(), self.as_of_date, self.plan_bears)
            self._show(await asyncio.to_thread(_offer, self.actor, *asked))
        except (InputError, RefusedError) as error:
            self.plan_error = self._refusal(error)

    def _show(self, offer: Offer) -> None:
        currency, language = offer.total.currency, self.language
        self.plan_lines = [
            InstalmentLine(
                str(place),
                rows.weekday_year(one.due_on, language),
                rows.money_cents(one.total_minor, currency, language),
                rows.money_cents(one.interest_minor, currency, language) if one.interest_minor else "",
            )
            for place, one in enumerate(offer.instalments, 1)
        ]
        whole = sum(one.total_minor for one in offer.instalments)
        self.plan_total = rows.money_cents(whole, currency, language)
        if offer.rate is not None:
            law = self._say(
                "agreements.plan.law",
                rate=rows.number(offer.rate, language, 2),
                accrued=rows.money_cents(offer.accrued_minor, currency, language),
                running=rows.money_cents(offer.running_minor, currency, language),
                fixed=rows.money_cents(offer.fixed_minor, currency, language),
            )
            self.plan_law = f"{law} {refusal(language, offer.problem)}".strip()
        needs = offer.needs_approval and not self._may(Permission.APPROVE_STEP)
        self.plan_approval = self._say("agreements.plan.approval") if needs else ""


def _choice(one: Colleague) -> Choice:
    return Choice(one.email, one.name)


def _colleagues(actor: Actor, customer_id: int) -> list[Colleague]:
    with reading() as session:
        line = reach.customer(session, actor, _WORK, customer_id)
        return cases.colleagues(session, actor, line.company_id)


def _offer(actor: Actor, customer_id: int, ids: list[int], terms: Terms, on: date, bears: bool) -> Offer:
    with reading() as session:
        line = reach.customer(session, actor, _WORK, customer_id)
        chosen = reach.invoices(session, actor, _WORK, ids, on)
        return plans.offer(session, actor, line, chosen, terms, on, with_interest=bears)
