"""Who customers are, whom to talk to, what money waits for them, and what is held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from ar_cockpit.db.queries.scope import in_any_company
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    ContactRow,
    CustomerRow,
    HoldRow,
    InvoiceRow,
    PaymentRow,
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


def lines_question(customers: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the question that makes a :class:`CustomerLine` of each row."""
    reachable = (
        exists()
        .where(
            col(ContactRow.customer_id) == col(CustomerRow.id),
            col(ContactRow.email) != "",
            ~has_bounced(ContactRow),
        )
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
    """Return a customer's contacts, the first to write to in front."""
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
        )
        .where(col(row.customer_id) == customer_id)
        .order_by(col(row.is_primary).desc(), col(row.id))
    )


def contacts(session: Session, customer_id: int) -> list[Contact]:
    """Return a customer's contacts, the first to write to in front."""
    return [Contact(*values) for values in session.execute(contacts_question(customer_id))]


def unapplied_cash(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[tuple[int, str], int]:
    """Return the money received and not applied by ``as_of``, by customer and currency."""
    now, _ = unapplied_questions(customers, as_of)
    return unapplied_sums(session.execute(now), session.execute(_applied_since(customers, as_of)))


def unapplied_questions(
    customers: ColumnElement[bool], as_of: Day
) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Return what is unapplied today, and what was applied since, for :func:`unapplied_sums` to add up."""
    owner, currency = col(PaymentRow.customer_id), col(PaymentRow.currency)
    of_customers = (CustomerRow, col(CustomerRow.id) == owner)
    received = (customers, col(PaymentRow.paid_on) <= as_of)
    left = col(PaymentRow.unapplied_minor)
    # Written out, so that the partial index of unapplied payments serves; not summed, or SQLite would walk all payments
    # in the order of their customers instead, to spare itself a sort.
    now = select(owner, currency, left).join(*of_customers).where(*received, left != literal_column("0"))
    since = (
        select(owner, currency, func.sum(col(AllocationRow.amount_minor)))
        .join(AllocationRow, col(AllocationRow.payment_id) == col(PaymentRow.id))
        .join(*of_customers)
        .where(_anything_applied_since(as_of), *received, col(AllocationRow.allocated_on) > as_of)
    )
    return now, since.group_by(owner, currency)


def _applied_since(customers: ColumnElement[bool], as_of: date) -> Select[*tuple[Any, ...]]:
    """Return what was applied since of many customers: from the few later allocations, not from all payments."""
    key = cast(col(AllocationRow.payment_id) + literal_column("0"), Integer)  # no plain column: see ``applied_later``
    later = (
        select(key.label("payment_id"), func.sum(col(AllocationRow.amount_minor)).label("minor"))
        .where(col(AllocationRow.company_id).in_(select(col(CompanyRow.id))), col(AllocationRow.allocated_on) > as_of)
        .group_by(key)
        .subquery()
    )
    return (
        select(col(PaymentRow.customer_id), col(PaymentRow.currency), later.c.minor)
        .select_from(later)
        .join(PaymentRow, col(PaymentRow.id) == later.c.payment_id)
        .join(CustomerRow, col(CustomerRow.id) == col(PaymentRow.customer_id))
        .where(customers, col(PaymentRow.paid_on) <= as_of)
    )


def _anything_applied_since(as_of: Day) -> ColumnElement[bool]:
    """Return whether there is any later allocation: of today there is none, and no payment need be looked at."""
    company, later = aliased(CompanyRow), aliased(AllocationRow)
    # The last day of each company stands at the end of an index; any later one would have to be looked for.
    last_day = select(func.max(col(later.allocated_on))).where(col(later.company_id) == col(company.id))
    last_day = last_day.correlate(company)
    return select(col(company.id)).where(last_day.scalar_subquery() > as_of).correlate(None).exists()


def unapplied_sums(*answers: Iterable[Sequence[Any]]) -> dict[tuple[int, str], int]:
    """Return the money that is left, by customer and currency."""
    totals: dict[tuple[int, str], int] = defaultdict(int)
    for rows in answers:
        for customer_id, code, minor in rows:
            totals[customer_id, code] += int(minor)
    return {key: minor for key, minor in totals.items() if minor}


def holds(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[int, list[Hold]]:
    """Return the stops in force on ``as_of``, by customer, oldest first."""
    return holds_by_customer(session.execute(holds_question(customers, as_of)))


def holds_question(customers: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`holds_by_customer` reads the answer of."""
    row = HoldRow
    in_force = (
        col(row.set_on) <= as_of,
        or_(col(row.released_on).is_(None), col(row.released_on) > as_of),
        or_(col(row.until_on).is_(None), col(row.until_on) >= as_of),
    )
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
        .where(customers, *in_force)
        .order_by(col(row.id))
    )


def holds_by_customer(rows: Iterable[Sequence[Any]]) -> dict[int, list[Hold]]:
    """Return the stops that ``rows`` tell of."""
    found: dict[int, list[Hold]] = defaultdict(list)
    for values in rows:
        found[values[1]].append(Hold(*values))
    return found


def people(session: Session, emails: set[str]) -> dict[str, Person]:
    """Return those of ``emails`` who are users, by e-mail."""
    question = select(col(UserRow.email), col(UserRow.name), col(UserRow.phone)).where(col(UserRow.email).in_(emails))
    return {email: Person(email, name, phone) for email, name, phone in session.execute(question)}
