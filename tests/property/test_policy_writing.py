"""A policy survives its file: whatever was edited, and whatever text it began with, reading gives it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.domain.policy import editing
from ar_cockpit.domain.policy.file import PolicyError, parse_policy
from ar_cockpit.domain.policy.model import (
    ATTACHMENTS,
    FIELDS,
    LIST_OPS,
    OPS,
    ORDER_OPS,
    STEP_TEMPLATES,
    Cadence,
    Channel,
    Condition,
    Kind,
    Policy,
    Segment,
    Step,
    Tone,
)
from ar_cockpit.domain.policy.writing import write_policy
from ar_cockpit.services.reminders.policy import default_toml

KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True).filter(lambda key: key not in editing.RESERVED)
TITLES = st.text(st.characters(exclude_categories=("C", "Z")), max_size=12)
CHANNELS = [one for one in Channel if one is not Channel.ALLOCATE]


@st.composite
def steps(draw: st.DrawFn) -> tuple[Step, ...]:
    offsets = sorted(draw(st.sets(st.integers(-30, 120), min_size=1, max_size=4)))
    keys = draw(st.lists(KEYS, min_size=len(offsets), max_size=len(offsets), unique=True))
    return tuple(
        Step(
            key,
            offset,
            draw(st.sampled_from(CHANNELS)),
            draw(st.sampled_from(STEP_TEMPLATES)),
            draw(st.sampled_from(Tone)),
            draw(st.booleans()),
            draw(st.integers(0, 9)),
            tuple(one for one in ATTACHMENTS if draw(st.booleans())),
            draw(st.booleans()),
            draw(TITLES),
        )
        for key, offset in zip(keys, offsets, strict=True)
    )


@st.composite
def cadences(draw: st.DrawFn, key: str) -> Cadence:
    return Cadence(
        key,
        draw(steps()),
        draw(st.integers(0, 40)),
        draw(st.integers(0, 400)),
        draw(st.decimals(0, 1000, places=2)),
        draw(st.frozensets(st.integers(0, 6), min_size=1)),
        (time(draw(st.integers(0, 11)), draw(st.integers(0, 59))), time(draw(st.integers(12, 23)))),
        draw(TITLES),
        draw(st.booleans()),
        draw(st.integers(0, 400)),
        draw(st.integers(0, 400)),
    )


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from(sorted(FIELDS)))
    is_number = FIELDS[name][0] is Kind.NUMBER
    op = draw(st.sampled_from([one for one in OPS if is_number or one not in ORDER_OPS]))
    word = st.decimals(0, 100, places=draw(st.integers(0, 2))) if is_number else TITLES.map(str.casefold)
    return Condition(name, op, tuple(draw(st.lists(word, min_size=1, max_size=3 if op in LIST_OPS else 1))))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    keys = draw(st.lists(KEYS, min_size=1, max_size=4, unique=True))
    known = {key: draw(cadences(key)) for key in draw(st.lists(KEYS, min_size=1, max_size=3, unique=True))}
    rules = st.lists(conditions(), min_size=1, max_size=2).map(tuple)
    segments = [
        Segment(key, draw(st.sampled_from(sorted(known))), draw(rules), title=draw(TITLES)) for key in keys[:-1]
    ]
    return Policy((*segments, Segment(keys[-1], draw(st.sampled_from(sorted(known))))), known)


def readable(policy: Policy) -> bool:
    """Whether the policy may stand at all: not when one of its random segments can never match."""
    try:
        parse_policy(write_policy(policy))
    except PolicyError:
        return False
    return True


@settings(deadline=None, max_examples=40)
@given(policies())
def test_what_is_written_is_read_back(policy: Policy) -> None:
    assume(readable(policy))
    assert parse_policy(write_policy(policy)) == policy


@settings(deadline=None, max_examples=25)
@given(policies(), policies())
def test_it_is_read_back_whatever_text_it_began_with(policy: Policy, before: Policy) -> None:
    assume(readable(policy))
    assume(readable(before))
    assert parse_policy(write_policy(policy, write_policy(before))) == policy
    assert parse_policy(write_policy(policy, default_toml())) == policy


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_edits_of_the_shipped_policy_keep_every_key_and_its_comments(data: st.DataObject) -> None:
    policy, text = parse_policy(default_toml()), default_toml()
    before = editing.step_keys(policy)
    for _ in range(data.draw(st.integers(1, 5))):
        cadence = data.draw(st.sampled_from(sorted(policy.cadences)))
        step = data.draw(st.sampled_from(policy.cadences[cadence].steps))
        changes = {"offset": data.draw(st.integers(-20, 90)), "tone": data.draw(st.sampled_from(Tone))}
        try:
            policy = editing.change_step(policy, cadence, step.key, changes)
        except RefusedError:
            continue
        text = write_policy(policy, text)
        assert parse_policy(text) == policy
    assert editing.step_keys(policy) == before
    assert "# a statement each month" in text
    assert "# Step keys are permanent" in text


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(max_size=8), max_size=6), st.text(max_size=12))
def test_a_fresh_key_was_never_used(used: list[str], wanted: str) -> None:
    key = editing.fresh_key(wanted, used)
    assert key not in {one.casefold() for one in used}
    policy = parse_policy(default_toml())
    made = editing.add_step(
        policy, "standard", replace(policy.cadences["standard"].steps[0], key=f"new_{key}", offset=50)
    )
    assert parse_policy(write_policy(made, default_toml())) == made
