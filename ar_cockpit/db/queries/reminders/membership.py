"""What segments ask about customers, of all of them at once: two questions, whatever the number of invoices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.queries.customers import may_be_written_to
from ar_cockpit.db.queries.reminders.plan import allocated_later
from ar_cockpit.db.streaming import stream
from ar_cockpit.db.tables import CompanyRow, ContactRow, CustomerRow, CustomerSegmentRow, InvoiceRow


class Asked(NamedTuple):
    """A customer as rules look at it."""

    customer_id: int
    company: str
    code: str
    name: str
    country: str
    language: str
    currency: str
    terms_days: int
    limit_minor: int | None
    external_score: int | None
    segment: str
    tags: str


class OwedSum(NamedTuple):
    """What a customer owes in its own currency, how long its oldest open invoice of any currency is overdue.

    ``foreign`` is what it owes in others: currency, open and overdue.
    """

    customer_id: int
    open_minor: int
    overdue_minor: int
    oldest_days: int
    foreign: tuple[tuple[str, int, int], ...] = ()


def customers(session: Session, wanted: ColumnElement[bool]) -> Iterator[Asked]:
    """Yield the ``wanted`` customers by company and code."""
    row = CustomerRow
    question = (
        select(
            col(row.id),
            col(CompanyRow.code),
            col(row.code),
            col(row.name),
            col(row.country),
            col(row.language),
            col(row.currency),
            col(row.payment_terms_days),
            col(row.credit_limit_minor),
            col(row.external_score),
            col(row.segment_key),
            cast(col(row.tags), String),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(wanted)
        .order_by(col(CompanyRow.code), col(row.code))
    )
    yield from map(Asked._make, stream(session, question))


def owed(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, OwedSum]:
    """Return what the ``wanted`` customers owe on ``as_of``, of those that owe something."""
    later = allocated_later(as_of)
    open_minor = col(InvoiceRow.open_minor) + func.coalesce(later.c.minor, 0)
    is_overdue = col(InvoiceRow.due_on) < as_of
    question = (
        select(
            col(InvoiceRow.customer_id),
            cast(func.sum(open_minor), BigInteger),
            cast(func.sum(case((is_overdue, open_minor), else_=0)), BigInteger),
            days_between(literal(as_of), func.min(col(InvoiceRow.due_on))),
            col(InvoiceRow.currency),
            col(CustomerRow.currency),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .outerjoin(later, later.c.invoice_id == col(InvoiceRow.id))
        .where(wanted, is_open_on(as_of), open_minor > 0)
        .group_by(col(InvoiceRow.customer_id), col(InvoiceRow.currency), col(CustomerRow.currency))
    )
    found: dict[int, OwedSum] = {}
    for customer_id, minor, overdue, days, currency, own in stream(session, question):
        before = found.get(customer_id) or OwedSum(customer_id, 0, 0, int(days))
        late = max(before.oldest_days, int(days))
        if currency == own:
            found[customer_id] = before._replace(open_minor=int(minor), overdue_minor=int(overdue), oldest_days=late)
        else:
            foreign = (*before.foreign, (currency, int(minor), int(overdue)))
            found[customer_id] = before._replace(foreign=foreign, oldest_days=late)
    return found


def with_address(session: Session, customer_ids: Sequence[int], wanted: ColumnElement[bool]) -> frozenset[int]:
    """Return those of a few customers that are ``wanted`` and can be written to."""
    row = ContactRow
    question = (
        select(col(row.customer_id))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(wanted, col(row.customer_id).in_(customer_ids), may_be_written_to(row))
    )
    return frozenset(session.execute(question).scalars())


def segment_question(customer_id: int | BindParameter[int]) -> Select[*tuple[Any, ...]]:
    """Return where a customer belongs and since when, and its score with its parts; no row before it was judged."""
    row = CustomerSegmentRow
    told = select(col(row.segment), col(row.cadence), col(row.since_on), col(row.score), col(row.parts))
    return told.where(col(row.customer_id) == customer_id)
