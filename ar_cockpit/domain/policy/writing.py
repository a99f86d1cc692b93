"""A policy back to its file: what did not change keeps its lines and its comments, everything else is written plainly.

``parse_policy(write_policy(policy))`` is ``policy`` again, whatever text it began with.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from decimal import Decimal

from ar_cockpit.domain.policy.cadence import TOLD_OF
from ar_cockpit.domain.policy.credit_rules import CreditRules, StandingRules, rule_keys
from ar_cockpit.domain.policy.file import VERSION, PolicyError, parse_policy
from ar_cockpit.domain.policy.model import (
    FIELDS,
    LIST_OPS,
    WEEKDAYS,
    Cadence,
    Condition,
    Kind,
    Policy,
    Scalar,
    Segment,
    Step,
)
from ar_cockpit.domain.policy.text import Block, Lines, blocks_of, rewritten

_IN_CAPITALS = frozenset({"country", "currency", "company"})  # as people write them; compared without regard to it


def write_policy(policy: Policy, original: str = "") -> str:
    """Return ``policy`` as TOML; what is the same in ``original`` keeps its words there."""
    if original:
        try:
            kept = _keeping(policy, original)
            if parse_policy(kept) == policy:
                return kept
        except (PolicyError, tomllib.TOMLDecodeError):
            pass  # the file was written in a way of its own: plainly then
    rules = (_rules(policy.standing), _rules(policy.credit))
    return _joined(
        [f"version = {VERSION}"], [*rules, *map(_segment, policy.segments), *map(_cadence, policy.cadences.values())]
    )


def _keeping(policy: Policy, original: str) -> str:
    before = parse_policy(original)
    head, found = blocks_of(original)
    segments = {segment.key: segment for segment in before.segments}
    parts: list[Lines] = [
        _changed(found.get((name, "")), rule_keys(old), rule_keys(new), _rules(new))
        for name, old, new in (
            ("standing", before.standing, policy.standing),
            ("credit", before.credit, policy.credit),
        )
    ]
    for segment in policy.segments:
        block = found.get(("segment", segment.key))
        parts.append(
            _changed(
                block, segment_keys(segments[segment.key]) if block else {}, segment_keys(segment), _segment(segment)
            )
        )
    for cadence in policy.cadences.values():
        block = found.get(("cadence", cadence.key))
        old = before.cadences.get(cadence.key)
        part = _changed(block, cadence_keys(old) if old else {}, cadence_keys(cadence), _cadence_alone(cadence))
        steps = {step.key: step for step in old.steps} if old else {}
        for step in cadence.steps:
            own = found.get(("step", cadence.key, step.key))
            part += _changed(own, step_keys(steps[step.key]) if own else {}, step_keys(step), _step(step))
        parts.append(part)
    return _joined(head, parts)


def _changed(block: Block | None, before: dict[str, str], after: dict[str, str], plain: Lines) -> Lines:
    if block is None:
        return plain
    return block.lines if before == after else rewritten(block, before, after)


def _joined(head: Lines, parts: Iterable[Lines]) -> str:
    """Return the parts with one blank line between them."""
    texts = ["\n".join(part).strip("\n") for part in (head, *parts)]
    return "\n\n".join(text for text in texts if text) + "\n"


def segment_keys(segment: Segment) -> dict[str, str]:
    """Return what stands in the table of ``segment``: each key with its value as written."""
    keys = {"key": _word(segment.key)}
    if segment.title:
        keys["title"] = _word(segment.title)
    keys["cadence"] = _word(segment.cadence)
    if segment.all_of:
        keys["all"] = _conditions(segment.all_of)
    if segment.any_of:
        keys["any"] = _conditions(segment.any_of)
    return keys


def cadence_keys(cadence: Cadence) -> dict[str, str]:
    """Return what stands in the table of ``cadence``, without its steps."""
    keys = {"key": _word(cadence.key)}
    if cadence.title:
        keys["title"] = _word(cadence.title)
    window = ", ".join(_word(f"{one:%H:%M:%S}" if one.second else f"{one:%H:%M}") for one in cadence.window)
    keys |= {
        "spacing_days": str(cadence.spacing_days),
        "spacing_until": str(cadence.spacing_until),
        "minimum_amount": _word(format(cadence.minimum_amount, "f")),
        "send_on": "[" + ", ".join(_word(WEEKDAYS[day]) for day in sorted(cadence.send_on)) + "]",
        "window": f"[{window}]",
    }
    if cadence.names_broken_promises:
        keys["names_broken_promises"] = "true"
    if cadence.thank_you_every:
        keys["thank_you_every"] = str(cadence.thank_you_every)
    if cadence.instalment_notice_days:
        keys["instalment_notice_days"] = str(cadence.instalment_notice_days)
    return keys


def step_keys(step: Step) -> dict[str, str]:
    """Return what stands in the table of ``step``."""
    keys = {"key": _word(step.key)}
    if step.title:
        keys["title"] = _word(step.title)
    keys |= {
        "offset": str(step.offset),
        "channel": _word(step.channel.value),
        "template": _word(step.template),
        "tone": _word(step.tone.value),
    }
    if step.approve:
        keys["approve"] = "true"
    if step.tell_sales_days or step.tone in TOLD_OF:
        keys["tell_sales_days"] = str(step.tell_sales_days)
    if step.attach:
        keys["attach"] = "[" + ", ".join(map(_word, step.attach)) + "]"
    if step.interest:
        keys["interest"] = "true"
    return keys


def _rules(rules: StandingRules | CreditRules) -> Lines:
    """Return the table of ``rules``; none when they are the ones that hold without it."""
    name = "standing" if isinstance(rules, StandingRules) else "credit"
    return [] if rules == type(rules)() else [f"[{name}]", *_written(rule_keys(rules))]


def _segment(segment: Segment) -> Lines:
    return ["[[segment]]", *_written(segment_keys(segment))]


def _cadence(cadence: Cadence) -> Lines:
    return _cadence_alone(cadence) + [line for step in cadence.steps for line in _step(step)]


def _cadence_alone(cadence: Cadence) -> Lines:
    lines = ["[[cadence]]", *_written(cadence_keys(cadence))]
    return lines if cadence.steps else [*lines, "step = []"]


def _step(step: Step) -> Lines:
    return ["  [[cadence.step]]", *(f"  {line}" for line in _written(step_keys(step)))]


def _written(keys: dict[str, str]) -> Lines:
    return [f"{key} = {value}" for key, value in keys.items()]


def _conditions(conditions: tuple[Condition, ...]) -> str:
    return "[" + ", ".join(map(_condition, conditions)) + "]"


def _condition(one: Condition) -> str:
    values = [_scalar(one.field, value) for value in one.values]
    value = f"[{', '.join(values)}]" if one.op in LIST_OPS else values[0]
    return f"[{_word(one.field)}, {_word(one.op)}, {value}]"


def _scalar(field: str, value: Scalar) -> str:
    if FIELDS[field][0] is not Kind.NUMBER:
        word = str(value)
        return _word(word.upper() if field in _IN_CAPITALS and word.isascii() else word)
    number = Decimal(value)
    plain = format(number, "f")
    return plain if number == number.to_integral_value() and "." not in plain else _word(plain)


def _word(value: str) -> str:
    """Return a TOML basic string: JSON's, but for the one control character that JSON lets through."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
