"""A customer's timeline on screen: what is planned in one order, whenever it was found; then what happened."""

from __future__ import annotations

from collections.abc import Iterable

import reflex as rx

from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.state.collector.rows import timeline_lines
from ar_cockpit.state.display.timeline import PLANNED, TimelineLine


class Timeline(rx.State, mixin=True):
    """The lines, of which each screen has its own."""

    timeline: list[TimelineLine] = []
    timeline_group: str = "all"
    _occasions: tuple[int, list[TimelineLine]] = (0, [])  # a customer, and what is planned beside its cadence's steps

    def _draw_timeline(self, found: CustomerRecord) -> None:
        """Draw what the record tells; what was found beside it stays while the same customer is open."""
        customer_id, beside = self._occasions
        kept = beside if customer_id == found.customer.customer_id else []
        self.timeline = in_order([*timeline_lines(found, self.as_of_date, self.language), *kept])

    def _tell_occasions(self, customer_id: int, lines: list[TimelineLine]) -> None:
        """Put what else is planned where its days are: it is found after the record is drawn."""
        _, before = self._occasions
        self._occasions = (customer_id, lines)
        self.timeline = in_order([*(one for one in self.timeline if one not in before), *lines])


def in_order(lines: Iterable[TimelineLine]) -> list[TimelineLine]:
    """Return what is planned, the farthest first, before what happened, which is in order."""
    told = list(lines)
    ahead = sorted((one for one in told if one.kind == PLANNED), key=lambda one: one.on, reverse=True)
    return [*ahead, *(one for one in told if one.kind != PLANNED)]
