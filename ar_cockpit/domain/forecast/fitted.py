"""The forecast itself: fit on what was known on a day, then the expected payment of any invoice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from ar_cockpit.domain.forecast.calibration import LEAST_ORIGINS, Calibration, calibrate
from ar_cockpit.domain.forecast.cash import Sums, by_week, sums
from ar_cockpit.domain.forecast.commitments import disputed, promised, with_commitments
from ar_cockpit.domain.forecast.delay import prior_delay
from ar_cockpit.domain.forecast.distribution import HORIZON, Distribution
from ar_cockpit.domain.forecast.driving import DAYS_KNOWN
from ar_cockpit.domain.forecast.features import Features, learn_features
from ar_cockpit.domain.forecast.history import FAR, Floats, Ints, known_on
from ar_cockpit.domain.forecast.model import CHUNK, ENOUGH_FOR_HAZARD, Core, distribution, fit_core
from ar_cockpit.domain.forecast.threads import one_thread

ENOUGH_FOR_CUSTOMERS = 20  # settled invoices
PAID_WITHIN = (30, 60, 90)
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class FittedForecast:
    """What a company's ledger taught by ``as_of``, by which method, and why not by a better one."""

    as_of: int
    method: str  # customers_and_days | customers | prior
    reason: str
    settled: int
    customers: int
    core: Core
    calibration: Calibration
    sampled_of: int = 0  # invoices, when it was more than a fit looks at

    @property
    def left_out(self) -> str:
        """Which model found no stable answer and is left out: ``days``, ``pace``, or none."""
        if self.method == "prior" or self.settled < ENOUGH_FOR_HAZARD:
            return ""
        if self.core.hazard is None:
            return "days"
        return "pace" if self.core.proportional is None else ""

    @property
    def features(self) -> tuple[str, ...]:
        """The invoice features in use."""
        return self.core.features.names if self.method != "prior" else ()


@dataclass(frozen=True, slots=True)
class CashSums:
    """Sums of the open ledger: by day, by week, and within a number of days."""

    days: Sums
    weeks: Sums
    within: Sums


class Watches(Protocol):
    """What is shown the chances of every invoice as the cash is summed."""

    def see(self, rows: pd.DataFrame, paid: Floats, amount: Floats) -> None:
        """Take some invoices with ``paid``, their chance of payment on each day."""


@one_thread()
def fit(ledger: pd.DataFrame, as_of: int) -> FittedForecast:
    """Fit on the prepared invoices known on ``as_of``; the same ones give the same forecast."""
    known = known_on(ledger, as_of)
    settled = int((known["settled"] < FAR).sum())
    customers = int(known["customer"].nunique())
    issued = int((ledger["issued"] <= as_of).sum())
    sampled_of = issued if issued > len(known) else 0
    if settled < ENOUGH_FOR_CUSTOMERS:
        core = Core(as_of, Features((), learn_features(known).usual_amount), prior_delay(known), None)
        reason = f"Only {settled} settled invoices are known: a wide guess from general experience, not a forecast."
        return FittedForecast(as_of, "prior", reason, settled, customers, core, Calibration(0, None, "delays", 1.0))
    calibration = calibrate(known, as_of)
    core = fit_core(known, as_of, calibration.half_life)
    method, reason = "customers_and_days", ""
    if core.hazard is None:
        method = "customers"
        reason = f"Only {settled} settled invoices are known ({ENOUGH_FOR_HAZARD} are needed to learn pay days)."
        if settled >= ENOUGH_FOR_HAZARD:
            reason = "The daily chances found no stable answer: days late by customer stand alone."
    elif core.proportional is None:
        reason = "The pace of payment found no stable answer and is left out."
    elif calibration.origins < LEAST_ORIGINS:
        reason = "The history is too short to test the band on earlier months."
    return FittedForecast(as_of, method, reason, settled, customers, core, calibration, sampled_of)


@one_thread()
def predict(fitted: FittedForecast, invoices: pd.DataFrame) -> pd.DataFrame:
    """Return for each prepared invoice its expected, p10, p50 and p90 day and the chances of lateness and payment.

    An invoice issued later is forecast from its issue; an open one given that it is unpaid at the end of ``as_of``.
    """
    columns = ["number", "customer", "expected", "p10", "p50", "p90", "p_late", *(f"p_paid_{n}" for n in PAID_WITHIN)]
    with ThreadPoolExecutor(AT_ONCE) as at_once:  # numpy lets go of the interpreter: two chunks take the time of one
        parts = list(at_once.map(lambda rows: _predicted(fitted, rows), _chunks(invoices)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*columns, "basis"])


@one_thread()
def cash(
    fitted: FittedForecast, invoices: pd.DataFrame, days: int, within: int = 30, watches: Sequence[Watches] = ()
) -> CashSums | None:
    """Return the sums of the prepared open invoices, in the unit of their ``open`` column; ``None`` without any.

    The ``watches`` are shown the chances of every invoice on the way.
    """
    known = max(days, within, DAYS_KNOWN if watches else 0)
    total: CashSums | None = None
    for rows in _chunks(invoices):
        paid = _distribution(fitted, rows, max(days, HORIZON)).paid_on_days(known)
        amount = np.maximum(rows["open"].to_numpy(dtype=float), 0.0)
        soon = paid[:, :within].sum(axis=1, keepdims=True)
        part = CashSums(sums(paid[:, :days], amount), sums(by_week(paid[:, :days]), amount), sums(soon, amount))
        total = part if total is None else _added(total, part)
        for watch in watches:
            watch.see(rows, paid, amount)
    return total


def _added(one: CashSums, other: CashSums) -> CashSums:
    return CashSums(one.days + other.days, one.weeks + other.weeks, one.within + other.within)


def _chunks(invoices: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(invoices), CHUNK):
        yield invoices.iloc[start : start + CHUNK]


def _distribution(fitted: FittedForecast, rows: pd.DataFrame, days: int = HORIZON) -> Distribution:
    start: Ints = np.maximum(fitted.as_of, rows["issued"].to_numpy() - 1)
    base = distribution(fitted.core, rows, start, fitted.calibration.weights, days)
    return with_commitments(base, rows)


def _predicted(fitted: FittedForecast, rows: pd.DataFrame) -> pd.DataFrame:
    when = _distribution(fitted, rows)
    median = when.quantile(0.5)
    day = promised(rows)
    out = pd.DataFrame({"number": rows["number"].to_numpy(), "customer": rows["customer"].to_numpy()})
    out["expected"] = np.where(day < FAR, np.maximum(day, when.start + 1), median)
    out["p10"], out["p50"], out["p90"] = when.quantile(0.1), median, when.quantile(0.9)
    out["p_late"] = when.unpaid_after(np.maximum(rows["due"].to_numpy() - when.start, 0))
    for days in PAID_WITHIN:
        out[f"p_paid_{days}"] = when.paid_by(np.maximum(fitted.as_of + days, when.start))
    known = fitted.core.delay.positions(rows) < len(fitted.core.delay.customers)
    habit = np.where(known, "customer", "new_customer")
    by_plan = rows["by_plan"].to_numpy() if "by_plan" in rows else np.zeros(len(rows), dtype=bool)
    agreed = np.where(by_plan, "plan", "promise")
    out["basis"] = np.where(day < FAR, agreed, np.where(disputed(rows) == 1, "dispute", habit))
    return out
