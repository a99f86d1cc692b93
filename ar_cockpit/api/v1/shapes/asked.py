"""What lists are asked for: filters, and the page."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MOST_ROWS = 500
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_out(value: object) -> object:
    """Refuse a number of seconds, which would be taken for the day they make since 1970."""
    if isinstance(value, str) and not _ISO_DAY.fullmatch(value):
        raise ValueError("write the day as YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_written_out)]
Word = Annotated[str, StringConstraints(pattern=r"^[^\u0000-\u001f\u007f]+$", max_length=254)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{24,500}$")]
# Above zero, as an order is; how many decimals it may have is a matter of its currency.
OrderAmount = Annotated[
    str,
    StringConstraints(
        pattern=r"^([1-9][0-9]{0,11}(\.[0-9]{1,4})?|0\.([1-9][0-9]{0,3}|0[1-9][0-9]{0,2}|00[1-9][0-9]?|000[1-9]))$"
    ),
]
_AS_OF = "The business date; today by default."


class PageAsked(BaseModel):
    """A page of a list, and whose records."""

    model_config = ConfigDict(extra="forbid")
    company: Word | None = Field(default=None, description="A company's code; all that the token reaches by default.")
    customer_id: Word | None = Field(default=None, description="A customer's code.")
    currency: CurrencyCode | None = None
    limit: int = Field(default=100, ge=1, le=MOST_ROWS)
    cursor: Cursor | None = Field(default=None, description="`next` of the page before, with the same filters.")

    def question(self) -> dict[str, Any]:
        """Return what a cursor of this list belongs to."""
        return {"list": type(self).__name__} | self.model_dump(exclude={"limit", "cursor"})


class CustomersAsked(PageAsked):
    """Which customers."""

    collector: Word | None = None
    sales_rep: Word | None = None


class InvoicesAsked(PageAsked):
    """Which invoices and credit notes, as of which day."""

    state: Literal["open", "overdue", "settled", "all"] = Field(default="all", description="As of the day asked for.")
    as_of: Day | None = Field(default=None, description=_AS_OF)
    invoice_number: Word | None = None
    due_from: Day | None = None
    due_to: Day | None = None
    issued_from: Day | None = None
    issued_to: Day | None = None


class PaymentsAsked(PageAsked):
    """Which payments."""

    payment_id: Word | None = None
    paid_from: Day | None = None
    paid_to: Day | None = None
    unapplied: bool = Field(default=False, description="Only those with money that is not applied.")


class AllocationsAsked(PageAsked):
    """Which allocations."""

    payment_id: Word | None = None
    invoice_number: Word | None = None
    allocated_from: Day | None = None
    allocated_to: Day | None = None


class DayAsked(BaseModel):
    """As of which day."""

    model_config = ConfigDict(extra="forbid")
    as_of: Day | None = Field(default=None, description=_AS_OF)


class FiguresAsked(DayAsked):
    """Figures of which day, company and currency."""

    company: Word | None = Field(default=None, description="A company's code; all that the token reaches by default.")
    currency: CurrencyCode | None = Field(
        default=None, description="Only documents in it. This or `consolidate` is needed when the ledger holds several."
    )
    consolidate: CurrencyCode | None = Field(
        default=None,
        description="All documents, or where both are given those in `currency`, converted into it at the day's rates.",
    )


class StandingAsked(DayAsked):
    """A standing, and the order to be judged, if there is one."""

    order_amount: OrderAmount | None = None
    order_currency: CurrencyCode | None = None


class BatchAsked(BaseModel):
    """How a batch is to be taken."""

    model_config = ConfigDict(extra="forbid")
    atomic: bool = Field(default=False, description="All items or none: one refused item refuses the batch.")
