"""What contacts change: the daily chance that an overdue invoice is paid, in the week after one and otherwise. Pure.

A discrete-time hazard (Allison 1982): one row for each invoice and day overdue, a logistic regression of "paid on that
day" on what had happened by then. Rows without a payment are sampled, which moves the constant alone (Prentice and
Pyke 1979). Intervals allow for invoices of one customer being alike. It remains an observation: who is contacted, and
when, may differ in ways that no ledger shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import PerfectSeparationError

from ar_cockpit.domain.forecast.contact_days import AFTER, CHANNELS, COMPARED, Days, days_overdue, marks_of, others
from ar_cockpit.domain.forecast.history import Flags, Floats, Ints
from ar_cockpit.domain.forecast.threads import one_thread

MOST_INVOICES = 20_000  # the newest
MOST_ROWS = 60_000  # without a payment
SEED = 20
LEAST_INVOICES, LEAST_PAYMENTS = 30, 20  # contacted, and paid in the days after it
LEAST_IN_ALL = 100  # payments
CONTACTS = (*CHANNELS, *COMPARED)
_NORMAL_95 = 1.959964
_DRAWS = 400
_ABSURD = 8.0  # log odds: thousands to one are no finding


@dataclass(frozen=True, slots=True)
class Effect:
    """By how much a contact, or a kind of it in place of another, multiplies the odds of a payment on a day."""

    key: str  # of CONTACTS
    ratio: float
    low: float  # 95 % interval
    high: float
    invoices: int  # that were contacted so
    payments: int  # in the week after it

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out "no effect"."""
        return self.low > 1.0 or self.high < 1.0


@dataclass(frozen=True, slots=True)
class WhatWorks:
    """The effects, and of the payments in the week after a contact the share that would have come without it."""

    invoices: int
    payments: int
    effects: tuple[Effect, ...]
    anyway: tuple[float, float, float] | None  # share, and its 95 % interval
    paid_without: float | None = None  # chance of payment within a week, of those contacted, without
    paid_with: float | None = None
    reason: str = ""  # why there is no answer: few_payments, few_contacts, no_fit


