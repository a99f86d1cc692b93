"""Why a figure moved between two days: its largest contributions by customer, which add up to the change. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

MOST_STEPS = 10
MOST_LISTED = 500  # when all others are asked for


@dataclass(frozen=True, slots=True)
class Step:
    """A customer's part of the change, and its balances on both days in minor units."""

    customer_id: int
    before_minor: int
    after_minor: int
    part: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From ``before`` to ``after``: the pace of sales (days only), the largest customers, and all others together.

    ``before + pace + sum of the steps + others == after``.
    """

    before: float
    after: float
    pace: float | None
    steps: tuple[Step, ...]
    others: float
    others_count: int


def of_amounts(before: Mapping[int, int], after: Mapping[int, int], most: int = MOST_STEPS) -> Waterfall:
    """Return the change of a sum of balances, given by customer in minor units."""
    whole = sum(before.values()), sum(after.values())
    return _waterfall(
        whole, None, {key: float(moved) for key, moved in _moved(before, after).items()}, before, after, most
    )


def of_days(
    days: tuple[float, float, float],
    before: Mapping[int, int],
    after: Mapping[int, int],
    most: int = MOST_STEPS,
) -> Waterfall:
    """Return the change of a DSO, given by balances in minor units.

    ``days``: the DSO of before; of the balances of before with the sales of after; of after. The first two differ by
    the pace of sales alone; what is left is shared by what each customer's balance changed.
    """
    first, paced, last = days
    moved = _moved(before, after)
    whole = sum(moved.values())
    each = (last - paced) / whole if whole else 0.0
    parts = {key: minor * each for key, minor in moved.items()}
    return _waterfall((first, last), paced - first, parts, before, after, most)


def shortened(one: Waterfall, most: int = MOST_STEPS) -> Waterfall:
    """Return the same change with fewer steps: the others take what the dropped ones moved."""
    dropped = one.steps[most:]
    others = one.others + sum(step.part for step in dropped)
    return replace(one, steps=one.steps[:most], others=others, others_count=one.others_count + len(dropped))


def _moved(before: Mapping[int, int], after: Mapping[int, int]) -> dict[int, int]:
    changes = {key: after.get(key, 0) - before.get(key, 0) for key in before.keys() | after.keys()}
    return {key: minor for key, minor in changes.items() if minor}


def _waterfall(
    ends: tuple[float, float],
    pace: float | None,
    parts: Mapping[int, float],
    before: Mapping[int, int],
    after: Mapping[int, int],
    most: int,
) -> Waterfall:
    largest = sorted(parts, key=lambda key: (-abs(parts[key]), key))[:most]
    steps = tuple(Step(key, before.get(key, 0), after.get(key, 0), parts[key]) for key in largest)
    others = ends[1] - ends[0] - (pace or 0) - sum(step.part for step in steps)
    return Waterfall(ends[0], ends[1], pace, steps, others, len(parts) - len(steps))
