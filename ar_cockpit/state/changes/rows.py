"""A figure's change in words: the table behind its chart, and the sentence it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ar_cockpit.drawn.changes import day_of, name_of, others_of, signed, value_of
from ar_cockpit.i18n import say
from ar_cockpit.services.figures.changes import Change
from ar_cockpit.state.display import rows

Link = Callable[[str, str], str]  # company, customer -> its documents


@dataclass
class StepItem:
    """A customer's part of the change, ready to draw; the first and last rows are the figure itself."""

    name: str
    href: str
    before: str
    after: str
    part: str
    is_total: bool = False


def step_items(found: Change, language: str, link: Link, ends: tuple[str, str], more: str = "") -> list[StepItem]:
    """Return the table: every part of the change, which add up to it; ``ends`` lead to the figure's own documents.

    All others together lead to ``more`` of them.
    """
    one = found.waterfall
    if one is None:
        return []
    none = rows.NOTHING
    first = StepItem(day_of(found, language, "since"), ends[0], none, none, value_of(found, one.before, language), True)
    last = StepItem(day_of(found, language, "until"), ends[1], none, none, value_of(found, one.after, language), True)
    pace = StepItem(say(language, "targets.cause.pace"), "", none, none, signed(found, one.pace or 0, language))
    others = StepItem(others_of(one, language), more, none, none, signed(found, one.others, language))
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
        before=value_of(found, one.before, language),
        after=value_of(found, one.after, language),
        change=signed(found, one.after - one.before, language),
    )
    if not one.steps:
        return told
    most = one.steps[0]
    who = {"name": name_of(found, most), "part": signed(found, most.part, language)}
    return f"{told} {say(language, 'targets.changes.most', **who)}"
