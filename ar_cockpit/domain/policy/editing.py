"""Changes of a policy as functions: a policy in, a policy out. Keys are permanent, so no change ever renames one.

A step's key is what says that it was done: a new step gets one that nothing was ever recorded under.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.domain.policy.cadence import RESERVED
from ar_cockpit.domain.policy.model import Cadence, Condition, Policy, Segment, Step
from ar_cockpit.domain.policy.reading import MOST_DAYS

LONGEST_KEY = 40


def fresh_key(wanted: str, used: Collection[str]) -> str:
    """Return a key made of the words ``wanted`` that is not among ``used``."""
    plain = unicodedata.normalize("NFKD", wanted).encode("ascii", "ignore").decode().casefold()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_KEY].strip("_") or "step"
    taken = {one.casefold() for one in used} | set(RESERVED)
    if stem not in taken:
        return stem
    stem = re.sub(r"_\d+$", "", stem)
    return next(key for number in range(1, len(taken) + 2) if (key := f"{stem}_{number}") not in taken)


def step_keys(policy: Policy) -> frozenset[str]:
    """Return the keys of every step of every cadence."""
    return frozenset(step.key for cadence in policy.cadences.values() for step in cadence.steps)


def cadence_of(policy: Policy, key: str) -> Cadence:
    """Return a cadence; raise ``NotFoundError`` when there is none of that key."""
    if key not in policy.cadences:
        raise NotFoundError("There is no such cadence.", "Somebody removed it; look at the page again.")
    return policy.cadences[key]


def step_of(policy: Policy, cadence: str, key: str) -> Step:
    """Return a step; raise ``NotFoundError`` when there is none of that key."""
    for step in cadence_of(policy, cadence).steps:
        if step.key == key:
            return step
    raise NotFoundError("There is no such step.", "Somebody removed it; look at the page again.")


def add_step(policy: Policy, cadence: str, step: Step) -> Policy:
    """Return the policy with one more step, in its place in time."""
    steps = cadence_of(policy, cadence).steps
    if any(one.key == step.key for one in steps):
        raise RefusedError("There is a step with this key already.", "Give it another one.")
    return _with_steps(policy, cadence, [*steps, step])


def change_step(policy: Policy, cadence: str, key: str, changes: Mapping[str, Any]) -> Policy:
    """Return the policy with fields of a step changed; a changed day moves it along the line."""
    step = step_of(policy, cadence, key)
    changed = replace(step, **{name: value for name, value in changes.items() if name != "key"})
    if not -MOST_DAYS <= changed.offset <= MOST_DAYS:
        raise InputError(f"{changed.offset} is no number of days to a due date.", "Give a smaller one.")
    if changed.offset < 0 <= step.offset and sum(one.offset >= 0 for one in policy.cadences[cadence].steps) == 1:
        raise RefusedError("A cadence needs a step on or after the due date.", "Add another one first.")
    return _with_steps(policy, cadence, [changed if one == step else one for one in policy.cadences[cadence].steps])


def remove_step(policy: Policy, cadence: str, key: str) -> Policy:
    """Return the policy without a step; the last one stays."""
    gone = step_of(policy, cadence, key)
    left = [one for one in policy.cadences[cadence].steps if one != gone]
    if not left:
        raise RefusedError(
            "This is the only step of the cadence.", "Change it, or let the segment use another cadence."
        )
    return _with_steps(policy, cadence, left)


def free_offset(cadence: Cadence, after: int) -> int:
    """Return a day for a new step behind the one at ``after`` (-1: before the first): halfway to the next."""
    offsets = cadence.offsets
    if not offsets:
        return 3
    if after < 0:
        return offsets[0] - 7
    before = offsets[min(after, len(offsets) - 1)]
    following = offsets[after + 1] if after + 1 < len(offsets) else before + 30
    return before + max(1, (following - before) // 2)


def _with_steps(policy: Policy, cadence: str, steps: list[Step]) -> Policy:
    steps = sorted(steps, key=lambda step: step.offset)
    days = [step.offset for step in steps]
    twice = next((day for day in days if days.count(day) > 1), None)
    if twice is not None:
        raise RefusedError(f"There is a step {twice:+d} days from the due date already.", "Choose another day.")
    return _with_cadence(policy, replace(policy.cadences[cadence], steps=tuple(steps)))


def change_cadence(policy: Policy, key: str, changes: Mapping[str, Any]) -> Policy:
    """Return the policy with the rules of a cadence changed: spacing, minimum, days, window, title."""
    allowed = {name: value for name, value in changes.items() if name not in ("key", "steps")}
    return _with_cadence(policy, replace(cadence_of(policy, key), **allowed))


def copy_cadence(policy: Policy, key: str, title: str) -> tuple[Policy, str]:
    """Return the policy with a copy of a cadence, and its key; the steps keep theirs, so nothing is said twice."""
    made = fresh_key(title or key, policy.cadences)
    return _with_cadence(policy, replace(cadence_of(policy, key), key=made, title=title)), made


def _with_cadence(policy: Policy, cadence: Cadence) -> Policy:
    return replace(policy, cadences={**policy.cadences, cadence.key: cadence})


def segment_at(policy: Policy, key: str) -> int:
    """Return the place of a segment; raise ``NotFoundError`` when there is none of that key."""
    for place, segment in enumerate(policy.segments):
        if segment.key == key:
            return place
    raise NotFoundError("There is no such segment.", "Somebody removed it; look at the page again.")


def add_segment(policy: Policy, segment: Segment) -> Policy:
    """Return the policy with one more segment, the last before everyone else."""
    return replace(policy, segments=(*policy.segments[:-1], segment, policy.segments[-1]))


def change_segment(
    policy: Policy,
    key: str,
    *,
    title: str,
    cadence: str,
    all_of: tuple[Condition, ...],
    any_of: tuple[Condition, ...],
) -> Policy:
    """Return the policy with a segment's name, rule and cadence changed."""
    place = segment_at(policy, key)
    is_last = place == len(policy.segments) - 1
    if is_last and (all_of or any_of):
        raise RefusedError("The last segment is for everyone else.", "Add a segment above it for this rule.")
    if not is_last and not (all_of or any_of):
        raise InputError("A segment needs at least one condition.", "Add one, or remove the segment.")
    cadence_of(policy, cadence)
    changed = replace(policy.segments[place], title=title, cadence=cadence, all_of=all_of, any_of=any_of)
    return _with_segments(policy, [*policy.segments[:place], changed, *policy.segments[place + 1 :]])


def move_segment(policy: Policy, key: str, by: int) -> Policy:
    """Return the policy with a segment tried so many places later (negative: earlier); everyone else stays last."""
    place = segment_at(policy, key)
    to = place + by
    last = len(policy.segments) - 1
    if place == last or not 0 <= to < last:
        raise RefusedError("This segment cannot move further.", "Everyone else stays last.")
    segments = list(policy.segments)
    segments.insert(to, segments.pop(place))
    return _with_segments(policy, segments)


def remove_segment(policy: Policy, key: str) -> Policy:
    """Return the policy without a segment; its cadence stays for others to use."""
    place = segment_at(policy, key)
    if place == len(policy.segments) - 1:
        raise RefusedError("The last segment is for everyone else.", "It stays, so that every customer fits somewhere.")
    return _with_segments(policy, [*policy.segments[:place], *policy.segments[place + 1 :]])


def _with_segments(policy: Policy, segments: list[Segment]) -> Policy:
    return replace(policy, segments=tuple(segments))
