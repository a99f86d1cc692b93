"""The cash to come by day, and summed up week by week, with its band and what would come instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from ar_cockpit.charts.axes import fitted, named


@dataclass(frozen=True, slots=True)
class Span:
    """A day or a week; ``supposed`` is what would come under another supposition, if one is made."""

    label: str
    expected: float
    low: float
    high: float
    told: str
    supposed: float | None = None


def days_chart(days: Sequence[Span], *, height: int = 190) -> alt.LayerChart:
    """Return a bar for each day over the band it will probably lie in."""
    base = alt.Chart(alt.Data(values=_rows(days))).encode(
        x=named("span", [day.label for day in days], every=14), tooltip=alt.Tooltip("told:N", title=" ")
    )
    return fitted(
        alt.layer(
            base.mark_bar(style="band80", width={"band": 1.0}).encode(y="low:Q", y2="high:Q"),
            base.mark_bar(width={"band": 0.6}).encode(y=alt.Y("expected:Q", scale=alt.Scale(zero=True))),
        ),
        height,
    )


def summed_chart(weeks: Sequence[Span], *, height: int = 190) -> alt.LayerChart:
    """Return the sum by the end of each week as a line in its band, and what it would be, dashed."""
    base = alt.Chart(alt.Data(values=_rows(weeks))).encode(x=named("span", [week.label for week in weeks], every=2))
    layers = [
        base.mark_area(style="band80").encode(y="low:Q", y2="high:Q"),
        base.mark_line().encode(y=alt.Y("expected:Q", scale=alt.Scale(zero=True))),
    ]
    if any(week.supposed is not None for week in weeks):
        layers.append(base.mark_line(style="backcast").encode(y="supposed:Q"))
    layers.append(base.mark_point(opacity=0, size=300).encode(y="expected:Q", tooltip=alt.Tooltip("told:N", title=" ")))
    return fitted(alt.layer(*layers), height)


def _rows(spans: Sequence[Span]) -> list[dict[str, object]]:
    return [
        {
            "span": span.label,
            "expected": span.expected,
            "low": span.low,
            "high": span.high,
            "told": span.told,
            "supposed": span.supposed,
        }
        for span in spans
    ]
