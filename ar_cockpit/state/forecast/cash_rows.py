"""The cash to come in words: its spans and what drives it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ar_cockpit.charts.axes import plain, scale_of
from ar_cockpit.charts.cash_ahead import Span, days_chart, summed_chart
from ar_cockpit.domain.money import exponent
from ar_cockpit.i18n import count, say
from ar_cockpit.state.display import rows

if TYPE_CHECKING:
    from ar_cockpit.services.figures.cash_ahead import CashAhead, CustomerLine, PlaceLine
    from ar_cockpit.services.figures.forecasting import ExpectedCash

Link = Callable[[str, str], str]
PAYERS = 25  # of a week


@dataclass
class SpanItem:
    """A day, a week, or the sum by a week's end."""

    day: str
    expected: str
    low: str
    high: str
    href: str = ""  # to who is to pay a week


@dataclass
class PayerItem:
    """A customer, or all others, and what is expected of it in one week; the last row is the week."""

    name: str
    company: str
    href: str
    expected: str
    is_total: bool = False


@dataclass
class PlaceItem:
    """One company's cash in one currency."""

    company: str
    currency: str
    open: str
    overdue: str
    month: str
    month_band: str
    quarter: str
    quarter_band: str
    doubt: str  # why its band is not to be relied on


@dataclass
class CustomerItem:
    """A customer with much cash to come."""

    name: str
    company: str
    href: str
    open: str
    overdue: str
    agreed: str
    soon: str
    quarter: str
    share: str


@dataclass
class KindItem:
    """Open invoices expected for the same reason."""

    name: str
    count: str
    open: str
    expected: str
    share: str


def span_items(spans: Sequence[ExpectedCash], currency: str, language: str, *, weekday: bool = False) -> list[SpanItem]:
    """Return days or weeks as rows."""
    day = rows.weekday if weekday else rows.day
    return [
        SpanItem(
            day(one.start, language),
            *(rows.amount(minor, currency, language) for minor in (one.expected, one.low, one.high)),
        )
        for one in spans
    ]


def payer_items(shown: CashAhead, start: date, language: str, record: Link) -> list[PayerItem]:
    """Return who is to pay a week, the most first; the rows are what the week's figure is the sum of."""
    currency = shown.outlook.currency
    weeks = {week.start: (place, week) for place, week in enumerate(shown.outlook.forecast.weeks)}
    if start not in weeks or not shown.cumulated:
        return []
    place, whole = weeks[start]
    due = [(one.weeks[place], one) for one in shown.customers if place < len(one.weeks)]
    most = sorted((one for one in due if one[0] > 0), key=lambda one: (-one[0], one[1].company, one[1].code))[:PAYERS]
    rest = whole.expected - sum(minor for minor, _ in most)
    if most and abs(rest) <= len(most):  # nobody else: customers and weeks are each rounded for themselves
        most[0], rest = (most[0][0] + rest, most[0][1]), 0

    def told(minor: int) -> str:
        return rows.amount_cents(minor, currency, language)

    named = [PayerItem(one.name, one.company, record(one.company, one.code), told(minor)) for minor, one in most]
    others = [PayerItem(say(language, "ahead.week.others"), "", "", told(rest))] if rest else []
    return [*named, *others, PayerItem(say(language, "executive.all"), "", "", told(whole.expected), is_total=True)]


def days_spec(shown: CashAhead, language: str) -> tuple[dict[str, Any], str]:
    """Return the chart of the days, and what its axis counts."""
    spans, unit = _spans(shown.outlook.forecast.days, (), shown.outlook.currency, language)
    return plain(days_chart(spans)), unit


def summed_spec(shown: CashAhead, language: str) -> tuple[dict[str, Any], str]:
    """Return the chart of the sums, and what its axis counts."""
    total, sums = 0, []
    for week in shown.supposed:
        total += week.supposed.expected
        sums.append(total)
    spans, unit = _spans(shown.cumulated, sums, shown.outlook.currency, language)
    return plain(summed_chart(spans)), unit


def _spans(
    some: Sequence[ExpectedCash], supposed: Sequence[int], currency: str, language: str
) -> tuple[list[Span], str]:
    unit, size = scale_of(max((one.high for one in some), default=0), exponent(currency))
    instead = [value / size for value in supposed] or [None] * len(some)
    spans = [
        Span(
            rows.day_short(one.start, language),
            one.expected / size,
            one.low / size,
            one.high / size,
            _told(one, currency, language),
            other,
        )
        for one, other in zip(some, instead, strict=True)
    ]
    return spans, say(language, f"executive.in_{unit}", symbol=rows.symbol(currency, language))


def _told(one: ExpectedCash, currency: str, language: str) -> str:
    amounts = {name: rows.money(getattr(one, name), currency, language) for name in ("expected", "low", "high")}
    return say(language, "ahead.told", date=rows.weekday(one.start, language), **amounts)


def place_items(shown: CashAhead, language: str) -> list[PlaceItem]:
    """Return the companies with their currencies."""

    def band(one: ExpectedCash, currency: str) -> str:
        return f"{rows.amount(one.low, currency, language)} – {rows.amount(one.high, currency, language)}"

    return [
        PlaceItem(
            one.company.name,
            one.currency,
            rows.amount(one.open, one.currency, language),
            rows.amount(one.overdue, one.currency, language),
            rows.amount(one.within_30.expected, one.currency, language),
            band(one.within_30, one.currency),
            rows.amount(one.quarter.expected, one.currency, language),
            band(one.quarter, one.currency),
            _doubt(one, language),
        )
        for one in shown.places
    ]


def _doubt(one: PlaceLine, language: str) -> str:
    if one.method == "prior":
        return say(language, "ahead.prior")
    return "" if one.is_tested else say(language, "ahead.untested")


def customer_items(some: Sequence[CustomerLine], currency: str, language: str, record: Link) -> list[CustomerItem]:
    """Return the customers that drive the cash, each leading to its record."""
    return [
        CustomerItem(
            one.name,
            one.company,
            record(one.company, one.code),
            *(rows.amount(minor or None, currency, language) for minor in (one.open, one.overdue, one.agreed)),
            rows.amount(one.soon, currency, language),
            rows.amount(one.quarter, currency, language),
            rows.percent(one.share, language),
        )
        for one in some
    ]


def kind_items(shown: CashAhead, language: str) -> list[KindItem]:
    """Return why the cash is expected when it is."""
    currency = shown.outlook.currency
    return [
        KindItem(
            say(language, f"ahead.kind.{one.kind.value}"),
            rows.number(one.count, language),
            rows.amount(one.open, currency, language),
            rows.amount(one.expected, currency, language),
            rows.percent(one.share, language, 0),
        )
        for one in shown.kinds
    ]


def quarter_words(shown: CashAhead, language: str) -> str:
    """Return the sum of the thirteen weeks with its band, and how many customers make half of it."""
    if not shown.cumulated:
        return say(language, "ahead.none")
    currency, whole = shown.outlook.currency, shown.cumulated[-1]
    told = say(
        language,
        "ahead.quarter",
        expected=rows.money_short(whole.expected, currency, language),
        low=rows.money_short(whole.low, currency, language),
        high=rows.money_short(whole.high, currency, language),
    )
    soon = shown.outlook.forecast.within_30
    told = f"{told} {say(language, 'ahead.within_30', expected=rows.money(soon.expected, currency, language))}"
    share, needed = 0.0, 0
    for one in shown.customers:
        share, needed = share + one.share, needed + 1
        if share >= 0.5:
            return f"{told} {count(language, 'ahead.half', needed)}"
    return told
