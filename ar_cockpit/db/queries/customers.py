"""Who customers are, whom to talk to, what money waits for them, and what is held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlmodel import Session, col

from ar_cockpit.db.queries.scope import in_any_company
from ar_cockpit.db.tables import (
    CompanyRow,
    ContactRow,
    CustomerRow,
    HoldRow,
    InvoiceRow,
    UserRow,
)
from ar_cockpit.db.together import CUSTOMER, Day, Together


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer as lists need it."""

    customer_id: int
    company_id: int
    company_code: str
    company_name: str
    code: str
    name: str
    city: str
    country: str
    currency: str
    limit_minor: int | None
    collector_email: str
    sales_email: str
    has_email: bool
    group_code: str = ""  # the head of its group; empty outside of groups
    is_archived: bool = False  # out of the lists while it owes nothing


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at the customer."""

    contact_id: int
    name: str
    email: str
    phone: str
    role: str
    language: str
    has_bounced: bool
    is_primary: bool = True
    gets_reminders: bool = True
    left_on: date | None = None  # no longer with the customer since


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop on reminders: ``hold`` by finance or ``sales_pause``, for the customer, one invoice or a step of it."""

    hold_id: int
    customer_id: int
    invoice_id: int | None
    kind: str
    reason: str
    set_on: date
    set_by: str
    until_on: date | None
    step: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One of ours."""

    email: str
    name: str
    phone: str


def customer_lines(session: Session, customers: ColumnElement[bool]) -> list[CustomerLine]:
    """Return ``customers`` by company and code."""
    return [CustomerLine(*values) for values in session.execute(lines_question(customers))]


def line_of(session: Session, customer_id: int) -> CustomerLine | None:
    """Return the customer of that key, whoever may see it."""
    return next((CustomerLine(*row) for row in _OF_KEY.ask(session, customer=customer_id)["lines"]), None)


def lines_coded(session: Session, code: str) -> list[CustomerLine]:
    """Return the customers that people call ``code``, by company, whoever may see them."""
    return [CustomerLine(*row) for row in _OF_CODE.ask(session, code=code)["lines"]]


def has_bounced(row: type[ContactRow]) -> ColumnElement[bool]:
    """Return whether the address of a contact bounced; the mark does not hold for another address."""
    same = or_(col(row.bounced_email) == "", func.lower(col(row.bounced_email)) == func.lower(col(row.email)))
    return and_(col(row.bounced_at).is_not(None), same)


def may_be_written_to(row: type[ContactRow]) -> ColumnElement[bool]:
    """Return whether reminders may go to a contact: it is there, wants them, and its address works."""
    return and_(col(row.email) != "", ~has_bounced(row), col(row.left_on).is_(None), col(row.gets_reminders))


def mail_contact(session: Session, customer_id: int, contact_id: int) -> tuple[str, str] | None:
    """Return the address and the language of a contact that a person may write to, reminders or not."""
    row = ContactRow
    reachable = (col(row.email) != "", ~has_bounced(row), col(row.left_on).is_(None))
    question = select(col(row.email), col(row.language)).where(
        col(row.id) == contact_id, col(row.customer_id) == customer_id, *reachable
    )
    found = session.execute(question).first()
    return (found[0], found[1]) if found else None


def lines_question(customers: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the question that makes a :class:`CustomerLine` of each row."""
    reachable = (
        exists()
        .where(col(ContactRow.customer_id) == col(CustomerRow.id), may_be_written_to(ContactRow))
        .correlate(CustomerRow)
    )
    return (
        select(
            col(CustomerRow.id),
            col(CustomerRow.company_id),
            col(CompanyRow.code),
            col(CompanyRow.name),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(CustomerRow.city),
            col(CustomerRow.country),
            col(CustomerRow.currency),
            col(CustomerRow.credit_limit_minor),
            col(CustomerRow.collector_email),
            col(CustomerRow.sales_email),
            reachable,
            col(CustomerRow.group_code),
            col(CustomerRow.archived_at).is_not(None),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .where(customers)
        .order_by(col(CompanyRow.code), col(CustomerRow.code))
    )


_OF_KEY = Together(lambda: {"lines": lines_question(col(CustomerRow.id) == CUSTOMER)})
_OF_CODE = Together(lambda: {"lines": lines_question(col(CustomerRow.code) == bindparam("code", None, type_=String()))})


def is_named(search: str) -> ColumnElement[bool]:
    """Return the customers whose name or code holds ``search``, or that have an invoice of that number."""
    words = search.strip()
    if not words:
        return true()
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    is_it = and_(in_any_company(col(InvoiceRow.company_id)), col(InvoiceRow.number) == words)
    numbered = select(col(InvoiceRow.customer_id)).where(is_it).correlate(None)
    of_invoice = col(CustomerRow.id).in_(numbered)
    named = or_(
        func.lower(col(CustomerRow.name)).like(pattern.lower(), escape="\\"),
        func.lower(col(CustomerRow.code)).like(pattern.lower(), escape="\\"),
    )
    return or_(named, of_invoice)


def contacts_question(customer_id: int | BindParameter[int]) -> Select[*tuple[Any, ...]]:
    """Return a customer's contacts, the first to write to in front, those who left at the end."""
    row = ContactRow
    return (
        select(
            col(row.id),
            col(row.name),
            col(row.email),
            col(row.phone),
            col(row.role),
            col(row.language),
            has_bounced(row),
            col(row.is_primary),
            col(row.gets_reminders),
            col(row.left_on),
        )
        .where(col(row.customer_id) == customer_id)
        .order_by(col(row.left_on).is_not(None), col(row.is_primary).desc(), col(row.id))
    )


def contacts(session: Session, customer_id: int) -> list[Contact]:
    """Return those who are with a customer now, the first to write to in front."""
    found = (Contact(*values) for values in session.execute(contacts_question(customer_id)))
    return [one for one in found if one.left_on is None]


def holds(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[int, list[Hold]]:
    """Return the stops in force on ``as_of``, by customer, oldest first."""
    return holds_by_customer(session.execute(holds_question(customers, as_of)))


def holds_question(customers: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`holds_by_customer` reads the answer of."""
    row = HoldRow
    return (
        select(
            col(row.id),
            col(row.customer_id),
            col(row.invoice_id),
            col(row.kind),
            col(row.reason),
            col(row.set_on),
            col(row.set_by),
            col(row.until_on),
            col(row.step),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(customers, stops_on(as_of))
        .order_by(col(row.id))
    )


def stops_on(as_of: Day) -> ColumnElement[bool]:
    """Return whether a stop is in force on a day."""
    row = HoldRow
    return and_(
        col(row.set_on) <= as_of,
        or_(col(row.released_on).is_(None), col(row.released_on) > as_of),
        or_(col(row.until_on).is_(None), col(row.until_on) >= as_of),
    )


def holds_by_customer(rows: Iterable[Sequence[Any]]) -> dict[int, list[Hold]]:
    """Return the stops that ``rows`` tell of."""
    found: dict[int, list[Hold]] = defaultdict(list)
    for values in rows:
        found[values[1]].append(Hold(*values))
    return found


def names_of(session: Session, emails: Collection[str]) -> dict[str, str]:
    """Return the names of those of ``emails`` who are users."""
    question = select(col(UserRow.email), col(UserRow.name)).where(col(UserRow.email).in_(emails))
    return dict(session.execute(question).all())
