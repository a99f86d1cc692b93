"""A customer's scores over time: our own as a line, an agency's quieter beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt

from ar_cockpit.charts.axes import fitted

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """A score from a day on, and the sentence of its tooltip; ``is_own`` is the payer score."""

    source: str
    on: date
    score: int
    told: str
    is_own: bool


def score_history_chart(points: Sequence[ScorePoint], until: date, *, height: int = 120) -> alt.LayerChart:
    """Return steps from 0 to 100, each score holding until the next one of its source or the day ``until``."""
    layers = [
        layer
        for is_own in (False, True)
        if (some := [one for one in points if one.is_own == is_own])
        for layer in _drawn(some, until, is_own=is_own)
    ]
    return fitted(alt.layer(*layers), height, right=10, top=6)


def _drawn(points: Sequence[ScorePoint], until: date, *, is_own: bool) -> list[alt.Chart]:
    held = [*points, *_last_ones(points, until)]
    lines = alt.Chart(alt.Data(values=[_row(one, one.on) for one in held]))
    dots = alt.Chart(alt.Data(values=[_row(one, one.on) for one in points]))
    style = {} if is_own else {"style": "best"}
    axis = alt.Axis(title=None, format="%b %y", tickCount=5, grid=False, labelOverlap=True)
    across = alt.X("on:T", axis=axis)
    upwards = alt.Y("score:Q", scale=alt.Scale(domain=[0, _WHOLE]), axis=alt.Axis(title=None, values=[0, 50, _WHOLE]))
    line = lines.mark_line(interpolate="step-after", **style).encode(x=across, y=upwards, detail="source:N")
    tooltip = alt.Tooltip("told:N", title=" ")
    dot = dots.mark_point(**({} if is_own else {"style": "past"})).encode(x=across, y=upwards, tooltip=tooltip)
    return [line, dot]


def _last_ones(points: Sequence[ScorePoint], until: date) -> list[ScorePoint]:
    """Return the last score of each source once more, on the day until which it holds."""
    last = {one.source: one for one in points}
    return [ScorePoint(one.source, until, one.score, one.told, one.is_own) for one in last.values() if one.on < until]


def _row(one: ScorePoint, on: date) -> dict[str, object]:
    return {"source": one.source, "on": on.isoformat(), "score": one.score, "told": one.told}
