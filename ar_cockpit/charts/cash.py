"""Cash by week: what came, what had been forecast of it, and what is expected, with its bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from ar_cockpit.charts.axes import fitted, named, pointing


@dataclass(frozen=True, slots=True)
class PastWeek:
    """A week that is over; ``came`` is what was paid of the invoices that its forecast knew."""

    label: str
    received: float
    came: float
    forecast: float
    low: float
    high: float
    told: str
    go_received: str = ""  # where its bar of all that came leads
    go_came: str = ""  # and where that of the invoices its forecast knew


@dataclass(frozen=True, slots=True)
class ComingWeek:
    """A week to come, with the bands that hold 50 % and 80 % of what may happen."""

    label: str
    expected: float
    low: float
    high: float
    low_half: float
    high_half: float
    told: str
    supposed: float | None = None  # what would come instead, under a supposition
    go: str = ""  # where it leads


def cash_chart(
    past: Sequence[PastWeek], coming: Sequence[ComingWeek], today: str, *, height: int = 190
) -> alt.LayerChart:
    """Return bars of what came under the forecast of a quarter ago, then the forecast of today."""
    x = named("week", [week.label for week in past] + [week.label for week in coming], every=4)
    return fitted(alt.layer(*_past(past, x), *_coming(coming, x), *_today(coming, today)), height, top=18)


def _past(weeks: Sequence[PastWeek], x: alt.X) -> list[alt.Chart]:
    rows = [
        {
            "week": week.label,
            "received": max(week.received, week.came, 0),
            "came": max(week.came, 0),
            "forecast": week.forecast,
            "low": week.low,
            "high": week.high,
            "told": week.told,
            "go": week.go_came,
        }
        for week in weeks
    ]
    all_that_came = [{**row, "go": week.go_received} for row, week in zip(rows, weeks, strict=True)]
    base, wider = (_told(values, x) for values in (rows, all_that_came))
    thin, whole, leads = {"band": 0.72}, {"band": 1.0}, pointing(any(week.go_came for week in weeks))
    return [
        wider.mark_bar(style="band50", width=thin, **leads).encode(y="received:Q"),
        base.mark_bar(width=thin, **leads).encode(y="came:Q"),
        base.mark_bar(style="past", width=whole, opacity=0.38, strokeWidth=0, **leads).encode(y="low:Q", y2="high:Q"),
        base.mark_line(style="backcast", interpolate="step").encode(y="forecast:Q"),
    ]


def _told(rows: Sequence[dict[str, object]], x: alt.X) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(rows))).encode(x=x, tooltip=alt.Tooltip("told:N", title=" "))


def _coming(weeks: Sequence[ComingWeek], x: alt.X) -> list[alt.Chart]:
    rows = [
        {
            "week": week.label,
            "expected": week.expected,
            "low": week.low,
            "high": week.high,
            "low_half": week.low_half,
            "high_half": week.high_half,
            "told": week.told,
            "supposed": week.supposed,
            "go": week.go,
        }
        for week in weeks
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(x=x)
    is_supposed = any(week.supposed is not None for week in weeks)
    return [
        base.mark_area(style="band80").encode(y="low:Q", y2="high:Q"),
        base.mark_area(style="band50").encode(y="low_half:Q", y2="high_half:Q"),
        base.mark_line().encode(y=alt.Y("expected:Q", scale=alt.Scale(zero=True))),
        *([base.mark_line(style="backcast").encode(y="supposed:Q")] if is_supposed else []),
        base.mark_point(opacity=0, size=300, **pointing(any(week.go for week in weeks))).encode(
            y="expected:Q", tooltip=alt.Tooltip("told:N", title=" ")
        ),
    ]


def _today(coming: Sequence[ComingWeek], words: str) -> list[alt.Chart]:
    if not coming:
        return []
    at = alt.Chart(alt.Data(values=[{"week": coming[0].label, "words": words}])).encode(
        x=alt.X("week:O", bandPosition=0)
    )
    text = at.mark_text(style="strong", align="left", baseline="middle", dx=4)
    return [at.mark_rule(style="today"), text.encode(y=alt.value(-8), text="words:N")]
