"""Earlier origins: fitted on what was known then, held against what came since.

They decide how fast old invoices lose weight, which design forecasts (the members' weights), and how wide the weekly
band must be. Nothing after the as-of date is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ar_cockpit.domain.calendar import months_before
from ar_cockpit.domain.forecast.cash import INTERVAL, Sums, band, by_week, sums, widened
from ar_cockpit.domain.forecast.distribution import Distribution
from ar_cockpit.domain.forecast.hazard import TRIAL
from ar_cockpit.domain.forecast.history import FAR, Floats, Ints, day_number, known_on, to_date
from ar_cockpit.domain.forecast.model import Weights, components, delay_only, fit_core, mixed

MONTHS_BACK = (4, 3, 2, 1)  # whole months: what payment runs do to the weeks after a day returns every month
WEEKS_JUDGED = 13  # as many as a page shows
NEW_DAYS = 28  # invoices issued within so many days after an origin are judged beside those open on it
ENOUGH = 60  # settled invoices at an origin
LEAST_ORIGINS = 2  # under which too few weeks are known to say how far a band may be trusted
MAX_JUDGED = 3_000  # invoices an origin is judged on: bounds time
HALF_LIVES: tuple[float | None, ...] = (None, 240.0)
# Weights of the delays, the daily chances and the pace; the first design wins unless another is clearly better.
DESIGNS: dict[str, Weights] = {
    "all_three": (0.5, 0.25, 0.25),
    "delays_and_days": (0.5, 0.5, 0.0),
    "delays_and_pace": (0.5, 0.0, 0.5),
    "delays": (1.0, 0.0, 0.0),
    "days": (0.0, 1.0, 0.0),
}
USUAL_DESIGN = next(iter(DESIGNS))
CLEARLY = 0.99
SCALES = np.round(np.arange(0.6, 1.51, 0.05), 2)  # on what single invoices add up to
COMMON = np.round(np.arange(0.0, 1.01, 0.02), 2)  # beside it, the share by which all invoices of a week err together
# Where bands settle. In steady ledgers chances from few invoices spread a sum too much; where most customers are seen
# once or twice, the pay runs of those who were never seen before make weeks err together.
USUAL_SCALE, USUAL_SCALE_SPARSE = 0.98, 1.2
SPARSE_MEDIAN = 3  # invoices of the usual customer, under which a ledger is sparse
BAND_PRIOR = 15.0  # weeks that the observed ones must outweigh
DOUBT = 4.0  # weeks that the common error seen must outweigh
TOO_FEW = 0.65  # of weeks inside a band that knows no common error: so few are no bad luck
LEAST_PAYMENTS = 0.5  # weeks in which fewer payments are expected tell nothing of the band


@dataclass(frozen=True, slots=True)
class Shown:
    """How good the chosen design was from the earlier origins, on invoices it had not seen settled."""

    invoices: int
    days_off: float  # mean distance of the expected day from the day of payment
    brier_late: float | None  # squared error of the chance of being late, of invoices not yet late
    coverage: float | None  # share of payments inside the 80 % interval


@dataclass(frozen=True, slots=True)
class Calibration:
    """What earlier origins taught, and how many there were."""

    origins: int
    half_life: float | None
    design: str
    band_scale: float
    band_common: float = 0.0
    shown: Shown | None = None

    @property
    def weights(self) -> Weights:
        """Return how much each member of the design counts."""
        return DESIGNS[self.design]

    def widened(self, totals: Sums) -> Sums:
        """Return the sums with the variance that past weeks ask for."""
        return widened(totals, self.band_scale, self.band_common)


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
        return Calibration(0, None, USUAL_DESIGN, 1.0)
    half_life = _best_half_life(origins)
    errors = np.zeros(len(DESIGNS))
    tried: list[tuple[_Origin, tuple[Floats, Floats, Floats]]] = []
    for origin in origins:
        core = fit_core(origin.known, origin.day, half_life, TRIAL)
        members = components(core, origin.judged, origin.start, origin.days)
        errors += [_error(origin, mixed(members, weights)) for weights in DESIGNS.values()]
        tried.append((origin, members))
    best = int(np.argmin(errors))
    design = list(DESIGNS)[best] if errors[best] < CLEARLY * errors[0] else USUAL_DESIGN
    made = [(origin, mixed(members, DESIGNS[design])) for origin, members in tried]
    weeks = [week for origin, unpaid in made for week in _weeks(origin, unpaid)]
    band_of = _band_of(weeks, USUAL_SCALE_SPARSE if _is_sparse(known) else USUAL_SCALE)
    return Calibration(len(origins), half_life, design, *band_of, _shown(made))


def _shown(made: list[tuple[_Origin, Floats]]) -> Shown:
    off: list[Floats] = []
    late: list[Floats] = []
    within: list[Floats] = []
    for origin, unpaid in made:
        when = Distribution(origin.start, unpaid)
        paid, due = origin.judged["until"].to_numpy(), origin.judged["due"].to_numpy()
        is_settled, median = origin.judged["settled"].to_numpy() < FAR, when.quantile(0.5)
        off.append(np.where(is_settled, np.abs(median - paid), np.maximum(paid - median, 0)))
        decided = (is_settled | (paid > due)) & (due > origin.start)
        chance = when.unpaid_after(np.maximum(due - origin.start, 0))
        late.append(((chance - (paid > due)) ** 2)[decided])
        inside = (paid >= when.quantile(0.1)) & (paid <= when.quantile(0.9))
        within.append(inside[is_settled].astype(float))
    count = sum(len(one) for one in off)
    return Shown(count, _mean(off) or 0.0, _mean(late), _mean(within))


def _mean(parts: list[Floats]) -> float | None:
    values = np.concatenate(parts)
    return float(np.mean(values)) if len(values) else None


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
        found.append(_Weeks(Sums(*(part[telling] for part in totals.parts)), came[telling]))
    return found


def _is_sparse(known: pd.DataFrame) -> bool:
    return bool(known["customer"].value_counts().median() < SPARSE_MEDIAN)


def _band_of(weeks: list[_Weeks], usual: float) -> tuple[float, float]:
    """Return the least scale whose bands cover their share, shrunk to the usual one, and the common error.

    What single invoices add up to loses weight in a large ledger; what they have in common does not.
    """
    count = sum(len(week.came) for week in weeks)
    wanted = INTERVAL * count - 1
    if _covered(weeks, 1.0, 0.0) < TOO_FEW * count:
        common = next((float(one) for one in COMMON if _covered(weeks, 1.0, float(one)) >= wanted), float(COMMON[-1]))
        return 1.0, common * count / (count + DOUBT)
    covering = next((float(one) for one in SCALES if _covered(weeks, float(one), 0.0) >= wanted), float(SCALES[-1]))
    trust = count / (count + BAND_PRIOR)
    return float(usual * (covering / usual) ** trust), 0.0


def _covered(weeks: list[_Weeks], scale: float, common: float) -> int:
    covered = 0
    for week in weeks:
        low, high = band(widened(week.totals, scale, common))
        covered += int(((week.came >= low) & (week.came <= high)).sum())
    return covered
