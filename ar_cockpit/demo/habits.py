"""How customers pay: each habit says on which day an invoice due on a day is paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ar_cockpit.domain.calendar import month_end

SATURDAY = 5
Days = Callable[[Random, float], float]  # progress 0..1 through the two years -> days after the due date


@dataclass(frozen=True, slots=True)
class Habit:
    """A way of paying: how often it occurs, how late it is, and what comes with it."""

    key: str
    share: float
    days_late: Days
    cadence: str  # the cadence of the default policy that such customers are in
    score: tuple[int, int]
    at_month_end: bool = False
    dispute_share: float = 0.012
    forgotten_share: float = 0.011  # invoices that stay unpaid for a long time


def _around(middle: float, spread: float) -> Days:
    return lambda rng, _: rng.gauss(middle, spread)


def _drifting(rng: Random, progress: float) -> float:
    return rng.gauss(1 + 34 * progress**1.5, 4 + 6 * progress)


HABITS = (
    Habit("early", 0.12, _around(-6, 3), "good_payers", (78, 98), forgotten_share=0.0),
    Habit("punctual", 0.27, _around(2, 3), "good_payers", (66, 95), forgotten_share=0.002),
    Habit("relaxed", 0.21, _around(9, 6), "standard", (45, 80)),
    Habit("month_end", 0.16, _around(0, 0), "standard", (50, 88), at_month_end=True),
    Habit("drifting", 0.11, _drifting, "drifting", (38, 66), forgotten_share=0.04),
    Habit("slow", 0.08, _around(30, 13), "at_risk", (18, 48), forgotten_share=0.04),
    Habit("disputer", 0.05, _around(14, 8), "standard", (40, 70), dispute_share=0.2),
)
BROKE = Habit("broke", 0.0, _around(22, 9), "at_risk", (4, 12))
BROKE_FOR_DAYS = 165  # since then it pays nothing


def habit_of(rng: Random) -> Habit:
    """Return a habit, as often as it occurs."""
    return rng.choices(HABITS, [habit.share for habit in HABITS])[0]


def pay_day(rng: Random, habit: Habit, due_on: date, progress: float) -> date:
    """Return the working day on which an invoice due on ``due_on`` is paid, if nothing comes between."""
    if habit.at_month_end:
        end = month_end(due_on)
        return working_day_before(end if (end - due_on).days > 2 else month_end(end + timedelta(days=1)))
    return working_day(due_on + timedelta(days=round(habit.days_late(rng, progress))))


def working_day(day: date) -> date:
    """Return ``day``, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day


def working_day_before(day: date) -> date:
    """Return ``day``, or the Friday before it."""
    return day - timedelta(days=day.weekday() - 4) if day.weekday() >= SATURDAY else day
