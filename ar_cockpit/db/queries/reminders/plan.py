"""What a day's plan is made of: one query for each kind of fact, narrow rows, as known on the day."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    String,
    Subquery,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import True_
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.open_items import is_note, is_open_on, open_on
from ar_cockpit.db.queries.customers import may_be_written_to
from ar_cockpit.db.queries.reminders.contacts import is_for_payables
from ar_cockpit.db.queries.unapplied import unapplied_cash
from ar_cockpit.db.streaming import narrow
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    ContactRow,
    CustomerRow,
    DisputeRow,
    InvoiceRow,
)
from ar_cockpit.db.together import Day


class StoredCustomer(NamedTuple):
    """A customer with its company's words, and whom to write to there."""

    customer_id: int
    company: str
    code: str
    country: str
    language: str
    currency: str
    terms_days: int
    limit_minor: int | None
    external_score: int | None
    segment: str
    tags: str  # as stored: most have none, and are not worth reading
    sales_email: str
    company_language: str
    contact_id: int | None
    email: str | None
    contact_language: str | None
    has_phone: bool


def customers(session: Session, wanted: ColumnElement[bool]) -> Iterator[StoredCustomer]:
    """Yield the ``wanted`` customers by company and code."""
    return map(StoredCustomer._make, narrow(session, customers_question(wanted)))


