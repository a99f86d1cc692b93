"""A company's sums of cash as they are kept beside the ledger, and read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from ar_cockpit.domain.forecast.cash import Sums
from ar_cockpit.domain.forecast.fitted import CashSums
from ar_cockpit.services.figures.forecasting import CompanyCash, FitReport

_PARTS = ("expected", "variance", "third")


def told(cash: CompanyCash) -> dict[str, Any]:
    """Return sums as they are kept."""
    spans = (("days", cash.sums.days), ("weeks", cash.sums.weeks), ("within", cash.sums.within))
    sums = {name: {part: getattr(totals, part).tolist() for part in _PARTS} for name, totals in spans}
    return {"sums": sums, "report": asdict(cash.report)}


def read(kept: Mapping[str, Any]) -> CompanyCash:
    """Return what :func:`told` was given; raise ``KeyError`` or ``TypeError`` for what another version kept."""
    days, weeks, within = (
        Sums(*(np.array(kept["sums"][name][part]) for part in _PARTS)) for name in ("days", "weeks", "within")
    )
    report = kept["report"] | {"features": tuple(kept["report"]["features"])}
    return CompanyCash(CashSums(days, weeks, within), FitReport(**report))
