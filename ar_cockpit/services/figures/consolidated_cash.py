"""The cash to come over several currencies, all of it at the rates of the as-of date.

Past weeks and the forecast they are judged by take the same rates: the chart is to show how well payments were
foreseen, not how exchange rates moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlmodel import Session

from ar_cockpit.db.queries.figures import cash_in
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.figures.consolidation import Conversion
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.domain.forecast.fitted import CashSums
from ar_cockpit.services.figures import consolidating, reporting
from ar_cockpit.services.figures.cash_outlook import (
    DAYS,
    WEEKS,
    CashOutlook,
    WeekJudged,
    WeekReceived,
    by_week,
    judged,
    marks_of,
    parts_of,
)
from ar_cockpit.services.figures.forecasting import CompanyCash, cash_forecast, half_band

Parts = list[tuple[str, CompanyCash]]


def outlook(
    session: Session, actor: Actor, *, as_of: date, into: str, company: str = "", part: Part = ALL
) -> CashOutlook:
    """Return the cash seen from ``as_of`` in the currency ``into``; without a rate it needs, no forecast."""
    seen = reporting.visible_companies(session, actor, company)
    about = consolidating.ledgers(session, seen, into, as_of, part)
    rates, quarter_ago = about.conversion(as_of), as_of - timedelta(days=DAYS)
    past = Period(quarter_ago + timedelta(days=1), as_of)
    marks = marks_of(session, about.seen)
    then, as_seen, remade = judged(session, about.seen, quarter_ago, part, marks)
    behind = _parts(parts for _, parts in then)
    ahead = _parts(parts_of(session, one, as_of, part, marks[one.code]) for one in about.seen)
    received = {one: cash_in.received_by_day(session, own, past) for one, own in about.slices.items()}
    came = {one: cash_in.settled_by_day(session, own, quarter_ago, past) for one, own in about.slices.items()}
    needed = {currency: 1 for currency, _ in [*ahead, *behind]}
    needed |= {currency: 1 for one in (received, came) for currency, by_day in one.items() if by_day}
    missing = rates.missing(needed)
    if missing:
        nothing = cash_forecast([], as_of, about.into, DAYS)
        return CashOutlook(as_of, about.into, (), nothing, (), (), missing)
    forecast_then = cash_forecast(_converted(behind, rates), quarter_ago, about.into, DAYS)
    weeks = zip(forecast_then.weeks, _weekly(came, past.start, rates), strict=True)
    return CashOutlook(
        as_of,
        about.into,
        tuple(
            WeekReceived(past.start + timedelta(weeks=n), minor)
            for n, minor in enumerate(_weekly(received, past.start, rates))
        ),
        cash_forecast(_converted(ahead, rates), as_of, about.into, DAYS),
        half_band(_converted(ahead, rates), as_of, DAYS),
        tuple(WeekJudged(week, minor) for week, minor in weeks),
        as_seen=as_seen,
        remade=remade,
    )


def _parts(found: Iterable[Mapping[str, CompanyCash]]) -> Parts:
    return [(currency, part) for parts in found for currency, part in parts.items() if part.sums.days.expected.any()]


def _converted(parts: Parts, rates: Conversion) -> list[CompanyCash]:
    return [CompanyCash(_scaled(part.sums, float(rates.factor(code) or 0)), part.report) for code, part in parts]


def _scaled(sums: CashSums, factor: float) -> CashSums:
    return CashSums(*(one.times(factor) for one in (sums.days, sums.weeks, sums.within)))


def _weekly(by_day: Mapping[str, Sequence[tuple[date, int]]], start: date, rates: Conversion) -> list[int]:
    """Return each week's sum, rounded once."""
    weeks = {currency: by_week(days, start) for currency, days in by_day.items()}
    return [rates.total({currency: sums[n] for currency, sums in weeks.items()}) or 0 for n in range(WEEKS)]
