"""What programs give: batches of records under the names of the canonical import columns, strictly typed."""

from __future__ import annotations

from datetime import date as Day  # noqa: N812 (a field is called date)
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ar_cockpit.importing.values.texts import EMAIL_LENGTH, KEY_LENGTH, NAME_LENGTH, TEXT_LENGTH
from ar_cockpit.services.pushing.ledger import MOST_ITEMS

Key = Annotated[str, StringConstraints(min_length=1, max_length=KEY_LENGTH)]
Name = Annotated[str, StringConstraints(max_length=NAME_LENGTH)]
Text = Annotated[str, StringConstraints(max_length=TEXT_LENGTH)]
Email = Annotated[str, StringConstraints(max_length=EMAIL_LENGTH)]
Amount = Annotated[
    str,
    StringConstraints(pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,4})?$"),
    Field(examples=["1234.50"], description="A decimal with a point and no more decimals than the currency has."),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Custom = Annotated[
    dict[Annotated[str, StringConstraints(min_length=1, max_length=KEY_LENGTH)], Text], Field(max_length=50)
]
Tag = Annotated[str, StringConstraints(pattern=r"^[^;]+$", max_length=KEY_LENGTH)]


def _integral(value: object) -> object:
    """Return 5.0 as 5: to JSON the two are one number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_WHOLE = BeforeValidator(_integral)


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class GivenItem(_Given):
    """A record: fields that are left out stay as they are, ``null`` empties them."""

    company: Key | None = Field(default=None, description="The code; else the token's only company, or the usual one.")


class GivenCustomer(GivenItem):
    """A customer, known by company and ``customer_id``."""

    customer_id: Key
    name: Annotated[str, StringConstraints(min_length=1, max_length=NAME_LENGTH)]
    language: Language | None = None
    country: Country | None = None
    city: Name | None = None
    currency: Currency | None = None
    payment_terms_days: Annotated[int, Field(ge=0, le=3650), _WHOLE] | None = None
    credit_limit: Amount | None = None
    external_score: Annotated[int, Field(ge=-(2**31) + 1, le=2**31 - 1), _WHOLE] | None = None
    segment: Key | None = None
    sales_rep: Email | None = None
    collector: Email | None = None
    parent_customer_id: Key | None = None
    registration_number: Name | None = None
    vat_number: Name | None = None
    tags: Annotated[list[Tag], Field(max_length=50)] | None = None
    custom: Custom | None = None


class GivenContact(GivenItem):
    """A person at a customer, known by e-mail, without one by name."""

    customer_id: Key
    name: Name | None = None
    email: Email | None = None
    phone: Name | None = None
    role: Key | None = None
    language: Language | None = None
    is_primary: bool | None = Field(default=None, description="The one to write to first; the customer's first is it.")


class GivenInvoice(GivenItem):
    """An invoice or credit note, known by company and ``invoice_number``."""

    invoice_number: Key
    customer_id: Key
    invoice_date: Day
    due_date: Day | None = None
    amount: Amount
    currency: Currency | None = None
    kind: Literal["invoice", "credit_note"] | None = None
    po_number: Name | None = None
    description: Text | None = None
    disputed: bool | None = None
    settled_date: Day | None = Field(
        default=None,
        description="Fully paid on that day: makes a payment of what others left open; `null` takes it back.",
    )
    custom: Custom | None = None


class GivenPayment(GivenItem):
    """Money received or, negative, paid back, known by company and ``payment_id``."""

    payment_id: Key
    customer_id: Key
    payment_date: Day
    amount: Amount
    currency: Currency | None = None
    reference: Name | None = None
    method: Name | None = None


class GivenAllocation(GivenItem):
    """The part of a payment that goes to an invoice; without a date it carries the payment's."""

    payment_id: Key
    invoice_number: Key
    amount: Amount
    date: Day | None = None


Given = TypeVar("Given", bound=GivenItem)


class Batch(_Given, Generic[Given]):
    """Up to five thousand records of one kind."""

    items: Annotated[list[Given], Field(min_length=1, max_length=MOST_ITEMS)]


class CustomerBatch(Batch[GivenCustomer]):
    """Customers."""


class ContactBatch(Batch[GivenContact]):
    """Contacts."""


class InvoiceBatch(Batch[GivenInvoice]):
    """Invoices and credit notes."""


class PaymentBatch(Batch[GivenPayment]):
    """Payments."""


class AllocationBatch(Batch[GivenAllocation]):
    """Allocations."""


BATCHES = (CustomerBatch, ContactBatch, InvoiceBatch, PaymentBatch, AllocationBatch)
