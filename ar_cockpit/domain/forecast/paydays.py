"""On which days money moves: weekdays, payment runs (10, 15, 25, month end), and each customer's own habit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ar_cockpit.domain.forecast.history import Floats, Ints

WEEKDAYS = 7
FRIDAY = 4
RUN_DAYS = (10, 15, 25)
# Kinds after "no run" (0) and the three run days. Whether a run that falls on a weekend is made then, or on the
# working day beside it, differs from ledger to ledger: both days have a kind, and the payments decide.
MONTH_END, MONTH_START, ON_WEEKEND, BESIDE_WEEKEND = 4, 5, 6, 7
RUN_KINDS = 8
HABIT_PRIOR = 6.0  # payments that a customer's own habit must outweigh
_FIRST_MONDAY = 4  # 1970-01-05 in days since 1970-01-01


def weekday(days: Ints) -> Ints:
    """Return 0 for Monday to 6 for Sunday."""
    return (days - _FIRST_MONDAY) % WEEKDAYS


def run_kind(days: Ints) -> Ints:
    """Return each day's kind of payment run."""
    on, in_month = weekday(days), _day_of_month(days)
    is_last = _day_of_month(days + 1) == 1
    kind = np.zeros(days.shape, dtype=np.int64)
    for number, run_day in enumerate(RUN_DAYS, 1):
        kind[in_month == run_day] = number
    kind[in_month == 1] = MONTH_START
    kind[is_last] = MONTH_END
    kind[(kind > 0) & (on > FRIDAY)] = ON_WEEKEND
    monday_after = (on == 0) & np.isin(in_month, [day + later for day in (*RUN_DAYS, 1) for later in (1, 2)])
    friday_before = (on == FRIDAY) & np.isin(_day_of_month(days + 3), (1, 2))
    kind[(monday_after | friday_before) & (kind == 0)] = BESIDE_WEEKEND
    return kind


def _day_of_month(days: Ints) -> Ints:
    dates = days.astype("datetime64[D]")
    return np.asarray((dates - dates.astype("datetime64[M]")).astype(np.int64) + 1)


@dataclass(frozen=True, slots=True)
class Habits:
    """How often each customer paid on each weekday and kind of run day, beside everyone's shares."""

    weekday_counts: Floats  # one row for each customer, and a last row of zeros for the unknown one
    run_counts: Floats
    weekday_shares: Floats
    run_shares: Floats

    def leanings(self, at: Ints) -> tuple[Floats, Floats]:
        """Return for each customer position the log leaning to each weekday and to each kind of run day."""
        counts = self.weekday_counts[at]
        total = counts.sum(axis=1, keepdims=True)
        return leaning(counts, total, self.weekday_shares), leaning(self.run_counts[at], total, self.run_shares)


def leaning(count: Floats, total: Floats, share: Floats) -> Floats:
    """Return how much likelier than others' a payment on such a day is, on a log scale, shrunk to none."""
    return np.asarray(np.log((count + HABIT_PRIOR * share + 0.02) / ((total + HABIT_PRIOR) * share + 0.02)))


def learn_habits(customer: Ints, paid: Ints, customers: int) -> Habits:
    """Return the habits shown by payments of ``customer`` (positions) on the days ``paid``."""
    on, kind = weekday(paid), run_kind(paid)
    by_weekday = np.bincount(customer * WEEKDAYS + on, minlength=(customers + 1) * WEEKDAYS)
    by_run = np.bincount(customer * RUN_KINDS + kind, minlength=(customers + 1) * RUN_KINDS)
    total = max(len(paid), 1)
    return Habits(
        by_weekday.reshape(-1, WEEKDAYS).astype(float),
        by_run.reshape(-1, RUN_KINDS).astype(float),
        np.bincount(on, minlength=WEEKDAYS) / total,
        np.bincount(kind, minlength=RUN_KINDS) / total,
    )


class PastPayments:
    """Counts of a customer's payments up to a day: an invoice must not learn its habit from its own payment."""

    def __init__(self, customer: Ints, paid: Ints, habits: Habits) -> None:
        self._origin = int(paid.min()) - 1 if len(paid) else 0
        self._span = (int(paid.max()) - self._origin + 2) if len(paid) else 1
        self._habits = habits
        self._all = self._keys(customer, paid)
        self._by_weekday = self._keys(customer * WEEKDAYS + weekday(paid), paid)
        self._by_run = self._keys(customer * RUN_KINDS + run_kind(paid), paid)

    def leanings(self, customer: Ints, on: Ints, kind: Ints, upto: Ints) -> tuple[Floats, Floats]:
        """Return the leaning to weekday ``on`` and to run ``kind`` shown by payments made by ``upto``."""
        total = self._count(self._all, customer, upto)
        by_weekday = self._count(self._by_weekday, customer * WEEKDAYS + on, upto)
        by_run = self._count(self._by_run, customer * RUN_KINDS + kind, upto)
        shares = self._habits
        return leaning(by_weekday, total, shares.weekday_shares[on]), leaning(by_run, total, shares.run_shares[kind])

    def _keys(self, group: Ints, paid: Ints) -> Ints:
        return np.sort(group * self._span + (paid - self._origin))

    def _count(self, keys: Ints, group: Ints, upto: Ints) -> Floats:
        last = np.clip(upto - self._origin, 0, self._span - 1)
        found = np.searchsorted(keys, group * self._span + last, "right")
        return (found - np.searchsorted(keys, group * self._span, "left")).astype(float)
