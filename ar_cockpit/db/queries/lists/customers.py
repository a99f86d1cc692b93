"""Customers with what they owe on any day: filtered, sorted and paged by the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, Subquery, case, func, literal, or_, select, true
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_on
from ar_cockpit.db.queries.figures import parts
from ar_cockpit.db.queries.lists.words import any_holds, worth_of
from ar_cockpit.db.tables import CompanyRow, CustomerRow, CustomerSegmentRow, InvoiceRow
from ar_cockpit.domain.figures.listing import PAGE_SIZE, CustomerQuestion


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer as listed; what it owes in ``owed_currency``, one line for each when all of them are asked for."""

    customer_id: int
    code: str
    name: str
    country: str
    company: str
    open_minor: int
    overdue_minor: int
    oldest_due_on: date | None  # of what is overdue and owed
    limit_minor: int | None
    currency: str
    collector_email: str
    sales_email: str
    owed_currency: str
    group_code: str
    members: int = 1  # of the group, when the line is one


@dataclass(frozen=True, slots=True)
class CustomerTotals:
    """How many customers the list holds, and what they owe together."""

    count: int
    open_minor: int
    overdue_minor: int


def customer_page(
    session: Session, reached: ColumnElement[bool], asked: CustomerQuestion, worth: Mapping[str, float] | None = None
) -> list[CustomerLine]:
    """Return one page of the customers ``reached``; ``worth`` compares amounts of many currencies."""
    page = _lines(reached, asked, worth).limit(PAGE_SIZE).offset((asked.page - 1) * PAGE_SIZE)
    return [_line(row) for row in session.execute(page)]


def every_customer(session: Session, reached: ColumnElement[bool], asked: CustomerQuestion) -> Iterator[CustomerLine]:
    """Yield the whole list, for an export."""
    for row in session.execute(_lines(reached, asked).execution_options(yield_per=1000)):
        yield _line(row)


def customer_totals(session: Session, reached: ColumnElement[bool], asked: CustomerQuestion) -> CustomerTotals:
    """Return the count and sums of the whole list."""
    owed = debts_of(asked)
    question = (
        select(func.count(), func.sum(owed.c.open_minor), func.sum(owed.c.overdue_minor))
        .select_from(CustomerRow)
        .outerjoin(owed, owed.c.customer_id == col(CustomerRow.id))
        .where(reached, *conditions(asked, owed))
    )
    count, open_minor, overdue_minor = session.execute(question).one()
    return CustomerTotals(count, int(open_minor or 0), int(overdue_minor or 0))


def customer_sums(session: Session, reached: ColumnElement[bool], asked: CustomerQuestion) -> dict[str, CustomerTotals]:
    """Return the sums of the whole list by the currency owed; the count is of lines."""
    owed = debts_of(asked)
    currency = owed_currency(owed)
    question = (
        select(currency, func.count(), func.sum(owed.c.open_minor), func.sum(owed.c.overdue_minor))
        .select_from(CustomerRow)
        .outerjoin(owed, owed.c.customer_id == col(CustomerRow.id))
        .where(reached, *conditions(asked, owed))
        .group_by(currency)
    )
    return {
        code: CustomerTotals(count, int(open_minor or 0), int(overdue_minor or 0))
        for code, count, open_minor, overdue_minor in session.execute(question)
    }


def segments_of(session: Session, customer_ids: Sequence[int]) -> dict[int, tuple[str, int | None]]:
    """Return the segment and the payer score of customers, as they were judged last."""
    row = CustomerSegmentRow
    question = select(col(row.customer_id), col(row.segment), col(row.score)).where(
        col(row.customer_id).in_(customer_ids)
    )
    return {key: (segment, score) for key, segment, score in session.execute(question)}


def segments(session: Session, reached: ColumnElement[bool]) -> list[str]:
    """Return the segments that the customers ``reached`` belong to, by name."""
    row = CustomerSegmentRow
    companies = select(col(CompanyRow.id)).where(
        select(col(CustomerRow.id)).where(reached, col(CustomerRow.company_id) == col(CompanyRow.id)).exists()
    )
    question = select(col(row.segment)).where(col(row.company_id).in_(companies)).distinct().order_by(col(row.segment))
    return list(session.execute(question).scalars())


