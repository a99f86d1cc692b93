"""What may be supposed about the cash to come, as an address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_TERMS, MOST_TERMS = -60, 90  # days: what is known of the weeks after the thirteen reaches as far


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed; together the customer fails first, then terms and pace move what is left.

    ``terms_days``: invoices that are not due yet and agreed to no date are paid so many days later (earlier, below 0).
    ``failing``: a customer pays nothing any more. ``a_week_later``: everybody pays everything seven days later.
    """

    terms_days: int = 0
    failing: str = ""
    a_week_later: bool = False

    def __bool__(self) -> bool:
        """Whether anything is supposed."""
        return bool(self.terms_days or self.failing or self.a_week_later)


def supposition(params: Mapping[str, str]) -> Supposition:
    """Return what an address supposes; what makes no sense there counts as not supposed."""
    given = params.get("terms", "")
    try:
        terms = int(given) if len(given) <= len(str(LEAST_TERMS)) + 1 else 0
    except ValueError:
        terms = 0
    return Supposition(
        min(max(terms, LEAST_TERMS), MOST_TERMS), params.get("failing", "")[:200], params.get("later", "") == "week"
    )
