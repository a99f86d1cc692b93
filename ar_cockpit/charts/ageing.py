"""Ageing at the last month ends: stacked bars, palest what is not due, the overdue share above each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from ar_cockpit.charts.axes import GAP, fitted, named
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS


@dataclass(frozen=True, slots=True)
class AgeingBar:
    """One day's ageing in units of the axis, and how it is told on hover."""

    label: str
    amounts: Mapping[str, float]
    told: Mapping[str, str]
    overdue_share: str  # whole per cent, without the sign


def ageing_chart(bars: Sequence[AgeingBar], names: Mapping[str, str], *, height: int = 176) -> alt.LayerChart:
    """Return one bar for each day, its buckets in order from the axis up; the last day stands apart."""
    labels = [bar.label for bar in bars[:-1]] + [GAP] + [bar.label for bar in bars[-1:]]
    last = labels[-1] if bars else ""
    x = named("day", labels, bold=last, every=2)
    stacked = (
        alt.Chart(alt.Data(values=_pieces(bars, names)))
        .mark_bar(style="stack", width={"band": 0.78})
        .encode(
            x=x,
            y=alt.Y("amount:Q", stack="zero"),
            order=alt.Order("index:Q"),
            color=alt.Color("index:O", scale=alt.Scale(domain=list(range(len(BUCKET_KEYS)))), legend=None),
            tooltip=[
                alt.Tooltip("day:N", title=" "),
                alt.Tooltip("bucket:N", title="  "),
                alt.Tooltip("told:N", title="€"),
            ],
        )
    )
    above = alt.Chart(alt.Data(values=_shares(bars))).encode(x=x, y=alt.value(-10), text="share:N")
    plain = above.transform_filter("!datum.last").mark_text(baseline="middle")
    latest = above.transform_filter("datum.last").mark_text(baseline="middle", style="strong")
    return fitted(alt.layer(stacked, plain, latest), height, top=22)


def _pieces(bars: Sequence[AgeingBar], names: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {
            "day": bar.label,
            "index": index,
            "bucket": names[key],
            "amount": bar.amounts[key],
            "told": bar.told[key],
        }
        for bar in bars
        for index, key in enumerate(BUCKET_KEYS)
    ]


def _shares(bars: Sequence[AgeingBar]) -> list[dict[str, object]]:
    return [
        {"day": bar.label, "share": bar.overdue_share, "last": bar is bars[-1]} for bar in bars if bar.overdue_share
    ]
