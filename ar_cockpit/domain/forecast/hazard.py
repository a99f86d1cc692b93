"""The daily chance of payment: a complementary log-log regression on where an invoice stands that day.

It sees what the linear model of delays cannot: weekends, payment runs, a customer's own pay day, the jump at the
due date. Days without a payment are sampled and weighted; the fit is statsmodels' likelihood with a ridge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from ar_cockpit.domain.forecast.delay import DelayFit
from ar_cockpit.domain.forecast.features import Features, log_amount, terms
from ar_cockpit.domain.forecast.history import FAR, SAMPLED_DAYS, Flags, Floats, Ints
from ar_cockpit.domain.forecast.paydays import (
    RUN_KINDS,
    WEEKDAYS,
    Habits,
    PastPayments,
    learn_habits,
    run_kind,
    weekday,
)

OLDEST_LATE = 365  # days late after which an invoice leaves the regression
RECENT_DAYS = 60  # a drift of the whole portfolio shows in these
RIDGE = 8.0
# Of what is seldom so, or only lately so, the data must say more before it is believed.
RIDGES = {"constant": 0.0, "weekday": 20.0, "run": 20.0, "run_weekday": 20.0, "recent": 80.0}
DOUBT = 3.0  # evidence, in what chance alone shows, up to which an effect is not believed
TO_BE_SHOWN = ("weekday", "run", "run_weekday", "habit", "recent")  # effects that many a ledger does not have
SEED = 20_130_101  # fixed: the same ledger gives the same sample
SPREAD_KNOTS = np.array([-2.0, -1.2, -0.6, 0.0, 0.6, 1.2, 2.0, 3.5])
LATE_KNOTS = np.array([-14.0, -7.0, -3.0, 0.0, 3.0, 7.0, 14.0, 30.0, 60.0])
SPREAD_RANGE, LATE_RANGE = (-5.0, 8.0), (-60, 150)
# Columns of the regression, by what they depend on, in this order.
_WIDTHS = {
    "constant": 1,
    "spread": 1 + len(SPREAD_KNOTS),
    "late": 3 + len(LATE_KNOTS),
    "weekday": WEEKDAYS - 1,
    "run": RUN_KINDS - 1,
    "run_weekday": WEEKDAYS - 1,
    "age": 2,
    "invoice": 2,
    "habit": 2,
    "recent": 1,
}


def _hinges(values: Floats, knots: Floats) -> Floats:
    return np.asarray(np.column_stack([values, np.maximum(values[:, None] - knots[None, :], 0.0)]), dtype=float)


def _spread_columns(standardised: Floats) -> Floats:
    return _hinges(np.clip(standardised, *SPREAD_RANGE), SPREAD_KNOTS)


def _late_columns(late: Floats) -> Floats:
    return np.column_stack([_hinges(np.clip(late, *LATE_RANGE), LATE_KNOTS), late == 0, late == 1])


def _age_columns(age: Floats) -> Floats:
    return np.column_stack([age == 0, np.log1p(np.maximum(age, 0.0))])


def _one_of(kind: Ints, kinds: int) -> Floats:
    return np.asarray(np.eye(kinds)[kind][:, 1:])


def _calendar_columns(on: Ints, kind: Ints) -> Floats:
    """Return the columns of weekday and run: a run day has weekdays of its own.

    Who pays on the tenth does so whatever the weekday: the quiet Wednesday of those who pay on Tuesdays is no measure
    of it.
    """
    by_weekday, is_plain = _one_of(on, WEEKDAYS), (kind == 0)[:, None]
    return np.column_stack([by_weekday * is_plain, _one_of(kind, RUN_KINDS), by_weekday * ~is_plain])


@dataclass(frozen=True, slots=True)
class Sample:
    """How much a regression looks at: invoices, spread over the last year, and sampled days without a payment."""

    invoices: int
    quiet_days: int
    paced: int = 6_000  # invoices of the Cox model


POSSIBLE_SHARES = (1e-6, 1 - 1e-6)
FULL = Sample(12_000, 30_000)
TRIAL = Sample(3_500, 7_000, 2_000)  # enough to judge a method on an earlier origin


@dataclass(frozen=True, slots=True)
class Calendar:
    """What days do to the chance of payment: a table of logarithms by kind of day, and the kind of each day."""

    table: Floats  # one row for each invoice
    kinds: Ints  # of the days of each invoice, or one row when they are the same for all

    def log_factors(self) -> Floats:
        """Return the log factor of each day, one row for each invoice."""
        return self._by_day(self.table)

    def factors(self) -> Floats:
        """Return the factors themselves: there are fewer kinds than days to take the power of."""
        return self._by_day(np.exp(self.table))

    def _by_day(self, table: Floats) -> Floats:
        if len(self.kinds) == 1:
            return np.asarray(np.take(table, self.kinds[0], axis=1))
        return np.asarray(np.take_along_axis(table, self.kinds, axis=1))


@dataclass(frozen=True, slots=True)
class HazardModel:
    """Coefficients on the columns above, in their own units."""

    coefficients: Floats
    habits: Habits

    def part(self, name: str) -> Floats:
        """Return the coefficients of one group of columns."""
        start = sum(list(_WIDTHS.values())[: list(_WIDTHS).index(name)])
        return self.coefficients[start : start + _WIDTHS[name]]

    def calendar(self, at: Ints, days: Ints) -> Calendar:
        """Return what each day (a matrix) does to each invoice's customer, whose position is ``at``."""
        by_weekday, by_run = self.habits.leanings(at)
        habit = self.part("habit")
        pairs = np.arange(WEEKDAYS * RUN_KINDS)
        on, kind = pairs // RUN_KINDS, pairs % RUN_KINDS
        shared = np.concatenate([self.part("weekday"), self.part("run"), self.part("run_weekday")])
        everyone = _calendar_columns(on, kind) @ shared
        table = everyone + habit[0] * by_weekday[:, on] + habit[1] * by_run[:, kind]
        alike = days[:1] if (days == days[:1]).all() else days
        return Calendar(table, weekday(alike) * RUN_KINDS + run_kind(alike))

    def standing(self, spread: Floats, late: Ints, age: Ints) -> Floats:
        """Return the log factor of where each invoice stands on each day (matrices), by tables."""
        knots = np.concatenate([[SPREAD_RANGE[0]], SPREAD_KNOTS, [SPREAD_RANGE[1]]])
        eta = np.interp(spread, knots, _spread_columns(knots) @ self.part("spread"))
        table = _late_columns(np.arange(LATE_RANGE[0], LATE_RANGE[1] + 1).astype(float)) @ self.part("late")
        eta += table[np.clip(late, *LATE_RANGE) - LATE_RANGE[0]]
        ages = _age_columns(np.arange(int(age.max()) + 1).astype(float)) @ self.part("age")
        eta += ages[np.maximum(age, 0)]
        return np.asarray(eta)

    def own(self, features: Features, frame: pd.DataFrame) -> Floats:
        """Return the log factor of each invoice itself, with the portfolio's recent drift."""
        columns = np.column_stack([log_amount(features, frame), terms(frame)])
        return np.asarray(columns @ self.part("invoice") + self.part("constant")[0] + self.part("recent")[0])


