"""What the ledger already knows of the records in a batch: one query for each table, by business key."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy
from sqlmodel import Session, SQLModel, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    ContactRow,
    CustomerMergeRow,
    CustomerRow,
    DisputeRow,
    InvoiceRow,
    PaymentRow,
)

Key = tuple[int, str]


class KnownCustomer(NamedTuple):
    """A customer as far as documents and payments need it."""

    customer_id: int
    company_id: int
    code: str
    currency: str
    payment_terms_days: int


class KnownDocument(NamedTuple):
    """An invoice or credit note as far as allocations need it."""

    invoice_id: int
    company_id: int
    number: str
    currency: str
    amount_minor: int
    open_minor: int


class KnownPayment(NamedTuple):
    """A payment as far as allocations need it."""

    payment_id: int
    company_id: int
    number: str
    currency: str
    amount_minor: int
    unapplied_minor: int
    paid_on: date


# What a named tuple's own constructor does, without a call in Python for each row.
_CUSTOMER = partial(tuple.__new__, KnownCustomer)
_DOCUMENT = partial(tuple.__new__, KnownDocument)
_PAYMENT = partial(tuple.__new__, KnownPayment)


class KnownAllocation(NamedTuple):
    """An allocation."""

    allocation_id: int
    payment_id: int
    invoice_id: int
    allocated_on: date
    amount_minor: int
    custom: dict[str, Any] | None


class KnownContact(NamedTuple):
    """A customer's contact."""

    contact_id: int
    customer_id: int
    name: str
    email: str
    phone: str
    role: str
    language: str


class KnownDispute(NamedTuple):
    """A dispute, and whether its date is known or only that there is one."""

    dispute_id: int
    invoice_id: int
    is_date_known: bool
    closed_on: date
    outcome: str


def customers_by_code(session: Session, codes: Collection[str]) -> list[KnownCustomer]:
    """Return the customers with one of ``codes``, in whatever company; a merged one is the one it was merged into."""
    row = CustomerRow
    columns = (row.id, row.company_id, row.code, row.currency, row.payment_terms_days)
    found = list(map(_CUSTOMER, _by_key(session, row, columns, "code", codes)))
    became = _merged(session, [one.customer_id for one in found])
    return [one._replace(customer_id=became[one.customer_id]) if one.customer_id in became else one for one in found]


def _merged(session: Session, customer_ids: Collection[int]) -> dict[int, int]:
    row = CustomerMergeRow
    question = sqlalchemy.select(col(row.from_id), col(row.into_id))
    found = session.execute(question.where(among(session, col(row.from_id), customer_ids)))
    return {one[0]: one[1] for one in found}


def rows_by_key(
    session: Session, row_class: Any, key: str, values: Collection[str], columns: Iterable[str]
) -> dict[Key, tuple[Any, ...]]:
    """Return ``columns`` of the rows whose business key is one of ``values``, by (company, key)."""
    wanted = [getattr(row_class, name) for name in ("company_id", key, *columns)]
    return {row[:2]: row[2:] for row in _by_key(session, row_class, wanted, key, values)}


def documents_by_number(session: Session, numbers: Collection[str]) -> dict[Key, KnownDocument]:
    """Return the documents with one of ``numbers``, by (company, number)."""
    row = InvoiceRow
    columns = (row.id, row.company_id, row.number, row.currency, row.amount_minor, row.open_minor)
    documents = map(_DOCUMENT, _by_key(session, row, columns, "number", numbers))
    return {(one.company_id, one.number): one for one in documents}


def payments_by_number(session: Session, numbers: Collection[str]) -> dict[str, list[KnownPayment]]:
    """Return the payments with one of ``numbers``, in whatever company, by number."""
    row = PaymentRow
    columns = (
        row.id,
        row.company_id,
        row.number,
        row.currency,
        row.amount_minor,
        row.unapplied_minor,
        row.paid_on,
    )
    payments = list(map(_PAYMENT, _by_key(session, row, columns, "number", numbers)))
    found = {one.number: [one] for one in payments}
    if len(found) < len(payments):  # a number is one company's in nearly all batches
        found = {number: [] for number in found}
        for one in payments:
            found[one.number].append(one)
    return found


