"""Coming days: messages and, above them, calls and letters that people do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from ar_cockpit.charts.axes import fitted, named, plain


@dataclass(frozen=True, slots=True)
class ComingDay:
    """A day's numbers, with the words shown on hover."""

    label: str
    messages: int
    tasks: int
    told: str


def coming_days_chart(days: Sequence[ComingDay], *, height: int = 118) -> dict[str, Any]:
    """Return a bar for each day, its messages below and its tasks above."""
    values = [
        {"day": day.label, "messages": day.messages, "all": day.messages + day.tasks, "told": day.told} for day in days
    ]
    base = alt.Chart(alt.Data(values=values)).encode(
        x=named("day", [day.label for day in days], every=7), tooltip=alt.Tooltip("told:N", title=" ")
    )
    axis = alt.Axis(tickMinStep=1, format="d")
    tasks = base.mark_bar(style="past").encode(y=alt.Y("all:Q", axis=axis, title=None))
    messages = base.mark_bar().encode(y=alt.Y("messages:Q", axis=axis, title=None))
    return plain(fitted(alt.layer(tasks, messages), height))
