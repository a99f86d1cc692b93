"""The documents that a figure is the sum of: filtered, sorted, summed and paged by the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, SQLColumnExpression, and_, case, func, literal, or_, select, true
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import is_disputed_on, is_open_on, open_on
from ar_cockpit.db.queries.figures import foreseen, parts
from ar_cockpit.db.queries.lists import paid
from ar_cockpit.db.queries.lists.words import any_holds, worth_of
from ar_cockpit.db.tables import AllocationRow, CompanyRow, CustomerRow, InvoiceForecastRow, InvoiceRow
from ar_cockpit.domain.calendar import OPEN_END, Period, reporting_period
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, BUCKETS, bucket_span
from ar_cockpit.domain.figures.listing import PAGE_SIZE, InvoiceQuestion, Show
from ar_cockpit.domain.figures.receivables import Kind


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A document as listed; ``settled_on`` is the day it was settled, as known on the day asked for."""

    number: str
    kind: str
    company: str
    customer: str
    customer_name: str
    invoice_on: date
    due_on: date
    amount_minor: int
    open_minor: int
    is_disputed: bool
    collector_email: str
    settled_on: date | None
    currency: str
    invoice_id: int
    paid_minor: int = 0  # in the days asked for, of a list of what was paid
    expected_on: date | None = None  # of an open document, by a forecast of the last days
    chance: int | None = None  # percent, to be paid within 30 days of that forecast


@dataclass(frozen=True, slots=True)
class ListTotals:
    """How many documents the list holds, and their sums."""

    count: int
    amount_minor: int
    open_minor: int
    paid_minor: int = 0


def invoice_page(
    session: Session, reached: ColumnElement[bool], asked: InvoiceQuestion, worth: Mapping[str, float] | None = None
) -> list[InvoiceLine]:
    """Return one page of the documents of the customers ``reached``; ``worth`` compares amounts of many currencies."""
    page = _lines(reached, asked, worth).limit(PAGE_SIZE).offset((asked.page - 1) * PAGE_SIZE)
    return [_line(row) for row in session.execute(page)]


def every_invoice(session: Session, reached: ColumnElement[bool], asked: InvoiceQuestion) -> Iterator[InvoiceLine]:
    """Yield the whole list, for an export, without holding it in memory."""
    for row in session.execute(_lines(reached, asked).execution_options(yield_per=1000)):
        yield _line(row)


