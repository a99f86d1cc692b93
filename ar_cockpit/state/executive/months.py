"""The figures behind the executive's charts in words: today's ageing, the month ends, the weeks of cash."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ar_cockpit import routes
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.kpis import ratio
from ar_cockpit.domain.figures.listing import Show
from ar_cockpit.drawn.cockpit import paid_days
from ar_cockpit.i18n import say
from ar_cockpit.services.figures.executive import Cockpit
from ar_cockpit.state.display import rows

if TYPE_CHECKING:
    from ar_cockpit.services.figures.cash_outlook import CashOutlook

Link = Callable[..., str]


@dataclass
class AgeItem:
    """A bucket of today's ageing, ready to draw."""

    label: str
    colour: str
    amount: str
    share: str
    href: str


@dataclass
class MonthItem:
    """A month end behind the charts, ready to draw."""

    day: str
    receivables: str
    not_due: str
    age1: str
    age2: str
    age3: str
    age4: str
    age5: str
    overdue: str
    dso: str
    dso_simple: str
    best: str
    add: str
    cei: str
    href: str  # the cockpit of that day
    ages_href: str  # its open documents, before the age


@dataclass
class WeekItem:
    """A week behind the cash chart, ready to draw; ``came`` is what was paid of the invoices its forecast knew."""

    day: str
    received: str
    came: str
    forecast: str
    low: str
    high: str
    received_href: str = ""  # the documents that money of the week was for; none of a week to come
    came_href: str = ""
    ahead_href: str = ""


def age_items(shown: Cockpit, language: str, invoices: Link) -> list[AgeItem]:
    """Return today's ageing, oldest first."""
    totals = shown.now.totals
    return [
        AgeItem(
            say(language, f"executive.age.{key}"),
            f"age{index}",
            rows.figure(totals.ageing[key], shown.currency, language),
            _share(ratio(totals.ageing[key], totals.receivables), language),
            invoices(show="", bucket=key),
        )
        for index, key in reversed(list(enumerate(BUCKET_KEYS)))
    ]


def month_items(shown: Cockpit, language: str, cockpit: Link, invoices: Link) -> list[MonthItem]:
    """Return the month ends behind the charts, newest first, each with the ways its bars and points lead."""
    return [
        MonthItem(
            rows.day(day, language),
            rows.figure(told.totals.receivables, shown.currency, language),
            *(rows.figure(told.totals.ageing[key], shown.currency, language) for key in BUCKET_KEYS),
            rows.percent(told.overdue_share, language),
            rows.number(told.dso_countback, language, 1),
            rows.number(told.dso, language, 1),
            rows.number(told.best_possible_dso, language, 1),
            rows.number(told.add, language, 1),
            rows.percent(None if told.cei is None else told.cei / 100, language),
            cockpit(**{routes.AS_OF_PARAM: day.isoformat()}),
            invoices(show="", **{routes.AS_OF_PARAM: day.isoformat()}),
        )
        for day, told in reversed(shown.series)
    ]


def month_gone(as_of: date) -> int:
    """Return how much of the month has passed by the end of ``as_of``, in whole per cent."""
    return round(100 * as_of.day / calendar.monthrange(as_of.year, as_of.month)[1])


def _share(share: float | None, language: str) -> str:
    return rows.NOT_AVAILABLE if share is None else rows.number(100 * share, language, 1)


def week_items(outlook: CashOutlook, language: str, documents: str, ahead: Callable[[date], str]) -> list[WeekItem]:
    """Return the weeks behind the cash chart, the past ones first, with the ways its bars and points lead."""
    past = [
        WeekItem(
            rows.day(received.start, language),
            rows.amount(received.received, outlook.currency, language),
            rows.amount(judged.came, outlook.currency, language),
            rows.amount(judged.forecast.expected, outlook.currency, language),
            rows.amount(judged.forecast.low, outlook.currency, language),
            rows.amount(judged.forecast.high, outlook.currency, language),
            documents + paid_days(Show.RECEIVED, received.start),
            documents + paid_days(Show.CAME, received.start, outlook.as_of),
        )
        for received, judged in zip(outlook.received, outlook.last_quarter, strict=True)
    ]
    coming = [
        WeekItem(
            rows.day(week.start, language),
            rows.NOTHING,
            rows.NOTHING,
            *(rows.amount(minor, outlook.currency, language) for minor in (week.expected, week.low, week.high)),
            ahead_href=ahead(week.start),
        )
        for week in outlook.forecast.weeks
    ]
    return past + coming
