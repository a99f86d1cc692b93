"""How many settled invoices were paid how late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from ar_cockpit.charts.axes import fitted, named, pointing


@dataclass(frozen=True, slots=True)
class LateBar:
    """One band of days late: its words, how many invoices, the sentence of the tooltip."""

    label: str
    count: int
    told: str
    is_punctual: bool
    go: str = ""  # where it leads


def days_late_chart(bars: Sequence[LateBar], *, height: int = 130) -> alt.LayerChart:
    """Return a bar for each band with its number above it; those that came in time are quiet."""
    labels = [bar.label for bar in bars]
    rows = [{"band": b.label, "count": b.count, "told": b.told, "number": str(b.count or ""), "go": b.go} for b in bars]
    leads = pointing(any(bar.go for bar in bars))
    base = _of(rows, labels)
    on_time = [row for row, bar in zip(rows, bars, strict=True) if bar.is_punctual]
    late = [row for row, bar in zip(rows, bars, strict=True) if not bar.is_punctual]
    tooltip = alt.Tooltip("told:N", title=" ")
    height_of = alt.Y("count:Q", axis=None)
    layers = [
        _of(on_time, labels).mark_bar(style="past", **leads).encode(y=height_of, tooltip=tooltip),
        _of(late, labels).mark_bar(**leads).encode(y=height_of, tooltip=tooltip),
        base.mark_text(dy=-6).encode(y=height_of, text="number:N"),
    ]
    return fitted(alt.layer(*layers), height, top=14)


def _of(rows: Sequence[dict[str, object]], labels: Sequence[str]) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(rows))).encode(x=named("band", labels))
