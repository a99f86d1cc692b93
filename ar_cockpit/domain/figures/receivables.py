"""Documents, payments and what is open of them on any day: the reference that the SQL sums must equal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ar_cockpit.domain.calendar import Period


class Kind(StrEnum):
    """The two documents of a receivables ledger."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a payment applied to one document on one day; negative on a credit note."""

    allocated_on: date
    minor: int


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or (with a negative amount) a credit note, with everything ever applied to it."""

    invoice_on: date
    due_on: date
    amount_minor: int
    kind: Kind = Kind.INVOICE
    allocations: tuple[Allocation, ...] = ()

    def open_minor(self, as_of: date) -> int:
        """Return amount less allocations dated on or before ``as_of``; nothing before the document exists."""
        if self.invoice_on > as_of:
            return 0
        return self.amount_minor - _allocated(self.allocations, as_of)

    def settled_on(self, as_of: date) -> date | None:
        """Return the day the open amount reached zero, as known on ``as_of``, or ``None`` while it is open."""
        if self.invoice_on > as_of or self.open_minor(as_of) != 0:
            return None
        days = [part.allocated_on for part in self.allocations if part.allocated_on <= as_of]
        return max([*days, self.invoice_on])


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received, with the parts of it that were applied to documents."""

    paid_on: date
    amount_minor: int
    allocations: tuple[Allocation, ...] = ()

    def unapplied_minor(self, as_of: date) -> int:
        """Return what of the payment no document had taken by ``as_of``."""
        if self.paid_on > as_of:
            return 0
        return self.amount_minor - _allocated(self.allocations, as_of)


def receivables(documents: Iterable[Document], as_of: date) -> int:
    """Return the sum of open amounts of invoices and credit notes on ``as_of``."""
    return sum(document.open_minor(as_of) for document in documents)


def unapplied_cash(payments: Iterable[Payment], as_of: date) -> int:
    """Return the money received and not applied by ``as_of``: positive, beside the receivables, never netted."""
    return sum(payment.unapplied_minor(as_of) for payment in payments)


def credit_sales(documents: Iterable[Document], period: Period) -> int:
    """Return invoices less credit notes dated in ``period``, tax as invoiced."""
    return sum(document.amount_minor for document in documents if period.start <= document.invoice_on <= period.end)


def days_late_of_settled(documents: Iterable[Document], period: Period) -> tuple[int, int]:
    """Return Σ amount × days late and Σ amount over the invoices settled in ``period``, as known at its end."""
    weighted = weight = 0
    for document in documents:
        settled = document.settled_on(period.end)
        if document.kind is Kind.INVOICE and settled is not None and period.start <= settled:
            weighted += document.amount_minor * (settled - document.due_on).days
            weight += document.amount_minor
    return weighted, weight


def _allocated(allocations: Iterable[Allocation], as_of: date) -> int:
    return sum(part.minor for part in allocations if part.allocated_on <= as_of)