def customers_question(wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the question that makes a :class:`StoredCustomer` of each row."""
    contact = ContactRow
    return (
        _alone(wanted)
        .add_columns(col(contact.id), col(contact.email), col(contact.language), _has_phone())
        .outerjoin(contact, col(contact.id) == _whom_to_write_to())
    )


def _alone(wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    row = CustomerRow
    return (
        select(
            col(row.id),
            col(CompanyRow.code),
            col(row.code),
            col(row.country),
            col(row.language),
            col(row.currency),
            col(row.payment_terms_days),
            col(row.credit_limit_minor),
            col(row.external_score),
            col(row.segment_key),
            cast(col(row.tags), String),
            col(row.sales_email),
            col(CompanyRow.language),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(wanted)
        .order_by(col(CompanyRow.code), col(row.code))
    )


def _whom_to_write_to() -> ScalarSelect[int]:
    """Return the contact with an address that works: primary ones first, then accounts payable."""
    row = aliased(ContactRow)
    return (
        select(col(row.id))
        .where(col(row.customer_id) == col(CustomerRow.id), may_be_written_to(row))
        .order_by(col(row.is_primary).desc(), is_for_payables(row).desc(), col(row.id))
        .limit(1)
        .correlate(CustomerRow)
        .scalar_subquery()
    )


def _has_phone() -> ColumnElement[bool]:
    row = aliased(ContactRow)
    is_there = (col(row.customer_id) == col(CustomerRow.id), col(row.phone) != "", col(row.left_on).is_(None))
    return exists().where(*is_there).correlate(CustomerRow)


def countries(session: Session, wanted: ColumnElement[bool]) -> frozenset[str]:
    """Return the countries of the ``wanted`` customers."""
    return frozenset(session.execute(select(col(CustomerRow.country)).where(wanted).distinct()).scalars())


def open_invoices(session: Session, wanted: ColumnElement[bool], as_of: date) -> Iterator[tuple[Any, ...]]:
    """Yield what is owed: the fields of ``OpenInvoice`` and whose it is, in the customers' order."""
    later = allocated_later(as_of)
    open_minor = col(InvoiceRow.open_minor) + func.coalesce(later.c.minor, 0)
    question = (
        select(
            col(InvoiceRow.id),
            col(InvoiceRow.number),
            col(InvoiceRow.currency),
            cast(open_minor, BigInteger),
            days_between(literal(as_of), col(InvoiceRow.due_on)),
            col(InvoiceRow.customer_id),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .outerjoin(later, later.c.invoice_id == col(InvoiceRow.id))
        .where(wanted, is_open_on(as_of), open_minor > 0)
        .order_by(col(CompanyRow.code), col(CustomerRow.code))
    )
    return narrow(session, question)


def open_invoices_of_few(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question of :func:`open_invoices` about a few customers, each document by its own allocations."""
    days_late = days_between(as_of, col(InvoiceRow.due_on))
    return (
        select(
            col(InvoiceRow.id),
            col(InvoiceRow.number),
            col(InvoiceRow.currency),
            open_on(as_of),
            days_late,
            col(InvoiceRow.customer_id),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(wanted, is_open_on(as_of), open_on(as_of) > 0)
        .order_by(col(InvoiceRow.id))
    )


def credit_notes_of_few(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the open credit notes of a few customers by currency, negative, as :func:`cover` counts them."""
    return (
        select(col(InvoiceRow.customer_id), col(InvoiceRow.currency), func.sum(open_on(as_of)))
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(wanted, is_open_on(as_of), is_note(), open_on(as_of) < 0)
        .group_by(col(InvoiceRow.customer_id), col(InvoiceRow.currency))
    )


def allocated_later(as_of: date) -> Subquery:
    """Return what was allocated to invoices after ``as_of``: it was still open then."""
    # Every company is meant, and the key is no plain column: so that SQLite takes the index by company and day, which
    # leads to the few rows there are, and does not walk all allocations in the order of their invoices.
    key = cast(col(AllocationRow.invoice_id) + literal_column("0"), Integer)
    return (
        select(key.label("invoice_id"), func.sum(col(AllocationRow.amount_minor)).label("minor"))
        .where(col(AllocationRow.company_id).in_(select(col(CompanyRow.id))), col(AllocationRow.allocated_on) > as_of)
        .group_by(key)
        .subquery()
    )


def disputed(session: Session, wanted: ColumnElement[bool], as_of: date) -> frozenset[int]:
    """Return the invoices with a dispute open on ``as_of``."""
    return frozenset(session.execute(disputed_question(wanted, as_of)).scalars())


def disputed_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question of :func:`disputed`."""
    row = DisputeRow
    return (
        select(col(row.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(wanted, col(row.opened_on) <= as_of, col(row.closed_on) > as_of)
    )


def written_off(session: Session, wanted: ColumnElement[bool], as_of: date) -> frozenset[int]:
    """Return the open invoices that were written off by ``as_of``."""
    return frozenset(session.execute(written_off_question(wanted, as_of)).scalars())


def written_off_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question of :func:`written_off`."""
    return (
        select(col(InvoiceRow.id))
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(wanted, is_open_on(as_of), col(InvoiceRow.written_off_on) <= as_of)
    )


def cover(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, dict[str, int]]:
    """Return the open credit notes and the unapplied cash of customers, positive, by currency."""
    row, later = InvoiceRow, allocated_later(as_of)
    open_minor = col(row.open_minor) + func.coalesce(later.c.minor, 0)
    question = (
        select(col(row.customer_id), col(row.currency), func.sum(open_minor))
        .outerjoin(later, later.c.invoice_id == col(row.id))
        .where(is_open_on(as_of), is_note(), open_minor < 0)
        .group_by(col(row.customer_id), col(row.currency))
    )
    if not isinstance(wanted, True_):
        question = question.join(CustomerRow, col(CustomerRow.id) == col(row.customer_id)).where(wanted)
    return summed_cover(narrow(session, question), unapplied_cash(session, wanted, as_of))


def summed_cover(notes: Iterable[Sequence[Any]], unapplied: Mapping[tuple[int, str], int]) -> dict[int, dict[str, int]]:
    """Return what covers an invoice: credit notes and unapplied cash, positive, by customer and currency."""
    found: dict[int, dict[str, int]] = defaultdict(partial(defaultdict, int))
    for customer_id, currency, minor in notes:
        found[customer_id][currency] -= int(minor)
    for (customer_id, currency), minor in unapplied.items():
        found[customer_id][currency] += max(0, minor)
    return found


def handled_by_hand(session: Session, wanted: ColumnElement[bool], tag: str) -> frozenset[int]:
    """Return the customers that carry ``tag``, whatever its capitals."""
    tags = func.lower(cast(col(CustomerRow.tags), String))
    question = select(col(CustomerRow.id)).where(wanted, tags.contains(f'"{tag}"', autoescape=True))
    return frozenset(session.execute(question).scalars())


@lru_cache(maxsize=256)
def tags_of(stored: str | None) -> frozenset[str]:
    """Return a customer's tags as they are stored."""
    return frozenset(json.loads(stored)) if stored and stored != "null" else frozenset()
