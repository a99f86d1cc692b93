"""The executive's charts: from exact sums to specifications, each bar and point with what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ar_cockpit.charts.ageing import AgeingBar, ageing_chart
from ar_cockpit.charts.axes import led, plain, scale_of
from ar_cockpit.charts.cash import ComingWeek, PastWeek, cash_chart
from ar_cockpit.charts.dso import DsoPoint, DsoWords, dso_chart
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.kpis import Kpis
from ar_cockpit.domain.figures.listing import Show
from ar_cockpit.domain.money import exponent
from ar_cockpit.i18n import say
from ar_cockpit.i18n import shown as rows
from ar_cockpit.routes import AS_OF_PARAM
from ar_cockpit.services.figures.executive import Cockpit

WEEKS = 13  # that a forecast is judged by

if TYPE_CHECKING:
    from ar_cockpit.services.figures.cash_outlook import CashOutlook, WeekJudged, WeekReceived
    from ar_cockpit.services.figures.forecasting import ExpectedCash


def ageing_spec(
    shown: Cockpit, language: str, lead: str = "", *, with_legend: bool = False
) -> tuple[dict[str, Any], str]:
    """Return the ageing chart and what its axis counts; ``lead`` is the list of documents, before day and age."""
    largest = max(told.totals.receivables or 0 for _, told in shown.series)
    unit, size = scale_of(largest, exponent(shown.currency))
    bars = [
        AgeingBar(
            _label(day, shown.as_of, language),
            # What is not available has no height; its words say so.
            {key: (told.totals.ageing[key] or 0) / size for key in BUCKET_KEYS},
            {key: rows.money(told.totals.ageing[key], shown.currency, language) for key in BUCKET_KEYS},
            "" if told.overdue_share is None else rows.number(100 * told.overdue_share, language),
            {key: f"{AS_OF_PARAM}={day}&bucket={key}" for key in BUCKET_KEYS} if lead else {},
        )
        for day, told in shown.series
    ]
    names = {key: say(language, f"shell.ageing.{key}") for key in BUCKET_KEYS}
    counted = say(language, f"executive.in_{unit}", symbol=rows.symbol(shown.currency, language))
    return led(plain(ageing_chart(bars, names, with_legend=with_legend)), lead), counted


def dso_spec(shown: Cockpit, language: str, lead: str = "") -> dict[str, Any]:
    """Return the DSO chart; ``lead`` is the cockpit's address, before the day."""
    points = [
        DsoPoint(
            _label(day, shown.as_of, language),
            told.dso_countback,
            told.best_possible_dso,
            _dso_told(day, told, language),
            f"{AS_OF_PARAM}={day}" if lead else "",
        )
        for day, told in shown.series
    ]
    target = shown.targets.get("dso_countback")
    number = rows.number
    words = DsoWords(
        say(language, "executive.dso.end", number=number(shown.now.dso_countback, language, 1)),
        say(language, "executive.dso.best_end", number=number(shown.now.best_possible_dso, language, 1)),
        say(language, "executive.dso.target_end", number=number(target, language, 1)),
        say(language, "executive.dso.between"),
    )
    return led(plain(dso_chart(points, words, target)), lead)


def _dso_told(day: date, told: Kpis, language: str) -> str:
    figures = (rows.number(value, language, 1) for value in (told.dso_countback, told.best_possible_dso))
    dso, best = figures
    return say(language, "executive.dso.told", date=rows.day(day, language), dso=dso, best=best)


def _label(day: date, as_of: date, language: str) -> str:
    return rows.day_short(day, language) if day == as_of else rows.month_short(day, language)


def cash_spec(
    outlook: CashOutlook,
    language: str,
    supposed: Sequence[ExpectedCash] = (),
    *,
    lead: str = "",
    ahead: Callable[[date], str] = lambda _: "",
) -> tuple[dict[str, Any], str]:
    """Return the cash chart and what its axis counts; ``supposed`` is what would come instead in the same weeks.

    ``lead``: the list of documents, before the days of a week that is over; ``ahead``: where a week to come leads.
    """
    highest = [week.high for week in outlook.forecast.weeks] + [week.received for week in outlook.received]
    unit, size = scale_of(max(highest, default=0), exponent(outlook.currency))
    past = [
        PastWeek(
            rows.day_short(received.start, language),
            received.received / size,
            judged.came / size,
            judged.forecast.expected / size,
            judged.forecast.low / size,
            judged.forecast.high / size,
            _past_told(received, judged, outlook.currency, language),
            paid_days(Show.RECEIVED, received.start) if lead else "",
            paid_days(Show.CAME, received.start, outlook.as_of) if lead else "",
        )
        for received, judged in zip(outlook.received, outlook.last_quarter, strict=True)
    ]
    others: Sequence[ExpectedCash | None] = supposed or [None] * len(outlook.half)
    coming = [
        ComingWeek(
            rows.day_short(week.start, language),
            week.expected / size,
            week.low / size,
            week.high / size,
            half.low / size,
            half.high / size,
            _coming_told(week, outlook.currency, language),
            other.expected / size if other else None,
            ahead(week.start),
        )
        for week, half, other in zip(outlook.forecast.weeks, outlook.half, others, strict=True)
    ]
    counted = say(language, f"executive.in_{unit}", symbol=rows.symbol(outlook.currency, language))
    return led(plain(cash_chart(past, coming, say(language, "executive.today"))), lead), counted


def paid_days(show: Show, start: date, as_of: date | None = None) -> str:
    """Return what the address of a list says of a week: what payments of it were for, or what came of what was open.

    ``as_of``: the day of the outlook, which judges the forecast of a quarter ago.
    """
    known = f"&known_on={as_of - timedelta(weeks=WEEKS)}" if as_of else ""
    return f"show={show.value}&paid_from={start}&paid_to={start + timedelta(days=6)}{known}"


def _past_told(received: WeekReceived, judged: WeekJudged, currency: str, language: str) -> str:
    return say(
        language,
        "executive.cash.past_told",
        date=rows.day(received.start, language),
        received=rows.money(received.received, currency, language),
        came=rows.money(judged.came, currency, language),
        forecast=rows.money(judged.forecast.expected, currency, language),
    )


def _coming_told(week: ExpectedCash, currency: str, language: str) -> str:
    expected, low, high = (rows.money(minor, currency, language) for minor in (week.expected, week.low, week.high))
    date_told = rows.day(week.start, language)
    return say(language, "executive.cash.coming_told", date=date_told, expected=expected, low=low, high=high)
