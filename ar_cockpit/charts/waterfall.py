"""What moved a figure: from one day's value to another's, customer by customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from ar_cockpit.charts.axes import fitted, plain, pointing

ROW_HEIGHT = 24
_CLOSE = 0.5  # what moved is less than this share of the whole: the axis begins near it
_ROOM = 0.18


@dataclass(frozen=True, slots=True)
class Bar:
    """A value the chart begins or ends with, or a part that moves it; ``told`` is shown beside it."""

    label: str
    value: float
    is_total: bool
    told: str
    note: str
    go: str = ""  # where it leads


def waterfall_chart(bars: Sequence[Bar]) -> dict[str, Any]:
    """Return one row for each bar: totals grey, growth in the colour of age, the rest in the accent, with its words."""
    rows = _rows(bars)
    first, last = _domain(rows)
    for row in rows:
        if row["kind"] == "total":
            row["start"] = first
    labels = [bar.label for bar in bars]
    y = alt.Y(
        "label:N", sort=labels, title=None, axis=alt.Axis(labelLimit=190, grid=False), scale=alt.Scale(domain=labels)
    )
    x = alt.X("start:Q", scale=alt.Scale(domain=[first, last], nice=False), title=None, axis=None)
    base = alt.Chart(alt.Data(values=rows)).encode(y=y, x=x, x2="end:Q", tooltip=alt.Tooltip("note:N", title=" "))
    band = {"band": 0.7}
    look = pointing(any(bar.go for bar in bars))
    shade = alt.Color("shade:O", scale=alt.Scale(domain=list(range(6))), legend=None)
    marks = {
        "total": base.mark_bar(style="past", height=band, **look),
        "down": base.mark_bar(height=band, **look),
        "up": base.mark_bar(height=band, **look).encode(color=shade),
    }
    # A layer without bars would be a picture without words to a screen reader.
    drawn = [
        mark.transform_filter(f"datum.kind === '{kind}'")
        for kind, mark in marks.items()
        if any(row["kind"] == kind for row in rows)
    ]
    told = alt.Chart(alt.Data(values=rows)).encode(y=y, x=alt.X("edge:Q"), text="told:N")
    words = told.mark_text(align="left", baseline="middle", dx=5)
    return plain(fitted(alt.layer(*drawn, words), ROW_HEIGHT * len(rows), right=96))


def _rows(bars: Sequence[Bar]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    reached = 0.0
    for bar in bars:
        start = 0.0 if bar.is_total else reached
        end = bar.value if bar.is_total else reached + bar.value
        reached = end
        kind = "total" if bar.is_total else "up" if bar.value > 0 else "down"
        edge = max(start, end)
        shown = {"label": bar.label, "told": bar.told, "note": bar.note, "go": bar.go}
        rows.append({**shown, "start": start, "end": end, "edge": edge, "kind": kind, "shade": 3})
    return rows


def _domain(rows: Sequence[dict[str, Any]]) -> tuple[float, float]:
    ends = [row["end"] for row in rows]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    span = (high - low) or abs(high) or 1.0
    if low > 0 and high - low < _CLOSE * high:
        return max(0.0, low - span * _ROOM), high
    return min(0.0, low), max(high, 0.0) or 1.0
