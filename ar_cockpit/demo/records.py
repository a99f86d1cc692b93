"""The rows of the invented ledger; their keys are numbers of their own, counted from one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ar_cockpit.domain.calendar import OPEN_END


class Customer(NamedTuple):
    """A customer of one of the three companies."""

    customer_id: int
    company: int
    code: str
    name: str
    city: str
    country: str
    language: str
    currency: str
    payment_terms_days: int
    credit_limit_minor: int
    external_score: int
    sales_email: str
    collector_email: str
    registration_number: str
    vat_number: str
    tags: tuple[str, ...]


class Contact(NamedTuple):
    """A person at a customer."""

    customer_id: int
    name: str
    email: str
    phone: str
    role: str
    language: str
    is_primary: bool


@dataclass(slots=True)
class Document:
    """An invoice or credit note, with what was applied to it."""

    invoice_id: int
    number: str
    kind: str
    invoice_on: date
    due_on: date
    amount_minor: int
    po_number: str = ""
    description: str = ""
    applied: list[tuple[date, int]] = field(default_factory=list)

    def open_on(self, day: date) -> int:
        """Return what is open at the end of ``day``."""
        return self.amount_minor - sum(minor for on, minor in self.applied if on <= day)

    @property
    def closed_on(self) -> date:
        """The day it was settled, or the far end."""
        if self.open_on(OPEN_END) != 0:
            return OPEN_END
        return max([self.invoice_on, *(on for on, _ in self.applied)])


class Payment(NamedTuple):
    """Money received on one day, and the parts of it that were applied: (document, amount)."""

    payment_id: int
    number: str
    paid_on: date
    amount_minor: int
    reference: str
    method: str
    parts: tuple[tuple[Document, int], ...]


class Dispute(NamedTuple):
    """A customer's objection to one invoice."""

    document: Document
    reason: str
    note: str
    owner_email: str
    opened_on: date
    answer_due_on: date
    closed_on: date
    outcome: str
    opened_by: str


class Promise(NamedTuple):
    """What a customer promised about one invoice, and what became of it."""

    promise_id: int
    document: Document
    amount_minor: int
    made_on: date
    promised_for: date
    state: str
    decided_on: date | None
    note: str
    made_by: str


class Touch(NamedTuple):
    """A call, a note or a reply; ``message_id`` is of the mail that a reply answers."""

    kind: str
    happened_on: date
    minute: int
    actor_email: str
    text: str
    facts: dict[str, Any]
    message_id: int | None = None


class Message(NamedTuple):
    """A reminder that went out or a call; ``items`` are (document, step, offset, open amount)."""

    message_id: int
    business_on: date
    channel: str
    recipient: str
    state: str
    cadence: str
    step: str
    template: str
    tone: str
    language: str
    subject: str
    body: str
    total_minor: int
    minute: int
    items: tuple[tuple[Document, str, int, int], ...]


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """Everything about one customer."""

    customer: Customer
    contacts: tuple[Contact, ...]
    documents: tuple[Document, ...]
    payments: tuple[Payment, ...]
    disputes: tuple[Dispute, ...]
    promises: tuple[Promise, ...]
    messages: tuple[Message, ...]
    touches: tuple[Touch, ...]
    last_reminded_on: date | None
