"""Display values of key figures, sparklines and ageing bars, computed here so that the browser only draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ar_cockpit.i18n import say
from ar_cockpit.state.display import rows

_WIDTH, _HEIGHT, _PAD = 46, 24, 3
AGEING_KEYS = ("not_due", "1-30", "31-60", "61-90", "91-120", "over_120")


@dataclass
class Spark:
    """The path of a line of 46 by 24, its last point, and the height of the dotted target (-1: none)."""

    path: str = ""
    x: float = 0
    y: float = 0
    target_y: float = -1


@dataclass
class Kpi:
    """One cell of the strip of key figures, ready to draw; texts of at most 29 characters fit."""

    label: str
    value: str
    unit: str = ""
    change: str = ""  # with the word better or worse
    change_kind: str = ""  # ok, bad or nothing: follows the word, not the direction
    change_icon: str = ""  # arrow-up, arrow-down or minus
    target: str = ""
    target_kind: str = ""  # ok when met, watch when missed
    fact: str = ""
    more: str = ""  # a second fact: its cell has a line more than the others
    href: str = ""
    explanation: str = ""  # the formula, the period and the full figure, on hover and for screen readers
    spark: Spark = field(default_factory=Spark)


@dataclass
class AgeingPart:
    """One bucket of an ageing bar."""

    label: str
    amount: str
    share: float
    colour: str  # age0 to age5


def sparkline(values: Sequence[float | None], target: float | None = None) -> Spark:
    """Return the line through ``values`` (oldest first; ``None`` leaves a gap), scaled together with ``target``."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Spark()
    reach = [*known, target] if target is not None else known
    low, span = min(reach), (max(reach) - min(reach)) or 1

    def height(value: float) -> float:
        return round(_HEIGHT - _PAD - (value - low) / span * (_HEIGHT - 2 * _PAD), 1)

    step = (_WIDTH - 2 * _PAD) / (len(values) - 1)
    words, pen_is_up, last = [], True, (0.0, 0.0)
    for index, value in enumerate(values):
        if value is None:
            pen_is_up = True
            continue
        last = (round(_PAD + index * step, 1), height(value))
        words.append(f"{'M' if pen_is_up else 'L'}{last[0]} {last[1]}")
        pen_is_up = False
    return Spark(" ".join(words), *last, -1 if target is None else height(target))


def ageing_parts(amounts: Sequence[int], currency: str, language: str) -> list[AgeingPart]:
    """Return the six buckets (not due first) of an ageing bar from minor units; credit balances take no width."""
    total = sum(max(amount, 0) for amount in amounts) or 1
    return [
        AgeingPart(
            say(language, f"shell.ageing.{key}"),
            rows.money(amount, currency, language),
            round(max(amount, 0) / total * 100, 2),
            f"age{index}",
        )
        for index, (key, amount) in enumerate(zip(AGEING_KEYS, amounts, strict=True))
    ]
