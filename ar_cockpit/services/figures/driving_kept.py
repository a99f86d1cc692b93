"""What drives a company's cash as it is kept beside its sums, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from ar_cockpit.domain.forecast.cash import Sums
from ar_cockpit.domain.forecast.driving import Driver, Driving, Kind, OfKind, Weeks

_WHOLE, _SHORT = 17, 6  # significant figures: customers are many, and the row is read by every look at the page


def told(driving: Driving) -> dict[str, Any]:
    """Return the values as JSON has them."""
    return {
        "weeks": _weeks_told(driving.weeks),
        "cumulated": _sums_told(driving.cumulated),
        "kinds": {kind.value: asdict(one) for kind, one in driving.kinds.items()},
        "overdue": driving.overdue,
        "customers": [
            {
                "customer": one.customer,
                "open": one.open,
                "overdue": one.overdue,
                "agreed": one.agreed,
                "weeks": _weeks_told(one.weeks, _SHORT),
            }
            for one in driving.customers
        ],
    }


def read(kept: Mapping[str, Any]) -> Driving:
    """Return what :func:`told` kept."""
    return Driving(
        _weeks(kept["weeks"]),
        _sums(kept["cumulated"]),
        {Kind(kind): OfKind(**one) for kind, one in kept["kinds"].items()},
        kept["overdue"],
        tuple(Driver(**(one | {"weeks": _weeks(one["weeks"])})) for one in kept["customers"]),
    )


def _weeks_told(weeks: Weeks, digits: int = _WHOLE) -> dict[str, Any]:
    return {"bound": _sums_told(weeks.bound, digits), "free": _sums_told(weeks.free, digits)}


def _sums_told(sums: Sums, digits: int = _WHOLE) -> list[list[float]]:
    return [[float(f"{value:.{digits}g}") for value in part] for part in (sums.expected, sums.variance, sums.third)]


def _weeks(kept: Mapping[str, Any]) -> Weeks:
    return Weeks(_sums(kept["bound"]), _sums(kept["free"]))


def _sums(kept: list[list[float]]) -> Sums:
    return Sums(*map(np.array, kept))
