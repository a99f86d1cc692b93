"""Caps on sending: so many messages in a span of time, counted in sixtieths of it.

A part of the span that only touches it counts whole, and one more for the way to the server: never is a cap passed,
and at least 60 of 62 parts of it are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ar_cockpit.domain.errors import SettingsError

SPANS = {"minute": 60, "hour": 3600, "day": 86400}
_PARTS = 60
_LIVE = _PARTS + 2
_ONE = re.compile(r"([1-9]\d{0,8})/(minute|hour|day)")


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``most`` messages in any ``span`` seconds."""

    most: int
    span: int

    @property
    def part_seconds(self) -> int:
        """The length of one counted part."""
        return self.span // _PARTS

    def part(self, at: float) -> int:
        """Return the part that the instant ``at`` (seconds since 1970) lies in."""
        return int(at // self.part_seconds)

    def first_live(self, at: float) -> int:
        """Return the first part that still counts at ``at``."""
        return self.part(at) - _LIVE + 1

    def free(self, taken: Mapping[int, int], at: float) -> int:
        """Return how many more may go at ``at``, when ``taken`` went in each part."""
        first = self.first_live(at)
        return max(0, self.most - sum(count for part, count in taken.items() if part >= first))

    def seconds_until_free(self, taken: Mapping[int, int], at: float) -> float:
        """Return the seconds until one more may go; 0 when it may now."""
        left = self.most
        for part in sorted(taken, reverse=True):
            left -= taken[part]
            if left <= 0:
                return max(0.0, (part + _LIVE) * self.part_seconds - at)
        return 0.0

    def __str__(self) -> str:
        """Return the cap as it is written in a setting."""
        return f"{self.most}/{next(name for name, seconds in SPANS.items() if seconds == self.span)}"


def parse_caps(written: Iterable[str]) -> tuple[Cap, ...]:
    """Read ``30/minute``, several with commas between; raise ``SettingsError`` for anything else."""
    caps = []
    for one in ",".join(written).split(","):
        if not one.strip():
            continue
        found = _ONE.fullmatch(one.strip())
        if found is None:
            raise SettingsError(
                f"{one.strip()!r} is no cap.", "Write for instance cap=30/minute, or cap=30/minute,1000/day."
            )
        caps.append(Cap(int(found[1]), SPANS[found[2]]))
    return tuple(sorted(caps, key=lambda cap: cap.span))
