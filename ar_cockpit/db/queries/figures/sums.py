"""The sums behind the key figures, on any day and for several companies at once; all by SQL aggregates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    and_,
    case,
    column,
    func,
    literal,
    select,
    values,
)
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.hints import unindexed
from ar_cockpit.db.queries.collecting.open_items import applied_later, is_open_on, paid_later
from ar_cockpit.db.queries.figures import parts
from ar_cockpit.db.tables import AllocationRow, CompanyRow, InvoiceRow, PaymentRow
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, BUCKETS, AgeBasis
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.domain.figures.receivables import Kind


@dataclass(frozen=True, slots=True)
class Slice:
    """What figures are about: the documents of these companies in one currency, or of a part of their customers."""

    company_ids: tuple[int, ...]
    currency: str
    part: Part = ALL


def currencies(session: Session, company_ids: Sequence[int], as_of: date) -> list[str]:
    """Return the currencies of the documents and payments dated on or before ``as_of``."""
    found: set[str] = set()
    for row, day in ((InvoiceRow, col(InvoiceRow.invoice_on)), (PaymentRow, col(PaymentRow.paid_on))):
        found.update(session.execute(_currencies_of(row, day, company_ids, as_of)).scalars())
    return sorted(found)


def ageing_on(
    session: Session, about: Slice, days: Sequence[date], basis: AgeBasis = AgeBasis.DUE
) -> dict[date, dict[int, dict[str, int]]]:
    """Return the open amounts of each of ``days`` by company and bucket, every bucket present."""
    totals = {day: {company: dict.fromkeys(BUCKET_KEYS, 0) for company in about.company_ids} for day in days}
    asked = _days(sorted(set(days)))
    bucket = _bucket(asked, col(InvoiceRow.due_on) if basis is AgeBasis.DUE else col(InvoiceRow.invoice_on))
    open_minor = col(InvoiceRow.amount_minor) - allocated_by(asked.c.day)
    question = (
        select(asked.c.day, col(InvoiceRow.company_id), bucket, func.sum(open_minor))
        .select_from(asked.join(InvoiceRow, is_open_on(asked.c.day)))
        .where(is_about(about, InvoiceRow))
        .group_by(asked.c.day, col(InvoiceRow.company_id), bucket)
    )
    for day, company_id, index, minor in session.execute(question):
        totals[day][company_id][BUCKET_KEYS[index]] = int(minor)
    return totals


def sales_by_day(session: Session, about: Slice, until: date) -> list[tuple[date, int, int]]:
    """Return (day, company, invoices less credit notes) for every day with documents, up to ``until``."""
    question = (
        select(col(InvoiceRow.invoice_on), col(InvoiceRow.company_id), func.sum(col(InvoiceRow.amount_minor)))
        .where(is_about(about, InvoiceRow), col(InvoiceRow.invoice_on) <= until)
        .group_by(col(InvoiceRow.invoice_on), col(InvoiceRow.company_id))
        .order_by(col(InvoiceRow.invoice_on))
    )
    return [(day, company_id, int(minor)) for day, company_id, minor in session.execute(question)]


def unapplied_cash(session: Session, about: Slice, as_of: date) -> dict[int, int]:
    """Return the money received and not applied by ``as_of``, by company.

    What is unapplied today, plus what was applied only later: the second is a short range near today.
    """
    company = col(PaymentRow.company_id)
    received = and_(is_about(Slice(about.company_ids, about.currency), PaymentRow), col(PaymentRow.paid_on) <= as_of)
    now = select(company, func.sum(col(PaymentRow.unapplied_minor)))
    now = now.where(received, col(PaymentRow.unapplied_minor) != 0).group_by(company)
    if (
        about.part
    ):  # looked for among what is unapplied, which an index knows, and not among all that its customers paid
        now = now.where(parts.is_of(about.part, about.company_ids, unindexed(col(PaymentRow.customer_id))))
    later = applied_later(as_of, about.company_ids)
    # So that SQLite begins with the few allocations and not with every payment there is.
    theirs = unindexed(company).in_(about.company_ids)
    rest = and_(theirs, col(PaymentRow.currency) == about.currency, col(PaymentRow.paid_on) <= as_of)
    if about.part:
        rest = and_(rest, parts.is_of(about.part, about.company_ids, col(PaymentRow.customer_id)))
    since = (
        select(company, func.sum(later.c.minor))
        .join(later, later.c.payment_id == col(PaymentRow.id))
        .where(rest)
        .group_by(company)
    )
    totals = dict.fromkeys(about.company_ids, 0)
    for company_id, minor in [*session.execute(now), *session.execute(since)]:
        totals[company_id] += int(minor or 0)
    return totals


def days_late_of_settled(session: Session, about: Slice, period: Period) -> dict[int, tuple[int, int]]:
    """Return Σ amount × days late and Σ amount of the invoices settled in ``period`` as known at its end."""
    totals = dict.fromkeys(about.company_ids, (0, 0))
    is_reopened = session.execute(select(literal(1)).where(_applied_after(about, period.end)).limit(1)).first()
    kinds = (_settled_for_good, _settled_for_a_while) if is_reopened else (_settled_for_good,)
    for settled in (kind(about, period) for kind in kinds):
        weighted = func.sum(settled.c.amount_minor * days_between(settled.c.settled_on, settled.c.due_on))
        question = select(settled.c.company_id, weighted, func.sum(settled.c.amount_minor))
        for company_id, late, weight in session.execute(question.group_by(settled.c.company_id)):
            before = totals[company_id]
            totals[company_id] = (before[0] + int(late), before[1] + int(weight))
    return totals


def allocated_by(day: date | ColumnElement[date]) -> ScalarSelect[int]:
    """Return what a document had been paid by ``day``."""
    return (
        select(func.coalesce(func.sum(col(AllocationRow.amount_minor)), 0))
        .where(col(AllocationRow.invoice_id) == col(InvoiceRow.id), col(AllocationRow.allocated_on) <= day)
        .scalar_subquery()
    )


def is_about(about: Slice, row: type[InvoiceRow | PaymentRow]) -> ColumnElement[bool]:
    """Return whether a document or payment belongs to the slice."""
    whole = and_(col(row.company_id).in_(about.company_ids), col(row.currency) == about.currency)
    return and_(whole, parts.is_of(about.part, about.company_ids, col(row.customer_id))) if about.part else whole


def _currencies_of(
    row: type[InvoiceRow | PaymentRow], day: Any, company_ids: Sequence[int], as_of: date
) -> Select[tuple[str]]:
    """Return the question for the currencies of documents or payments up to a day.

    From one currency of a company straight to the next, by the index that begins with both: there are four of them, and
    a million rows.
    """
    company, currency = col(row.company_id), col(row.currency)
    least = select(func.min(currency)).where(company == col(CompanyRow.id)).scalar_subquery()
    told = (
        select(col(CompanyRow.id).label("company_id"), least.label("currency"))
        .where(col(CompanyRow.id).in_(company_ids))
        .cte("told", recursive=True)
    )
    following = (
        select(func.min(currency)).where(company == told.c.company_id, currency > told.c.currency).scalar_subquery()
    )
    told = told.union_all(select(told.c.company_id, following).where(told.c.currency.is_not(None)))
    is_there = (
        select(literal(1)).where(company == told.c.company_id, currency == told.c.currency, day <= as_of).exists()
    )
    return select(told.c.currency).where(told.c.currency.is_not(None), is_there).distinct()


def _days(days: Sequence[date]) -> CTE:
    limits = [bucket.last_day for bucket in BUCKETS if bucket.last_day is not None]
    names = [column("day", Date), *(column(f"limit_{limit}", Date) for limit in limits)]
    rows = [(day, *(day - timedelta(days=limit) for limit in limits)) for day in days]
    return values(*names, name="days").data(rows).cte("days")


def _bucket(asked: CTE, counted_from: SQLColumnExpression[date]) -> ColumnElement[int]:
    limits = [bucket.last_day for bucket in BUCKETS if bucket.last_day is not None]
    reached = [(counted_from >= asked.c[f"limit_{limit}"], index) for index, limit in enumerate(limits)]
    return case(*reached, else_=len(limits))


def _applied_after(about: Slice, day: date) -> ColumnElement[bool]:
    """Return whether an allocation is of a later day: without any, nothing was opened again."""
    return and_(col(AllocationRow.company_id).in_(about.company_ids), col(AllocationRow.allocated_on) > day)


def _settled_for_good(about: Slice, period: Period) -> CTE:
    closed_on = col(InvoiceRow.closed_on)
    return (
        select(
            col(InvoiceRow.company_id),
            col(InvoiceRow.amount_minor),
            col(InvoiceRow.due_on),
            closed_on.label("settled_on"),
        )
        .where(is_about(about, InvoiceRow), closed_on.between(period.start, period.end))
        .where(col(InvoiceRow.kind) == Kind.INVOICE.value)
        .cte("settled")
    )


def _settled_for_a_while(about: Slice, period: Period) -> CTE:
    """Invoices whose open amount was nil at the period's end and was opened again later (a payment came back)."""
    # Whatever opened it again was applied later: near today a handful of documents.
    reopened = select(paid_later(period.end, about.company_ids).c.invoice_id)
    last_paid = func.max(col(AllocationRow.allocated_on))
    settled_on = case((last_paid > col(InvoiceRow.invoice_on), last_paid), else_=col(InvoiceRow.invoice_on))
    return (
        select(
            col(InvoiceRow.company_id),
            col(InvoiceRow.amount_minor),
            col(InvoiceRow.due_on),
            settled_on.label("settled_on"),
        )
        .join(AllocationRow, col(AllocationRow.invoice_id) == col(InvoiceRow.id))
        .where(col(InvoiceRow.id).in_(reopened))
        .where(is_about(about, InvoiceRow), is_open_on(period.end), col(AllocationRow.allocated_on) <= period.end)
        .where(col(InvoiceRow.kind) == Kind.INVOICE.value)
        .group_by(col(InvoiceRow.id))
        .having(func.sum(col(AllocationRow.amount_minor)) == col(InvoiceRow.amount_minor))
        .having(settled_on >= period.start)
        .cte("settled_for_a_while")
    )
