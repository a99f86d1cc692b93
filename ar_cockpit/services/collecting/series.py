"""Promises that belong together, stored: one row for each date, each knowing what was promised for the dates before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import PromiseInvoiceRow, PromiseRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.collecting.promises import PromiseState
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.reach import InvoiceLine
from ar_cockpit.settings import get_settings

Part = tuple[date, int]  # a day and what is promised for it, in minor units


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a series is about: whose it is, its invoices, its words, and the plan whose instalments it is."""

    line: CustomerLine
    invoices: Sequence[InvoiceLine]
    currency: str
    note: str = ""
    plan_id: int | None = None


def store(session: Session, actor: Actor, agreed: Agreed, parts: Sequence[Part], when: Moment) -> list[int]:
    """Store one promise for each part and return their keys, in the order of their dates."""
    line, before = agreed.line, 0
    rows: list[PromiseRow] = []
    for promised_for, minor in sorted(parts):
        rows.append(
            PromiseRow(
                company_id=line.company_id,
                customer_id=line.customer_id,
                amount_minor=minor,
                currency=agreed.currency,
                made_on=when.on,
                promised_for=promised_for,
                grace_days=get_settings().promise_grace_days,
                note=agreed.note,
                made_by=actor.email,
                before_minor=before,
                plan_id=agreed.plan_id,
            )
        )
        before += minor
    session.add_all(rows)
    session.flush()
    if len(rows) > 1 or agreed.plan_id is not None:
        for row in rows:
            row.series_id = rows[0].id
    session.add_all(
        PromiseInvoiceRow(company_id=line.company_id, promise_id=row.id, invoice_id=invoice.invoice_id)
        for row in rows
        for invoice in agreed.invoices
    )
    session.flush()
    return [row.id for row in rows]


def withdraw(session: Session, promise_ids: Iterable[int]) -> None:
    """Take promises back as if they were never made: an empty span says that on no day they were."""
    made_on = PromiseRow.made_on
    session.execute(
        update(PromiseRow)
        .where(col(PromiseRow.id).in_(list(promise_ids)))
        .values(state=PromiseState.CANCELLED.value, cancelled_on=made_on, decided_on=made_on, end_reason="")
    )
    session.expire_all()


def refuse_planned(session: Session, invoices: Sequence[InvoiceLine]) -> None:
    """Raise ``RefusedError`` when one of these invoices is on a payment plan that runs."""
    on_plan = (
        select(PromiseInvoiceRow.invoice_id)
        .join(PromiseRow, col(PromiseRow.id) == col(PromiseInvoiceRow.promise_id))
        .where(col(PromiseInvoiceRow.invoice_id).in_([one.invoice_id for one in invoices]))
        .where(col(PromiseRow.plan_id).is_not(None), col(PromiseRow.state) == PromiseState.OPEN.value)
    )
    planned = set(session.exec(on_plan))
    numbers = [one.number for one in invoices if one.invoice_id in planned]
    if numbers:
        raise RefusedError(f"{numbers[0]} is on a payment plan.", "Cancel that plan first, or leave the invoice out.")
