"""Sums by day: what the ledger's documents and payments change in the ageing, so that any day is a sum of few rows.

A document adds its amount on its own day, and to ``past_30_minor`` on the day it becomes 31 days overdue; an
allocation takes its amount from each of them on its day, or as soon as there is something to take it from.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from ar_cockpit.db.days import days_after
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.tables import AllocationRow, FiguresStateRow, InvoiceRow, LedgerFlowRow
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, BUCKETS

_KEY = ("company_id", "currency", "day")
_LIMITS = tuple(bucket.last_day for bucket in BUCKETS if bucket.last_day is not None)
_AMOUNTS = ("documents", "sold_minor", "open_minor", *(f"past_{limit}_minor" for limit in _LIMITS))
COLUMNS = (*_KEY, *_AMOUNTS)
Flow = tuple[Any, ...]


def are_built(session: Session, company_ids: Collection[int]) -> bool:
    """Return whether the sums of all these companies may be relied on."""
    row = FiguresStateRow
    built = select(func.count()).where(col(row.company_id).in_(company_ids), col(row.flows_are_built))
    return int(session.execute(built).scalar_one()) == len(set(company_ids))


def ageing_on(session: Session, about: Slice, days: Sequence[date]) -> dict[date, dict[int, dict[str, int]]]:
    """Return the open amounts of each of ``days`` by company and bucket, every bucket present."""
    asked = sorted(set(days))
    row = LedgerFlowRow
    # One pass, whatever the number of days: what moved between one and the next is added up below.
    until = case(*((col(row.day) <= day, index) for index, day in enumerate(asked)))
    sums = [func.sum(getattr(row, name)) for name in _AMOUNTS[2:]]
    question = (
        select(until, col(row.company_id), *sums)
        .where(_is_about(about), col(row.day) <= asked[-1])
        .group_by(until, col(row.company_id))
    )
    moved = {
        (index, company): [int(minor) for minor in minors] for index, company, *minors in session.execute(question)
    }
    beyond = {company: [0] * len(sums) for company in about.company_ids}
    totals: dict[date, dict[int, dict[str, int]]] = {}
    for index, day in enumerate(asked):
        for company, before in beyond.items():
            brought = moved.get((index, company), before)
            beyond[company] = before if brought is before else [a + b for a, b in zip(before, brought, strict=True)]
        totals[day] = {company: _buckets(reached) for company, reached in beyond.items()}
    return totals


def sales_by_day(session: Session, about: Slice, until: date) -> list[tuple[date, int, int]]:
    """Return (day, company, invoices less credit notes) for every day with documents, up to ``until``."""
    row = LedgerFlowRow
    question = (
        select(col(row.day), col(row.company_id), col(row.sold_minor))
        .where(_is_about(about), col(row.documents) > 0, col(row.day) <= until)
        .order_by(col(row.day), col(row.company_id))
    )
    return [(day, company_id, int(minor)) for day, company_id, minor in session.execute(question)]


def documents_by_day(session: Session, about: Slice, until: date) -> dict[tuple[date, int], tuple[int, int]]:
    """Return the number of documents and their amount by day and company, of every day with documents."""
    row = LedgerFlowRow
    question = select(col(row.day), col(row.company_id), col(row.documents), col(row.sold_minor)).where(
        _is_about(about), col(row.documents) > 0, col(row.day) <= until
    )
    return {(day, company): (count, int(minor)) for day, company, count, minor in session.execute(question)}


def by_month(session: Session, about: Slice, until: date) -> list[tuple[date, int, int, int]]:
    """Return (first of month, sales, change of what is open, documents) of every month up to ``until``."""
    row = LedgerFlowRow
    month = func.substr(cast(col(row.day), String), 1, 7).label("month")
    sums = (func.sum(col(row.sold_minor)), func.sum(col(row.open_minor)), func.sum(col(row.documents)))
    question = select(month, *sums).where(_is_about(about), col(row.day) <= until).group_by("month").order_by("month")
    rows = session.execute(question)
    return [(date.fromisoformat(f"{key}-01"), int(sold), int(minor), int(count)) for key, sold, minor, count in rows]


def rebuild(session: Session, company_id: int) -> None:
    """Sum a company up anew; whoever holds it lets it be relied on afterwards."""
    session.execute(delete(LedgerFlowRow).where(col(LedgerFlowRow.company_id) == company_id))
    session.execute(insert(LedgerFlowRow).from_select(COLUMNS, made_of(col(InvoiceRow.company_id) == company_id)))


def hold(session: Session, company_id: int) -> bool:
    """Keep others from writing to a company's ledger until the end of the transaction; return whether it is built."""
    row = FiguresStateRow
    built = select(col(row.flows_are_built)).where(col(row.company_id) == company_id).with_for_update()
    return bool(session.execute(built).scalar())


def trust(session: Session, company_id: int) -> None:
    """Let the sums of a company be relied on; what each customer owes, and the packs, are to be made of the same."""
    row = FiguresStateRow
    told = update(row).where(col(row.company_id) == company_id)
    session.execute(told.values(flows_are_built=True, balances_on=None, packing=0))


