"""The time zone of a country, from the zone table that comes with the time zone data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

# The table lists a country's zones from one end of it to the other, mostly its main one first. Not so these: Canada
# would begin on Newfoundland, hours before anybody is at work in Toronto, Ukraine by Moscow's clocks.
_MAIN = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}


def zone_of(country: str, fallback: str) -> ZoneInfo:
    """Return the zone of ``country``, of several the main one, or ``fallback`` (the company's) if none is known.

    A company inside a country of several zones is the better guess for its neighbours.
    """
    code = country.upper()
    zones = _table().get(code, ())
    if not zones or fallback in zones:
        return ZoneInfo(fallback)
    return ZoneInfo(_MAIN.get(code, zones[0]))


@cache
def _table() -> dict[str, tuple[str, ...]]:
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found
