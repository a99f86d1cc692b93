"""What each customer owes on a day and what came of it since its month began: one pass over what is open.

The same sums are kept for today (:mod:`ar_cockpit.db.queries.figures.balances`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, and_, case, cast, func, literal, select, union_all
from sqlmodel import col

from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_with, paid_later
from ar_cockpit.db.queries.figures.sums import Slice, is_about
from ar_cockpit.db.tables import AllocationRow, InvoiceRow
from ar_cockpit.domain.calendar import month_end, month_start

KEY = ("company_id", "currency", "customer_id")
AMOUNTS = (
    *("documents", "overdue_documents", "open_minor", "overdue_minor"),
    *("left_minor", "of_due_minor", "collected_minor"),
)
_COUNTS = AMOUNTS[:2]


def of_company(company_id: int, as_of: date) -> Select[Any]:
    """Return the question for what the customers of a company owe in every currency, by :data:`KEY`."""
    return _summed(_documents(as_of, (company_id,), _is_of(company_id)), _month(as_of, (company_id,)), KEY)


def of_slice(about: Slice, as_of: date) -> Select[Any]:
    """Return the question for what each customer of ``about`` owes: its key and :data:`AMOUNTS`."""
    chosen = is_about(about, InvoiceRow)
    documents = _documents(as_of, about.company_ids, chosen)
    return _summed(documents, _month(as_of, about.company_ids).where(chosen), ("customer_id",))


def balances(about: Slice, as_of: date) -> Select[Any]:
    """Return the question for each customer with open documents, what is open and what of it is overdue."""
    owed = _documents(as_of, about.company_ids, is_about(about, InvoiceRow)).subquery("owed")
    question = select(owed.c.customer_id, *(cast(owed.c[name], BigInteger) for name in AMOUNTS[2:4]))
    return question.where(owed.c.documents > 0)


def _documents(as_of: date, company_ids: Sequence[int], chosen: ColumnElement[bool]) -> Select[Any]:
    """Return the sums of the documents open on a day, by customer."""
    later, row = paid_later(as_of, company_ids), InvoiceRow
    falls_due = _falls_due(as_of)
    documents = (
        select(
            *(col(getattr(row, name)) for name in KEY),
            (col(row.due_on) < as_of).label("is_overdue"),
            open_with(later).label("minor"),
            case((falls_due, col(row.open_minor)), else_=0).label("left_minor"),
        )
        .outerjoin(later, later.c.invoice_id == col(row.id))
        .where(chosen, is_open_on(as_of))
        .subquery("documents")
    )
    minor, late, nothing = documents.c.minor, documents.c.is_overdue, literal(0, Integer)
    key = [documents.c[name] for name in KEY]
    sums = (
        func.sum(case((minor != 0, 1), else_=0)),
        func.sum(case((late & (minor != 0), 1), else_=0)),
        func.sum(minor),
        func.sum(case((late, minor), else_=0)),
        func.sum(documents.c.left_minor),
        nothing,
        nothing,
    )
    return select(*key, *_named(sums)).group_by(*key)


def _month(as_of: date, company_ids: Sequence[int]) -> Select[Any]:
    """Return what was applied since a day's month began: until the day, and at any time to what was due by its end.

    With what is left of the documents from before the month that are due by its end, the second is what was open of
    them when it began: what a month's goal is shared by.
    """
    row, applied, nothing = InvoiceRow, col(AllocationRow.amount_minor), literal(0, Integer)
    key = [col(getattr(row, name)) for name in KEY]
    sums = (
        *(nothing for _ in AMOUNTS[:-2]),
        func.sum(case((_falls_due(as_of), applied), else_=0)),
        func.sum(case((col(AllocationRow.allocated_on) <= as_of, applied), else_=0)),
    )
    return (
        select(*key, *_named(sums))
        .select_from(AllocationRow)
        .join(row, col(row.id) == col(AllocationRow.invoice_id))
        .where(col(AllocationRow.company_id).in_(company_ids), col(AllocationRow.allocated_on) >= month_start(as_of))
        .group_by(*key)
    )


def _summed(documents: Select[Any], month: Select[Any], key: Sequence[str]) -> Select[Any]:
    both = union_all(documents, month).subquery("owing")
    by = [both.c[name] for name in key]
    sums = (cast(func.sum(both.c[name]), Integer if name in _COUNTS else BigInteger) for name in AMOUNTS)
    return select(*by, *sums).group_by(*by)


def _named(sums: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [one.label(name) for one, name in zip(sums, AMOUNTS, strict=True)]


def _falls_due(as_of: date) -> ColumnElement[bool]:
    return and_(col(InvoiceRow.invoice_on) < month_start(as_of), col(InvoiceRow.due_on) <= month_end(as_of))


def _is_of(company_id: int) -> ColumnElement[bool]:
    return col(InvoiceRow.company_id) == company_id
