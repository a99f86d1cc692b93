"""The list of disputes: who answers what by when; answered by its owner, handed over by the collector."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.listing import DISPUTES
from ar_cockpit.domain.errors import InputError
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import cases, undo
from ar_cockpit.services.collecting.cases import Colleague
from ar_cockpit.services.lists.agreements import Page
from ar_cockpit.state.agreements.shown import AgreementList, Figure
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.days import read_day_if_any
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState

_SEES = Permission.VIEW_CUSTOMERS
_KINDS = {"open": "info", "answered": "ok", "late": "bad"}


@dataclass
class DisputeItem:
    """A dispute, ready to draw."""

    key: str
    customer: str
    customer_href: str
    company: str
    invoice: str
    reason: str
    amount: str
    opened_on: str
    age: str
    due_on: str
    clock: str
    clock_kind: str
    owner: str
    words: str
    is_open: bool
    may_answer: bool


class DisputesState(AgreementList, SessionState):
    """One page of disputes, and the dialogs of one of them."""

    items: list[DisputeItem] = []
    answering: str = ""
    handing: str = ""
    about: str = ""
    new_owner: str = ""
    colleagues: list[Choice] = []
    dialog_error: str = ""

    @rx.event
    @allowed(_SEES)
    async def load(self) -> None:
        """Fill the list from the address."""
        found = await self._ask(DISPUTES)
        self._around(found, "disputes")
        self.items = [self._item(row, found) for row in found.rows]
        currency, (count, days) = found.asked.currency, found.kpis["cycle"]
        part, whole = found.kpis["share"]
        share = rows.percent(part / whole if whole > 0 else None, self.language)
        average = self._count("agreements.days", round(days)) if days is not None else rows.NOT_AVAILABLE
        standing = self._sum_of(found.ages, found.asked.listing.age_keys, currency)
        self.figures = [
            Figure(self._say("agreements.kpi.cycle"), average, self._count("agreements.kpi.cycle.of", count)),
            Figure(self._say("agreements.kpi.share"), share, rows.money(part, currency, self.language)),
            Figure(self._say("agreements.kpi.disputed"), standing),
        ]

    @rx.event
    @allowed(_SEES)
    def ask_answer(self, key: str, about: str) -> None:
        """Open the dialog in which a dispute is answered; an empty key shuts it."""
        self.answering, self.about, self.dialog_error = key, about, ""

    @rx.event
    @allowed(_SEES)
    def answer(self, form: dict[str, Any]) -> Any:
        """Write the answer down: the clock stops."""
        with transaction() as session:
            done = cases.answer(session, self.actor, int(self.answering), str(form.get("answer", "")), self._when())
        self.answering = ""
        self._notify("ok", self._say("agreements.answered"), undo=DisputesState.take_back(done))
        return DisputesState.load

    @rx.event
    @allowed(Permission.WORK_CUSTOMERS)
    async def ask_handing(self, key: str, about: str) -> None:
        """Open the dialog in which a dispute gets another owner; an empty key shuts it."""
        self.handing, self.about, self.dialog_error, self.new_owner = key, about, "", ""
        if key:
            found = await asyncio.to_thread(_colleagues, self.actor, int(key))
            self.colleagues = [Choice(one.email, one.name) for one in found]

    @rx.event
    @allowed(Permission.WORK_CUSTOMERS)
    def choose_owner(self, owner: str) -> None:
        """Choose who answers it."""
        self.new_owner = owner if owner in {one.value for one in self.colleagues} else ""

    @rx.event
    @allowed(Permission.WORK_CUSTOMERS)
    def hand_over(self, form: dict[str, Any]) -> Any:
        """Give the dispute to the chosen owner."""
        try:
            until, key = read_day_if_any(form.get("until")), int(self.handing)
            with transaction() as session:
                done = cases.hand_over(session, self.actor, key, self.new_owner, until, self._when())
        except InputError as error:
            self.dialog_error = self._refusal(error)
            return None
        self.handing = ""
        self._notify("ok", self._say("agreements.handed"), undo=DisputesState.take_back(done))
        return DisputesState.load

    @rx.event
    @allowed(Permission.WRITE_NOTE, Permission.WORK_CUSTOMERS)
    def take_back(self, touchpoint_id: int) -> Any:
        """Undo what was done to a dispute."""
        with transaction() as session:
            undo.undo(session, self.actor, touchpoint_id, at=clock.now())
        self._notify("ok", self._say("shell.undone"))
        return DisputesState.load

    def _item(self, row: Any, found: Page) -> DisputeItem:
        is_open = row.state != "closed"
        works = self._may(Permission.WORK_CUSTOMERS)
        answers = row.owner == self.actor.email or works
        ended = self._say(f"dispute.outcome.{row.outcome}") if row.outcome else self._say("agreements.dispute.closed")
        return DisputeItem(
            key=str(row.id),
            customer=row.customer_name,
            customer_href=self._record(row),
            company=row.company,
            invoice=row.invoice,
            reason=self._say(f"dispute.{row.reason or 'other'}"),
            amount=self._cents(row, row.amount_minor),
            opened_on=self._date(row.opened_on) if row.opened_on_is_known else "",
            age=self._count("agreements.days", max(0, row.age)) if row.opened_on_is_known else rows.NOT_AVAILABLE,
            due_on=self._date(row.answer_due_on),
            clock=self._clock(row) if is_open else ended,
            clock_kind=_KINDS.get(row.state, ""),
            owner=found.names.get(row.owner, row.owner),
            words=row.resolution or row.answer or row.note,
            is_open=row.closed_on == OPEN_END and is_open,
            may_answer=answers and row.state in {"open", "late"},
        )

    def _clock(self, row: Any) -> str:
        if row.state == "answered":
            return self._say("agreements.dispute.answered")
        left = row.days_left
        return self._count("agreements.clock.left" if left >= 0 else "agreements.clock.over", abs(left))


def _colleagues(actor: Actor, dispute_id: int) -> list[Colleague]:
    with reading() as session:
        return cases.colleagues_of(session, actor, dispute_id)
