"""A reason: a code and the facts it speaks of, so that each language can say it in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Fact = int | str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is ranked, held or refused; ``points`` is its weight where reasons are added up."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    points: int = 0
