"""What the charts share: a band of labelled days, amounts in thousands or millions, room for labels at a line's end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

GAP = " "  # an empty place on a band of labels, before the day that is no month end


def named(key: str, labels: Sequence[str], *, bold: str = "", every: int = 1, grid: bool = False) -> alt.X:
    """Return a band with one place for each of ``labels``, in their order; every ``every``-th is written.

    The label ``bold`` is always written, and stands out.
    """
    shown = [label for index, label in enumerate(labels) if label == bold or (index % every == 0 and label != GAP)]
    axis: dict[str, Any] = {"title": None, "labelAngle": 0, "values": _apart(shown, labels, bold, every), "grid": grid}
    if bold:
        axis["labelFontWeight"] = {"condition": {"test": f"datum.value === {bold!r}", "value": 600}, "value": 400}
    return alt.X(f"{key}:O", scale=alt.Scale(domain=list(labels)), axis=alt.Axis(**axis), sort=None)


def scale_of(largest_minor: int, digits: int) -> tuple[str, int]:
    """Return ``million`` or ``thousand``, whichever keeps the axis short, and its size in minor units."""
    unit = 10**digits
    return ("million", 10**6 * unit) if largest_minor >= 2 * 10**6 * unit else ("thousand", 10**3 * unit)


def fitted(chart: alt.LayerChart, height: int, right: int = 4, top: int = 4) -> alt.LayerChart:
    """Return ``chart`` as wide as its card, with ``right`` pixels kept for labels at the end of lines."""
    padding = {"left": 0, "right": right, "top": top, "bottom": 0}
    autosize = alt.AutoSizeParams(type="fit-x", contains="padding")
    return chart.properties(width="container", height=height, padding=padding, autosize=autosize)


def _apart(shown: Sequence[str], labels: Sequence[str], bold: str, every: int) -> list[str]:
    """Leave out what would touch the bold label."""
    if not bold:
        return list(shown)
    end = labels.index(bold)
    return [label for label in shown if label == bold or abs(labels.index(label) - end) >= min(2, every + 1)]


def plain(chart: alt.LayerChart) -> dict[str, Any]:
    """Return the specification without the library's own configuration: the page brings its theme."""
    return {key: value for key, value in chart.to_dict().items() if key != "config"}


def pointing(leads: bool) -> dict[str, Any]:
    """Return the look of a mark that leads somewhere."""
    return {"cursor": "pointer"} if leads else {}


def led(specification: dict[str, Any], lead: str) -> dict[str, Any]:
    """Return the specification with the address that the ``go`` of its bars and points is put behind."""
    return {**specification, "usermeta": {"lead": lead}} if lead else specification