@one_thread()
def what_works(invoices: pd.DataFrame, contacts: pd.DataFrame, as_of: int) -> WhatWorks:
    """Return what contacts changed by ``as_of``.

    ``invoices`` (key, customer, due, settled, amount; day numbers) were overdue at some time; ``contacts`` (key, day,
    channel, tone) were about them. What is dated later than ``as_of`` is not looked at.
    """
    newest = invoices.sort_values(["due", "key"], ascending=[False, True], kind="stable").head(MOST_INVOICES)
    chosen = newest.sort_values("key", kind="stable", ignore_index=True)
    days = days_overdue(chosen, as_of)
    payments = int(days.is_paid.sum())

    def none(reason: str) -> WhatWorks:
        return WhatWorks(len(chosen), payments, (), None, reason=reason)

    if payments < LEAST_IN_ALL:
        return none("few_payments")
    marks, exposed = marks_of(chosen, contacts, days, as_of)
    told = [key for key in CONTACTS if _is_enough(marks[key], exposed, days, key)]
    if not any(key in CHANNELS for key in told):
        return none("few_contacts")
    fitted = _fitted(chosen, days, np.column_stack([marks[key] for key in told]), as_of)
    if fitted is None:
        return none("no_fit")
    effects = tuple(
        Effect(
            key,
            float(np.exp(value)),
            float(np.exp(value - _NORMAL_95 * width)),
            float(np.exp(value + _NORMAL_95 * width)),
            len(np.unique(days.invoice[marks[key]])),
            int(days.is_paid[marks[key]].sum()),
        )
        for key, value, width in zip(told, fitted.coefficients, np.sqrt(np.diag(fitted.covariance)), strict=True)
    )
    after = np.any([marks[key] for key in told if key in CHANNELS], axis=0)
    without, with_it = fitted.within_a_week(after)
    return WhatWorks(len(chosen), payments, effects, fitted.anyway(after), without, with_it)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What was learned of contacts, and the rows it was learned from; their log odds are those of all days."""

    coefficients: Floats
    covariance: Floats
    rows: Ints
    contacts: Floats
    log_odds: Floats
    weight: Floats  # how many rows each stands for

    def anyway(self, after: Flags) -> tuple[float, float, float]:
        """Return what share of the payments after a contact would have come without it, and its 95 % interval."""
        random = np.random.default_rng(SEED)
        drawn = random.multivariate_normal(self.coefficients, self.covariance, _DRAWS)
        own = after[self.rows]
        contacts, weight = self.contacts[own], self.weight[own]
        plain = self.log_odds[own] - contacts @ self.coefficients

        def share(coefficients: Floats) -> float:
            # A contact that delays loses no payment: more than all would be no share.
            came = weight @ _chance(plain + contacts @ coefficients)
            return float(np.minimum(1.0, weight @ _chance(plain) / np.maximum(came, 1e-12)))

        low, high = np.quantile([share(one) for one in drawn], (0.025, 0.975))
        return share(self.coefficients), float(low), float(high)

    def within_a_week(self, after: Flags) -> tuple[float, float]:
        """Return the chances of payment within a week without and with the contact."""
        own = after[self.rows]
        plain = self.log_odds[own] - self.contacts[own] @ self.coefficients
        daily = (np.average(_chance(one), weights=self.weight[own]) for one in (plain, self.log_odds[own]))
        without, with_it = (float(1.0 - (1.0 - one) ** AFTER) for one in daily)
        return without, with_it


def _fitted(invoices: pd.DataFrame, days: Days, contacts: Flags, as_of: int) -> _Fitted | None:
    """Return the regression, or ``None`` where it finds no sensible answer."""
    rows = _sampled(days.is_paid)
    width, contacted = contacts.shape[1], np.asarray(np.any(contacts, axis=1), dtype=bool)
    x = np.column_stack([contacts.astype(float), others(invoices, days, contacted, as_of)])[rows]
    varies = np.ptp(x, axis=0) > 0
    varies[:width] = True
    design = np.column_stack([np.ones(len(x)), x[:, varies]])
    groups = pd.factorize(invoices["customer"].to_numpy()[days.invoice[rows]])[0]
    try:
        model = GLM(days.is_paid[rows].astype(float), design, family=Binomial())
        found = model.fit(maxiter=50, cov_type="cluster", cov_kwds={"groups": groups})
    except (np.linalg.LinAlgError, PerfectSeparationError, ValueError):
        return None
    coefficients, covariance = found.params[1 : 1 + width], found.cov_params()[1 : 1 + width, 1 : 1 + width]
    is_sensible = np.all(np.isfinite(covariance)) and np.all(np.abs(coefficients) < _ABSURD)
    if not found.converged or not is_sensible:
        return None
    share = float((~days.is_paid[rows]).sum() / max((~days.is_paid).sum(), 1))
    weight = np.where(days.is_paid[rows], 1.0, 1.0 / share)
    # A sample of the days without a payment moves the constant by what is left of them.
    return _Fitted(coefficients, covariance, rows, x[:, :width], design @ found.params + np.log(share), weight)


def _chance(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30.0, 30.0))))


def _is_enough(marked: Flags, exposed: dict[str, Ints], days: Days, key: str) -> bool:
    is_told = len(exposed[key]) >= LEAST_INVOICES and int(days.is_paid[marked].sum()) >= LEAST_PAYMENTS
    return bool(is_told and (~marked).any())


def _sampled(is_paid: Flags) -> Ints:
    """Return the rows to learn from: every payment, and a sample of the others, the same for the same rows."""
    others = np.flatnonzero(~is_paid)
    if len(others) > MOST_ROWS:
        random = np.random.default_rng(SEED)
        others = np.sort(random.choice(others, MOST_ROWS, replace=False))
    return np.sort(np.concatenate([np.flatnonzero(is_paid), others]))
