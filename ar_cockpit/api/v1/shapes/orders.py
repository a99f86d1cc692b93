"""Order checks as they are asked and told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from ar_cockpit.api.v1.shapes.asked import CurrencyCode, OrderAmount, Word
from ar_cockpit.api.v1.shapes.told import Amount, ReasonSaid

Reference = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"\S")]


# What is said of one field depends on another: as the description writes it.
_NUMBERED: dict[str, Any] = {
    "if": {"properties": {"reserve": {"const": True}}, "required": ["reserve"]},
    "then": {"properties": {"order_number": {"type": "string"}}, "required": ["order_number"]},
}


class OrderAsked(BaseModel):
    """An order to be judged; with `reserve` an accepted one counts against the limit."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_NUMBERED)
    customer_id: Word = Field(description="The customer's code.")
    company: Word | None = Field(default=None, description="Needed when several companies have this customer.")
    amount: OrderAmount = Field(examples=["12500.00"])
    currency: CurrencyCode | None = Field(default=None, description="The customer's by default.")
    terms_days: int | None = Field(default=None, ge=0, le=365, description="The payment terms wanted, in days.")
    order_number: Reference | None = Field(default=None, description="Needed to reserve; invoices name it.")
    reserve: bool = Field(default=False, description="Let an accepted order count until it is invoiced or expires.")

    @model_validator(mode="after")
    def _is_known_by_a_number(self) -> OrderAsked:
        if self.reserve and self.order_number is None:
            raise PydanticCustomError("order_number", "An order is kept by its number")
        return self


class Paid(BaseModel):
    """An invoice to be paid."""

    invoice_number: str
    due_date: date
    open: Amount
    currency: str


class WayTold(ReasonSaid):
    """A way to have the order accepted; its text is in the language asked for."""

    text: str
    invoices: list[Paid]


class ReservationTold(BaseModel):
    """An accepted order that counts against the limit; `left` is what is not invoiced yet."""

    id: int
    company: str
    customer_id: str
    order_number: str
    amount: Amount
    left: Amount
    currency: str
    reserved_on: date
    expires_on: date


class Reservations(BaseModel):
    """Accepted orders, the newest first."""

    as_of: date
    items: list[ReservationTold]


class OrderChecked(BaseModel):
    """The answer to an order, why, and what would make it acceptable."""

    as_of: date
    company: str
    customer_id: str
    name: str
    standing: Literal["ok", "watch", "hold"]
    amount: Amount
    currency: str
    decision: Literal["accept", "review", "refuse"]
    reasons: list[ReasonSaid]
    would_help: list[WayTold]
    acceptable: Amount
    credit_limit: Amount | None
    open: Amount
    reserved: Amount
    available_credit: Amount | None
    reservation: ReservationTold | None
