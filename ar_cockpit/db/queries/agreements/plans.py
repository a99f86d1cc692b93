"""Payment plans as listed: what came of each, which instalment is next, and how late that is; and proposals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, Subquery, and_, case, cast, func, literal, select, true
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.agreements.listed import Judged
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    CustomerRow,
    PaymentPlanRow,
    PromiseInvoiceRow,
    PromiseRow,
    ProposalRow,
)
from ar_cockpit.domain.collecting.listing import ListQuestion


def judged(reached: ColumnElement[bool], asked: ListQuestion) -> Judged:
    """Return the plans made by the day, each judged by what was applied to its invoices since."""
    found, as_of = _found(reached, asked), asked.as_of
    part = PromiseRow
    next_on = (
        select(func.min(col(part.promised_for)))
        .where(col(part.plan_id) == found.c.id, col(part.cancelled_on).is_(None))
        .where(col(part.before_minor) + col(part.amount_minor) > found.c.applied)
        .correlate(found)
        .scalar_subquery()
    )
    dated = select(found, next_on.label("next_on")).subquery("dated")
    age = func.coalesce(days_between(literal(as_of), dated.c.next_on), 0)
    is_running = dated.c.kept_state.in_(("active", "broken", "completed"))
    state = case(
        (~is_running, dated.c.kept_state),
        (dated.c.applied >= dated.c.principal, "completed"),
        (age > dated.c.grace_days, "broken"),
        else_="active",
    )
    came = case((dated.c.applied > dated.c.principal, dated.c.principal), else_=dated.c.applied)
    rows = select(dated, state.label("state"), cast(came, BigInteger).label("received"), age.label("age")).subquery(
        "judged"
    )
    c = rows.c
    running = c.state.in_(("active", "broken"))
    shown = {
        "running": c.state.in_(("active", "broken", "proposed")),
        "active": c.state == "active",
        "broken": c.state == "broken",
        "proposed": c.state == "proposed",
        "completed": c.state == "completed",
        "ended": c.state.in_(("cancelled", "refused")),
        "all": c.id.is_not(None),
    }
    sorts = {
        "next_on": func.coalesce(c.next_on, c.last_on),
        "customer": func.lower(c.customer_name),
        "principal": c.principal,
        "received": c.received,
        "last_on": c.last_on,
    }
    return Judged(rows, shown, running, (c.principal, c.received), sorts)


def _found(reached: ColumnElement[bool], asked: ListQuestion) -> Subquery:
    row, as_of = PaymentPlanRow, asked.as_of
    return (
        select(
            col(row.id),
            col(CompanyRow.code).label("company"),
            col(CustomerRow.code).label("customer"),
            col(CustomerRow.name).label("customer_name"),
            col(CustomerRow.collector_email).label("owner"),
            col(row.currency),
            col(row.made_on),
            col(row.last_due_on).label("last_on"),
            col(row.principal_minor).label("principal"),
            col(row.interest_minor).label("interest"),
            col(row.every),
            col(row.state).label("kept_state"),
            col(row.state_on),
            col(row.note),
            col(row.made_by),
            _count().label("count"),
            _applied(as_of).label("applied"),
            _grace().label("grace_days"),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(reached, col(row.made_on) <= as_of)
        .where(col(row.currency) == asked.currency if asked.currency else true())
        .subquery("found")
    )


def proposals(reached: ColumnElement[bool], asked: ListQuestion) -> Judged:
    """Return what was proposed to finance by the day."""
    row = ProposalRow
    rows = (
        select(
            col(row.id),
            col(CompanyRow.code).label("company"),
            col(row.company_id),
            col(CustomerRow.code).label("customer"),
            col(CustomerRow.name).label("customer_name"),
            col(row.proposed_by).label("owner"),
            col(row.kind).label("reason"),
            func.coalesce(col(row.amount_minor), 0).label("amount_minor"),
            col(row.amount_minor).is_not(None).label("has_amount"),
            col(row.currency),
            col(row.invoices).label("numbers"),
            col(row.reason).label("words"),
            col(row.state),
            col(row.proposed_on),
            col(row.decided_on),
            col(row.decided_by),
            col(row.decision_note),
            col(row.plan_id),
            literal(0).label("age"),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(reached, col(row.proposed_on) <= asked.as_of, col(row.state) != "withdrawn")
        .subquery("judged")
    )
    c = rows.c
    shown = {
        "waiting": c.state == "waiting",
        "decided": c.state.in_(("accepted", "refused")),
        "all": c.id.is_not(None),
    }
    sorts = {"proposed_on": c.proposed_on, "customer": func.lower(c.customer_name), "amount": c.amount_minor}
    return Judged(rows, shown, c.id.is_(None), (c.amount_minor, c.amount_minor), sorts)


def interest_due(session: Session, instalments: Iterable[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """Return the interest that is paid with instalments, by their plan and day."""
    wanted = set(instalments)
    if not wanted:
        return {}
    row = PaymentPlanRow
    plans = sorted({key for key, _ in wanted})
    question = select(col(row.id), col(row.schedule)).where(among(session, col(row.id), plans))
    told = ((key, one) for key, schedule in session.execute(question) for one in schedule["instalments"])
    found = {(key, date.fromisoformat(one["due_on"])): int(one["interest_minor"]) for key, one in told}
    return {key: found.get(key, 0) for key in wanted}


def _of_plan() -> ColumnElement[bool]:
    return col(PromiseRow.plan_id) == col(PaymentPlanRow.id)


def _count() -> ScalarSelect[int]:
    return select(func.count()).select_from(PromiseRow).where(_of_plan()).correlate(PaymentPlanRow).scalar_subquery()


def _grace() -> ScalarSelect[int]:
    longest = func.coalesce(func.max(col(PromiseRow.grace_days)), 0)
    return select(longest).where(_of_plan()).correlate(PaymentPlanRow).scalar_subquery()


def _applied(as_of: date) -> ScalarSelect[int]:
    """Return what was applied since a plan was agreed, to the invoices of its first instalment: all have the same."""
    first = select(func.min(col(PromiseRow.id))).where(_of_plan()).correlate(PaymentPlanRow).scalar_subquery()
    day = col(AllocationRow.allocated_on)
    return (
        select(func.coalesce(func.sum(col(AllocationRow.amount_minor)), 0))
        .join(PromiseInvoiceRow, col(PromiseInvoiceRow.invoice_id) == col(AllocationRow.invoice_id))
        .where(and_(col(PromiseInvoiceRow.promise_id) == first, day >= col(PaymentPlanRow.made_on), day <= as_of))
        .correlate(PaymentPlanRow)
        .scalar_subquery()
    )
