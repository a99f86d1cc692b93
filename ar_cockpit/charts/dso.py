"""DSO by month: what late payment adds to the best possible, and the goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from ar_cockpit.charts.axes import fitted, named, pointing


@dataclass(frozen=True, slots=True)
class DsoPoint:
    """One day's DSO and best possible DSO; ``None`` where there is none."""

    label: str
    dso: float | None
    best: float | None
    told: str
    go: str = ""  # where it leads


@dataclass(frozen=True, slots=True)
class DsoWords:
    """The words at the ends of the lines."""

    dso: str
    best: str
    target: str
    between: str


def dso_chart(
    points: Sequence[DsoPoint], words: DsoWords, target: float | None = None, *, height: int = 190
) -> alt.LayerChart:
    """Return the DSO over the best possible one, the days between them shaded, the goal dotted."""
    labels = [point.label for point in points]
    rows = [{"day": p.label, "dso": p.dso, "best": p.best, "told": p.told, "go": p.go} for p in points]
    base = alt.Chart(alt.Data(values=rows)).encode(x=named("day", labels, bold=labels[-1] if labels else "", every=3))
    y = alt.Scale(zero=False, nice=True)
    both = base.transform_filter("datum.dso !== null && datum.best !== null")
    layers = [
        both.mark_area(style="band80").encode(y=alt.Y("dso:Q", scale=y), y2="best:Q"),
        base.mark_line(style="best").encode(y="best:Q"),
        base.mark_line().encode(y="dso:Q"),
        base.mark_point(opacity=0, size=400, **pointing(any(p.go for p in points))).encode(
            y="dso:Q", tooltip=alt.Tooltip("told:N", title=" ")
        ),
        *_goal(target, words.target),
        *_ends(points, words, target),
    ]
    return fitted(alt.layer(*layers), height)


def _goal(target: float | None, words: str) -> list[alt.Chart]:
    if target is None:
        return []
    goal = alt.Chart(alt.Data(values=[{"target": target, "words": words}])).encode(y="target:Q")
    return [goal.mark_rule(style="today"), _at_the_end(goal, "strong")]


def _ends(points: Sequence[DsoPoint], words: DsoWords, target: float | None) -> list[alt.Chart]:
    """Return a point and words at the end of each line, and in the middle what lies between them."""
    layers: list[alt.Chart] = []
    dso = [(point.label, point.dso) for point in points if point.dso is not None]
    best = [(point.label, point.best) for point in points if point.best is not None]
    for line, text, style in ((dso, words.dso, "accent"), (best, words.best, "")):
        for day, value in line[-1:]:
            end = _words(day, value, text)
            layers += [end.mark_point(style=style or "past"), _at_the_end(end, style, _away_from(value, target))]
    if len(best) > 2 and len(dso) == len(best):
        middle = len(best) // 2
        (day, low), (_, high) = best[middle], dso[middle]
        layers.append(_words(day, (low + high) / 2, words.between).mark_text().encode(text="words:N"))
    return layers


def _words(day: str, value: float, words: str) -> alt.Chart:
    return alt.Chart(alt.Data(values=[{"day": day, "value": value, "words": words}])).encode(x="day:O", y="value:Q")


def _at_the_end(chart: alt.Chart, style: str, dy: int = 0) -> alt.Chart:
    marked = {"style": style} if style else {}
    text = chart.mark_text(align="left", baseline="middle", dx=8, dy=dy, **marked)
    return text.encode(x=alt.value("width"), text="words:N")


def _away_from(value: float, target: float | None) -> int:
    if target is None or abs(value - target) > 2.5:
        return 0
    return -11 if value >= target else 11
