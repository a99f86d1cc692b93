"""Figures as they were reported: which sums and days are frozen, and why a document differs from then. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ar_cockpit.domain.calendar import month_end, month_start, reporting_period
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.kpis import Totals, month_ends_before

MONTHS_AT_FIRST = 12
LEAST_MONTHS = 36
MOST_DAYS_MISSED = 31  # after a longer silence only month ends are made good


@dataclass(frozen=True, slots=True)
class Frozen:
    """The sums of one day as they were known when they were frozen, in minor units of one currency."""

    day: date
    ageing: Mapping[str, int]
    at_start: int
    credit_sales: int
    unapplied: int
    sales_by_month: Mapping[date, int]
    first_document_on: date

    def totals(self) -> Totals:
        """Return them as what the key figures are made of, by the same formulas as ever."""
        return Totals(
            period=reporting_period(self.day),
            receivables=sum(self.ageing.values()),
            receivables_at_start=self.at_start,
            credit_sales=self.credit_sales,
            ageing=dict(self.ageing),
            sales_by_month=dict(self.sales_by_month),
            first_document_on=self.first_document_on,
        )


def added(several: list[Frozen]) -> Frozen:
    """Return the sums of several companies (one day, one currency) as one; ``several`` is not empty."""
    months = sorted({month for one in several for month in one.sales_by_month})
    return Frozen(
        day=several[0].day,
        ageing={key: sum(one.ageing[key] for one in several) for key in BUCKET_KEYS},
        at_start=sum(one.at_start for one in several),
        credit_sales=sum(one.credit_sales for one in several),
        unapplied=sum(one.unapplied for one in several),
        sales_by_month={month: sum(one.sales_by_month.get(month, 0) for one in several) for month in months},
        first_document_on=min(one.first_document_on for one in several),
    )


def days_to_freeze(last: date | None, today: date) -> list[date]:
    """Return the days that are over and not frozen yet, oldest first.

    At first: the last month ends and yesterday. Later: every day since ``last``; after a silence of more than
    ``MOST_DAYS_MISSED`` days, the month ends and yesterday.
    """
    yesterday = today - timedelta(days=1)
    if last is None:
        return sorted({*month_ends_before(today, MONTHS_AT_FIRST), yesterday})
    missed = [last + timedelta(days=n) for n in range(1, (yesterday - last).days + 1)]
    if len(missed) <= MOST_DAYS_MISSED:
        return missed
    return [day for day in missed if is_month_end(day) or day == yesterday]


def is_month_end(day: date) -> bool:
    """Return whether ``day`` is the last of its month."""
    return day == month_end(day)


def months_kept(sales: Mapping[date, int | None], receivables: int, day: date) -> dict[date, int]:
    """Return the months that DSO by count-back walks through, and at least ``LEAST_MONTHS``.

    Companies are added up later: together they may walk further than the quickest of them alone.
    """
    kept: dict[date, int] = {}
    left, month = receivables, month_start(day)
    first = min(sales, default=month)
    while month >= first:
        kept[month] = sales.get(month) or 0
        left -= kept[month]
        if left <= 0 and len(kept) >= LEAST_MONTHS:
            break
        month = month_start(month - timedelta(days=1))
    return kept


class Cause(StrEnum):
    """Why a document is another today than it was reported."""

    ADDED = "added"  # came into the ledger later, dated before
    REMOVED = "removed"  # is no longer in the ledger
    SETTLED = "settled"  # a payment was recorded later, dated before
    REOPENED = "reopened"  # a payment was taken back or moved
    AMOUNT = "amount"  # the document's own amount was corrected
    DUE = "due"  # only the due date was corrected: it changes its age


@dataclass(frozen=True, slots=True)
class DocumentThen:
    """A document's facts on a frozen day, as reported or as known today; amounts in minor units."""

    due_on: date
    amount_minor: int
    open_minor: int


def cause(then: DocumentThen | None, now: DocumentThen | None, *, is_new: bool = False) -> Cause:
    """Return why ``now`` differs from ``then``; ``None`` is a document that was not open or is not there.

    ``is_new``: it came into the ledger after the day was frozen.
    """
    if then is None:
        return Cause.ADDED if is_new else Cause.REOPENED
    if now is None:
        return Cause.REMOVED
    if then.amount_minor != now.amount_minor:
        return Cause.AMOUNT
    if then.open_minor == now.open_minor:
        return Cause.DUE
    return Cause.SETTLED if abs(now.open_minor) < abs(then.open_minor) else Cause.REOPENED
