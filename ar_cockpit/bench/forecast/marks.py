"""The marks a forecast must reach on the IBM sample, and the run of the protocol that is held against them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ar_cockpit.bench.forecast import boosted_trees, ledgers
from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast.backtest import METHODS, Backtest, Method, backtest, month_starts
from ar_cockpit.domain.forecast.history import day_number, open_on

Heard = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Mark:
    """What one figure must be: between ``least`` and ``most``; ``stretch`` is what a good design can reach."""

    name: str
    least: float
    most: float
    stretch: float | None = None

    def is_met(self, value: float | None) -> bool:
        """Return whether ``value`` is within; what was not measured is not."""
        return value is not None and self.least <= value <= self.most


MARKS = (
    Mark("mae_at_issue", 0.0, 5.80, 5.60),
    Mark("mae_open", 0.0, 5.68, 5.50),
    Mark("auc_late", 0.880, 0.900, 0.887),  # better than .90 on this sample must have looked ahead
    Mark("brier_late", 0.0, 0.128, 0.123),
    Mark("wape_4", 0.0, 0.155, 0.143),
    Mark("wape_8", 0.0, 0.195, 0.183),
    Mark("total_28", 0.0, 0.045, 0.027),
    Mark("interval_coverage", 0.76, 0.86),
    Mark("band_coverage", 0.72, 0.92),
    Mark("band_width", 0.0, 0.56),
    Mark("seconds_to_fit", 0.0, 3.0),
    Mark("seconds_to_predict", 0.0, 0.2),
)


def methods(*, with_trees: bool) -> dict[str, Method]:
    """Return the methods to compare, with boosted trees where LightGBM is installed and asked for."""
    trees: dict[str, Method] = {"lightgbm": boosted_trees.by_lightgbm}
    return METHODS | (trees if with_trees and boosted_trees.is_there() else {})


def on_ibm(folder: Path, heard: Heard, *, with_trees: bool = True) -> Backtest:
    """Return the protocol's run on the IBM sample in ``folder``."""
    ledger = ledgers.ibm(folder)
    origins = ledgers.IBM_ORIGINS
    return backtest(
        [ledger],
        origins,
        ledgers.IBM_UNTIL,
        methods=methods(with_trees=with_trees),
        progress=lambda done: heard(f"IBM sample: origin {done} of {len(origins)}"),
    )


def on_demo(heard: Heard, *, with_trees: bool = True) -> Backtest:
    """Return the same run on the product's demo ledger."""
    heard("Making the demo ledger")
    found = ledgers.demo_ledgers()
    until = day_number(ledgers.DEMO_ON)
    origins = month_starts(found, until, ledgers.DEMO_ORIGINS)
    return backtest(
        found,
        origins,
        until,
        methods=methods(with_trees=with_trees),
        progress=lambda done: heard(f"Demo ledger: origin {done} of {len(origins)}"),
    )


def seconds(ledger: pd.DataFrame, origin: int) -> dict[str, float]:
    """Return the processor time of a fit and of a prediction, the better of two."""
    fits, predictions = [], []
    for _ in range(2):
        begun = time.process_time()
        fitted = forecast.fit(ledger, origin)
        between = time.process_time()
        forecast.predict(fitted, open_on(ledger, origin))
        fits.append(between - begun)
        predictions.append(time.process_time() - between)
    return {"seconds_to_fit": min(fits), "seconds_to_predict": min(predictions)}
