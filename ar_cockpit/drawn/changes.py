"""A figure's change as a chart: its bars in the figure's own unit, and their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ar_cockpit.charts.waterfall import Bar, waterfall_chart
from ar_cockpit.domain.figures.waterfall import Step, Waterfall
from ar_cockpit.i18n import count, say
from ar_cockpit.i18n import shown as rows
from ar_cockpit.services.figures.changes import Change

AMOUNTS = frozenset({"overdue", "receivables"})


Go = Callable[[str, str], str]  # company, customer -> the address of its documents


def change_spec(
    found: Change, language: str, go: Go | None = None, ends: tuple[str, str] = ("", ""), others: str = ""
) -> dict[str, Any]:
    """Return the chart; empty when there is nothing to compare.

    Customers' bars lead to their documents, the first and the last to those of their days (``ends``), that of the
    ``others`` to a table with them.
    """
    drawn = bars(found, language, go, ends, others)
    return waterfall_chart(drawn) if drawn else {}


def bars(
    found: Change, language: str, go: Go | None = None, ends: tuple[str, str] = ("", ""), others: str = ""
) -> list[Bar]:
    """Return the bars of the chart, in the figure's own unit."""
    one = found.waterfall
    if one is None:
        return []
    shown = [
        Bar(day_of(found, language, "since"), one.before, True, value_of(found, one.before, language), "", ends[0]),
        *([_bar(found, say(language, "targets.cause.pace"), one.pace, language)] if one.pace else []),
        *(_bar(found, name_of(found, step), step.part, language, _way(found, step, go)) for step in one.steps),
        *([_bar(found, others_of(one, language), one.others, language, others)] if one.others_count else []),
        Bar(day_of(found, language, "until"), one.after, True, value_of(found, one.after, language), "", ends[1]),
    ]
    return _apart(shown)


def signed(found: Change, value: float, language: str) -> str:
    """Return a part of the change with its sign."""
    told = value_of(found, value, language)
    return f"+{told}" if value > 0 else told


def value_of(found: Change, value: float, language: str) -> str:
    """Return a value of the figure with its unit."""
    if found.figure in AMOUNTS:
        return rows.money_cents(round(value), found.currency, language)
    return say(language, "targets.days", number=rows.number(value, language, 1))


def _bar(found: Change, label: str, value: float, language: str, go: str = "") -> Bar:
    told = signed(found, value, language)
    return Bar(label, value, False, told, f"{label}: {told}", go)


def _way(found: Change, step: Step, go: Go | None) -> str:
    who = found.customers[step.customer_id]
    return go(who.company, who.code) if go else ""


def name_of(found: Change, step: Step) -> str:
    """Return the customer of a step."""
    return found.customers[step.customer_id].name


def others_of(one: Waterfall, language: str) -> str:
    """Return what all customers that are not named are called."""
    total = rows.number(one.others_count, language)
    return count(language, "targets.changes.others", one.others_count, total=total)


def day_of(found: Change, language: str, which: str) -> str:
    """Return one of the two days."""
    return rows.day(found.since if which == "since" else found.until, language)


def _apart(shown: list[Bar]) -> list[Bar]:
    """Return the bars with labels that differ: two customers may be called the same."""
    seen: set[str] = set()
    made = []
    for bar in shown:
        label = bar.label
        while label in seen:
            label += "\u200b"
        seen.add(label)
        made.append(replace(bar, label=label))
    return made
