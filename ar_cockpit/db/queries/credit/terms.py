"""What a standing is judged by beside the ledger: terms, tags, scores, how long the limit holds, accepted orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, select
from sqlmodel import Session, col

from ar_cockpit.db.tables import (
    CreditLimitRow,
    CustomerRow,
    CustomerSegmentRow,
    InvoiceRow,
    KeptPayerScoreRow,
    OrderReservationRow,
    PolicyVersionRow,
)
from ar_cockpit.db.together import Day

StoredPolicy = tuple[int, int, str]  # id, number and text


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed with a customer and known of it; amounts are minor units of its currency."""

    terms_days: int | None = None
    tags: tuple[str, ...] = ()
    external_score: int | None = None
    score: int | None = None
    valid_until: date | None = None
    insured_minor: int | None = None
    reserved_minor: int = 0


NO_TERMS = Terms()


def terms(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[int, Terms]:
    """Return the terms of ``customers`` by their keys."""
    return terms_by_customer(session.execute(terms_question(customers, as_of)))


def terms_question(customers: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`terms_by_customer` reads the answer of."""
    row, limit = CustomerRow, CreditLimitRow
    in_force = and_(
        col(limit.company_id) == col(row.company_id),
        col(limit.customer_id) == col(row.id),
        col(limit.replaced_at).is_(None),
        col(limit.amount_minor) == col(row.credit_limit_minor),  # an import may have set another one since
    )
    return (
        select(
            col(row.id),
            col(row.payment_terms_days),
            col(row.tags),
            col(row.external_score),
            func.coalesce(
                col(KeptPayerScoreRow.score), col(CustomerSegmentRow.score)
            ),  # the night's while none is kept
            col(limit.valid_until),
            col(limit.insured_minor),
            reserved_on(as_of),
        )
        .select_from(CustomerRow)
        .outerjoin(CustomerSegmentRow, col(CustomerSegmentRow.customer_id) == col(row.id))
        .outerjoin(KeptPayerScoreRow, col(KeptPayerScoreRow.customer_id) == col(row.id))
        .outerjoin(CreditLimitRow, in_force)
        .where(customers)
    )


def terms_by_customer(rows: Iterable[Sequence[Any]]) -> dict[int, Terms]:
    """Return the terms that ``rows`` tell of."""
    return {
        key: Terms(days, tuple(tags or ()), outside, score, until, insured, int(reserved or 0))
        for key, days, tags, outside, score, until, insured, reserved in rows
    }


def counts_on(as_of: Day) -> ColumnElement[bool]:
    """Return whether an accepted order counts against the limit on ``as_of``, as far as it is not invoiced."""
    row = OrderReservationRow
    return and_(
        col(row.reserved_on) <= as_of,
        col(row.expires_on) >= as_of,
        (col(row.ended_on).is_(None)) | (col(row.ended_on) > as_of),
    )


def left_of_order(as_of: Day) -> ColumnElement[int]:
    """Return what of an accepted order no invoice that names it has taken the place of."""
    row, invoice = OrderReservationRow, InvoiceRow
    invoiced = (
        select(func.coalesce(func.sum(col(invoice.amount_minor)), 0))
        .where(
            col(invoice.customer_id) == col(row.customer_id),
            col(invoice.po_number) == col(row.reference),
            col(invoice.currency) == col(row.currency),
            col(invoice.invoice_on) <= as_of,
            col(invoice.amount_minor) > 0,
        )
        .correlate(OrderReservationRow)
        .scalar_subquery()
    )
    left = col(row.amount_minor) - invoiced
    return cast(case((left > 0, left), else_=0), BigInteger)


def reserved_on(as_of: Day) -> ColumnElement[int]:
    """Return what accepted orders of a customer count in its currency on ``as_of``."""
    row = OrderReservationRow
    total = (
        select(func.coalesce(func.sum(left_of_order(as_of)), 0))
        .where(
            col(row.customer_id) == col(CustomerRow.id),
            col(row.currency) == col(CustomerRow.currency),
            counts_on(as_of),
        )
        .correlate(CustomerRow)
        .scalar_subquery()
    )
    return cast(total, BigInteger)


def policy_question() -> Select[*tuple[Any, ...]]:
    """Return the question for the policy in force; no row means the one that is shipped."""
    row = PolicyVersionRow
    return (
        select(col(row.id), col(row.number), col(row.toml))
        .where(col(row.activated_at).is_not(None))
        .order_by(col(row.number).desc())
        .limit(1)
    )


def stored_policy(session: Session) -> StoredPolicy | None:
    """Return the policy in force, or ``None`` for the one that is shipped."""
    found = session.execute(policy_question()).first()
    return (found[0], found[1], found[2]) if found else None