def invoice_totals(session: Session, reached: ColumnElement[bool], asked: InvoiceQuestion) -> ListTotals:
    """Return the count and sums of the whole list: what the figure says, to the cent."""
    open_minor = case((is_open_on(asked.as_of), open_on(asked.as_of)), else_=0)
    question = (
        select(
            func.count(),
            func.sum(col(InvoiceRow.amount_minor)),
            func.sum(open_minor),
            func.sum(paid.paid_minor(asked)),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(reached, *_conditions(asked))
    )
    count, *sums = session.execute(question).one()
    return ListTotals(count, *(int(one or 0) for one in sums))


def invoice_sums(
    session: Session, reached: ColumnElement[bool], asked: InvoiceQuestion
) -> dict[tuple[str, str], ListTotals]:
    """Return count and sums by currency and age: of all open documents when some of them are asked for.

    Without ages (of what is not open) the second part of the key is empty.
    """
    whole = replace(asked, show=Show.OPEN, bucket="") if asked.ages else asked
    age = _age(asked) if asked.ages else literal(-1)
    open_minor = case((is_open_on(asked.as_of), open_on(asked.as_of)), else_=0)
    documents = (
        select(
            col(InvoiceRow.currency),
            age.label("age"),
            col(InvoiceRow.amount_minor),
            open_minor.label("open_minor"),
            paid.paid_minor(asked).label("paid_minor"),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(reached, *_conditions(whole))
        .subquery("documents")
    )
    question = select(
        documents.c.currency,
        documents.c.age,
        func.count(),
        func.sum(documents.c.amount_minor),
        func.sum(documents.c.open_minor),
        func.sum(documents.c.paid_minor),
    ).group_by(documents.c.currency, documents.c.age)
    return {
        (currency, "" if index < 0 else BUCKET_KEYS[index]): ListTotals(count, *(int(one) for one in sums))
        for currency, index, count, *sums in session.execute(question)
    }


def _age(asked: InvoiceQuestion) -> ColumnElement[int]:
    limits = [bucket.last_day for bucket in BUCKETS if bucket.last_day is not None]
    reached = [
        (col(InvoiceRow.due_on) >= asked.as_of - timedelta(days=limit), index) for index, limit in enumerate(limits)
    ]
    return case(*reached, else_=len(limits))


def _lines(
    reached: ColumnElement[bool], asked: InvoiceQuestion, worth: Mapping[str, float] | None = None
) -> Select[Any]:
    open_minor = case((is_open_on(asked.as_of), open_on(asked.as_of)), else_=0)
    return (
        select(
            col(InvoiceRow.number),
            col(InvoiceRow.kind),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(InvoiceRow.invoice_on),
            col(InvoiceRow.due_on),
            col(InvoiceRow.amount_minor),
            open_minor.label("open_minor"),
            is_disputed_on(asked.as_of).label("is_disputed"),
            col(CustomerRow.collector_email),
            case((col(InvoiceRow.closed_on) <= asked.as_of, col(InvoiceRow.closed_on)), else_=_last_paid(asked.as_of)),
            col(InvoiceRow.currency),
            col(InvoiceRow.id),
            paid.paid_minor(asked),
            *foreseen.TOLD,
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(InvoiceRow.company_id))
        .outerjoin(InvoiceForecastRow, foreseen.is_told_of_open(asked.as_of))
        .where(reached, *_conditions(asked))
        .order_by(*_order(asked, open_minor, worth_of(col(InvoiceRow.currency), worth)))
    )


def _conditions(asked: InvoiceQuestion) -> list[ColumnElement[bool]]:
    given = [
        (not asked.consolidated, col(InvoiceRow.currency) == asked.currency),
        (True, _shown(asked)),
        (asked.bucket, _in_bucket(asked)),
        (asked.customer, col(CustomerRow.code) == asked.customer),
        (asked.text, any_holds(asked.text, col(InvoiceRow.number), col(CustomerRow.name), col(CustomerRow.code))),
    ]
    late = [paid.is_late_by(asked)] if asked.late else []
    return [*(condition for is_asked, condition in given if is_asked), *late, *parts.conditions(asked.part)]


def _shown(asked: InvoiceQuestion) -> ColumnElement[bool]:
    as_of, period = asked.as_of, reporting_period(asked.as_of)
    is_open = and_(is_open_on(as_of), open_on(as_of) != 0)
    shown: dict[Show, ColumnElement[bool]] = {
        Show.OPEN: is_open,
        Show.OVERDUE: and_(is_open, col(InvoiceRow.due_on) < as_of),
        Show.NOT_DUE: and_(is_open, col(InvoiceRow.due_on) >= as_of),
        Show.DISPUTED: and_(is_open, is_disputed_on(as_of)),
        Show.BILLED: col(InvoiceRow.invoice_on).between(period.start, period.end),
        Show.SETTLED: _settled_in(period),
        Show.ALL: col(InvoiceRow.invoice_on) <= as_of,
        Show.CAME: paid.is_paid(asked),
        Show.RECEIVED: paid.is_paid(asked),
    }
    return shown[asked.show]


def _in_bucket(asked: InvoiceQuestion) -> ColumnElement[bool]:
    if not asked.bucket:
        return true()
    first, last = bucket_span(asked.bucket, asked.as_of)
    due_on = col(InvoiceRow.due_on)
    return and_(due_on >= first if first else true(), due_on <= last if last else true())


def _settled_in(period: Period) -> ColumnElement[bool]:
    """Return whether an invoice was settled in ``period`` as known at its end, even if it was opened again later."""
    last_paid = _last_paid(period.end)
    for_a_while = and_(
        is_open_on(period.end),
        open_on(period.end) == 0,
        or_(last_paid >= period.start, col(InvoiceRow.invoice_on) >= period.start),
    )
    for_good = col(InvoiceRow.closed_on).between(period.start, period.end)
    return and_(col(InvoiceRow.kind) == Kind.INVOICE.value, or_(for_good, for_a_while))


def _last_paid(as_of: date) -> ColumnElement[date]:
    return (
        select(func.max(col(AllocationRow.allocated_on)))
        .where(col(AllocationRow.invoice_id) == col(InvoiceRow.id), col(AllocationRow.allocated_on) <= as_of)
        .correlate(InvoiceRow)
        .scalar_subquery()
    )


def _order(
    asked: InvoiceQuestion, open_minor: ColumnElement[int], worth: ColumnElement[Any]
) -> list[ColumnElement[Any]]:
    columns: dict[str, SQLColumnExpression[Any]] = {
        "due_on": col(InvoiceRow.due_on),
        "number": col(InvoiceRow.number),
        "customer": func.lower(col(CustomerRow.name)),
        "invoice_on": col(InvoiceRow.invoice_on),
        "amount": col(InvoiceRow.amount_minor) * worth,
        "open": (paid.paid_minor(asked) if asked.paid else open_minor) * worth,
        "expected": func.coalesce(col(InvoiceForecastRow.expected_on), literal(OPEN_END, Date)),
    }
    first = columns[asked.sort.key]
    return [first.desc() if asked.sort.descending else first.asc(), col(InvoiceRow.id).asc()]


def _line(row: Any) -> InvoiceLine:
    settled_on = row[11] if row[8] == 0 else None
    fields = (*row[:8], int(row[8]), bool(row[9]), row[10], settled_on, *row[12:14], int(row[14]), *row[15:])
    return InvoiceLine(*fields)
