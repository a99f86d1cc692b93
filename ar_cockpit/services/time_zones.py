"""The time zone of a country, from the zone table that comes with the time zone data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo


def zone_of(country: str, fallback: str) -> ZoneInfo:
    """Return the zone of ``country``, of several the most populous, or ``fallback`` (the company's) if none is known.

    A company inside a country of several zones is the better guess for its neighbours.
    """
    zones = _table().get(country.upper(), ())
    if not zones or fallback in zones:
        return ZoneInfo(fallback)
    return ZoneInfo(zones[0])


@cache
def _table() -> dict[str, tuple[str, ...]]:
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found
