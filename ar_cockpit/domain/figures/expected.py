"""What of a customer's debt is expected to come soon, from what a forecast says of each open document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Protocol


class Foreseen(Protocol):
    """An open document with the day it is expected on and the chance, in percent, that it is paid within 30 days."""

    @property
    def currency(self) -> str:
        """ISO 4217."""

    @property
    def open_minor(self) -> int:
        """What is open of it."""

    @property
    def expected_on(self) -> date | None:
        """The day by which it is paid with a chance of one half; ``None`` without a forecast."""

    @property
    def chance(self) -> int | None:
        """To be paid within 30 days, in percent; ``None`` without a forecast."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is open of the documents a forecast knows, what of it is expected within 30 days, and the last day."""

    currency: str
    open_minor: int
    expected_minor: int
    last_on: date


def expected_soon(documents: Iterable[Foreseen], currency: str) -> Expected | None:
    """Return Σ open × chance of the documents in ``currency``; ``None`` where no forecast knows any of them."""
    told = [
        (one.open_minor, one.chance, one.expected_on)
        for one in documents
        if one.currency == currency and one.open_minor > 0 and one.expected_on is not None and one.chance is not None
    ]
    if not told:
        return None
    weighted = Decimal(sum(minor * chance for minor, chance, _ in told))
    expected = int((weighted / 100).quantize(Decimal(1), ROUND_HALF_EVEN))
    return Expected(currency, sum(minor for minor, _, _ in told), expected, max(on for _, _, on in told))
