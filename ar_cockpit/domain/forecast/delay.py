"""Days late as a linear model with a shrunken effect for each customer, fitted on censored invoices too.

The effects are empirical-Bayes means: a customer seen often counts by its own history, one seen once hardly.
Invoices still open enter with the delay they are expected to reach (Buckley and James), round after round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import OLS

from ar_cockpit.domain.forecast.features import Features, design
from ar_cockpit.domain.forecast.history import FAR, Flags, Floats, Ints

ROUNDS = 12
RIDGE = 1.0  # on every coefficient but the constant: collinear columns share, they do not explode
SPREAD_PRIOR = 10.0  # invoices that a customer's own spread must outweigh
OUTLIER = 4.0  # spreads at which one invoice's delay stops counting for more
TAIL_SHARE = 0.03  # of a heavy-tailed distribution, for what no residual has shown yet
CURVE_POINTS = 400
PRIOR_LATE, PRIOR_SPREAD = 5.0, 20.0  # days late and their spread where no payment is known
PRIOR_INVOICES = 20.0  # settled invoices that outweigh that guess
LOGISTIC_SPREAD = np.pi / np.sqrt(3.0)
OLDEST_LATE = 730  # days late beyond which an open invoice says nothing about when others are paid


@dataclass(frozen=True, slots=True)
class DelayModel:
    """Coefficients, customer effects and the curve of standardised residuals."""

    coefficients: Floats
    customers: dict[str, int]  # customer -> position in the two arrays, whose last entry is for the unknown
    effects: Floats
    spreads: Floats
    shrinkage: float  # invoices at which a customer's own mean weighs one half
    grid: Floats
    curve: Floats

    def positions(self, frame: pd.DataFrame) -> Ints:
        """Return each invoice's customer as a position; the last one stands for a customer never seen."""
        unknown, known = len(self.customers), self.customers.get
        places = (known(name, unknown) for name in frame["customer"].tolist())
        return np.fromiter(places, dtype=np.int64, count=len(frame))

    def centre(self, features: Features, frame: pd.DataFrame, at: Ints) -> tuple[Floats, Floats]:
        """Return the expected days late of each invoice and their spread, given its customer's position ``at``."""
        return design(features, frame) @ self.coefficients + self.effects[at], self.spreads[at]

    def share_settled(self, standardised: Floats) -> Floats:
        """Return the share of invoices settled by so many spreads after the expected day."""
        body = np.interp(standardised, self.grid, self.curve, left=0.0, right=1.0)
        tail = standardised * standardised
        tail += 2.0
        np.sqrt(tail, out=tail)
        np.divide(0.5 * standardised, tail, out=tail)
        tail += 0.5
        tail *= TAIL_SHARE
        body *= 1.0 - TAIL_SHARE
        body += tail
        return np.asarray(body)


@dataclass(frozen=True, slots=True)
class DelayFit:
    """The model, and for each invoice it learned from the centre and spread its customer's others suggest."""

    model: DelayModel
    centre_without: Floats
    spread_without: Floats


@dataclass(slots=True)
class _Work:
    """What the rounds pass on: everything is one entry for each invoice or for each customer."""

    observed: Floats
    is_settled: Flags
    customer: Ints
    weight: Floats
    numbers: Floats
    weight_of: Floats
    imputed: Floats
    spread_of: Floats
    coefficients: Floats
    effects: Floats
    shrinkage: float = 1.0
    within: float = 1.0


def fit_delay(known: pd.DataFrame, features: Features, half_life: float | None) -> DelayFit:
    """Fit on the invoices known on the day; ``half_life`` in days lets old invoices count for less."""
    as_of = int(known["until"].max())
    names, customer = np.unique(known["customer"].to_numpy(dtype=str), return_inverse=True)
    weight = np.ones(len(known))
    if half_life is not None:
        weight = 0.5 ** ((as_of - known["issued"].to_numpy()) / half_life)
    observed = np.minimum(known["until"].to_numpy() - known["due"].to_numpy(), OLDEST_LATE).astype(float)
    is_settled = known["settled"].to_numpy() < FAR
    numbers = design(features, known)
    work = _Work(
        observed,
        is_settled,
        customer.astype(np.int64),
        weight,
        numbers,
        _floats(np.bincount(customer, weight)),
        observed.copy(),
        np.full(len(names), max(float(np.std(observed[is_settled])), 1.0)),
        _first_coefficients(numbers, observed, is_settled),
        np.zeros(len(names)),
    )
    for _ in range(ROUNDS):
        _one_round(work)
    return _finished(work, [str(name) for name in names])


def _floats(values: object) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _first_coefficients(numbers: Floats, observed: Floats, is_settled: Flags) -> Floats:
    low, high = np.quantile(observed[is_settled], [0.01, 0.99])
    start = OLS(np.clip(observed[is_settled], low, high), numbers[is_settled])
    return np.asarray(start.fit_regularized(alpha=RIDGE / int(is_settled.sum()), L1_wt=0.0).params)


def _one_round(work: _Work) -> None:
    centre = work.numbers @ work.coefficients
    residual = work.imputed - centre
    means = np.bincount(work.customer, work.weight * residual) / work.weight_of
    work.shrinkage, work.within = _variance_ratio(work, residual, means)
    work.effects = work.weight_of / (work.weight_of + work.shrinkage) * means
    work.coefficients = _ridge(work.numbers, work.imputed - work.effects[work.customer], work.weight)
    centre = work.numbers @ work.coefficients + work.effects[work.customer]
    spread = work.spread_of[work.customer]
    standardised = (work.observed - centre) / spread
    reached = np.where(work.is_settled, standardised, _expected_beyond(standardised, work.is_settled))
    reached = np.clip(reached, -OUTLIER, OUTLIER)
    work.imputed = centre + reached * spread
    squares = np.bincount(work.customer, work.weight * (reached * spread) ** 2)
    pooled = float(np.average((reached * spread) ** 2, weights=work.weight))
    work.spread_of = np.sqrt((SPREAD_PRIOR * pooled + squares) / (SPREAD_PRIOR + work.weight_of))
    work.spread_of = np.maximum(work.spread_of, 0.5)


