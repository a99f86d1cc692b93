"""Invoices between file and ledger: as the ledger has them, and as they are to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from ar_cockpit.db.queries.loading import Key, KnownCustomer
from ar_cockpit.importing.records import InvoiceRecord


class KnownInvoice(NamedTuple):
    """An invoice as the ledger has it."""

    invoice_id: int
    open_minor: int
    customer_id: int
    kind: str
    invoice_on: date
    due_on: date
    amount_minor: int
    currency: str
    po_number: str
    description: str
    custom: dict[str, Any]

    @property
    def settled_minor(self) -> int:
        """What payments have settled of it."""
        return self.amount_minor - self.open_minor


@dataclass(slots=True)
class TakenInvoice:
    """A record that goes into the ledger, with what is known of it."""

    record: InvoiceRecord
    key: Key
    customer: KnownCustomer
    minor: int
    currency: str
    before: KnownInvoice | None
    paid_by_others: int  # settled by payments of their own, not by the file's settlement date
    outcome: str = "created"
