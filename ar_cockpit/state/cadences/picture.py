"""The chart of the coming days as a file: it is of a draft that stands in no address."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx

from ar_cockpit.domain.access import Permission
from ar_cockpit.state.cadences.outlook import OutlookState
from ar_cockpit.state.cadences.screen import EDIT
from ar_cockpit.state.frame.access import allowed

_ENDINGS = ("svg", "png")


class OutlookPicture(OutlookState):
    """Gives the chart that is shown."""

    @rx.event
    @allowed(EDIT)
    async def save_chart(self, ending: str) -> rx.event.EventSpec | None:
        """Give the chart as SVG or PNG, in the light theme."""
        self.actor.require(Permission.EXPORT)
        if not self.chart or ending not in _ENDINGS:
            return None
        title, about = self._say("cadences.outlook.next"), self.chart_summary
        content = await asyncio.to_thread(_picture, self.chart, self.language, title, about, ending)
        return rx.download(data=content, filename=f"coming-days-{self.as_of_date}.{ending}")


def _picture(chart: dict[str, Any], language: str, title: str, about: str, ending: str) -> bytes:
    # The converter is forty megabytes: not before somebody asks.
    from ar_cockpit.charts.converter import Picture, converted  # noqa: PLC0415

    return converted(Picture(dict(chart), language, title, (about,)), ending)