def _ridge(numbers: Floats, target: Floats, weight: Floats) -> Floats:
    penalty = RIDGE * np.eye(numbers.shape[1])
    penalty[0, 0] = 0.0
    weighted = numbers * weight[:, None]
    return np.asarray(np.linalg.solve(numbers.T @ weighted + penalty, weighted.T @ target))


def _variance_ratio(work: _Work, residual: Floats, means: Floats) -> tuple[float, float]:
    """Return within / between variance (how many invoices a customer's mean must have to count half) and within."""
    total, customers = float(work.weight.sum()), len(means)
    if customers < 2 or total <= customers:
        return 1.0, max(float(np.var(residual)), 1.0)
    within = float(np.sum(work.weight * (residual - means[work.customer]) ** 2)) / (total - customers)
    usual = (total - float(np.sum(work.weight_of**2)) / total) / (customers - 1)
    centre = float(np.average(means, weights=work.weight_of))
    between = float(np.sum(work.weight_of * (means - centre) ** 2)) / (customers - 1)
    variance = max((between - within) / usual, 0.01 * within, 1e-6)
    return within / variance, max(within, 1e-6)


def _survival(values: Floats, is_settled: Flags) -> tuple[Ints, Floats]:
    """Return the sorting order and the Kaplan-Meier survival after each sorted value."""
    order = np.asarray(np.lexsort((~is_settled, values)), dtype=np.int64)
    at_risk = len(values) - np.arange(len(values))
    return order, _floats(np.cumprod(np.where(is_settled[order], 1.0 - 1.0 / at_risk, 1.0)))


def _expected_beyond(values: Floats, is_settled: Flags) -> Floats:
    """Return for each value the mean of what lies beyond it, by the Kaplan-Meier estimate."""
    order, survival = _survival(values, is_settled)
    survival[-1] = 0.0
    mass = np.concatenate([[1.0], survival[:-1]]) - survival
    ordered = values[order]
    mean_beyond = np.append(np.cumsum((mass * ordered)[::-1])[::-1][1:], 0.0)
    beyond = np.append(np.cumsum(mass[::-1])[::-1][1:], 0.0)
    expected = np.where(beyond > 1e-12, mean_beyond / np.maximum(beyond, 1e-12), ordered)
    out = np.empty(len(values))
    out[order] = np.maximum(expected, ordered)
    return out


def _finished(work: _Work, names: list[str]) -> DelayFit:
    """Turn the rounds into a model; its curve comes from residuals that leave the invoice itself out."""
    fixed = work.numbers @ work.coefficients
    at, own = work.customer, work.weight
    residual = work.imputed - fixed
    others = work.weight_of[at] - own
    sums = np.bincount(at, own * residual)
    effect_without = (sums[at] - own * residual) / (others + work.shrinkage)
    error = residual - work.effects[at]
    pooled = float(np.average(error**2, weights=own))
    squares = np.bincount(at, own * error**2)
    variance = (SPREAD_PRIOR * pooled + squares[at] - own * error**2) / (SPREAD_PRIOR + others)
    spread_without = np.sqrt(np.maximum(variance, 0.25) * (1.0 + 1.0 / (others + work.shrinkage)))
    centre_without = fixed + effect_without
    grid, curve = _curve((work.observed - centre_without) / spread_without, work.is_settled)
    spreads = np.append(work.spread_of, np.sqrt(pooled))
    counts = np.append(work.weight_of, 0.0)
    model = DelayModel(
        work.coefficients,
        {name: position for position, name in enumerate(names)},
        np.append(work.effects, 0.0),
        spreads * np.sqrt(1.0 + 1.0 / (counts + work.shrinkage)),
        work.shrinkage,
        grid,
        curve,
    )
    return DelayFit(model, centre_without, spread_without)


def _curve(standardised: Floats, is_settled: Flags) -> tuple[Floats, Floats]:
    order, survival = _survival(standardised, is_settled)
    events = is_settled[order]
    grid, share = standardised[order][events], 1.0 - survival[events]
    if len(grid) > CURVE_POINTS:
        chosen = np.unique(np.linspace(0, len(grid) - 1, CURVE_POINTS).round().astype(np.int64))
        grid, share = grid[chosen], share[chosen]
    return grid, share / float(share[-1])


def prior_delay(known: pd.DataFrame) -> DelayModel:
    """Return a wide guess for a ledger with next to no payments: a few days late, moved a little by what there is."""
    late = (known["settled"] - known["due"])[known["settled"] < FAR].to_numpy(dtype=float)
    weight = len(late) / (len(late) + PRIOR_INVOICES)
    centre = (1.0 - weight) * PRIOR_LATE + weight * (float(np.median(late)) if len(late) else 0.0)
    squares = float(np.sum(np.minimum((late - centre) ** 2, (4 * PRIOR_SPREAD) ** 2)))
    spread = np.sqrt((PRIOR_INVOICES * PRIOR_SPREAD**2 + squares) / (PRIOR_INVOICES + len(late)))
    share = np.linspace(0.005, 0.995, 100)
    grid = np.log(share / (1.0 - share)) / LOGISTIC_SPREAD
    return DelayModel(np.array([centre, 0.0, 0.0]), {}, np.zeros(1), np.array([spread]), 1.0, grid, share)
