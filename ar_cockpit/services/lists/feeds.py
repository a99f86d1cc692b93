"""The ledger for programs, within their rights: pages of whole records by key, and single records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.queries import customers as stored
from ar_cockpit.db.queries.customers import Contact
from ar_cockpit.db.queries.lists import feeds
from ar_cockpit.db.queries.lists.feeds import Span
from ar_cockpit.db.queries.scope import customer_clause, in_any_company
from ar_cockpit.db.tables import AllocationRow, CustomerRow, InvoiceRow, PaymentRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.services.people import companies

Days = tuple[date | None, date | None]
_NO_DAYS: Days = (None, None)


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of records, and whether more come after it."""

    rows: Sequence[Any]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records: whose, and the page."""

    after: int = 0
    limit: int = 100
    company: str = ""
    customer: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Documents:
    """Which documents, as of which day."""

    as_of: date
    state: str = ""
    number: str = ""
    due: Days = _NO_DAYS
    issued: Days = _NO_DAYS


def customers(session: Session, actor: Actor, asked: Asked, *, collector: str = "", sales_rep: str = "") -> Feed:
    """Return customers in the order in which they were made."""
    conditions = [
        *_equal((CustomerRow.code, asked.customer), (CustomerRow.currency, asked.currency)),
        *_equal((CustomerRow.collector_email, collector.lower()), (CustomerRow.sales_email, sales_rep.lower())),
    ]
    return _feed(asked, lambda span: feeds.customers(session, _reached(session, actor, asked), conditions, span))


def invoices(session: Session, actor: Actor, asked: Asked, which: Documents) -> Feed:
    """Return the documents that exist on the day asked for, in the order in which they were made."""
    row = InvoiceRow
    conditions = [
        feeds.shown(which.state, which.as_of),
        *_equal((row.number, which.number), (row.currency, asked.currency), (CustomerRow.code, asked.customer)),
        *_between(row.due_on, which.due),
        *_between(row.invoice_on, which.issued),
        *([in_any_company(col(row.company_id))] if which.number else []),
    ]
    reached = _reached(session, actor, asked)
    return _feed(asked, lambda span: feeds.invoices(session, reached, conditions, span, which.as_of))


def payments(
    session: Session, actor: Actor, asked: Asked, *, number: str = "", paid: Days = _NO_DAYS, unapplied: bool = False
) -> Feed:
    """Return payments in the order in which they were made; ``unapplied``: only those with money left."""
    row = PaymentRow
    conditions = [
        *_equal((row.number, number), (row.currency, asked.currency), (CustomerRow.code, asked.customer)),
        *_between(row.paid_on, paid),
        *([col(row.unapplied_minor) != 0] if unapplied else []),
    ]
    return _feed(asked, lambda span: feeds.payments(session, _reached(session, actor, asked), conditions, span))


def allocations(
    session: Session, actor: Actor, asked: Asked, *, payment: str = "", invoice: str = "", on: Days = _NO_DAYS
) -> Feed:
    """Return allocations in the order in which they were made."""
    conditions = [
        *_equal((PaymentRow.number, payment), (InvoiceRow.number, invoice), (PaymentRow.currency, asked.currency)),
        *_equal((CustomerRow.code, asked.customer)),
        *_between(AllocationRow.allocated_on, on),
        *([in_any_company(col(InvoiceRow.company_id))] if invoice else []),
    ]
    return _feed(asked, lambda span: feeds.allocations(session, _reached(session, actor, asked), conditions, span))


def customer(session: Session, actor: Actor, key: int) -> tuple[Any, list[Contact]]:
    """Return one customer and its contacts."""
    reached = _reached(session, actor, Asked())
    found = feeds.customers(session, reached, [col(CustomerRow.id) == key], Span(key - 1, 1))
    return _only(found), stored.contacts(session, key)


def invoice(session: Session, actor: Actor, key: int, as_of: date) -> Any:
    """Return one document as of a day; its day of issue is not asked."""
    reached = _reached(session, actor, Asked())
    return _only(feeds.invoices(session, reached, [col(InvoiceRow.id) == key], Span(key - 1, 1), as_of))


def payment(session: Session, actor: Actor, key: int) -> Any:
    """Return one payment."""
    reached = _reached(session, actor, Asked())
    return _only(feeds.payments(session, reached, [col(PaymentRow.id) == key], Span(key - 1, 1)))


def _reached(session: Session, actor: Actor, asked: Asked) -> ColumnElement[bool]:
    reached = customer_clause(actor.scope(Permission.VIEW_CUSTOMERS), actor.email)
    if not asked.company:
        return reached
    chosen = companies.chosen_companies(session, actor, Permission.VIEW_CUSTOMERS, asked.company)
    return and_(reached, col(CustomerRow.company_id).in_(chosen))


def _feed(asked: Asked, page: Callable[[Span], list[Any]]) -> Feed:
    rows = page(Span(asked.after, asked.limit + 1))  # one more says whether there are more
    return Feed(rows[: asked.limit], len(rows) > asked.limit)


def _only(found: Sequence[Any]) -> Any:
    if not found:
        raise NotFoundError("There is no such record.")
    return found[0]


def _equal(*given: tuple[Any, str]) -> list[ColumnElement[bool]]:
    return [col(column) == value for column, value in given if value]


def _between(column: Any, days: Days) -> list[ColumnElement[bool]]:
    first, last = days
    return [*([col(column) >= first] if first else []), *([col(column) <= last] if last else [])]
