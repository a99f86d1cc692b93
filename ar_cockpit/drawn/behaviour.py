"""How a customer pays, as a chart."""

from __future__ import annotations

from typing import Any

from ar_cockpit.charts.axes import led, plain
from ar_cockpit.charts.days_late import LateBar, days_late_chart
from ar_cockpit.domain.customers.behaviour import BANDS, Distribution
from ar_cockpit.i18n import count, say

_PUNCTUAL = ("early", "on_time")


def behaviour_spec(found: Distribution, language: str, lead: str = "") -> dict[str, Any]:
    """Return the chart; empty when nothing was settled. ``lead``: the customer's settled invoices, before the band."""
    if not found.total:
        return {}
    bars = [
        LateBar(
            say(language, f"record.band.{band.key}"),
            number,
            count(language, "record.band.told", number, band=say(language, f"record.band.{band.key}")),
            band.key in _PUNCTUAL,
            f"late={band.key}" if lead and number else "",
        )
        for band, number in zip(BANDS, found.counts, strict=True)
    ]
    return led(plain(days_late_chart(bars)), lead)
