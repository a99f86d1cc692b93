"""What debts in other currencies are worth in a customer's own, for rules that ask how much is owed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ar_cockpit.domain.cadence.shapes import Owed

# What one minor unit of a currency is worth in minor units of another, or ``None`` where no rate is known.
Worth = Callable[[str, str], "Fraction | None"]


def no_rate(source: str, into: str) -> Fraction | None:
    """Return that no rate is known: then a debt in another currency is of unknown size, and no rule calls it small."""
    return Fraction(1) if source == into else None


def worth_of(owed: Sequence[Owed], currency: str, worth: Worth, least_days: int | None) -> int | None:
    """Return the sum in minor units of ``currency``, at least ``least_days`` overdue; ``None``: a rate is not known."""
    sums: dict[str, int] = {}
    for invoice in owed:
        if least_days is None or invoice[4] >= least_days:
            sums[invoice[2]] = sums.get(invoice[2], 0) + invoice[3]
    whole = Fraction(0)
    for one, minor in sums.items():
        factor = Fraction(1) if one == currency else worth(one, currency)
        if factor is None:
            return None
        whole += minor * factor
    return round(whole)
