"""Whether a chance holds what it says: what was given against what came, beside the diagonal of a perfect one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from ar_cockpit.charts.axes import fitted


@dataclass(frozen=True, slots=True)
class Spot:
    """Invoices that were given about the same chance, the share that it came true for, and the tooltip's sentence."""

    chance: float
    came: float
    invoices: int
    told: str


def calibration_chart(spots: Sequence[Spot], across: str, upwards: str, *, height: int = 220) -> alt.LayerChart:
    """Return one point for each group of invoices, the larger the more there are; on the diagonal all is well."""
    whole = alt.Scale(domain=[0, 1])
    x = alt.X("chance:Q", scale=whole, axis=alt.Axis(title=across, format="%", tickCount=5))
    y = alt.Y("came:Q", scale=whole, axis=alt.Axis(title=upwards, format="%", tickCount=5))
    perfect = alt.Chart(alt.Data(values=[{"chance": end, "came": end} for end in (0, 1)]))
    found = alt.Chart(alt.Data(values=[_row(one) for one in spots]))
    size = alt.Size("invoices:Q", legend=None, scale=alt.Scale(range=[30, 260]))
    points = found.mark_point(filled=True, opacity=0.9).encode(
        x=x, y=y, size=size, tooltip=alt.Tooltip("told:N", title=" ")
    )
    return fitted(
        alt.layer(perfect.mark_line(style="best").encode(x=x, y=y), found.mark_line().encode(x=x, y=y), points),
        height,
        right=12,
    )


def _row(one: Spot) -> dict[str, object]:
    return {"chance": one.chance, "came": one.came, "invoices": one.invoices, "told": one.told}