def unbuilt(session: Session) -> list[int]:
    """Return the companies whose sums are out of date or were never made."""
    row = FiguresStateRow
    missing = select(col(row.company_id)).where(col(row.flows_are_built).is_(False)).order_by(col(row.company_id))
    return list(session.execute(missing).scalars())


def stored(session: Session, company_id: int) -> dict[tuple[Any, ...], Flow]:
    """Return the rows kept for a company by currency and day; those that sum to nothing are as if not there."""
    row = LedgerFlowRow
    kept = select(*(getattr(row, name) for name in COLUMNS)).where(col(row.company_id) == company_id)
    return _by_key(session, kept)


def computed(session: Session, chosen: ColumnElement[bool]) -> dict[tuple[Any, ...], Flow]:
    """Return the rows that the ``chosen`` documents and what was applied to them make."""
    return _by_key(session, made_of(chosen))


def computed_of(session: Session, company_id: int) -> dict[tuple[Any, ...], Flow]:
    """Return the rows that a company's whole ledger makes."""
    return computed(session, col(InvoiceRow.company_id) == company_id)


def add(session: Session, changes: dict[tuple[Any, ...], Flow]) -> None:
    """Add to the rows kept, making those that are not there."""
    if not changes:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    adding = dialect.insert(LedgerFlowRow)
    sums = {name: getattr(LedgerFlowRow, name) + adding.excluded[name] for name in _AMOUNTS}
    rows = [dict(zip(COLUMNS, (*key, *amounts), strict=True)) for key, amounts in changes.items()]
    session.execute(adding.on_conflict_do_update(index_elements=_KEY, set_=sums), rows)


def made_of(chosen: ColumnElement[bool]) -> Select[Any]:
    """Return the question that sums the ``chosen`` documents and what was applied to them into flows."""
    moved = _movements(chosen)
    nothing = literal(0, Integer)
    own = moved.c.day
    parts = [_part(moved, own, (moved.c.documents, moved.c.sold_minor, moved.c.minor, *[nothing] * len(_LIMITS)))]
    for place, limit in enumerate(_LIMITS):
        reached = days_after(moved.c.due_on, limit + 1)
        amounts = [moved.c.minor if index == place else nothing for index in range(len(_LIMITS))]
        parts.append(_part(moved, _later(own, reached), (nothing, nothing, nothing, *amounts)))
    flows = union_all(*parts).subquery("flows")
    key = [flows.c[name] for name in _KEY]
    return select(*key, *(func.sum(flows.c[name]) for name in _AMOUNTS)).group_by(*key)


def _buckets(reached: Sequence[int]) -> dict[str, int]:
    """Return what lies between one age and the next, from what lies beyond each."""
    beyond = [*reached, 0]
    parts = [whole - later for whole, later in pairwise(beyond)]
    return dict(zip(BUCKET_KEYS, parts, strict=True))


def _movements(chosen: ColumnElement[bool]) -> CTE:
    """Return what each day brought, by the due date it concerns."""
    invoice, allocation = InvoiceRow, AllocationRow
    amount, applied = func.sum(col(invoice.amount_minor)), func.sum(col(allocation.amount_minor))
    slice_ = [col(invoice.company_id), col(invoice.currency)]
    issued, due_on = col(invoice.invoice_on), col(invoice.due_on)
    documents = (
        select(
            *slice_,
            issued.label("day"),
            due_on,
            func.count().label("documents"),
            amount.label("sold_minor"),
            amount.label("minor"),
        )
        .where(chosen)
        .group_by(*slice_, issued, due_on)
    )
    # What was applied before the document's own day counts from that day on.
    day = _later(col(allocation.allocated_on), issued)
    payments = (
        select(*slice_, day.label("day"), due_on, literal(0), literal(0), -applied)
        .join(allocation, col(allocation.invoice_id) == col(invoice.id))
        .where(chosen)
        .group_by(*slice_, day, due_on)
    )
    return union_all(documents, payments).cte("moved")


def _part(moved: CTE, day: ColumnElement[date], amounts: Sequence[ColumnElement[Any]]) -> Select[Any]:
    names = zip(amounts, _AMOUNTS, strict=True)
    sums = (func.sum(amount).label(name) for amount, name in names)
    return select(moved.c.company_id, moved.c.currency, day.label("day"), *sums).group_by(
        moved.c.company_id, moved.c.currency, day
    )


def _later(one: SQLColumnExpression[date], other: SQLColumnExpression[date]) -> ColumnElement[date]:
    return case((one > other, one), else_=other)


def _by_key(session: Session, question: Select[Any]) -> dict[tuple[Any, ...], Flow]:
    rows = (tuple(row) for row in session.execute(question))
    flows = {row[: len(_KEY)]: tuple(int(amount) for amount in row[len(_KEY) :]) for row in rows}
    return {key: amounts for key, amounts in flows.items() if any(amounts)}


def _is_about(about: Slice) -> ColumnElement[bool]:
    row = LedgerFlowRow
    return and_(col(row.company_id).in_(about.company_ids), col(row.currency) == about.currency)
