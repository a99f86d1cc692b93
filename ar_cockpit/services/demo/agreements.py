"""What the demo's collectors agreed lately: payment plans, promises of several dates, and what they ask finance for.

It goes through the services as on a screen, so that timelines, pauses and lists say the same. Which customers it is
about follows from the ledger alone: those who owe most that nobody spoke of and who were not reminded since.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby, islice
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import CustomerRow, DisputeRow, InvoiceRow, PromiseInvoiceRow, ProposalRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.plans import Every, Terms
from ar_cockpit.domain.money import Money, decimal_string
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import commitments, deciding, plans, proposals
from ar_cockpit.services.collecting.commitments import PromiseWording
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.people.users import actor_by_email

_OVERDUE, _MOST = 16, 3  # days at least, and invoices of one agreement
_CREDIT = "credit@velmora.example"


class _Case(NamedTuple):
    """A customer with some of its open invoices, as its collector sees them on the day of the act."""

    session: Session
    actor: Actor
    line: CustomerLine
    invoices: list[reach.InvoiceLine]
    when: Moment

    def plan(self, first: int, count: int, every: Every = Every.MONTH, note: str = "") -> None:
        terms = Terms(self.when.on + timedelta(days=first), count, every)
        plans.agree(self.session, self.actor, self.line, self.invoices, (terms, note), self.when)

    def promise(self, days: tuple[int, ...], note: str) -> None:
        total = Money(sum(one.open_minor for one in self.invoices), self.invoices[0].currency)
        parts = [Decimal(decimal_string(part.minor, total.currency)) for part in total.split(len(days))]
        (first, amount), *later = [
            (self.when.on + timedelta(days=day), part) for day, part in zip(days, parts, strict=True)
        ]
        wording = PromiseWording(first, amount, note, tuple(later))
        commitments.record_promise(self.session, self.actor, self.line, self.invoices, wording, self.when)


def agree(session: Session, as_of: date) -> int:
    """Let the collectors of a demo agree what they did lately; return how many customers it is about."""
    acts: list[tuple[int, Callable[[_Case], object]]] = [
        (12, lambda one: one.plan(14, 3, note="Cash is short until the season begins.")),  # an instalment is near
        (16, lambda one: one.plan(7, 3, Every.WEEK)),  # the first instalment never came
        (5, lambda one: one.plan(9, 2, Every.FORTNIGHT)),
        (2, lambda one: one.plan(20, 6, note="Asks for half a year.")),  # too long for a collector
        (4, lambda one: one.promise((10, 40), "Half now, half next month.")),
        (14, lambda one: one.promise((6, 24), "Will pay in two parts.")),  # the first one is broken
        (3, _ask_hold),
        (2, _ask_write_off),
        (8, _ask_write_off),
    ]
    waiting, done = _customers(session, as_of), 0
    # Whoever was reminded since is on no plan of before that.
    for ago, act in sorted(acts, key=lambda one: -one[0]):
        when = _moment(as_of, ago)
        found = next((one for one in waiting if one.reminded_on is None or one.reminded_on < when.on), None)
        if found is None:
            continue
        waiting.remove(found)
        actor = actor_by_email(session, found.collector)
        line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, found.customer_id)
        invoices = reach.invoices(session, actor, Permission.WORK_CUSTOMERS, found.invoice_ids, when.on)
        act(_Case(session, actor, line, invoices, when))
        done += 1
    asking = select(col(ProposalRow.id)).where(col(ProposalRow.kind) == proposals.WRITE_OFF)
    asked = session.execute(asking.order_by(col(ProposalRow.id)).limit(1)).scalar()
    if asked is not None:
        reason = "Ring them once more before we give it up."
        deciding.refuse(session, actor_by_email(session, _CREDIT), asked, reason, _moment(as_of, 1))
    return done


def _ask_hold(one: _Case) -> None:
    proposals.propose_hold(one.session, one.actor, one.line.customer_id, "Nobody answers since weeks.", one.when)


def _ask_write_off(one: _Case) -> None:
    reason = f"{decimal_string(one.invoices[0].open_minor, one.invoices[0].currency)} is not worth a lawyer."
    proposals.propose_write_off(one.session, one.actor, one.invoices[:1], reason, one.when)


def _moment(as_of: date, ago: int) -> Moment:
    on = as_of - timedelta(days=ago)
    return Moment(on, datetime.combine(on, time(9, 30), UTC))


class _Found(NamedTuple):
    """A customer it may be about."""

    total: int
    customer_id: int
    collector: str
    reminded_on: date | None
    invoice_ids: list[int]


def _customers(session: Session, as_of: date) -> list[_Found]:
    """Return the customers it may be about, those who owe most first."""
    row, who = InvoiceRow, CustomerRow
    spoken_of = select(col(PromiseInvoiceRow.invoice_id)).union(select(col(DisputeRow.invoice_id)))
    question = (
        select(col(who.id), col(who.collector_email), col(who.last_reminded_on), col(row.id), col(row.open_minor))
        .join(who, col(who.id) == col(row.customer_id))
        .where(col(row.kind) == "invoice", col(row.closed_on) == OPEN_END, col(row.open_minor) == col(row.amount_minor))
        .where(col(row.due_on) < as_of - timedelta(days=_OVERDUE), col(row.id).not_in(spoken_of))
        .where(col(who.collector_email) != "", col(row.currency) == col(who.currency))
        .order_by(col(row.customer_id), col(row.due_on), col(row.id))
    )
    found: list[_Found] = []
    for (customer_id, email, reminded_on), parts in groupby(session.execute(question), key=lambda one: one[:3]):
        some = list(islice(parts, _MOST))
        found.append(_Found(sum(one[4] for one in some), customer_id, email, reminded_on, [one[3] for one in some]))
    return sorted(found, key=lambda one: (-one.total, one.customer_id))
