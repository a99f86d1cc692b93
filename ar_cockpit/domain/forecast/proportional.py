"""A Cox model on each customer's own clock: what shifts the pace of payment, whatever the usual course of it is.

The clock is the standardised delay (days from the expected one, in the customer's spreads). Invoices enter it at
their issue (left truncation) and leave it unpaid or paid, so that an invoice still open counts for what it is.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.duration.hazard_regression import PHReg

from ar_cockpit.domain.forecast.delay import DelayFit
from ar_cockpit.domain.forecast.features import Features, log_amount, terms
from ar_cockpit.domain.forecast.hazard import looked_at
from ar_cockpit.domain.forecast.history import FAR, Flags, Floats

CLOCK = (-9.0, 9.0)  # spreads; nothing beyond tells of the usual course
STEP = 0.1  # of the clock: ties make the fit quick
MOST_PACE = 1.5  # logarithm of the pace of one invoice
LEAST_RATE = 0.05  # payments for each spread of the clock once the usual course is over
REASONABLE = 5.0  # a coefficient beyond it is a fit that ran away


@dataclass(frozen=True, slots=True)
class ProportionalModel:
    """Coefficients of the pace, and the cumulated rate of payment along the clock."""

    coefficients: Floats
    mean: Floats
    clock: Floats
    cumulated: Floats
    last_rate: float

    def unpaid(self, features: Features, frame: pd.DataFrame, standing: tuple[Floats, Floats, Floats]) -> Floats:
        """Return the chance to be unpaid at each standardised time of ``standing``, given it was at the first one.

        ``standing`` holds the times (a matrix), and each invoice's expected days late and spread.
        """
        times, centre, spread = standing
        reached = np.interp(times, self.clock, self.cumulated)
        beyond = times[:, -1] > self.clock[-1]  # the times of an invoice rise
        if beyond.any():
            reached[beyond] += self.last_rate * np.maximum(times[beyond] - self.clock[-1], 0.0)
        pace = (_columns(features, frame, centre, spread) - self.mean) @ self.coefficients
        pace = np.exp(np.clip(pace, -MOST_PACE, MOST_PACE))
        reached -= reached[:, :1].copy()
        np.maximum(reached, 0.0, out=reached)
        reached *= -pace[:, None]
        return np.asarray(np.exp(reached, out=reached))


def fit_proportional(
    known: pd.DataFrame, features: Features, fit: DelayFit, as_of: int, most: int
) -> ProportionalModel | None:
    """Fit on at most so many of the invoices known on the day; ``None`` when the fit finds no sensible answer."""
    rows = looked_at(known["issued"].to_numpy(), as_of, most)
    chosen = known.iloc[rows]
    centre, spread = fit.centre_without[rows], fit.spread_without[rows]
    due, until = chosen["due"].to_numpy(), chosen["until"].to_numpy()
    entered = _on_clock((chosen["issued"].to_numpy() - 1 - due + 0.5 - centre) / spread) - STEP / 2
    left = np.maximum(_on_clock((until - due + 0.5 - centre) / spread), entered + STEP / 2)
    is_paid = chosen["settled"].to_numpy() < FAR
    columns = _columns(features, chosen, centre, spread)
    mean = columns.mean(axis=0)
    coefficients = _coefficients(columns - mean, entered, left, is_paid)
    if coefficients is None:
        return None
    pace = np.exp(np.clip((columns - mean) @ coefficients, -MOST_PACE, MOST_PACE))
    return _with_course(coefficients, mean, pace, (entered, left, is_paid))


def _on_clock(values: Floats) -> Floats:
    return np.asarray(np.round(np.clip(values, *CLOCK) / STEP) * STEP, dtype=float)


def _columns(features: Features, frame: pd.DataFrame, centre: Floats, spread: Floats) -> Floats:
    """Return what may shift the pace: amount, terms, how late the customer is, and how irregular."""
    late = np.clip(centre, -60.0, 120.0) / 20.0
    return np.column_stack([log_amount(features, frame), terms(frame) - 1.0, late, np.log(spread)])


def _coefficients(columns: Floats, entered: Floats, left: Floats, is_paid: Flags) -> Floats | None:
    """Return the coefficients by partial likelihood; a column that never varies has none."""
    varies = columns.std(axis=0) > 1e-6
    out = np.zeros(columns.shape[1])
    if not varies.any():
        return out
    shift = 1.0 - CLOCK[0]  # statsmodels wants times from zero on
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that did not converge is left out below
        try:
            model = PHReg(left + shift, columns[:, varies], status=is_paid, entry=entered + shift, ties="breslow")
            out[varies] = model.fit(disp=0).params
        except (np.linalg.LinAlgError, ValueError, FloatingPointError):
            return None
    return out if bool(np.isfinite(out).all() and (np.abs(out) < REASONABLE).all()) else None


def _with_course(
    coefficients: Floats, mean: Floats, pace: Floats, times: tuple[Floats, Floats, Flags]
) -> ProportionalModel:
    """Return the model with its usual course: payments over the paces at risk, by Breslow's estimate."""
    entered, left, is_paid = times
    clock = np.unique(left[is_paid])
    at_risk = _still_there(left, pace, clock) - _still_there(entered, pace, clock)
    paid = np.bincount(np.searchsorted(clock, left[is_paid]), minlength=len(clock))
    cumulated = np.cumsum(paid / np.maximum(at_risk, 1e-9))
    late = clock >= np.quantile(left[is_paid], 0.9)
    reach = float(clock[-1] - clock[late][0])
    rate = float(cumulated[-1] - cumulated[late][0]) / reach if reach > 0 else LEAST_RATE
    return ProportionalModel(coefficients, mean, clock, cumulated, min(max(rate, LEAST_RATE), 2.0))


def _still_there(times: Floats, pace: Floats, clock: Floats) -> Floats:
    """Return for each point of the clock the sum of the paces whose time has not come before it."""
    order = np.argsort(times, kind="stable")
    beyond = np.append(np.cumsum(pace[order][::-1])[::-1], 0.0)
    return np.asarray(beyond[np.searchsorted(times[order], clock, "left")])
