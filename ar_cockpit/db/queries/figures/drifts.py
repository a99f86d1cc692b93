"""How late customers' invoices came by due date, and who is told to pay later than before, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.days import days_between
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow, PaymentDriftRow
from ar_cockpit.domain.figures.receivables import Kind

_QUIET = {"synchronize_session": False}
# customer; count, days late, their squares, days of payment: of the usual invoices, then of the recent ones
Line = tuple[int, int, int, int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class StoredDrift:
    """A customer told to pay later than it used to."""

    drift_id: int
    company_id: int
    company_code: str
    customer_id: int
    code: str
    name: str
    raised_on: date
    since_on: date
    usual_days: int
    recent_days: int
    usual_count: int
    recent_count: int
    chance_ppm: int


def late_by_customer(
    session: Session,
    company_id: int,
    as_of: date,
    window: tuple[date, date, date],
    bounds: tuple[int, int],
) -> list[Line]:
    """Return how late the invoices of each customer came, those due from the first day of ``window`` to the last.

    The middle day divides usual from recent ones; what is unpaid on ``as_of`` is late until then. Days late are cut to
    ``bounds``.
    """
    usual_from, recent_from, recent_to = window
    due, closed = col(InvoiceRow.due_on), col(InvoiceRow.closed_on)
    ended = case((closed > as_of, literal(as_of)), else_=closed)
    raw = days_between(ended, due)
    late = case((raw < bounds[0], bounds[0]), (raw > bounds[1], bounds[1]), else_=raw)
    told = (
        select(
            col(InvoiceRow.customer_id).label("customer_id"),
            late.label("late"),
            ended.label("ended"),
            (due >= recent_from).label("is_recent"),
        )
        .where(
            col(InvoiceRow.company_id) == company_id,
            col(InvoiceRow.kind) == Kind.INVOICE.value,
            col(InvoiceRow.amount_minor) > 0,
            due.between(usual_from, recent_to),
            or_(col(InvoiceRow.written_off_on).is_(None), col(InvoiceRow.written_off_on) > as_of),
        )
        .subquery("told")
    )
    columns = []
    for chosen in (~told.c.is_recent, told.c.is_recent):
        columns += [
            func.sum(case((chosen, 1), else_=0)),
            func.sum(case((chosen, told.c.late), else_=0)),
            func.sum(case((chosen, told.c.late * told.c.late), else_=0)),
            func.count(func.distinct(case((chosen, told.c.ended)))),
        ]
    question = select(told.c.customer_id, *columns).group_by(told.c.customer_id).order_by(told.c.customer_id)
    return [cast("Line", tuple(int(value or 0) for value in row)) for row in session.execute(question)]


def standing(session: Session, company_ids: Sequence[int], as_of: date | None = None) -> list[StoredDrift]:
    """Return the drifts that stand (on ``as_of``, or now), those of the largest change first."""
    row = PaymentDriftRow
    stands: ColumnElement[bool]
    if as_of is None:
        stands = col(row.cleared_on).is_(None)
    else:
        stands = and_(col(row.raised_on) <= as_of, or_(col(row.cleared_on).is_(None), col(row.cleared_on) > as_of))
    question = (
        select(
            col(row.id),
            col(row.company_id),
            col(CompanyRow.code),
            col(row.customer_id),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(row.raised_on),
            col(row.since_on),
            col(row.usual_days),
            col(row.recent_days),
            col(row.usual_count),
            col(row.recent_count),
            col(row.chance_ppm),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(col(row.company_id).in_(company_ids), stands)
        .order_by((col(row.usual_days) - col(row.recent_days)), col(CustomerRow.code))
    )
    return [StoredDrift(*one) for one in session.execute(question)]


def clear(session: Session, drift_ids: Sequence[int], on: date) -> None:
    """Let drifts stand no longer."""
    row = PaymentDriftRow
    chosen = update(row).where(among(session, col(row.id), list(drift_ids))).values(cleared_on=on)
    session.execute(chosen, execution_options=_QUIET)
