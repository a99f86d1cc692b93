"""What became of each item, told by what the ledger holds before and after: one question for each table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from ar_cockpit.db.queries.loading import (
    Key,
    allocations_of_payments,
    ids_by_key,
    newest_disputes,
    payments_by_number,
    rows_by_key,
)
from ar_cockpit.db.tables import CustomerRow, InvoiceRow, PaymentRow
from ar_cockpit.importing.records import Table
from ar_cockpit.services.importing.loading.customers import COLUMNS as CUSTOMER_COLUMNS
from ar_cockpit.services.pushing.items import Item

KEYS = {
    Table.CUSTOMERS: ("customer_id",),
    Table.INVOICES: ("invoice_number",),
    Table.PAYMENTS: ("payment_id",),
    Table.ALLOCATIONS: ("payment_id", "invoice_number"),
}
_INVOICE = (
    *("id", "customer_id", "kind", "invoice_on", "due_on", "amount_minor", "currency", "po_number", "description"),
    *("custom", "open_minor", "closed_on"),
)
_PAYMENT = ("id", "customer_id", "paid_on", "amount_minor", "currency", "reference", "method")
_CODES = (
    ("Already on line", "duplicate"),
    ("No such", "not_found"),
    ("This customer exists in several", "ambiguous"),
    ("This payment exists in several", "ambiguous"),
    ("More than is left", "exceeds_open_amount"),
    ("Payments of", "conflict"),
    ("The invoice is in", "currency_mismatch"),
    ("More decimals", "too_many_decimals"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an item was refused, or what was remarked about it."""

    code: str
    field: str
    reason: str

    @classmethod
    def told(cls, column: str, reason: str) -> Refusal:
        """Return the refusal behind a sentence of the import, whose lines are items here."""
        code = next((code for begins, code in _CODES if reason.startswith(begins)), "")
        code = code or ("conflict" if " are allocated" in reason else "invalid")
        return cls(code, column, reason.replace("on line ", "told by item "))


@dataclass(slots=True)
class ItemOutcome:
    """What became of one item; ``number`` counts from one."""

    number: int
    key: dict[str, str]
    outcome: str = "refused"
    errors: list[Refusal] = field(default_factory=list)
    warnings: list[Refusal] = field(default_factory=list)


Known = Mapping[Any, Any]


def known(session: Session, table: Table, items: Sequence[Item]) -> Known:
    """Return what the ledger holds under the keys of ``items``, in whatever company."""
    if table is Table.CUSTOMERS:
        return rows_by_key(session, CustomerRow, "code", _values(items, "customer_id"), CUSTOMER_COLUMNS)
    if table is Table.INVOICES:
        return _invoices(session, items)
    if table is Table.PAYMENTS:
        return rows_by_key(session, PaymentRow, "number", _values(items, "payment_id"), _PAYMENT)
    return _allocations(session, items)


def judged(table: Table, item: Item, company_id: int, before: Known, after: Known, seen: set[Any]) -> str:
    """Return whether ``item`` was ``created``, ``updated`` or left ``unchanged``; a repetition changes nothing."""
    if table is Table.ALLOCATIONS:
        return _of_allocation(item, company_id, before, after, seen)
    key: Key = (company_id, item[KEYS[table][0]])
    if key in seen:
        return "unchanged"
    seen.add(key)
    if key not in before:
        return "created"
    return "unchanged" if before[key] == after.get(key) else "updated"


def _of_allocation(item: Item, company_id: int, before: Known, after: Known, seen: set[Any]) -> str:
    pair = (company_id, item["payment_id"], item["invoice_number"])
    was, now = before.get(pair, {}), after.get(pair, {})
    on = item.get("date") or after["paid_on"].get(pair[:2])
    if (pair, on) in seen:
        return "unchanged"
    seen.add((pair, on))
    if on in was:
        return "unchanged" if was[on] == now.get(on) else "updated"
    return "updated" if was and len(was) == len(now) else "created"


def _invoices(session: Session, items: Sequence[Item]) -> Known:
    rows = rows_by_key(session, InvoiceRow, "number", _values(items, "invoice_number"), _INVOICE)
    disputes = newest_disputes(session, [row[0] for row in rows.values()])
    return {key: (*row, disputes.get(row[0])) for key, row in rows.items()}


def _allocations(session: Session, items: Sequence[Item]) -> Known:
    """Return amounts by day, by company, payment and invoice; and under ``paid_on`` the days of the payments."""
    found = payments_by_number(session, _values(items, "payment_id"))
    payments = {one.payment_id: one for many in found.values() for one in many}
    invoices = ids_by_key(session, InvoiceRow, "number", _values(items, "invoice_number"))
    numbers = {invoice_id: number for (_, number), invoice_id in invoices.items()}
    days: dict[Any, dict[Any, Any]] = {}
    for one in allocations_of_payments(session, list(payments)):
        payment = payments[one.payment_id]
        pair = (payment.company_id, payment.number, numbers.get(one.invoice_id, ""))
        days.setdefault(pair, {})[one.allocated_on] = one.amount_minor
    paid: dict[tuple[int, str], date] = {(one.company_id, one.number): one.paid_on for one in payments.values()}
    return days | {"paid_on": paid}


def _values(items: Sequence[Item], name: str) -> list[str]:
    return sorted({item[name] for item in items})
