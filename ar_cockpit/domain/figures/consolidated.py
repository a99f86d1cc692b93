"""The key figures of several currencies as one: which sums are converted, and which figures a missing rate takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, NOT_DUE, OVERDUE_KEYS
from ar_cockpit.domain.figures.consolidation import Conversion, FigureError, Sums
from ar_cockpit.domain.figures.kpis import Totals

ByCurrency = Mapping[str, Totals]
# The sums that each figure is made of; it is not available when one of them cannot be converted.
MADE_OF = {
    "receivables": ("receivables",),
    "overdue": OVERDUE_KEYS,
    "overdue_share": ("receivables", *OVERDUE_KEYS),
    "not_due": (NOT_DUE.key,),
    "dso": ("receivables", "credit_sales"),
    "dso_countback": ("receivables", "sales"),
    "best_possible_dso": (NOT_DUE.key, "credit_sales"),
    "add": (*OVERDUE_KEYS, "credit_sales"),
    "cei": ("at_start", "credit_sales", "receivables", NOT_DUE.key),
    "turnover": ("credit_sales", "at_start", "receivables"),
    "credit_sales": ("credit_sales",),
    **{f"ageing.{key}": (key,) for key in BUCKET_KEYS},
}


def consolidated(parts: ByCurrency, conversion: Conversion, period: Period) -> Totals:
    """Return the sums of all currencies as one; the buckets of the ageing add up to the receivables.

    Every sum of the day, balances and sales alike, takes the day's rate: so a ratio has the rate on both sides.
    """
    total = conversion.total
    receivables = total(_sums(parts, lambda one: one.receivables))
    months = sorted({month for one in parts.values() for month in one.sales_by_month})
    first = [one.first_document_on for one in parts.values() if one.first_document_on is not None]
    return Totals(
        period=period,
        receivables=receivables,
        receivables_at_start=total(_sums(parts, lambda one: one.receivables_at_start)),
        credit_sales=total(_sums(parts, lambda one: one.credit_sales)),
        ageing=aged({key: bucket(parts, key) for key in BUCKET_KEYS}, conversion),
        sales_by_month={month: total(_month(parts, month)) for month in months},
        first_document_on=min(first, default=None),
    )


def aged(buckets: Mapping[str, Sums], conversion: Conversion) -> dict[str, int | None]:
    """Return the buckets in one currency so that they add up.

    The receivables are shared by what is due and what is not, then what is due by its buckets: a list that knows only
    these two sums gets the same ones.
    """
    late = added(*(buckets[key] for key in OVERDUE_KEYS))
    not_due, overdue = due_or_not(buckets[NOT_DUE.key], late, conversion)
    return {NOT_DUE.key: not_due} | conversion.shares(overdue, {key: buckets[key] for key in OVERDUE_KEYS})


def due_or_not(not_due: Sums, overdue: Sums, conversion: Conversion) -> tuple[int | None, int | None]:
    """Return both in one currency so that they add up to the receivables."""
    whole = conversion.total(added(not_due, overdue))
    shares = conversion.shares(whole, {"not_due": not_due, "overdue": overdue})
    return shares["not_due"], shares["overdue"]


def added(*several: Sums) -> dict[str, int]:
    """Return the sums of ``several``, by currency."""
    whole: Counter[str] = Counter()
    for sums in several:
        whole.update(sums)
    return dict(whole)


def bucket(parts: ByCurrency, key: str) -> dict[str, int]:
    """Return a bucket's open amounts by currency."""
    return _sums(parts, lambda one: one.ageing[key])


def figure_errors(parts: ByCurrency, conversion: Conversion) -> list[FigureError]:
    """Return the key figures that are not available for want of a rate, with what is missing."""
    sums: dict[str, Sequence[Sums]] = {
        "receivables": [_sums(parts, lambda one: one.receivables)],
        "at_start": [_sums(parts, lambda one: one.receivables_at_start)],
        "credit_sales": [_sums(parts, lambda one: one.credit_sales)],
        "sales": [_month(parts, month) for one in parts.values() for month in one.sales_by_month],
        **{key: [bucket(parts, key)] for key in BUCKET_KEYS},
    }
    return [
        FigureError(figure, missing)
        for figure, names in MADE_OF.items()
        for missing in conversion.missing(*(one for name in names for one in sums[name]))
    ]


def _sums(parts: ByCurrency, pick: Callable[[Totals], int | None]) -> dict[str, int]:
    return {currency: pick(one) or 0 for currency, one in parts.items()}


def _month(parts: ByCurrency, month: date) -> dict[str, int]:
    return {currency: one.sales_by_month.get(month) or 0 for currency, one in parts.items()}
