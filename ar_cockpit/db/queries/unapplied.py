"""Money received and not applied to an invoice, by customer and currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import repeat
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import True_
from sqlmodel import Session, col

from ar_cockpit.db.packing import numbers, packed, packed_numbers
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    CustomerRow,
    PaymentRow,
)
from ar_cockpit.db.together import Day


def unapplied_cash_of_few(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[tuple[int, str], int]:
    """Return the same of so few customers that their own payments are sooner looked at than what was applied since."""
    now, since = unapplied_questions(customers, as_of)
    return unapplied_sums(session.execute(now), session.execute(since))


def unapplied_cash(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[tuple[int, str], int]:
    """Return the money received and not applied by ``as_of``, by customer and currency."""
    now, _ = unapplied_questions(customers, as_of)
    waiting = _of_everybody(session, as_of) if isinstance(customers, True_) else session.execute(now)
    return unapplied_sums(waiting, session.execute(_applied_since(customers, as_of)))


def _of_everybody(session: Session, as_of: date) -> Iterator[tuple[int, str, int]]:
    """Yield what is unapplied today of all customers, in whole columns."""
    row, left = PaymentRow, col(PaymentRow.unapplied_minor)
    columns = (packed_numbers(session, column) for column in (col(row.customer_id), left))
    question = select(col(row.currency), *columns).where(col(row.paid_on) <= as_of, left != literal_column("0"))
    for currency, owners, minor in packed(session, question.group_by(col(row.company_id), col(row.currency))):
        yield from zip(numbers([owners]).tolist(), repeat(currency), numbers([minor]).tolist(), strict=False)


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
