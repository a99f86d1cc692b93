"""Money that came in, by day: all of it, or what settled the ledger as it stood on an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import CTE, Date, column, func, select, values
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.queries.figures.sums import Slice, is_about
from ar_cockpit.db.tables import AllocationRow, InvoiceRow, PaymentRow
from ar_cockpit.domain.calendar import Period


def received_by_day(session: Session, about: Slice, period: Period) -> list[tuple[date, int]]:
    """Return the payments of each day of ``period`` that had any."""
    day = col(PaymentRow.paid_on)
    question = (
        select(day, func.sum(col(PaymentRow.amount_minor)))
        .where(is_about(about, PaymentRow), day.between(period.start, period.end))
        .group_by(day)
        .order_by(day)
    )
    return [(on, int(minor)) for on, minor in session.execute(question)]


def settled_within(session: Session, about: Slice, ledgers_of: Sequence[date], days: int) -> dict[date, int]:
    """Return, for each of ``ledgers_of``, what was applied in the ``days`` after it to documents then open."""
    asked = _spans(ledgers_of, days)
    applied = col(AllocationRow.allocated_on)
    # What is applied after a day to a document of before was open on it: no need to look at when it closed.
    question = (
        select(asked.c.day, func.sum(col(AllocationRow.amount_minor)))
        .select_from(asked)
        .join(AllocationRow, (applied > asked.c.day) & (applied <= asked.c.last))
        .join(InvoiceRow, col(InvoiceRow.id) == col(AllocationRow.invoice_id))
        .where(col(AllocationRow.company_id).in_(about.company_ids))
        .where(is_about(about, InvoiceRow), col(InvoiceRow.invoice_on) <= asked.c.day)
        .group_by(asked.c.day)
    )
    return dict.fromkeys(ledgers_of, 0) | {day: int(minor) for day, minor in session.execute(question)}


def applied_to_dated(session: Session, about: Slice, dated: Period, applied: Period) -> int:
    """Return what was applied on some days to documents dated on some others: a few days' documents come first."""
    row = AllocationRow
    question = (
        select(func.coalesce(func.sum(col(row.amount_minor)), 0))
        .select_from(InvoiceRow)
        .join(row, col(row.invoice_id) == col(InvoiceRow.id))
        .where(is_about(about, InvoiceRow), col(InvoiceRow.invoice_on).between(dated.start, dated.end))
        # Whatever is applied after a day was not closed before it, and so the index knows of most.
        .where(col(InvoiceRow.closed_on) >= applied.start)
        .where(col(row.allocated_on).between(applied.start, applied.end))
    )
    return int(session.execute(question).scalar_one())


def settled_by_day(session: Session, about: Slice, ledger_of: date, period: Period) -> list[tuple[date, int]]:
    """Return what was applied in ``period`` to documents that were open on ``ledger_of``."""
    day = col(AllocationRow.allocated_on)
    question = (
        select(day, func.sum(col(AllocationRow.amount_minor)))
        .join(InvoiceRow, col(InvoiceRow.id) == col(AllocationRow.invoice_id))
        .where(is_about(about, InvoiceRow), is_open_on(ledger_of), day.between(period.start, period.end))
        .where(col(AllocationRow.company_id).in_(about.company_ids))
        .group_by(day)
        .order_by(day)
    )
    return [(on, int(minor)) for on, minor in session.execute(question)]


def _spans(days: Sequence[date], length: int) -> CTE:
    rows = [(day, day + timedelta(days=length)) for day in days]
    return values(column("day", Date), column("last", Date), name="spans").data(rows).cte("spans")
