"""The list of payment plans: how far each came, what is next, its instalments, and its end before time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.listing import PLANS
from ar_cockpit.services.collecting import plans
from ar_cockpit.services.collecting.plans import Watched
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.lists.agreements import Page
from ar_cockpit.state.agreements.ended import EndedBeforeItsDay
from ar_cockpit.state.agreements.shown import Figure
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_SEES = Permission.VIEW_CUSTOMERS
_KINDS = {"active": "ok", "completed": "ok", "broken": "bad", "proposed": "watch"}
_PARTS = {"kept": "ok", "broken": "bad", "open": "info", "partly": "watch"}


@dataclass
class PlanItem:
    """A plan, ready to draw."""

    key: str
    customer: str
    customer_href: str
    company: str
    principal: str
    interest: str
    received: str
    parts: str
    next_on: str
    last_on: str
    state: str
    state_kind: str
    note: str
    owner: str
    may_cancel: bool


@dataclass
class PartItem:
    """An instalment of the plan that is looked at."""

    day: str
    amount: str
    state: str
    state_kind: str


class PlansState(EndedBeforeItsDay, SessionState):
    """One page of plans, and the one that is looked at or ended."""

    ENDED = "agreements.plan.ended"

    items: list[PlanItem] = []
    looked: str = ""
    parts: list[PartItem] = []

    @rx.event
    @allowed(_SEES)
    async def load(self) -> None:
        """Fill the list from the address."""
        found = await self._ask(PLANS)
        self._around(found, "plans")
        self.items = [self._item(row, found) for row in found.rows]
        currency, ages = found.asked.currency, found.ages
        late = ("1-7", "8-30", "over_30")
        count = sum(one.count for one in ages.values())
        missed = sum(ages[key].count for key in late)
        left = sum(one.first_minor - one.second_minor for one in ages.values())
        on_time = rows.percent((count - missed) / count if count else None, self.language, 0)
        of = self._say("agreements.kpi.on_time.of", kept=count - missed, decided=count)
        self.figures = [
            Figure(self._say("agreements.kpi.on_time"), on_time, of),
            Figure(self._say("agreements.kpi.left"), rows.money(left, currency, self.language)),
            Figure(self._say("agreements.kpi.behind"), self._sum_of(ages, late, currency)),
        ]

    @rx.event
    @allowed(_SEES)
    async def look(self, key: str, about: str) -> None:
        """Show the instalments of a plan; an empty key shuts them."""
        self.looked, self.about, self.parts = key, about, []
        if key:
            found = await asyncio.to_thread(_watched, self.actor, int(key), self.as_of_date)
            self.parts = [self._part(one) for one in found]

    def _end(self, session: Session, key: int, reason: str, when: Moment) -> int:
        """End the plan; what is left goes back to the invoices' own due dates."""
        return plans.cancel(session, self.actor, key, reason, when)

    def _item(self, row: Any, found: Page) -> PlanItem:
        return PlanItem(
            key=str(row.id),
            customer=row.customer_name,
            customer_href=self._record(row),
            company=row.company,
            principal=self._cents(row, row.principal),
            interest=self._cents(row, row.interest) if row.interest else "",
            received=self._cents(row, row.received),
            parts=self._count("agreements.instalments", row.count) if row.count else "",
            next_on=self._date(row.next_on) if row.state in {"active", "broken"} else "",
            last_on=self._date(row.last_on),
            state=self._say(f"agreements.plan.{row.state}"),
            state_kind=_KINDS.get(row.state, ""),
            note=row.note,
            owner=found.names.get(row.owner, row.owner),
            may_cancel=row.kept_state in {"active", "broken"} and row.state in {"active", "broken"},
        )

    def _part(self, one: Watched) -> PartItem:
        return PartItem(
            rows.weekday_year(one.due_on, self.language),
            rows.money_cents(one.total_minor, one.currency, self.language),
            self._say(f"agreements.promise.{one.state}"),
            _PARTS.get(one.state, ""),
        )


def _watched(actor: Actor, plan_id: int, as_of: Any) -> list[Watched]:
    with reading() as session:
        return plans.watched(session, actor, plan_id, as_of)
