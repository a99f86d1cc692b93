"""What a list of invoices or customers may be asked for: the choices of an address, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.customers.behaviour import BANDS
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, NOT_DUE, OVERDUE_KEYS

PAGE_SIZE = 50
_LONGEST_TEXT = 100
PARTS = ("segment", "country", "sales", "collector")  # parameters of the address
OF, FIGURES = "of", "figures"  # in the address of a list that a figure leads to
ARCHIVED = "archived"  # of customers: what ``show`` says for those out of the usual list


class Show(StrEnum):
    """Which documents: each is what one figure is the sum of."""

    OPEN = "open"  # receivables
    OVERDUE = "overdue"
    NOT_DUE = "not_due"
    DISPUTED = "disputed"
    BILLED = "billed"  # credit sales of the period
    SETTLED = "settled"  # what the average days late is weighted by
    ALL = "all"
    CAME = "came"  # what was applied in some days to documents open on a day before
    RECEIVED = "received"  # what payments of some days were applied to


PAID = frozenset({Show.CAME, Show.RECEIVED})  # lists of what was paid in the days asked for


_AGES_SHOWN = {Show.OPEN: BUCKET_KEYS, Show.OVERDUE: OVERDUE_KEYS, Show.NOT_DUE: (NOT_DUE.key,)}
INVOICE_SORTS = ("due_on", "number", "customer", "invoice_on", "amount", "open", "expected")
CUSTOMER_SORTS = ("overdue", "name", "open", "oldest")


@dataclass(frozen=True, slots=True)
class Sort:
    """A column and its direction; every order is made total by the row's key."""

    key: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the customers; an empty choice leaves them all."""

    segment: str = ""
    country: str = ""
    sales: str = ""  # the sales owner's e-mail
    collector: str = ""

    def __bool__(self) -> bool:
        """Whether it is less than all customers."""
        return any((self.segment, self.country, self.sales, self.collector))


ALL = Part()


def part_of(params: Mapping[str, str]) -> Part:
    """Read the part of the customers from an address."""
    return Part(*(params.get(name, "").strip()[:_LONGEST_TEXT] for name in PARTS))


@dataclass(frozen=True, slots=True)
class InvoiceQuestion:
    """A page of documents as of a day, in one currency or, to be ``consolidated`` into it, in all."""

    as_of: date
    currency: str
    company: str = ""
    show: Show = Show.OPEN
    bucket: str = ""
    customer: str = ""  # the customer's code
    part: Part = ALL
    text: str = ""
    sort: Sort = field(default_factory=lambda: Sort("due_on"))
    page: int = 1
    consolidated: bool = False
    paid: Period | None = None  # the days of what was paid
    known_on: date | None = None  # of documents open on this day
    late: str = ""  # settled so many days late: the key of a band
    of_figures: bool = False  # opened from a figure: of the companies whose figures may be seen, as the figure is

    @property
    def ages(self) -> tuple[str, ...]:
        """The ages of the open documents asked for; none when the list is not one of open documents."""
        shown = _AGES_SHOWN.get(self.show, ())
        return tuple(key for key in shown if self.bucket in ("", key))


@dataclass(frozen=True, slots=True)
class CustomerQuestion:
    """A page of customers as of a day, with what they owe in one currency or, to be ``consolidated``, in all."""

    as_of: date
    currency: str
    company: str = ""
    overdue_only: bool = False
    part: Part = ALL
    group: str = ""  # the code of its head: only its members
    segment: str = ""
    archived: bool = False  # those out of the usual list instead
    by_group: bool = False  # a line for each group, a customer outside of groups being its own
    text: str = ""
    sort: Sort = field(default_factory=lambda: Sort("overdue", descending=True))
    page: int = 1
    consolidated: bool = False
    of_figures: bool = False


def invoice_question(
    params: Mapping[str, str], as_of: date, currency: str, *, consolidated: bool = False
) -> InvoiceQuestion:
    """Read an address; what it says wrongly counts as not said."""
    show = params.get("show", "")
    bucket, late, paid = params.get("bucket", ""), params.get("late", ""), _days_of(params)
    if show in PAID and paid is None:
        show = ""
    return InvoiceQuestion(
        as_of=as_of,
        currency=currency,
        company=params.get("company", ""),
        show=Show(show) if show in set(Show) else Show.OPEN,
        bucket=bucket if bucket in BUCKET_KEYS else "",
        customer=params.get("customer", ""),
        part=part_of(params),
        text=params.get("q", "").strip()[:_LONGEST_TEXT],
        sort=sort_of(params, INVOICE_SORTS, Sort("due_on")),
        page=page_of(params),
        consolidated=consolidated,
        paid=paid if show in PAID else None,
        known_on=_day_of(params, "known_on") if show == Show.CAME else None,
        late=late if late in {band.key for band in BANDS} else "",
        of_figures=params.get(OF) == FIGURES,
    )


def _days_of(params: Mapping[str, str]) -> Period | None:
    first, last = _day_of(params, "paid_from"), _day_of(params, "paid_to")
    return Period(first, last) if first and last and first <= last else None


def _day_of(params: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(params.get(name, ""))
    except ValueError:
        return None


def customer_question(
    params: Mapping[str, str], as_of: date, currency: str, *, consolidated: bool = False
) -> CustomerQuestion:
    """Read an address; what it says wrongly counts as not said."""
    return CustomerQuestion(
        as_of=as_of,
        currency=currency,
        company=params.get("company", ""),
        overdue_only=params.get("show", "") == Show.OVERDUE,
        part=part_of(params),
        group=params.get("group", ""),
        segment=params.get("segment", "")[:_LONGEST_TEXT],
        archived=params.get("show", "") == ARCHIVED,
        by_group=params.get("by", "") == "group",
        text=params.get("q", "").strip()[:_LONGEST_TEXT],
        sort=sort_of(params, CUSTOMER_SORTS, Sort("overdue", descending=True)),
        page=page_of(params),
        consolidated=consolidated,
        of_figures=params.get(OF) == FIGURES,
    )


def sort_of(params: Mapping[str, str], known: tuple[str, ...], usual: Sort) -> Sort:
    """Return the order that an address asks for; an unknown one counts as not said."""
    wanted = params.get("sort", "")
    key = wanted.removeprefix("-")
    return Sort(key, wanted.startswith("-")) if key in known else usual


def page_of(params: Mapping[str, str]) -> int:
    """Return the page that an address asks for, from 1; what is no number, or too long a one, counts as not said."""
    wanted = params.get("page", "")
    return max(1, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1
