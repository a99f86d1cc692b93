"""Ageing at the last month ends: stacked bars, palest what is not due, the overdue share above each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import altair as alt

from ar_cockpit.charts.axes import GAP, fitted, named, pointing
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS


@dataclass(frozen=True, slots=True)
class AgeingBar:
    """One day's ageing in units of the axis, how it is told on hover, and where each bucket's piece leads."""

    label: str
    amounts: Mapping[str, float]
    told: Mapping[str, str]
    overdue_share: str  # whole per cent, without the sign
    go: Mapping[str, str] = field(default_factory=dict)


def ageing_chart(
    bars: Sequence[AgeingBar], names: Mapping[str, str], *, height: int = 176, with_legend: bool = False
) -> alt.LayerChart:
    """Return one bar for each day, its buckets in order from the axis up; the last day stands apart.

    ``with_legend``: where nothing beside the chart says what the colours mean.
    """
    labels = [bar.label for bar in bars[:-1]] + [GAP] + [bar.label for bar in bars[-1:]]
    last = labels[-1] if bars else ""
    x = named("day", labels, bold=last, every=2)
    stacked = (
        alt.Chart(alt.Data(values=_pieces(bars, names)))
        .mark_bar(style="stack", width={"band": 0.78}, **pointing(any(bar.go for bar in bars)))
        .encode(
            x=x,
            y=alt.Y("amount:Q", stack="zero"),
            order=alt.Order("index:Q"),
            color=alt.Color(
                "index:O",
                scale=alt.Scale(domain=list(range(len(BUCKET_KEYS)))),
                legend=_legend(names) if with_legend else None,
            ),
            tooltip=[
                alt.Tooltip("day:N", title=" "),
                alt.Tooltip("bucket:N", title="  "),
                alt.Tooltip("told:N", title="   "),  # the amount says its currency
            ],
        )
    )
    above = alt.Chart(alt.Data(values=_shares(bars))).encode(x=x, y=alt.value(-10), text="share:N")
    plain = above.transform_filter("!datum.last").mark_text(baseline="middle")
    latest = above.transform_filter("datum.last").mark_text(baseline="middle", style="strong")
    return fitted(alt.layer(stacked, plain, latest), height, top=22)


def _legend(names: Mapping[str, str]) -> alt.Legend:
    told = ", ".join(json.dumps(names[key]) for key in BUCKET_KEYS)
    return alt.Legend(title=None, orient="bottom", direction="horizontal", labelExpr=f"[{told}][datum.value]")


def _pieces(bars: Sequence[AgeingBar], names: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {
            "day": bar.label,
            "index": index,
            "bucket": names[key],
            "amount": bar.amounts[key],
            "told": bar.told[key],
            **({"go": bar.go[key]} if key in bar.go else {}),
        }
        for bar in bars
        for index, key in enumerate(BUCKET_KEYS)
    ]


def _shares(bars: Sequence[AgeingBar]) -> list[dict[str, object]]:
    return [
        {"day": bar.label, "share": bar.overdue_share, "last": bar is bars[-1]} for bar in bars if bar.overdue_share
    ]