@dataclass(frozen=True, slots=True)
class _Days:
    """Sampled days of invoices at risk: row of the invoice, day number, whether it was paid then, weight."""

    row: Ints
    day: Ints
    is_paid: Flags
    weight: Floats


def fit_hazard(
    known: pd.DataFrame, features: Features, fit: DelayFit, as_of: int, sample: Sample = FULL
) -> HazardModel | None:
    """Fit on a sample of the invoices known on the day; ``None`` when the fit finds no stable answer."""
    at = fit.model.positions(known)
    settled = known["settled"].to_numpy()
    is_settled = settled < FAR
    habits = learn_habits(at[is_settled], settled[is_settled], len(fit.model.customers))
    past = PastPayments(at[is_settled], settled[is_settled], habits)
    days = _days_at_risk(known, as_of, sample)
    on, kind = weekday(days.day), run_kind(days.day)
    issued, due = known["issued"].to_numpy()[days.row], known["due"].to_numpy()[days.row]
    late = (days.day - due).astype(float)
    invoice = np.column_stack([log_amount(features, known), terms(known)])
    columns = np.column_stack(
        [
            np.ones(len(days.row)),
            _spread_columns((late - fit.centre_without[days.row]) / fit.spread_without[days.row]),
            _late_columns(late),
            _calendar_columns(on, kind),
            _age_columns((days.day - issued).astype(float)),
            invoice[days.row],
            np.column_stack(past.leanings(at[days.row], on, kind, issued)),
            days.day > as_of - RECENT_DAYS,
        ]
    )
    coefficients = _coefficients(columns, days)
    return None if coefficients is None else HazardModel(coefficients, habits)


