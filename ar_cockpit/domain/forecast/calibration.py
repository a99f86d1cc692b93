"""Earlier origins: fitted on what was known then, held against what came since.

They decide how fast old invoices lose weight, how much the daily chances count beside the delays, and how wide
the weekly band must be. Nothing after the as-of date is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ar_cockpit.domain.calendar import months_before
from ar_cockpit.domain.forecast.cash import INTERVAL, Sums, band, by_week, sums
from ar_cockpit.domain.forecast.hazard import TRIAL
from ar_cockpit.domain.forecast.history import FAR, Floats, Ints, day_number, known_on, to_date
from ar_cockpit.domain.forecast.model import components, delay_only, fit_core

MONTHS_BACK = (4, 3, 2, 1)  # whole months: what payment runs do to the weeks after a day returns every month
WEEKS_JUDGED = 8
NEW_DAYS = 28  # invoices issued within so many days after an origin are judged beside those open on it
ENOUGH = 60  # settled invoices at an origin
MAX_JUDGED = 3_000  # invoices an origin is judged on: bounds time
HALF_LIVES: tuple[float | None, ...] = (None, 240.0)
SHARES = (0.5, 0.25, 0.0, 0.75, 1.0)  # of the daily chances; the first wins unless another is clearly better
CLEARLY = 0.99
SCALES = np.round(np.arange(0.6, 2.51, 0.05), 2)
USUAL_SCALE = 0.9  # where the bands of steady ledgers settle: chances from few invoices spread a sum too much
SCALE_PRIOR = 30.0  # weeks that the observed ones must outweigh
LEAST_PAYMENTS = 0.5  # weeks in which fewer payments are expected tell nothing of the band


@dataclass(frozen=True, slots=True)
class Calibration:
    """What earlier origins taught, and how many there were."""

    origins: int
    half_life: float | None
    hazard_share: float
    band_scale: float


@dataclass(frozen=True, slots=True)
class _Origin:
    """What was at stake on a day, and what came of it until the as-of date."""

    day: int
    known: pd.DataFrame
    judged: pd.DataFrame
    start: Ints
    unpaid: Floats  # 1 while unpaid
    counted: Floats  # 0 after the as-of date

    @property
    def days(self) -> int:
        return int(self.unpaid.shape[1]) - 1


@dataclass(frozen=True, slots=True)
class _Weeks:
    """Forecast and receipts of past weeks."""

    totals: Sums
    came: Floats


def calibrate(known: pd.DataFrame, as_of: int) -> Calibration:
    """Return what the origins before ``as_of`` say; defaults when the history is too short for any."""
    days = [day_number(months_before(to_date(as_of), months)) for months in MONTHS_BACK]
    origins = [origin for day in days if (origin := _origin(known, as_of, day)) is not None]
    if not origins:
        return Calibration(0, None, SHARES[0], 1.0)
    half_life = _best_half_life(origins)
    errors = np.zeros(len(SHARES))
    weeks: list[_Weeks] = []
    for origin in origins:
        core = fit_core(origin.known, origin.day, half_life, TRIAL)
        by_delay, by_hazard = components(core, origin.judged, origin.start, origin.days)
        errors += [_error(origin, (1 - share) * by_delay + share * by_hazard) for share in SHARES]
        weeks += _weeks(origin, 0.5 * (by_delay + by_hazard))
    best = int(np.argmin(errors))
    share = SHARES[best] if errors[best] < CLEARLY * errors[0] else SHARES[0]
    return Calibration(len(origins), half_life, share, _scale(weeks))


def _origin(known: pd.DataFrame, as_of: int, day: int) -> _Origin | None:
    before = known_on(known, day)
    at_stake = known[(known["issued"] <= day + NEW_DAYS) & (known["settled"] > day)]
    if at_stake.empty or int((before["settled"] < FAR).sum()) < ENOUGH:
        return None
    chosen = np.linspace(0, len(at_stake) - 1, min(len(at_stake), MAX_JUDGED)).astype(int)
    judged = at_stake.iloc[chosen]
    start = np.maximum(day, judged["issued"].to_numpy() - 1)
    days = start[:, None] + np.arange(as_of - day + 1)
    unpaid = (judged["settled"].to_numpy()[:, None] > days).astype(float)
    return _Origin(day, before, judged, start, unpaid, (days <= as_of).astype(float))


def _error(origin: _Origin, unpaid: Floats) -> float:
    """Return the integrated Brier score: squared error of the chance to be unpaid, over all days known since."""
    return float(np.sum(origin.counted * (unpaid - origin.unpaid) ** 2) / np.sum(origin.counted))


def _best_half_life(origins: list[_Origin]) -> float | None:
    errors = np.zeros(len(HALF_LIVES))
    for number, half_life in enumerate(HALF_LIVES):
        for origin in origins:
            core = delay_only(origin.known, origin.day, half_life)
            errors[number] += _error(origin, components(core, origin.judged, origin.start, origin.days)[0])
    best = int(np.argmin(errors))
    return HALF_LIVES[best] if errors[best] < CLEARLY * errors[0] else HALF_LIVES[0]


def _weeks(origin: _Origin, unpaid: Floats) -> list[_Weeks]:
    """Return by currency the weeks from the origin on in which payments were expected."""
    was_open = origin.judged["issued"].to_numpy() <= origin.day
    found: list[_Weeks] = []
    for currency in sorted(origin.judged["currency"].unique()):
        rows = was_open & (origin.judged["currency"] == currency).to_numpy()
        if not rows.any():
            continue
        amount = origin.judged["amount"].to_numpy()[rows]
        chance = by_week(-np.diff(unpaid[rows], axis=1))
        came = amount @ by_week(-np.diff(origin.unpaid[rows], axis=1))
        totals = sums(chance, amount)
        telling = (chance.sum(axis=0) >= LEAST_PAYMENTS) & (np.arange(chance.shape[1]) < WEEKS_JUDGED)
        found.append(_Weeks(Sums(totals.expected[telling], totals.variance[telling]), came[telling]))
    return found


def _scale(weeks: list[_Weeks]) -> float:
    """Return the least factor on the standard deviation whose bands cover their share, shrunk to the usual one."""
    count = sum(len(week.came) for week in weeks)
    covering = next((s for s in SCALES if _covered(weeks, float(s)) >= INTERVAL * count - 1), SCALES[-1])
    usual = np.log(USUAL_SCALE)
    return float(np.exp(usual + (np.log(covering) - usual) * count / (count + SCALE_PRIOR)))


def _covered(weeks: list[_Weeks], scale: float) -> int:
    covered = 0
    for week in weeks:
        low, high = band(week.totals, scale)
        covered += int(((week.came >= low) & (week.came <= high)).sum())
    return covered
