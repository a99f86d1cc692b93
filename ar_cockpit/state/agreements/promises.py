"""The list of promises: what was promised for when, what came of it, and how often promises are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.listing import PROMISES
from ar_cockpit.services.collecting import ending
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.lists.agreements import Page
from ar_cockpit.state.agreements.ended import EndedBeforeItsDay
from ar_cockpit.state.agreements.shown import Figure
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_KINDS = {"kept": "ok", "partly": "watch", "broken": "bad", "open": "info"}
_AHEAD, _LATE = ("later", "week"), ("1-7", "8-30", "over_30")


@dataclass
class PromiseItem:
    """A promise, ready to draw."""

    key: str
    customer: str
    customer_href: str
    company: str
    invoices: str
    made_on: str
    promised_for: str
    amount: str
    received: str
    state: str
    state_kind: str
    note: str
    owner: str
    may_end: bool


class PromisesState(EndedBeforeItsDay, SessionState):
    """One page of promises."""

    ENDED = "agreements.promise.ended"

    items: list[PromiseItem] = []

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    async def load(self) -> None:
        """Fill the list from the address."""
        found = await self._ask(PROMISES)
        self._around(found, "promises")
        self.items = [self._item(row, found) for row in found.rows]
        currency, (kept, decided) = found.asked.currency, found.kpis["kept"]
        share = rows.percent(kept / decided if decided else None, self.language, 0)
        of = self._say("agreements.kpi.kept.of", kept=kept, decided=decided)
        self.figures = [
            Figure(self._say("agreements.kpi.kept"), share, of),
            Figure(self._say("agreements.kpi.promised"), self._sum_of(found.ages, _AHEAD, currency)),
            Figure(self._say("agreements.kpi.missed"), self._sum_of(found.ages, _LATE, currency)),
        ]

    def _end(self, session: Session, key: int, reason: str, when: Moment) -> int:
        """End the promise before its day, with what was agreed together with it."""
        return ending.give_up(session, self.actor, key, reason, when)

    def _item(self, row: Any, found: Page) -> PromiseItem:
        return PromiseItem(
            key=str(row.id),
            customer=row.customer_name,
            customer_href=self._record(row),
            company=row.company,
            invoices=", ".join(found.invoices.get(row.id, ())),
            made_on=self._date(row.made_on),
            promised_for=self._date(row.promised_for),
            amount=self._cents(row, row.amount_minor),
            received=self._cents(row, row.received),
            state=self._say(f"agreements.promise.{_word(row)}"),
            state_kind=_KINDS.get(row.state, ""),
            note=row.note,
            owner=found.names.get(row.owner, row.owner),
            may_end=row.state == "open",
        )


def _word(row: Any) -> str:
    """Return the state, and of one that ended before its day how."""
    return row.end_reason if row.state == "cancelled" and row.end_reason else row.state