def _days_at_risk(known: pd.DataFrame, as_of: int, sample: Sample) -> _Days:
    issued, due = known["issued"].to_numpy(), known["due"].to_numpy()
    rows = looked_at(issued, as_of, sample.invoices)
    last = np.minimum(known["until"].to_numpy(), due + OLDEST_LATE)[rows]
    first = np.minimum(issued[rows], last)
    is_settled = (known["settled"].to_numpy()[rows] == last) & (last <= as_of)
    lengths = last - first + 1
    row = np.repeat(np.arange(len(rows)), lengths)
    starts = np.cumsum(lengths) - lengths
    day = first[row] + np.arange(int(lengths.sum())) - starts[row]
    is_paid = is_settled[row] & (day == last[row])
    share = min(1.0, sample.quiet_days / max(len(row) - int(is_paid.sum()), 1))
    chosen = is_paid | (np.random.default_rng(SEED).random(len(row)) < share)
    weight = np.where(is_paid[chosen], 1.0, 1.0 / share)
    return _Days(rows[row[chosen]], day[chosen], is_paid[chosen], weight)


def looked_at(issued: Ints, as_of: int, most: int) -> Ints:
    """Return the rows of at most so many invoices: the newest, or of more than that in a year, every so manieth.

    The newest alone would not do in a large ledger: those of the last days are hardly due, and none of them is paid.
    """
    newest = np.argsort(-issued, kind="stable")
    in_a_year = int(np.count_nonzero(issued > as_of - SAMPLED_DAYS))
    if in_a_year > most:
        newest = newest[np.linspace(0, in_a_year - 1, most).astype(int)]
    return np.sort(newest[:most])


def _coefficients(columns: Floats, days: _Days) -> Floats | None:
    mean, scale = columns.mean(axis=0), columns.std(axis=0)
    mean[0] = 0.0
    scale[scale < 1e-9] = 1.0
    standardised = (columns - mean) / scale
    family = families.Binomial(link=families.links.CLogLog())
    model = GLM(days.is_paid.astype(float), standardised, family=family, freq_weights=days.weight, hasconst=True)
    penalty = np.repeat([RIDGES.get(name, RIDGE) for name in _WIDTHS], list(_WIDTHS.values()))
    start = np.zeros(columns.shape[1])
    paid_share = np.clip(days.is_paid.sum() / days.weight.sum(), *POSSIBLE_SHARES)  # nothing, or all of it, may be paid
    start[0] = np.log(-np.log1p(-paid_share))
    # GLM's own iterations overshoot with this link; a trust region on its likelihood does not.
    try:
        found = minimize(
            lambda b: -model.loglike(b, scale=1.0) + 0.5 * float(penalty @ (b * b)),
            start,
            jac=lambda b: -model.score(b, scale=1.0) + penalty * b,
            hess=lambda b: -model.hessian(b, scale=1.0) + np.diag(penalty),
            method="trust-exact",
            options={"gtol": 0.5, "maxiter": 100},
        )
    except (np.linalg.LinAlgError, ValueError, FloatingPointError):
        return None
    if not (found.success and np.isfinite(found.x).all()):
        return None
    believed = _as_far_as_evident(np.asarray(found.x), -model.hessian(found.x, scale=1.0) + np.diag(penalty))
    coefficients: Floats = believed / scale
    coefficients[0] -= float(coefficients[1:] @ mean[1:])
    return coefficients


def _as_far_as_evident(coefficients: Floats, information: Floats) -> Floats:
    """Draw groups of coefficients towards no effect, the nearer they are to what chance alone shows (James and Stein).

    The columns are centred, so nothing else moves. A ledger that pays on any day keeps a calendar of next to nothing.
    """
    covariance = np.linalg.pinv(information)
    ends = np.cumsum(list(_WIDTHS.values()))
    out = coefficients.copy()
    for name, end in zip(_WIDTHS, ends, strict=True):
        if name in TO_BE_SHOWN:
            group = slice(end - _WIDTHS[name], end)
            spread = np.linalg.pinv(covariance[group, group])
            evidence = float(out[group] @ spread @ out[group]) / _WIDTHS[name]
            out[group] *= max(0.0, 1.0 - DOUBT / max(evidence, 1e-9))
        if name == "habit":  # nobody pays against a habit
            out[end - _WIDTHS[name] : end] = np.maximum(out[end - _WIDTHS[name] : end], 0.0)
    return out
