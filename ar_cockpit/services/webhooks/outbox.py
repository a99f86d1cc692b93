"""Events, written in the transaction of the fact they tell of, and only if an endpoint wants them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, true
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries import webhooks as stored
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow, PromiseInvoiceRow, PromiseRow
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.domain.webhooks.events import EventType
from ar_cockpit.services.clock import now

Fact = tuple[int, Mapping[str, Any]]  # the company, and what is told


def note(session: Session, type_: EventType, facts: Sequence[Fact]) -> None:
    """Write an event for each of ``facts`` that an endpoint wants to be told of."""
    endpoints = stored.wanting(session, type_.value) if facts else []
    if not endpoints:
        return
    at, wanted = now(), {one.company_id for one in endpoints}
    events = [
        (company_id, f"evt_{uuid.uuid4().hex}", type_.value, at, dict(data))
        for company_id, data in facts
        if None in wanted or company_id in wanted
    ]
    if events:
        stored.store(session, events, endpoints, at)


def open_among(session: Session, invoice_ids: Collection[int] | None) -> list[int]:
    """Return which of these invoices (``None``: all) are open now, if anybody wants to be told of their settlement."""
    if not stored.wanting(session, EventType.INVOICE_SETTLED.value):
        return []
    chosen = true() if invoice_ids is None else among(session, col(InvoiceRow.id), sorted(invoice_ids))
    question = select(col(InvoiceRow.id)).where(chosen, col(InvoiceRow.closed_on) == OPEN_END)
    return list(session.execute(question).scalars())


def note_settled(session: Session, were_open: Collection[int]) -> None:
    """Tell of those invoices that were open a moment ago and are settled now."""
    if not were_open:
        return
    row = InvoiceRow
    columns: tuple[Any, ...] = (
        col(row.company_id),
        col(CompanyRow.code),
        col(CustomerRow.code),
        col(row.number),
        col(row.kind),
        col(row.amount_minor),
        col(row.currency),
        col(row.closed_on),
    )
    question = (
        select(*columns)
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(among(session, col(row.id), sorted(were_open)), col(row.closed_on) != OPEN_END)
    )
    facts = [
        (
            company_id,
            {
                "company": company,
                "customer_id": customer,
                "invoice_number": number,
                "kind": kind,
                "amount": decimal_string(minor, currency),
                "currency": currency,
                "settled_date": settled_on.isoformat(),
            },
        )
        for company_id, company, customer, number, kind, minor, currency, settled_on in session.execute(question)
    ]
    note(session, EventType.INVOICE_SETTLED, facts)


def note_broken(session: Session, broken: Mapping[int, date]) -> None:
    """Tell of promises that are broken, each since its day."""
    if not broken or not stored.wanting(session, EventType.PROMISE_BROKEN.value):
        return
    row, covered = PromiseRow, _covered(session, sorted(broken))
    columns: tuple[Any, ...] = (
        col(row.id),
        col(row.company_id),
        col(CompanyRow.code),
        col(CustomerRow.code),
        col(row.amount_minor),
        col(row.currency),
        col(row.promised_for),
    )
    question = (
        select(*columns)
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(among(session, col(row.id), sorted(broken)))
    )
    facts = [
        (
            company_id,
            {
                "company": company,
                "customer_id": customer,
                "promise_id": promise_id,
                "amount": decimal_string(minor, currency),
                "currency": currency,
                "promised_for": promised_for.isoformat(),
                "broken_on": broken[promise_id].isoformat(),
                "invoices": covered.get(promise_id, []),
            },
        )
        for promise_id, company_id, company, customer, minor, currency, promised_for in session.execute(question)
    ]
    note(session, EventType.PROMISE_BROKEN, facts)


def _covered(session: Session, promise_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the numbers of the invoices that promises cover."""
    question = (
        select(col(PromiseInvoiceRow.promise_id), col(InvoiceRow.number))
        .join(InvoiceRow, col(InvoiceRow.id) == col(PromiseInvoiceRow.invoice_id))
        .where(among(session, col(PromiseInvoiceRow.promise_id), promise_ids))
        .order_by(col(InvoiceRow.number))
    )
    found: dict[int, list[str]] = {}
    for promise_id, number in session.execute(question):
        found.setdefault(promise_id, []).append(number)
    return found


def note_hold(session: Session, customer_ids: Collection[int], on: date, *, is_set: bool, reason: str = "") -> None:
    """Tell that customers were put on hold, or released."""
    type_ = EventType.HOLD_SET if is_set else EventType.HOLD_RELEASED
    if not stored.wanting(session, type_.value):
        return
    question = (
        select(col(CompanyRow.id), col(CompanyRow.code), col(CustomerRow.code), col(CustomerRow.name))
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .where(among(session, col(CustomerRow.id), customer_ids))
        .order_by(col(CustomerRow.id))
    )
    told = {"date": on.isoformat()} | ({"reason": reason} if is_set else {})
    facts = [
        (company_id, {"company": company, "customer_id": code, "name": name} | told)
        for company_id, company, code, name in session.execute(question)
    ]
    note(session, type_, facts)