def owed_currency(owed: Subquery) -> ColumnElement[str]:
    """Return the currency of what a customer owes, its own when it owes nothing."""
    return func.coalesce(owed.c.currency, col(CustomerRow.currency))


def _lines(
    reached: ColumnElement[bool], asked: CustomerQuestion, worth: Mapping[str, float] | None = None
) -> Select[Any]:
    owed = debts_of(asked)
    currency = owed_currency(owed)
    return (
        select(
            col(CustomerRow.id),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(CustomerRow.country),
            col(CompanyRow.code),
            func.coalesce(owed.c.open_minor, 0),
            func.coalesce(owed.c.overdue_minor, 0),
            owed.c.oldest_due_on,
            col(CustomerRow.credit_limit_minor),
            col(CustomerRow.currency),
            col(CustomerRow.collector_email),
            col(CustomerRow.sales_email),
            currency if asked.consolidated else literal(asked.currency),
            col(CustomerRow.group_code),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .outerjoin(owed, owed.c.customer_id == col(CustomerRow.id))
        .where(reached, *conditions(asked, owed))
        .order_by(_first(asked, owed, worth_of(currency, worth)), col(CustomerRow.id), currency)
    )


def debts_of(asked: CustomerQuestion) -> Subquery:
    """Return open and overdue amounts by customer."""
    documents = (
        select(
            col(InvoiceRow.customer_id),
            col(InvoiceRow.currency),
            col(InvoiceRow.due_on),
            open_on(asked.as_of).label("open_minor"),
        )
        .where(is_open_on(asked.as_of), true() if asked.consolidated else col(InvoiceRow.currency) == asked.currency)
        .subquery("documents")
    )
    is_overdue = documents.c.due_on < asked.as_of
    return (
        select(
            documents.c.customer_id,
            documents.c.currency,
            func.sum(documents.c.open_minor).label("open_minor"),
            func.sum(case((is_overdue, documents.c.open_minor), else_=0)).label("overdue_minor"),
            func.min(case((is_overdue & (documents.c.open_minor > 0), documents.c.due_on))).label("oldest_due_on"),
        )
        .group_by(documents.c.customer_id, documents.c.currency)
        .subquery("owed")
    )


def conditions(asked: CustomerQuestion, owed: Subquery) -> list[ColumnElement[bool]]:
    """Return which customers are asked for."""
    given = [
        (asked.overdue_only, owed.c.overdue_minor > 0),
        (asked.group, col(CustomerRow.group_code) == asked.group),
        (asked.segment, _in_segment(asked.segment)),
        # An archived customer that owes again is nobody to overlook.
        (not asked.archived, or_(col(CustomerRow.archived_at).is_(None), owed.c.open_minor != 0)),
        (asked.archived, col(CustomerRow.archived_at).is_not(None)),
        (asked.text, any_holds(asked.text, col(CustomerRow.name), col(CustomerRow.code))),
    ]
    return [*(condition for is_asked, condition in given if is_asked), *parts.conditions(asked.part)]


def _in_segment(segment: str) -> ColumnElement[bool]:
    row = CustomerSegmentRow
    return col(CustomerRow.id).in_(select(col(row.customer_id)).where(col(row.segment) == segment))


def _first(asked: CustomerQuestion, owed: Subquery, worth: ColumnElement[Any]) -> ColumnElement[Any]:
    columns: dict[str, SQLColumnExpression[Any]] = {
        "overdue": func.coalesce(owed.c.overdue_minor, 0) * worth,
        "name": func.lower(col(CustomerRow.name)),
        "open": func.coalesce(owed.c.open_minor, 0) * worth,
        # The oldest first when descending: an early due date is a high age.
        "oldest": func.coalesce(owed.c.oldest_due_on, asked.as_of),
    }
    column = columns[asked.sort.key]
    descending = asked.sort.descending is not (asked.sort.key == "oldest")
    return column.desc() if descending else column.asc()


def _line(row: Any) -> CustomerLine:
    fields = (*row[:5], int(row[5]), int(row[6]), *row[7:])
    return CustomerLine(*fields)
