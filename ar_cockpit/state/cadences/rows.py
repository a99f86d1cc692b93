"""What the page of cadences draws: lines and nodes, already in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ar_cockpit.domain.policy.model import ATTACHMENTS, WEEKDAYS, Cadence, Channel, Policy, Step
from ar_cockpit.services.reminders.drafts import Draft
from ar_cockpit.state.cadences import words
from ar_cockpit.state.display import rows, titles

STEP, RULES = "step", "rules"  # what stands below the line: a step's form, or the cadence's own rules
_ICONS = {Channel.EMAIL: "mail", Channel.LETTER: "mail-open", Channel.CALL: "phone", Channel.SMS: "message-square"}
_AGES = ((0, "age0"), (31, "age1"), (61, "age2"), (91, "age3"))  # the colour of the line, up to a day


@dataclass
class SegmentLine:
    """A segment in the order in which it is tried."""

    key: str
    place: str
    title: str
    rule: str
    count: str
    href: str
    is_current: bool
    is_last: bool
    may_rise: bool
    may_fall: bool


@dataclass
class StepNode:
    """A step on the line; ``before`` is the place a new step before it would have."""

    key: str
    title: str
    tone: str
    icon: str
    offset: str
    who: str
    href: str
    age: str
    age_before: str
    is_current: bool
    follows_due: bool  # the first one on or after the due date
    before: int
    add_label: str


@dataclass
class StepForm:
    """The step that is open, as its controls show it."""

    key: str = ""
    title: str = ""
    given_title: str = ""
    place: str = ""
    offset: str = ""
    channel: str = ""
    template: str = ""
    words_href: str = ""
    tone: str = ""
    acts: str = ""
    tell_days: str = ""
    statement: bool = False
    invoices: bool = False
    interest: bool = False
    is_call: bool = False
    can_remove: bool = False


@dataclass
class CadenceForm:
    """The rules of the cadence that is open."""

    key: str = ""
    given_title: str = ""
    spacing_days: str = ""
    spacing_until: str = ""
    minimum: str = ""
    days: tuple[str, ...] = ()
    begins: str = ""
    ends: str = ""
    names_broken: bool = False
    thanks_every: str = ""
    instalment_days: str = ""
    shared: str = ""


def current_segment(policy: Policy, wanted: str) -> str:
    """Return the segment to show: the one asked for, else the last, which everybody else is in."""
    keys = [segment.key for segment in policy.segments]
    return wanted if wanted in keys else keys[-1]


def segment_lines(
    policy: Policy, chosen: str, counts: Mapping[str, int] | None, hrefs: Mapping[str, str], language: str
) -> list[SegmentLine]:
    """Return the segments; without ``counts`` (not computed yet) the numbers are left empty."""
    last = len(policy.segments) - 1
    return [
        SegmentLine(
            key=segment.key,
            place=rows.number(place + 1, language),
            title=titles.segment_title(segment, language),
            rule=words.rule(segment, language, is_last=place == last),
            count="" if counts is None else rows.number(counts.get(segment.key, 0), language),
            href=hrefs[segment.key],
            is_current=segment.key == chosen,
            is_last=place == last,
            may_rise=0 < place < last,
            may_fall=place < last - 1,
        )
        for place, segment in enumerate(policy.segments)
    ]


def step_nodes(cadence: Cadence, chosen: str, hrefs: Mapping[str, str], language: str) -> list[StepNode]:
    """Return the steps in order of time."""
    nodes: list[StepNode] = []
    for place, step in enumerate(cadence.steps):
        title = titles.step_title(cadence, step, language)
        nodes.append(
            StepNode(
                key=step.key,
                title=title,
                tone=words.say(language, f"cadences.tone.{step.tone.value}"),
                icon=_ICONS.get(step.channel, "mail"),
                offset=words.offset(step.offset, language),
                who=words.who_acts(step, language),
                href=hrefs[step.key],
                age=_age(step.offset),
                age_before=_age(cadence.steps[place - 1].offset if place else step.offset),
                is_current=step.key == chosen,
                follows_due=place == cadence.first_overdue,
                before=place - 1,
                add_label=words.say(language, "cadences.add.before", step=title),
            )
        )
    return nodes


def step_form(cadence: Cadence, key: str, language: str) -> StepForm:
    """Return the controls of a step, empty ones when there is none of that key."""
    for place, step in enumerate(cadence.steps):
        if step.key == key:
            return _form(cadence, step, place, language)
    return StepForm()


def _form(cadence: Cadence, step: Step, place: int, language: str) -> StepForm:
    return StepForm(
        key=step.key,
        title=titles.step_title(cadence, step, language),
        given_title=step.title,
        place=words.say(language, "cadences.step.place", n=place + 1, total=len(cadence.steps)),
        offset=str(step.offset),
        channel=step.channel.value,
        template=step.template,
        tone=step.tone.value,
        acts="approve" if step.approve else "itself",
        tell_days=str(step.tell_sales_days),
        statement=ATTACHMENTS[0] in step.attach,
        invoices=ATTACHMENTS[1] in step.attach,
        interest=step.interest,
        is_call=step.channel is Channel.CALL,
        can_remove=len(cadence.steps) > 1,
    )


def cadence_form(policy: Policy, cadence: Cadence, segment: str, language: str) -> CadenceForm:
    """Return the controls of a cadence's rules, and which other segments they are for too."""
    others = [
        titles.segment_title(one, language)
        for one in policy.segments
        if one.cadence == cadence.key and one.key != segment
    ]
    return CadenceForm(
        key=cadence.key,
        given_title=titles.cadence_title(cadence, language),
        spacing_days=str(cadence.spacing_days),
        spacing_until=str(cadence.spacing_until),
        minimum=format(cadence.minimum_amount, "f"),
        days=tuple(WEEKDAYS[day] for day in sorted(cadence.send_on)),
        begins=f"{cadence.window[0]:%H:%M}",
        ends=f"{cadence.window[1]:%H:%M}",
        names_broken=cadence.names_broken_promises,
        thanks_every=str(cadence.thank_you_every),
        instalment_days=str(cadence.instalment_notice_days),
        shared=words.say(language, "cadences.shared", segments=", ".join(others)) if others else "",
    )


def cadence_note(cadence: Cadence, language: str) -> str:
    """Return what is said beside a cadence's name."""
    steps = words.count(language, "cadences.note.steps", len(cadence.steps))
    return words.count(language, "cadences.note", cadence.spacing_days, steps=steps)


def badge(draft: Draft, language: str) -> str:
    """Return whether this is a draft, of whom, or which version is in force."""
    if draft.is_draft:
        return words.say(language, "cadences.draft")
    number = draft.in_force.number
    return words.say(language, "cadences.in_force" if number else "cadences.shipped", number=number)


def _age(offset: int) -> str:
    return next((age for limit, age in _AGES if offset < limit), "age4")
