"""What the coming days ask of each collector, and the cash a draft is expected to move, as the page's right says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ar_cockpit.services.reminders.simulation import Simulation
from ar_cockpit.state.display import rows

Say = Callable[..., str]


@dataclass
class WorkLine:
    """A collector's share of all the days; ``change`` is that of the hours against the policy in force."""

    who: str
    messages: str
    tasks: str
    hours: str
    change: str


def work_lines(found: Simulation, say: Say, language: str) -> list[WorkLine]:
    """Return a line for each collector with anything to do, the most hours first."""
    before = {one.email: one.minutes for one in found.baseline.collectors} if found.baseline else {}
    return [
        WorkLine(
            one.email or say("cadences.outlook.work.nobody"),
            rows.number(one.messages, language),
            rows.number(one.tasks + one.approvals, language),
            rows.number(one.minutes / 60, language, 1),
            _change(one.minutes - before.get(one.email, 0), language) if found.baseline else "",
        )
        for one in sorted(found.collectors, key=lambda one: (-one.minutes, -one.messages, one.email))
    ]


def cash_said(found: Simulation, say: Say, language: str) -> str:
    """Return what a draft moves into the days, and what that rests on; nothing without a draft."""
    if found.baseline is None:
        return ""
    if found.effect is None:
        return say("cadences.outlook.cash.unknown")
    sums = " + ".join(
        rows.money(minor, currency, language) for currency, minor in found.expected_cash_moved_minor.items() if minor
    )
    effect = found.effect
    ratio, low, high = (rows.number(one, language, 2) for one in (effect.ratio, effect.low, effect.high))
    moved = sums or say("cadences.outlook.cash.nothing")
    return say("cadences.outlook.cash", moved=moved, ratio=ratio, low=low, high=high)


def _change(minutes: int, language: str) -> str:
    tenths = round(minutes / 6)
    sign = "+" if tenths > 0 else "−" if tenths < 0 else "±"
    return f"{sign}{rows.number(abs(tenths) / 10, language, 1)}"
