"""A figure's change in words: the bars of its chart, and the table behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ar_cockpit.charts.waterfall import Bar
from ar_cockpit.domain.figures.waterfall import Step, Waterfall
from ar_cockpit.i18n import count, say
from ar_cockpit.services.figures.changes import Change
from ar_cockpit.state.display import rows

Link = Callable[[str, str], str]  # company, customer -> its documents
AMOUNTS = frozenset({"overdue", "receivables"})


@dataclass
class StepItem:
    """A customer's part of the change, ready to draw; the first and last rows are the figure itself."""

    name: str
    href: str
    before: str
    after: str
    part: str
    is_total: bool = False


def bars(found: Change, language: str) -> list[Bar]:
    """Return the bars of the chart, in the figure's own unit."""
    one = found.waterfall
    if one is None:
        return []
    shown = [
        Bar(_day(found, language, "since"), one.before, True, _value(found, one.before, language), ""),
        *([_bar(found, say(language, "targets.cause.pace"), one.pace, language)] if one.pace else []),
        *(_bar(found, _name(found, step), step.part, language) for step in one.steps),
        *([_bar(found, _others(one, language), one.others, language)] if one.others_count else []),
        Bar(_day(found, language, "until"), one.after, True, _value(found, one.after, language), ""),
    ]
    return _apart(shown)


def step_items(found: Change, language: str, link: Link) -> list[StepItem]:
    """Return the table: every part of the change, which add up to it."""
    one = found.waterfall
    if one is None:
        return []
    none = rows.NOTHING
    first = StepItem(_day(found, language, "since"), "", none, none, _value(found, one.before, language), True)
    last = StepItem(_day(found, language, "until"), "", none, none, _value(found, one.after, language), True)
    pace = StepItem(say(language, "targets.cause.pace"), "", none, none, signed(found, one.pace or 0, language))
    others = StepItem(_others(one, language), "", none, none, signed(found, one.others, language))
    steps = [
        StepItem(
            found.customers[step.customer_id].name,
            link(found.customers[step.customer_id].company, found.customers[step.customer_id].code),
            rows.amount_cents(step.before_minor, found.currency, language),
            rows.amount_cents(step.after_minor, found.currency, language),
            signed(found, step.part, language),
        )
        for step in one.steps
    ]
    between = [*([pace] if one.pace else []), *steps, *([others] if one.others_count else [])]
    return [first, *between, last]


def summary(found: Change, language: str) -> str:
    """Return the sentence that the chart says."""
    one = found.waterfall
    if one is None:
        return say(language, "targets.changes.none")
    told = say(
        language,
        "targets.changes.summary",
        before=_value(found, one.before, language),
        after=_value(found, one.after, language),
        change=signed(found, one.after - one.before, language),
    )
    if not one.steps:
        return told
    most = one.steps[0]
    who = {"name": _name(found, most), "part": signed(found, most.part, language)}
    return f"{told} {say(language, 'targets.changes.most', **who)}"


def signed(found: Change, value: float, language: str) -> str:
    """Return a part of the change with its sign."""
    told = _value(found, value, language)
    return f"+{told}" if value > 0 else told


def _value(found: Change, value: float, language: str) -> str:
    if found.figure in AMOUNTS:
        return rows.money_cents(round(value), found.currency, language)
    return say(language, "targets.days", number=rows.number(value, language, 1))


def _bar(found: Change, label: str, value: float, language: str) -> Bar:
    told = signed(found, value, language)
    return Bar(label, value, False, told, f"{label}: {told}")


def _name(found: Change, step: Step) -> str:
    return found.customers[step.customer_id].name


def _others(one: Waterfall, language: str) -> str:
    total = rows.number(one.others_count, language)
    return count(language, "targets.changes.others", one.others_count, total=total)


def _day(found: Change, language: str, which: str) -> str:
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
        made.append(Bar(label, bar.value, bar.is_total, bar.told, bar.note))
    return made
