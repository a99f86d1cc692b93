"""Sums of what was applied, by day and by the month of the documents it was applied to.

What came within a month of an earlier day, of the documents there were on it, is a sum of few rows of these instead of
one of every allocation of that month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, String, and_, cast, column, delete, func, insert, select, values
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import cash_in
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.tables import AllocationRow, AppliedFlowRow, InvoiceRow
from ar_cockpit.domain.calendar import Period, month_end, month_start

COLUMNS = ("company_id", "currency", "day", "month", "applied_minor")
_KEY = COLUMNS[:-1]


def settled_within(session: Session, about: Slice, ledgers_of: Sequence[date], days: int) -> dict[date, int]:
    """Return what :func:`cash_in.settled_within` does, from the sums; of whole companies, whose sums are built."""
    row = AppliedFlowRow
    names = (column("ledger_of", Date), column("last", Date), column("month", String))
    asked = values(*names, name="spans").data([_span(day, days) for day in ledgers_of]).cte("spans")
    is_after = and_(col(row.day) > asked.c.ledger_of, col(row.day) <= asked.c.last)
    question = (
        select(asked.c.ledger_of, func.sum(col(row.applied_minor)))
        .select_from(asked)
        .join(row, is_after & (col(row.month) < asked.c.month))
        .where(col(row.company_id).in_(about.company_ids), col(row.currency) == about.currency)
        .group_by(asked.c.ledger_of)
    )
    found = dict.fromkeys(ledgers_of, 0) | {day: int(minor) for day, minor in session.execute(question)}
    # A month that is not over on the day: only its documents of before count. The ledger knows them, or those after
    # it, whichever are fewer.
    for day in ledgers_of:
        after = Period(day + timedelta(days=1), day + timedelta(days=days))
        if _counts_whole_month(day):
            dated, sign = Period(after.start, month_end(day)), -1
        else:
            dated, sign = Period(month_start(day), day), 1
        if dated.start <= dated.end:
            found[day] += sign * cash_in.applied_to_dated(session, about, dated, after)
    return found


def computed(session: Session, chosen: ColumnElement[bool]) -> dict[tuple[Any, ...], int]:
    """Return the sums that what was applied to the ``chosen`` documents makes."""
    return _by_key(session, _made_of(chosen))


def stored(session: Session, company_id: int) -> dict[tuple[Any, ...], int]:
    """Return the sums kept for a company; those of nothing are as if not there."""
    row = AppliedFlowRow
    return _by_key(session, select(*(getattr(row, name) for name in COLUMNS)).where(col(row.company_id) == company_id))


def rebuild(session: Session, company_id: int) -> None:
    """Sum a company up anew."""
    session.execute(delete(AppliedFlowRow).where(col(AppliedFlowRow.company_id) == company_id))
    made = _made_of(col(InvoiceRow.company_id) == company_id)
    session.execute(insert(AppliedFlowRow).from_select(COLUMNS, made))


def add(session: Session, changes: Mapping[tuple[Any, ...], int]) -> None:
    """Add to the sums kept, making those that are not there."""
    if not changes:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    adding = dialect.insert(AppliedFlowRow)
    whole = {"applied_minor": AppliedFlowRow.applied_minor + adding.excluded.applied_minor}
    rows = [dict(zip(COLUMNS, (*key, minor), strict=True)) for key, minor in changes.items()]
    session.execute(adding.on_conflict_do_update(index_elements=_KEY, set_=whole), rows)


def _span(day: date, days: int) -> tuple[date, date, str]:
    """Return a day, the last of the days after it, and the first month whose documents are not summed up."""
    first = month_end(day) + timedelta(days=1) if _counts_whole_month(day) else day
    return day, day + timedelta(days=days), f"{first:%Y-%m}"


def _counts_whole_month(day: date) -> bool:
    """Return whether more of the month has passed on a day than is left."""
    return (month_end(day) - day).days < day.day


def _made_of(chosen: ColumnElement[bool]) -> Select[Any]:
    invoice, allocation = InvoiceRow, AllocationRow
    month = func.substr(cast(col(invoice.invoice_on), String), 1, 7)
    key = (col(invoice.company_id), col(invoice.currency), col(allocation.allocated_on), month)
    return (
        select(*key, func.sum(col(allocation.amount_minor)))
        .join(allocation, col(allocation.invoice_id) == col(invoice.id))
        .where(chosen)
        .group_by(*key)
    )


def _by_key(session: Session, question: Select[Any]) -> dict[tuple[Any, ...], int]:
    return {tuple(key): int(minor) for *key, minor in session.execute(question) if minor}
