"""What the API tells: amounts as strings with the currency's decimals, ratios and days as numbers, ISO dates."""

from __future__ import annotations

from datetime import date as Day  # noqa: N812 (a field is called date)
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, Field

Amount = str
Row = TypeVar("Row", bound=BaseModel)


class Remark(BaseModel):
    """Why an item was refused, or what was remarked about it."""

    code: str
    field: str
    reason: str


class ItemResult(BaseModel):
    """What became of one item."""

    index: int = Field(description="Its place in the batch, from zero.")
    key: dict[str, str]
    outcome: Literal["created", "updated", "unchanged", "refused"]
    errors: list[Remark]
    warnings: list[Remark]


class BatchResult(BaseModel):
    """What became of a batch."""

    created: int
    updated: int
    unchanged: int
    refused: int
    results: list[ItemResult]


class Page(BaseModel, Generic[Row]):
    """Some rows in a fixed order; ``next`` is the cursor that goes on, ``null`` at the end."""

    items: list[Row]
    next: str | None


class Contact(BaseModel):
    """A person at a customer."""

    id: int
    name: str
    email: str
    phone: str
    role: str
    language: str


class Customer(BaseModel):
    """A customer."""

    id: int
    company: str
    customer_id: str
    name: str
    city: str
    country: str
    language: str
    currency: str
    payment_terms_days: int
    credit_limit: Amount | None
    external_score: int | None
    segment: str
    sales_rep: str
    collector: str
    parent_customer_id: str
    registration_number: str
    vat_number: str
    tags: list[str]
    custom: dict[str, str]


class CustomerDetail(Customer):
    """A customer with its contacts, the one to write to first in front."""

    contacts: list[Contact]


class Invoice(BaseModel):
    """An invoice or credit note as of the day asked for; what is open of a credit note is negative."""

    id: int
    company: str
    invoice_number: str
    customer_id: str
    kind: Literal["invoice", "credit_note"]
    invoice_date: Day
    due_date: Day
    amount: Amount
    open: Amount
    currency: str
    days_overdue: int
    disputed: bool
    settled_date: Day | None
    po_number: str
    description: str
    custom: dict[str, str]


class InvoicePage(Page[Invoice]):
    """Invoices as of a day."""

    as_of: Day


class Payment(BaseModel):
    """Money received; negative when paid back."""

    id: int
    company: str
    payment_id: str
    customer_id: str
    payment_date: Day
    amount: Amount
    unapplied: Amount
    currency: str
    reference: str
    method: str


class Allocation(BaseModel):
    """The part of a payment that went to one invoice on one day."""

    id: int
    company: str
    payment_id: str
    invoice_number: str
    amount: Amount
    currency: str
    date: Day


class CustomerPage(Page[Customer]):
    """Customers."""


class PaymentPage(Page[Payment]):
    """Payments."""


class AllocationPage(Page[Allocation]):
    """Allocations."""


class RateTold(BaseModel):
    """What one unit of a currency is worth, as published on a day."""

    currency: str
    rate: str
    date: Day


class FigureMissing(BaseModel):
    """A figure that is not available for want of a rate."""

    figure: str
    currency: str
    date: Day
    message: str


class CompanyTold(BaseModel):
    """A company's amounts as in its books, and converted so that the companies add up."""

    company: str
    name: str
    by_currency: dict[str, dict[str, Amount]]
    consolidated: dict[str, Amount | None]


class Conversion(BaseModel):
    """How figures of several currencies became one."""

    rate_date: Day | None
    rates: list[RateTold]
    companies: list[CompanyTold]
    errors: list[FigureMissing]


class Ageing(BaseModel):
    """Open amounts by days overdue; ``null``: not available, as without a rate."""

    as_of: Day
    currency: str
    companies: list[str]
    buckets: dict[str, Amount | None]
    receivables: Amount | None
    overdue: Amount | None
    unapplied_cash: Amount | None
    consolidation: Conversion | None = None


class Kpi(BaseModel):
    """The key figures of a day; ``null``: not available."""

    as_of: Day
    currency: str
    companies: list[str]
    receivables: Amount | None
    unapplied_cash: Amount | None
    overdue: Amount | None
    overdue_share: float | None
    not_due: Amount | None
    dso: float | None
    dso_countback: float | None
    best_possible_dso: float | None
    add: float | None
    cei: float | None
    turnover: float | None
    average_days_late: float | None
    credit_sales: Amount | None
    ageing: dict[str, Amount | None]
    consolidation: Conversion | None = None


class ReasonTold(BaseModel):
    """A reason as a code and the facts it was judged by."""

    code: str
    facts: dict[str, str | int | float | bool | None]


class ReasonSaid(ReasonTold):
    """A reason with its sentence in the language asked for."""

    text: str


class OrderAnswer(BaseModel):
    """Whether an order may be taken, and why."""

    amount: Amount
    currency: str
    decision: Literal["accept", "review", "refuse"]
    reasons: list[ReasonSaid]


class RateMissing(BaseModel):
    """A currency that could not be converted, so that sums are null."""

    currency: str
    date: Day
    message: str


class GroupTold(BaseModel):
    """What a customer's group owes together, over the members that the token may see; `standing` is the worst."""

    code: str
    name: str
    customers: list[str]
    standing: Literal["ok", "watch", "hold"]
    currency: str
    credit_limit: Amount | None
    open: Amount | None
    overdue: Amount | None
    available_credit: Amount | None
    rate_date: Day | None
    errors: list[RateMissing]


class Standing(BaseModel):
    """What sales may know of a customer on a day."""

    as_of: Day
    company: str
    customer_id: str
    name: str
    standing: Literal["ok", "watch", "hold"]
    reasons: list[ReasonSaid]
    currency: str
    credit_limit: Amount | None
    open: Amount
    overdue: Amount
    max_days_overdue: int
    available_credit: Amount | None
    reserved: Amount
    credit_notes: Amount
    unapplied_cash: Amount
    group: GroupTold | None = None
    order: OrderAnswer | None = None
