"""Rows of reports that no screen has: balances by age and customer, promises with their customer, habits of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select, text
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_with, paid_later
from ar_cockpit.db.queries.collecting.promises import StoredPromise, promises
from ar_cockpit.db.queries.figures import packed_customers
from ar_cockpit.db.queries.figures.habits import habits
from ar_cockpit.db.queries.figures.packed import packed
from ar_cockpit.db.streaming import whole
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    CustomerRow,
    CustomerSegmentRow,
    InvoiceRow,
    PaymentRow,
    TouchpointRow,
)
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, BUCKETS
from ar_cockpit.domain.figures.habits import Habit
from ar_cockpit.domain.figures.listing import ALL

Balance = tuple[int, str, int, date, list[int]]


class Who(NamedTuple):
    """A customer as reports name it."""

    customer_id: int
    company: str
    code: str
    name: str
    country: str
    segment: str
    collector: str
    sales: str


def customers(session: Session, chosen: ColumnElement[bool]) -> dict[int, Who]:
    """Return the chosen customers."""
    row = CustomerSegmentRow
    question = (
        select(
            col(CustomerRow.id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(CustomerRow.country),
            func.coalesce(col(row.segment), ""),
            col(CustomerRow.collector_email),
            col(CustomerRow.sales_email),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .outerjoin(row, col(row.customer_id) == col(CustomerRow.id))
        .where(chosen)
    )
    return {one[0]: Who._make(one) for one in whole(session, question)}


def balances(
    session: Session, chosen: ColumnElement[bool], company_ids: Sequence[int], as_of: date, currency: str
) -> Iterator[Balance]:
    """Yield (customer, currency, documents, oldest due date, open by age) of who has open documents.

    From the ledger's packs of the companies, if they hold, also of customers that are not ``chosen``.
    """
    read = packed(session, company_ids, ALL)
    if read:
        return packed_customers.ages(read, as_of, currency)
    return _balances(session, chosen, company_ids, as_of, currency)


def _balances(
    session: Session, chosen: ColumnElement[bool], company_ids: Sequence[int], as_of: date, currency: str
) -> Iterator[Balance]:
    later = paid_later(as_of, company_ids)
    limits = [bucket.last_day for bucket in BUCKETS if bucket.last_day is not None]
    due_on, minor = col(InvoiceRow.due_on), open_with(later)
    age = case(
        *((due_on >= as_of - timedelta(days=limit), place) for place, limit in enumerate(limits)), else_=len(limits)
    )
    documents = (
        select(col(InvoiceRow.customer_id), col(InvoiceRow.currency), due_on, minor.label("minor"), age.label("age"))
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .outerjoin(later, later.c.invoice_id == col(InvoiceRow.id))
        .where(chosen, is_open_on(as_of), col(InvoiceRow.company_id).in_(company_ids))
    )
    if currency:
        documents = documents.where(col(InvoiceRow.currency) == currency)
    found = documents.subquery("documents")
    sums: list[Any] = [
        cast(func.sum(case((found.c.age == place, found.c.minor), else_=0)), BigInteger)
        for place in range(len(BUCKET_KEYS))
    ]
    question = (
        select(found.c.customer_id, found.c.currency, func.count(), func.min(found.c.due_on), *sums)
        .where(found.c.minor != 0)
        .group_by(found.c.customer_id, found.c.currency)
    )
    for customer_id, own, count, oldest, *ages in session.execute(question):
        yield customer_id, own, count, oldest, [int(one) for one in ages]


def promised(session: Session, chosen: ColumnElement[bool], as_of: date, since: date) -> list[StoredPromise]:
    """Return the promises for a day since ``since``."""
    return promises(session, chosen, as_of, promised_since=since)


def paying(
    session: Session, chosen: ColumnElement[bool], company_ids: Sequence[int], as_of: date
) -> Iterable[tuple[int, Habit]]:
    """Return how customers pay; from packs as :func:`balances` are."""
    read = packed(session, company_ids, ALL)
    return packed_customers.habits(read, as_of) if read else habits(session, chosen, as_of).items()


class LeftOfPayment(NamedTuple):
    """A payment, and what of it is applied to no document."""

    payment_id: int
    customer_id: int
    number: str
    paid_on: date
    currency: str
    amount: int
    unapplied: int


def unapplied_payments(
    session: Session, chosen: ColumnElement[bool], company_ids: Sequence[int], as_of: date, currency: str
) -> list[LeftOfPayment]:
    """Return the payments of which something was left on ``as_of``, in one currency or in all."""
    row, applied = PaymentRow, AllocationRow
    columns = (row.id, row.customer_id, row.number, row.paid_on, row.currency, row.amount_minor, row.unapplied_minor)
    question = (
        select(*(col(one) for one in columns))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(chosen, col(row.company_id).in_(company_ids), col(row.paid_on) <= as_of)
    )
    if currency:
        question = question.where(col(row.currency) == currency)
    later = (
        select(col(applied.payment_id), func.sum(col(applied.amount_minor)))
        .where(col(applied.company_id).in_(company_ids), col(applied.allocated_on) > as_of)
        .group_by(col(applied.payment_id))
    )
    since = {key: int(minor) for key, minor in session.execute(later)}
    # Written out, so that the partial index of unapplied payments serves; few others were applied after the day.
    found = [LeftOfPayment(*one) for one in session.execute(question.where(text("unapplied_minor != 0")))]
    others = since.keys() - {one.payment_id for one in found}
    found += [
        LeftOfPayment(*one) for one in session.execute(question.where(among(session, col(row.id), sorted(others))))
    ]
    told = [one._replace(unapplied=one.unapplied + since.get(one.payment_id, 0)) for one in found]
    return [one for one in told if one.unapplied]


def contacts(
    session: Session, chosen: ColumnElement[bool], company_ids: Sequence[int], kinds: Sequence[str], period: Period
) -> list[tuple[int, str, date, str]]:
    """Return customer, kind, day and whose act each contact of a period was; undone ones left out."""
    row = TouchpointRow
    question = (
        select(col(row.customer_id), col(row.kind), col(row.happened_on), col(row.actor_email))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(chosen, col(row.company_id).in_(company_ids), col(row.kind).in_(kinds))
        .where(col(row.happened_on).between(period.start, period.end), col(row.undone_at).is_(None))
        .order_by(col(row.happened_on), col(row.id))
    )
    return [(one[0], one[1], one[2], one[3]) for one in session.execute(question)]
