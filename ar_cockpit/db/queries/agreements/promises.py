"""Promises as listed: each judged on the day by what was applied to its invoices, as the rule of the domain says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, and_, case, exists, func, literal, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.agreements.listed import Judged
from ar_cockpit.db.tables import AllocationRow, CompanyRow, CustomerRow, InvoiceRow, PromiseInvoiceRow, PromiseRow
from ar_cockpit.domain.collecting.listing import ListQuestion


def judged(reached: ColumnElement[bool], asked: ListQuestion) -> Judged:
    """Return the promises made by the day, without those that were taken back at once and those of plans."""
    found = _found(reached, asked)
    is_over = found.c.age > found.c.grace_days
    state = case(
        (found.c.was_cancelled, "cancelled"),
        (found.c.applied >= found.c.in_all, "kept"),
        (and_(is_over, found.c.applied > found.c.before_minor), "partly"),
        (is_over, "broken"),
        else_="open",
    )
    came = case(
        (found.c.applied <= found.c.before_minor, 0),
        (found.c.applied >= found.c.in_all, found.c.amount_minor),
        else_=found.c.applied - found.c.before_minor,
    )
    rows = select(found, state.label("state"), came.label("received")).subquery("judged")
    c = rows.c
    unkept = c.state.in_(("open", "partly", "broken")) & c.still_open
    shown = {
        "watched": unkept,
        "open": c.state == "open",
        "partly": c.state == "partly",
        "broken": c.state.in_(("partly", "broken")),
        "kept": c.state == "kept",
        "all": c.id.is_not(None),
    }
    sorts = {
        "promised_for": c.promised_for,
        "customer": func.lower(c.customer_name),
        "amount": c.amount_minor,
        "received": c.received,
        "made_on": c.made_on,
    }
    return Judged(rows, shown, unkept, (c.amount_minor, c.received), sorts)


def _found(reached: ColumnElement[bool], asked: ListQuestion) -> Subquery:
    row, as_of = PromiseRow, asked.as_of
    in_all = col(row.before_minor) + col(row.amount_minor)
    return (
        select(
            col(row.id),
            col(CompanyRow.code).label("company"),
            col(CustomerRow.code).label("customer"),
            col(CustomerRow.name).label("customer_name"),
            col(CustomerRow.collector_email).label("owner"),
            col(row.made_on),
            col(row.promised_for),
            col(row.grace_days),
            col(row.amount_minor),
            col(row.before_minor),
            in_all.label("in_all"),
            col(row.currency),
            col(row.note),
            col(row.made_by),
            col(row.series_id),
            col(row.end_reason),
            applied(literal(as_of)).label("applied"),
            _ended_before(in_all, as_of).label("was_cancelled"),
            days_between(literal(as_of), col(row.promised_for)).label("age"),
            _still_open(as_of).label("still_open"),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(reached, col(row.currency) == asked.currency, col(row.made_on) <= as_of, col(row.plan_id).is_(None))
        .where(func.coalesce(col(row.cancelled_on), col(row.promised_for)) >= col(row.made_on))
        .where(func.coalesce(col(row.cancelled_on) != col(row.made_on), True))
        .subquery("found")
    )


def invoices_of(session: Session, promise_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the numbers of the invoices of promises, by promise."""
    row = PromiseInvoiceRow
    question = (
        select(col(row.promise_id), col(InvoiceRow.number))
        .join(InvoiceRow, col(InvoiceRow.id) == col(row.invoice_id))
        .where(among(session, col(row.promise_id), promise_ids))
        .order_by(col(InvoiceRow.due_on), col(InvoiceRow.id))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for promise_id, number in session.execute(question):
        found[promise_id].append(number)
    return dict(found)


def applied(until: Any) -> ScalarSelect[int]:
    """Return what was applied to a promise's invoices in its window, by the day ``until``."""
    day = col(AllocationRow.allocated_on)
    return (
        select(func.coalesce(func.sum(col(AllocationRow.amount_minor)), 0))
        .join(PromiseInvoiceRow, col(PromiseInvoiceRow.invoice_id) == col(AllocationRow.invoice_id))
        .where(col(PromiseInvoiceRow.promise_id) == col(PromiseRow.id))
        .where(day >= col(PromiseRow.made_on), day <= until)
        .where(days_between(day, col(PromiseRow.promised_for)) <= col(PromiseRow.grace_days))
        .correlate(PromiseRow)
        .scalar_subquery()
    )


def _ended_before(in_all: ColumnElement[int], as_of: date) -> ColumnElement[bool]:
    """Return whether a promise was taken back before it was kept and while it still could be."""
    ended_on = col(PromiseRow.cancelled_on)
    in_time = days_between(ended_on, col(PromiseRow.promised_for)) <= col(PromiseRow.grace_days)
    return func.coalesce(and_(ended_on <= as_of, in_time, applied(ended_on) < in_all), False)


def _still_open(as_of: date) -> ColumnElement[bool]:
    return (
        exists()
        .where(col(PromiseInvoiceRow.promise_id) == col(PromiseRow.id))
        .where(col(InvoiceRow.id) == col(PromiseInvoiceRow.invoice_id), col(InvoiceRow.closed_on) > as_of)
        .correlate(PromiseRow)
    )
