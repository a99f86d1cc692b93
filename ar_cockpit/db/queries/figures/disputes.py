"""Disputes by reason: how many, how much of the receivables, how old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_on
from ar_cockpit.db.queries.figures import parts
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.tables import DisputeRow, InvoiceRow
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.figures.ageing import DISPUTE_AGES, DisputeAge


@dataclass(frozen=True, slots=True)
class DisputedFor:
    """The open disputes of one reason; the age is of those whose first day is known."""

    reason: str
    count: int
    open_minor: int | None  # None: consolidated, and a rate was missing
    average_age: float | None
    aged: int = 0  # how many the average is of
    by_age: tuple[int | None, ...] = (0,) * len(DISPUTE_AGES)  # amounts, in the order of the ages


def open_by_reason(session: Session, about: Slice, as_of: date) -> list[DisputedFor]:
    """Return the disputes open on ``as_of`` about documents still open, the largest amount first."""
    is_known = col(DisputeRow.opened_on_is_known)
    disputes = (
        select(
            col(DisputeRow.reason),
            open_on(as_of).label("open_minor"),
            case((is_known, days_between(as_of, col(DisputeRow.opened_on)))).label("age"),
        )
        .join(InvoiceRow, col(InvoiceRow.id) == col(DisputeRow.invoice_id))
        .where(_is_about(about, Period(as_of, as_of)), is_open_on(as_of), open_on(as_of) != 0)
        .where(col(DisputeRow.opened_on) <= as_of, col(DisputeRow.closed_on) > as_of)
        .subquery("disputes")
    )
    amount = func.sum(disputes.c.open_minor)
    age = disputes.c.age
    ages = (func.sum(case((_is_aged(age, one), disputes.c.open_minor), else_=0)) for one in DISPUTE_AGES)
    question = (
        select(disputes.c.reason, func.count(), amount, func.avg(age), func.count(age), *ages)
        .group_by(disputes.c.reason)
        .order_by(amount.desc(), disputes.c.reason)
    )
    return [
        DisputedFor(
            reason,
            count,
            int(minor),
            None if average is None else float(average),
            aged,
            tuple(int(one) for one in ages),
        )
        for reason, count, minor, average, aged, *ages in session.execute(question)
    ]


def _is_aged(age: ColumnElement[Any], one: DisputeAge) -> ColumnElement[bool]:
    if one.first_day is None:
        return age.is_(None)
    return age >= one.first_day if one.last_day is None else age.between(one.first_day, one.last_day)


def newly_disputed(session: Session, about: Slice, period: Period) -> int:
    """Return the amount of the invoices whose dispute was opened in ``period``, of disputes with a known first day."""
    question = (
        select(func.sum(col(InvoiceRow.amount_minor)))
        .join(DisputeRow, col(DisputeRow.invoice_id) == col(InvoiceRow.id))
        .where(_is_about(about, period), col(DisputeRow.opened_on_is_known))
        .where(col(DisputeRow.opened_on).between(period.start, period.end))
    )
    return int(session.execute(question).scalar_one() or 0)


def _is_about(about: Slice, during: Period) -> ColumnElement[bool]:
    """Return whether a dispute's invoice belongs to the slice, of disputes open some time ``during`` a period."""
    row = DisputeRow
    own = select(col(row.invoice_id)).where(
        col(row.company_id).in_(about.company_ids), col(row.opened_on) <= during.end, col(row.closed_on) >= during.start
    )
    # By key and no plain column besides: there are far fewer disputes to begin with than open invoices.
    company = col(InvoiceRow.company_id) + literal_column("0")
    whole = and_(
        col(InvoiceRow.id).in_(own), company.in_(about.company_ids), col(InvoiceRow.currency) == about.currency
    )
    customer = col(InvoiceRow.customer_id)
    return and_(whole, parts.is_of(about.part, about.company_ids, customer)) if about.part else whole
