"""Limits, wishes for limits, alerts and exposure of groups, in narrow rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.queries.customers import stops_on
from ar_cockpit.db.tables import (
    CompanyRow,
    CreditAlertRow,
    CreditLimitRow,
    CreditRequestRow,
    CustomerRow,
    CustomerStandingRow,
    HoldRow,
    InvoiceRow,
)

_MOST_GROUPS = 5000


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A customer's limit with when it was last looked at; amounts are minor units of its currency."""

    customer_id: int
    company_code: str
    code: str
    name: str
    currency: str
    limit_minor: int
    valid_until: date | None
    insured_minor: int | None
    reviewed_on: date | None
    reviewed_by: str | None


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A wish for a limit as a list shows it."""

    request_id: int
    customer_id: int
    company_id: int
    company_code: str
    code: str
    name: str
    amount_minor: int
    currency: str
    before_minor: int | None
    valid_until: date | None
    insured_minor: int | None
    reason: str
    state: str
    steps: list[str]
    steps_done: list[dict[str, Any]]
    asked_on: date
    asked_by: str


@dataclass(frozen=True, slots=True)
class AlertLine:
    """Something to know about a customer's limit, since a day."""

    customer_id: int
    company_code: str
    code: str
    name: str
    kind: str
    facts: dict[str, Any]
    since_on: date


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A customer that finance holds: who set it, why, since and until when."""

    customer_id: int
    company_code: str
    code: str
    name: str
    reason: str
    set_by: str
    set_on: date
    until_on: date | None


def _due(customers: ColumnElement[bool], before: date, ending: date) -> Select[*tuple[Any, ...]]:
    row, limit = CustomerRow, CreditLimitRow
    in_force = and_(
        col(limit.company_id) == col(row.company_id),
        col(limit.customer_id) == col(row.id),
        col(limit.replaced_at).is_(None),
        col(limit.amount_minor) == col(row.credit_limit_minor),
    )
    is_due = or_(col(limit.reviewed_on).is_(None), col(limit.reviewed_on) <= before, col(limit.valid_until) <= ending)
    return (
        select(
            col(row.id),
            col(CompanyRow.code),
            col(row.code),
            col(row.name),
            col(row.currency),
            col(row.credit_limit_minor),
            col(limit.valid_until),
            col(limit.insured_minor),
            col(limit.reviewed_on),
            col(limit.reviewed_by),
        )
        .select_from(CustomerRow)
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .outerjoin(CreditLimitRow, in_force)
        .where(customers, col(row.credit_limit_minor).is_not(None), is_due)
    )


def reviews(
    session: Session, customers: ColumnElement[bool], before: date, ending: date, most: int
) -> tuple[list[LimitLine], int]:
    """Return the largest limits that are due for a look, those that end first in front, and how many there are."""
    question = _due(customers, before, ending)
    total = session.execute(select(func.count()).select_from(question.subquery())).scalar_one()
    ends = func.coalesce(col(CreditLimitRow.valid_until), date.max)
    ordered = question.order_by(ends > ending, col(CustomerRow.credit_limit_minor).desc(), col(CustomerRow.id))
    return [LimitLine(*values) for values in session.execute(ordered.limit(most))], int(total)


def requests(session: Session, customers: ColumnElement[bool], state: str = "open") -> list[RequestLine]:
    """Return the wishes of ``customers`` in a state, the oldest first."""
    row = CreditRequestRow
    question = (
        select(
            col(row.id),
            col(row.customer_id),
            col(row.company_id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(row.amount_minor),
            col(row.currency),
            col(row.before_minor),
            col(row.valid_until),
            col(row.insured_minor),
            col(row.reason),
            col(row.state),
            col(row.steps),
            col(row.steps_done),
            col(row.asked_on),
            col(row.asked_by),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(customers, col(row.state) == state)
        .order_by(col(row.id))
    )
    return [RequestLine(*values) for values in session.execute(question)]


def alerts(session: Session, customers: ColumnElement[bool], most: int) -> tuple[list[AlertLine], int]:
    """Return the alerts that have not ended, the newest first, and how many there are."""
    row = CreditAlertRow
    question = (
        select(
            col(row.customer_id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(row.kind),
            col(row.facts),
            col(row.since_on),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(customers, col(row.ended_on).is_(None))
    )
    total = session.execute(select(func.count()).select_from(question.subquery())).scalar_one()
    ordered = question.order_by(col(row.since_on).desc(), col(row.id)).limit(most)
    return [AlertLine(*values) for values in session.execute(ordered)], int(total)


def held(session: Session, customers: ColumnElement[bool], on: date, most: int) -> list[HeldLine]:
    """Return the customers that finance holds on a day, the oldest hold first."""
    row = HoldRow
    question = (
        select(
            col(row.customer_id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(row.reason),
            col(row.set_by),
            col(row.set_on),
            col(row.until_on),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(customers, col(row.kind) == "hold", col(row.invoice_id).is_(None), stops_on(on))
        .order_by(col(row.set_on), col(row.id))
    )
    return [HeldLine(*values) for values in session.execute(question.limit(most))]


def group_sums(
    session: Session, customers: ColumnElement[bool], on: date
) -> Iterable[tuple[int, str, str, int, int, int]]:
    """Return company, head of the group, currency, open and overdue amounts and members that owe, by group."""
    row, invoice = CustomerRow, InvoiceRow
    late = func.sum(col(invoice.open_minor)).filter(col(invoice.due_on) < on)
    question = (
        select(
            col(row.company_id),
            col(row.group_code),
            col(invoice.currency),
            func.sum(col(invoice.open_minor)),
            func.coalesce(late, 0),
            func.count(col(row.id).distinct()),
        )
        .select_from(InvoiceRow)
        .join(CustomerRow, col(row.id) == col(invoice.customer_id))
        .where(customers, col(row.group_code) != "", is_open_on(on), col(invoice.amount_minor) > 0)
        .group_by(col(row.company_id), col(row.group_code), col(invoice.currency))
        .limit(_MOST_GROUPS)
    )
    return [(a, b, c, int(d), int(e), int(f)) for a, b, c, d, e, f in session.execute(question)]


def group_limits(session: Session, customers: ColumnElement[bool]) -> Iterable[tuple[int, str, str, int, int]]:
    """Return company, head, currency, the sum of limits and the members without one, by group."""
    row = CustomerRow
    question = (
        select(
            col(row.company_id),
            col(row.group_code),
            col(row.currency),
            func.coalesce(func.sum(col(row.credit_limit_minor)), 0),
            func.count().filter(col(row.credit_limit_minor).is_(None)),
        )
        .where(customers, col(row.group_code) != "")
        .group_by(col(row.company_id), col(row.group_code), col(row.currency))
    )
    return [(a, b, c, int(d), int(e)) for a, b, c, d, e in session.execute(question)]


def heads(session: Session, customers: ColumnElement[bool]) -> dict[tuple[int, str], tuple[str, str, str]]:
    """Return company code, name and currency of each group's head."""
    row = CustomerRow
    question = (
        select(col(row.company_id), col(row.code), col(CompanyRow.code), col(row.name), col(row.currency))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(customers, col(row.group_code) == col(row.code))
    )
    return {(a, b): (c, d, e) for a, b, c, d, e in session.execute(question)}


def levels(session: Session, customers: ColumnElement[bool]) -> dict[str, int]:
    """Return how many customers were last judged at each level."""
    row = CustomerStandingRow
    question = (
        select(col(row.level), func.count())
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(customers)
        .group_by(col(row.level))
    )
    return {level: int(number) for level, number in session.execute(question)}
