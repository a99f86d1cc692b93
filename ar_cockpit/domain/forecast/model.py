"""The fitted forecast of one company's ledger, and its distribution for any invoice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ar_cockpit.domain.forecast.delay import DelayModel, fit_delay
from ar_cockpit.domain.forecast.distribution import HORIZON, Distribution, conditioned
from ar_cockpit.domain.forecast.features import Features, learn_features
from ar_cockpit.domain.forecast.hazard import FULL, HazardModel, Sample, fit_hazard
from ar_cockpit.domain.forecast.history import FAR, Floats, Ints
from ar_cockpit.domain.forecast.proportional import ProportionalModel, fit_proportional

ENOUGH_FOR_HAZARD = 120  # settled invoices
CALENDAR_REACH = 15  # days to either side over which the calendar moves payments, without changing their number
Weights = tuple[float, float, float]  # of the delays, the daily chances and the pace
EACH: Weights = (1.0, 1.0, 1.0)
CHUNK = 4_000  # invoices predicted at a time: bounds memory


@dataclass(frozen=True, slots=True)
class Core:
    """The models of one fit; without ``hazard`` the delays stand alone, and one that found no answer is ``None``."""

    as_of: int
    features: Features
    delay: DelayModel
    hazard: HazardModel | None
    proportional: ProportionalModel | None = None


def fit_core(known: pd.DataFrame, as_of: int, half_life: float | None, sample: Sample = FULL) -> Core:
    """Fit on the invoices known on ``as_of``."""
    features = learn_features(known)
    fit = fit_delay(known, features, half_life)
    settled = int((known["settled"] < FAR).sum())
    if settled < ENOUGH_FOR_HAZARD:
        return Core(as_of, features, fit.model, None)
    hazard = fit_hazard(known, features, fit, as_of, sample)
    return Core(as_of, features, fit.model, hazard, fit_proportional(known, features, fit, as_of, sample.paced))


def delay_only(known: pd.DataFrame, as_of: int, half_life: float | None) -> Core:
    """Fit the model of delays alone, which is cheap enough to try several half-lives."""
    features = learn_features(known)
    return Core(as_of, features, fit_delay(known, features, half_life).model, None)


def distribution(core: Core, frame: pd.DataFrame, start: Ints, weights: Weights, days: int = HORIZON) -> Distribution:
    """Return when each invoice is paid, given that it is unpaid at the end of day ``start``."""
    return Distribution(start, mixed(components(core, frame, start, days, weights), weights))


def mixed(members: tuple[Floats, Floats, Floats], weights: Weights) -> Floats:
    """Return the weighted mean of the members' chances."""
    first, *others = [(weight, member) for weight, member in zip(weights, members, strict=True) if weight]
    total = first[0] * first[1]
    for weight, member in others:
        total += weight * member
    return np.asarray(total)


def components(
    core: Core, frame: pd.DataFrame, start: Ints, days: int = HORIZON, weights: Weights = EACH
) -> tuple[Floats, Floats, Floats]:
    """Return the chances of being unpaid by the delays, by the daily chances and by the pace.

    A model that there is not lends its place to the one before it; one of no weight is not asked, and its chances are
    those of another.
    """
    at = core.delay.positions(frame)
    centre, spread = core.delay.centre(core.features, frame, at)
    late = (start - frame["due"].to_numpy())[:, None] + np.arange(days + 1)
    if core.hazard is None:
        by_delay = conditioned(1.0 - core.delay.share_settled(_on_clock(late + 0.5, centre, spread)))
        return by_delay, by_delay, by_delay
    reach = np.arange(1 - CALENDAR_REACH, days + 1 + CALENDAR_REACH)
    calendar = core.hazard.calendar(at, start[:, None] + reach)
    by_hazard: Floats | None = None
    if weights[1]:
        age = (start - frame["issued"].to_numpy())[:, None] + np.arange(1, days + 1)
        log_chance = core.hazard.standing(_on_clock(late[:, 1:], centre, spread), late[:, 1:], age)
        log_chance += core.hazard.own(core.features, frame)[:, None]
        log_chance += calendar.log_factors()[:, CALENDAR_REACH : CALENDAR_REACH + days]
        by_hazard = _survived(log_chance)
        if not (weights[0] or weights[2]):
            return by_hazard, by_hazard, by_hazard
    likelier = _likelier(calendar.factors(), days)
    standardised = _on_clock(late + 0.5, centre, spread)
    moved = _on_pay_days(conditioned(1.0 - core.delay.share_settled(standardised)), likelier)
    by_hazard = moved if by_hazard is None else by_hazard
    if core.proportional is None or not weights[2]:
        return moved, by_hazard, moved
    by_pace = core.proportional.unpaid(core.features, frame, (standardised, centre, spread))
    return moved, by_hazard, _on_pay_days(by_pace, likelier)


def _on_clock(late: Floats | Ints, centre: Floats, spread: Floats) -> Floats:
    """Return days late in spreads after the expected day, each row of the matrix one invoice."""
    out = late - centre[:, None]
    out /= spread[:, None]
    return np.asarray(out)


def _survived(log_chance: Floats) -> Floats:
    """Return the chance to be unpaid after none, one, two … of the days with these log chances; they are used up."""
    np.clip(log_chance, -20.0, 3.0, out=log_chance)
    np.exp(log_chance, out=log_chance)
    np.cumsum(log_chance, axis=1, out=log_chance)
    np.negative(log_chance, out=log_chance)
    out = np.ones((len(log_chance), log_chance.shape[1] + 1))
    np.exp(log_chance, out=out[:, 1:])
    return out


def _likelier(factor: Floats, days: int) -> Floats:
    """Return how much likelier each day is than those around it."""
    width = 2 * CALENDAR_REACH + 1
    sums = np.zeros((len(factor), factor.shape[1] + 1))
    np.cumsum(factor, axis=1, out=sums[:, 1:])
    usual = sums[:, width:] - sums[:, :-width]
    usual /= width
    return np.asarray(factor[:, CALENDAR_REACH : CALENDAR_REACH + days] / usual[:, :days])


def _on_pay_days(unpaid: Floats, likelier: Floats) -> Floats:
    """Move each payment to the likelier days around it."""
    paid = unpaid[:, :-1] - unpaid[:, 1:]
    paid *= likelier
    total = paid.sum(axis=1) + unpaid[:, -1]
    out = np.ones_like(unpaid)
    moved = out[:, 1:]
    np.cumsum(paid, axis=1, out=moved)
    moved /= total[:, None]
    np.subtract(1.0, moved, out=moved)
    np.clip(moved, 0.0, 1.0, out=moved)
    return out
