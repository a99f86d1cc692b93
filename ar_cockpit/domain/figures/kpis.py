"""The key figures: exact sums in, ratios out; a division by zero is ``None``, never 0 and never an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ar_cockpit.domain.calendar import Period, month_start, reporting_period
from ar_cockpit.domain.figures import receivables as ledger
from ar_cockpit.domain.figures.ageing import NOT_DUE, OVERDUE_KEYS, ageing

DAYS_IN_YEAR = 365
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Totals:
    """The exact sums, in minor units of one currency, that every key figure of one day is made of.

    A sum is ``None`` only when several currencies were to be one and a rate was missing.
    """

    period: Period
    receivables: int | None
    receivables_at_start: int | None
    credit_sales: int | None
    ageing: Mapping[str, int | None]
    sales_by_month: Mapping[date, int | None]  # first of month -> sales, the last month counted to the period's end
    first_document_on: date | None

    @property
    def not_due(self) -> int | None:
        """The open amounts that are not yet due."""
        return self.ageing[NOT_DUE.key]

    @property
    def overdue(self) -> int | None:
        """The open amounts past their due date: all that is not *not due*."""
        return combined(*(self.ageing[key] for key in OVERDUE_KEYS))


@dataclass(frozen=True, slots=True)
class Kpis:
    """The key figures of one day and the sums behind them; ``None`` is *not available*."""

    totals: Totals
    overdue_share: float | None
    dso: float | None
    dso_countback: float | None
    best_possible_dso: float | None
    add: float | None
    cei: float | None
    turnover: float | None
    day_of_dso: int | None  # minor units: what one day of DSO ties up


def kpis(totals: Totals) -> Kpis:
    """Return every key figure that ``totals`` allow."""
    days, sales = totals.period.days, totals.credit_sales
    counted = count_back(totals.receivables, totals.sales_by_month, totals.period.end, totals.first_document_on)
    effective = collection_effectiveness(totals.receivables_at_start, sales, totals.receivables, totals.not_due)
    return Kpis(
        totals,
        overdue_share=as_told(ratio(totals.overdue, totals.receivables)),
        dso=as_told(dso(totals.receivables, sales, days)),
        dso_countback=as_told(counted),
        best_possible_dso=as_told(dso(totals.not_due, sales, days)),
        add=as_told(dso(totals.overdue, sales, days)),
        cei=as_told(effective),
        turnover=as_told(turnover(sales, days, totals.receivables_at_start, totals.receivables)),
        day_of_dso=round(sales / days) if sales is not None and sales > 0 else None,
    )


def as_told(value: float | None) -> float | None:
    """Return a ratio as it is told, on screen and by the command alike: rounded once, at the end."""
    return None if value is None else round(value, DECIMALS)


def combined(*terms: int | None, minus: Sequence[int | None] = ()) -> int | None:
    """Return the sum of ``terms`` less those in ``minus``; ``None`` when one of them is not available."""
    total = 0
    for sign, term in [*((1, term) for term in terms), *((-1, term) for term in minus)]:
        if term is None:
            return None
        total += sign * term
    return total


def ratio(part: int | None, whole: int | None) -> float | None:
    """Return ``part / whole``, or ``None`` when there is no whole or one of them is not available."""
    return None if part is None or not whole else part / whole


def dso(open_minor: int | None, credit_sales: int | None, days: int) -> float | None:
    """Return the days of sales that ``open_minor`` stands for: all of it, the not yet due, or the overdue."""
    return ratio(_times(days, open_minor), credit_sales)


def count_back(
    open_minor: int | None, sales_by_month: Mapping[date, int | None], as_of: date, first_document_on: date | None
) -> float | None:
    """Return the days of the latest months' sales that exhaust ``open_minor``; ``None`` if the ledger is too short."""
    if open_minor is None or first_document_on is None or first_document_on > as_of:
        return None
    counted, left, last = 0, open_minor, as_of
    while left > 0:
        if last < month_start(first_document_on):
            return None
        sales = sales_by_month.get(month_start(last), 0)
        if sales is None:
            return None
        if left < sales:
            return counted + left * last.day / sales
        counted, left = counted + last.day, left - sales
        last = month_start(last) - timedelta(days=1)
    return float(counted)


def collection_effectiveness(
    at_start: int | None, credit_sales: int | None, at_end: int | None, not_due: int | None
) -> float | None:
    """Return the percentage collected of what could have been; sales enter whole, not divided by the days."""
    collected = combined(at_start, credit_sales, minus=(at_end,))
    return ratio(_times(100, collected), combined(at_start, credit_sales, minus=(not_due,)))


def turnover(credit_sales: int | None, days: int, at_start: int | None, at_end: int | None) -> float | None:
    """Return credit sales, annualised, over the average of the period's opening and closing receivables."""
    return ratio(_times(2 * DAYS_IN_YEAR, credit_sales), _times(days, combined(at_start, at_end)))


def average_days_late(weighted: int, weight: int) -> float | None:
    """Return Σ amount × days late over Σ amount, of the invoices settled in the period."""
    return ratio(weighted, weight)


def promise_kept_rate(kept: int, decided: int) -> float | None:
    """Return the share kept of the promises whose outcome fell into the period."""
    return ratio(kept, decided)


def dispute_share(disputed_minor: int | None, credit_sales: int | None) -> float | None:
    """Return the amount of the invoices newly disputed in the period over its credit sales."""
    return ratio(disputed_minor, credit_sales)


def sales_by_month(sales_by_day: Iterable[tuple[date, int]], as_of: date) -> dict[date, int]:
    """Return sales by first of month, up to and including ``as_of``."""
    months: Counter[date] = Counter()
    for day, minor in sales_by_day:
        if day <= as_of:
            months[month_start(day)] += minor
    return dict(months)


def month_ends_before(as_of: date, months: int) -> tuple[date, ...]:
    """Return the last ``months`` month ends before ``as_of``, oldest first."""
    ends = [month_start(as_of) - timedelta(days=1)]
    while len(ends) < months:
        ends.append(month_start(ends[-1]) - timedelta(days=1))
    return tuple(reversed(ends[:months]))


def totals_of(documents: Sequence[ledger.Document], as_of: date) -> Totals:
    """Return the sums of a ledger in memory: the reference for the database's aggregates."""
    period = reporting_period(as_of)
    known = [document for document in documents if document.invoice_on <= as_of]
    return Totals(
        period=period,
        receivables=ledger.receivables(known, as_of),
        receivables_at_start=ledger.receivables(known, period.day_before),
        credit_sales=ledger.credit_sales(known, period),
        ageing=ageing(known, as_of),
        sales_by_month=sales_by_month(((d.invoice_on, d.amount_minor) for d in known), as_of),
        first_document_on=min((d.invoice_on for d in known), default=None),
    )


def _times(factor: int, minor: int | None) -> int | None:
    return None if minor is None else factor * minor
