"""What the reminders' screens say of steps, sums and habits."""

from __future__ import annotations

from collections.abc import Mapping

from ar_cockpit.domain.figures.habits import Habit
from ar_cockpit.i18n import catalogue, count, say
from ar_cockpit.i18n.reasons import days_before
from ar_cockpit.state.display import rows


def channel_words(channel: str, language: str) -> str:
    """Return a channel's name."""
    return catalogue(language).get(f"review.channel.{channel}", channel)


def totals_words(totals: Mapping[str, int], language: str) -> str:
    """Return sums of several currencies beside each other."""
    return " · ".join(rows.money(minor, currency, language) for currency, minor in totals.items()) or rows.NOTHING


def habit_words(habit: Habit, language: str) -> str:
    """Return how a customer pays, in one line."""
    now, before = habit.now.days_late, habit.before.days_late
    if now is None:
        pays = say(language, "collector.pays.unknown")
    else:
        pays = count(language, "collector.pays", now) if now > 0 else say(language, "collector.pays.on_time")
    if before is None or not habit.trend:
        return pays
    trend = count(language, f"collector.trend.{habit.trend}", abs(before), before=days_before(before, language))
    return f"{pays}{trend}"


def small_words(small: str, language: str) -> str:
    """Return up to which amount is looked at; nothing where an address says none."""
    return say(language, "review.small.up_to", amount=rows.number(int(small), language)) if small.isdecimal() else ""


def first_of(numbers: list[str]) -> str:
    """Return the first number and how many there are besides."""
    return numbers[0] + (f" +{len(numbers) - 1}" if len(numbers) > 1 else "")
