"""Promises with what was applied to their invoices, for the pure rule that says what became of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select, true
from sqlmodel import Session, col

from ar_cockpit.db.tables import AllocationRow, CustomerRow, InvoiceRow, PromiseInvoiceRow, PromiseRow
from ar_cockpit.domain.collecting.promises import Outcome, Promise, outcome
from ar_cockpit.domain.figures.receivables import Allocation


@dataclass(frozen=True, slots=True)
class StoredPromise:
    """A promise, whose it is, and the invoices it covers."""

    promise_id: int
    customer_id: int
    currency: str
    promise: Promise
    invoice_ids: frozenset[int]
    note: str

    def outcome(self, as_of: date) -> Outcome | None:
        """Return what has become of it by ``as_of``."""
        return outcome(self.promise, as_of)


def promises(
    session: Session, customers: ColumnElement[bool], as_of: date, *, promised_since: date | None = None
) -> list[StoredPromise]:
    """Return the promises made by ``as_of`` for a date on or after ``promised_since``, in order of that date."""
    since = true() if promised_since is None else col(PromiseRow.promised_for) >= promised_since
    return _load(session, (customers, since, col(PromiseRow.made_on) <= as_of), as_of)


def promises_on_open_invoices(session: Session, customers: ColumnElement[bool], as_of: date) -> list[StoredPromise]:
    """Return the promises that cover at least one invoice of ``customers`` that is open on ``as_of``."""
    covers = (
        select(col(PromiseInvoiceRow.id))
        .join(InvoiceRow, col(InvoiceRow.id) == col(PromiseInvoiceRow.invoice_id))
        .where(col(PromiseInvoiceRow.promise_id) == col(PromiseRow.id), col(InvoiceRow.closed_on) > as_of)
        .correlate(PromiseRow)
        .exists()
    )
    return _load(session, (customers, col(PromiseRow.made_on) <= as_of, covers), as_of)


def _load(session: Session, asked: tuple[ColumnElement[bool], ...], as_of: date) -> list[StoredPromise]:
    row = PromiseRow
    question = (
        select(
            col(row.id),
            col(row.customer_id),
            col(row.currency),
            col(row.made_on),
            col(row.promised_for),
            col(row.grace_days),
            col(row.amount_minor),
            col(row.cancelled_on),
            col(row.note),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(*asked)
        .order_by(col(row.promised_for), col(row.id))
    )
    rows = list(session.execute(question))
    if not rows:
        return []
    covered, applied = _invoices(session, asked), _allocations(session, asked, as_of)
    return [
        StoredPromise(
            key,
            customer,
            currency,
            Promise(made_on, promised_for, grace, minor, cancelled_on, tuple(applied[key])),
            frozenset(covered[key]),
            note,
        )
        for key, customer, currency, made_on, promised_for, grace, minor, cancelled_on, note in rows
    ]


def _invoices(session: Session, asked: tuple[ColumnElement[bool], ...]) -> dict[int, list[int]]:
    question = (
        select(col(PromiseInvoiceRow.promise_id), col(PromiseInvoiceRow.invoice_id))
        .join(PromiseRow, col(PromiseRow.id) == col(PromiseInvoiceRow.promise_id))
        .join(CustomerRow, col(CustomerRow.id) == col(PromiseRow.customer_id))
        .where(*asked)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for promise_id, invoice_id in session.execute(question):
        found[promise_id].append(invoice_id)
    return found


def _allocations(session: Session, asked: tuple[ColumnElement[bool], ...], as_of: date) -> dict[int, list[Allocation]]:
    day = col(AllocationRow.allocated_on)
    question = (
        select(col(PromiseRow.id), day, col(AllocationRow.amount_minor))
        .join(PromiseInvoiceRow, col(PromiseInvoiceRow.promise_id) == col(PromiseRow.id))
        .join(AllocationRow, col(AllocationRow.invoice_id) == col(PromiseInvoiceRow.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(PromiseRow.customer_id))
        .where(*asked, day >= col(PromiseRow.made_on), day <= as_of)
        .order_by(day, col(AllocationRow.id))
    )
    found: dict[int, list[Allocation]] = defaultdict(list)
    for promise_id, on, minor in session.execute(question):
        found[promise_id].append(Allocation(on, int(minor)))
    return found