def allocations_of_payments(session: Session, payment_ids: Collection[int]) -> list[KnownAllocation]:
    """Return every allocation of these payments."""
    row = AllocationRow
    columns = (row.id, row.payment_id, row.invoice_id, row.allocated_on, row.amount_minor, row.custom)
    return list(map(KnownAllocation._make, _select(session, columns, among(session, col(row.payment_id), payment_ids))))


def allocated_by_others(session: Session, invoice_ids: Collection[int], prefix: str) -> dict[int, int]:
    """Return what payments whose number does not begin with ``prefix`` have settled of each invoice."""
    statement = (
        sqlalchemy.select(col(AllocationRow.invoice_id), sqlalchemy.func.sum(col(AllocationRow.amount_minor)))
        .join(PaymentRow, col(PaymentRow.id) == col(AllocationRow.payment_id))
        .where(
            among(session, col(AllocationRow.invoice_id), invoice_ids),
            ~col(PaymentRow.number).startswith(prefix, autoescape=True),
        )
        .group_by(col(AllocationRow.invoice_id))
    )
    return {invoice_id: int(total) for invoice_id, total in session.execute(statement)}


def contacts_of(session: Session, customer_ids: Collection[int]) -> dict[int, list[KnownContact]]:
    """Return the contacts of these customers, the primary one first."""
    row = ContactRow
    columns = (row.id, row.customer_id, row.name, row.email, row.phone, row.role, row.language)
    statement = (
        sqlalchemy.select(*columns)  # type: ignore[call-overload]  # the stubs know at most ten typed columns
        .where(among(session, col(row.customer_id), customer_ids))
        .order_by(col(row.is_primary).desc(), col(row.id))
    )
    found: dict[int, list[KnownContact]] = {}
    for one in session.execute(statement):
        found.setdefault(one[1], []).append(KnownContact(*one))
    return found


def newest_disputes(session: Session, invoice_ids: Collection[int]) -> dict[int, KnownDispute]:
    """Return each invoice's newest dispute."""
    row = DisputeRow
    columns = (row.id, row.invoice_id, row.opened_on_is_known, row.closed_on, row.outcome)
    found = sorted(_select(session, columns, among(session, col(row.invoice_id), invoice_ids)))
    return {one[1]: KnownDispute(*one) for one in found}


def is_empty(session: Session, row_class: type[SQLModel]) -> bool:
    """Whether the table holds nothing at all."""
    return session.execute(sqlalchemy.select(sqlalchemy.literal(1)).select_from(row_class).limit(1)).first() is None


def ids_by_key(session: Session, row_class: type[SQLModel], key: str, values: Collection[str]) -> dict[Key, int]:
    """Return the ids of the rows whose business key is one of ``values``, by (company, key)."""
    return {found: ids[0] for found, ids in rows_by_key(session, row_class, key, values, ("id",)).items()}


def _by_key(
    session: Session, row_class: Any, columns: Iterable[Any], key: str, values: Collection[str]
) -> list[tuple[Any, ...]]:
    """Return the rows with one of ``values`` as business key, in whatever company.

    The companies are named because the index of a business key begins with them.
    """
    if not values:
        return []
    companies = list(session.connection().execute(sqlalchemy.select(col(CompanyRow.id))).scalars())
    condition = among(session, col(getattr(row_class, key)), values)
    condition &= among(session, col(row_class.company_id), companies)
    return _select(session, columns, condition)


def _select(session: Session, columns: Iterable[Any], condition: Any) -> list[tuple[Any, ...]]:
    """Return plain tuples, by the connection itself: the session would look for mapped objects in every row."""
    session.flush()
    return list(map(tuple, session.connection().execute(sqlalchemy.select(*columns).where(condition)).fetchall()))
