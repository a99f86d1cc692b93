"""What every reader delivers: frozen records by table, rows set aside, warnings and decisions.

An optional field is ``None`` when the file has no such column (what is known stays), and empty when the cell is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar


class Table(StrEnum):
    """The four tables of a ledger, in the order in which they are loaded."""

    CUSTOMERS = "customers"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    ALLOCATIONS = "allocations"


class Reason(str):
    """Why a cell cannot be read; it stands where the value would, and sets the row aside."""

    __slots__ = ()


class Flawed(NamedTuple):
    """A value that is taken although its cell had a defect, which is told as a warning."""

    value: object
    reason: str


class Defect(NamedTuple):
    """What is wrong where: physical line, column as named in the file, value as written."""

    line: int
    column: str
    value: str
    reason: str


class Reject(NamedTuple):
    """A row set aside: its defect, its cells as written, and its amount and currency as far as they were readable."""

    defect: Defect
    cells: Sequence[str]
    amount: Decimal | None
    currency: str
    company: str


class Decision(NamedTuple):
    """Something ambiguous that was decided for a whole column, with the evidence."""

    column: str
    decided: str
    evidence: str
    is_certain: bool


class CustomerRecord(NamedTuple):
    """A customer with its one contact, as read."""

    line: int
    code: str
    name: str
    company: str
    email: str | None = None
    contact_name: str | None = None
    contact_role: str | None = None
    phone: str | None = None
    language: str | None = None
    country: str | None = None
    currency: str = ""
    payment_terms_days: int | None = None
    credit_limit: Decimal | None = None
    external_score: int | None = None
    segment: str | None = None
    sales_rep: str | None = None
    collector: str | None = None
    parent_code: str | None = None
    registration_number: str | None = None
    vat_number: str | None = None
    tags: tuple[str, ...] | None = None
    city: str | None = None
    custom: dict[str, str] | None = None


class InvoiceRecord(NamedTuple):
    """An invoice or credit note, as read; the amount is signed."""

    line: int
    number: str
    customer: str
    invoice_on: date
    due_on: date | None
    amount: Decimal
    currency: str
    company: str
    kind: str
    po_number: str | None
    description: str | None
    is_disputed: bool | None
    settled_on: date | None
    custom: dict[str, str]


class PaymentRecord(NamedTuple):
    """Money received (or, negative, paid back), as read."""

    line: int
    number: str
    customer: str
    paid_on: date
    amount: Decimal
    currency: str
    company: str
    reference: str | None
    method: str | None
    custom: dict[str, str]


class AllocationRecord(NamedTuple):
    """The part of a payment that goes to one invoice, as read; without a date it carries the payment's."""

    line: int
    payment: str
    invoice: str
    amount: Decimal
    allocated_on: date | None
    company: str
    custom: dict[str, str] | None = None


Record = TypeVar("Record", CustomerRecord, InvoiceRecord, PaymentRecord, AllocationRecord)


class ByColumn(Sequence[Record]):
    """Records that were read by column, made when somebody looks at one: a batch of good rows is written as it came."""

    def __init__(self, kind: type[Record], columns: Sequence[Sequence[Any]]) -> None:
        self.columns = columns
        self.kind: type[Record] = kind
        # What a named tuple's own constructor does, without a call in Python for each row.
        self._make: Callable[[Any], Record] = partial(tuple.__new__, kind)
        self._made: list[Record] | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.columns[0])

    def __getitem__(self, place: Any) -> Any:
        """Return one of them, or some."""
        return self._all()[place]

    def __iter__(self) -> Iterator[Record]:
        """Go through all."""
        return iter(self._all())

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel by column."""
        return ByColumn, (self.kind, self.columns)

    def _all(self) -> list[Record]:
        if self._made is None:
            self._made = list(map(self._make, zip(*self.columns, strict=True)))
        return self._made


def columns_of(records: Sequence[Record]) -> Sequence[Sequence[Any]]:
    """Return records, of which there is at least one, by column."""
    return records.columns if isinstance(records, ByColumn) else list(zip(*records, strict=True))


@dataclass(frozen=True, slots=True)
class Batch(Generic[Record]):
    """Some rows of a file: good ones with their cells beside them, rows set aside, and warnings about good ones."""

    records: Sequence[Record]
    cells: Sequence[Sequence[str]]
    rejects: list[Reject]
    warnings: list[Defect]
    customers: list[CustomerRecord] = field(default_factory=list)  # made from the same rows, when a mapping says how
    suspects: Collection[str | tuple[str, ...]] = ()  # names of rows that others of the file may have as well
