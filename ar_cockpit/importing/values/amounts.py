"""Amounts in files: the decimal mark is decided for a whole column; what is read is exact.

Cells are judged by their *shape*, every digit written as 9: a million amounts have a few dozen shapes.
"""

from __future__ import annotations

import operator
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ar_cockpit.domain.folded import Amounts
from ar_cockpit.domain.money import MAX_MAJOR_UNITS
from ar_cockpit.importing.records import Reason

_TO_SHAPE = str.maketrans("012345678", "999999999")
_BLANKS = " \u00a0\u202f\u2009"
_APOSTROPHES = "'\u2019"
_SIGNED = re.compile(r"(?P<open>\()?\s*(?P<lead>[-+\u2212])?\s*(?P<core>.*?)\s*(?P<trail>[-\u2212])?(?P<close>\))?")
_LONGEST = 44  # a float's full expansion with sign and grouping; anything longer is no amount
_REMEMBERED = 10_000
_GROUP = 3
_MOST_DECIMALS = 6
EXACT_DIGITS = 60  # to compute with what is read: more than its longest cell has
POINT, COMMA = ".", ","


@dataclass(frozen=True, slots=True)
class MarkEvidence:
    """How many cells prove each decimal mark, with the shape of the first, and how many could have either."""

    point: int = 0
    comma: int = 0
    open_: int = 0
    point_shape: str = ""
    comma_shape: str = ""

    @property
    def needs_mark(self) -> bool:
        """Whether any cell depends on the decimal mark at all."""
        return self.point + self.comma + self.open_ > 0

    @property
    def decided(self) -> str | None:
        """The mark that more cells prove, if any does."""
        if self.point == self.comma:
            return None
        return POINT if self.point > self.comma else COMMA

    def shape(self, mark: str) -> str:
        """Return a shape that proves ``mark``."""
        return self.point_shape if mark == POINT else self.comma_shape


def shape_of(text: str) -> str:
    """Return ``text`` with every digit as 9."""
    return text[:_LONGEST].translate(_TO_SHAPE)


def shapes_of(texts: Sequence[str]) -> list[str]:
    """Return the shape of each text, uncut: one translation for all of them, since a shape is wanted of every cell."""
    shapes = "\n".join(texts).translate(_TO_SHAPE).split("\n")
    return shapes if len(shapes) == len(texts) else [text.translate(_TO_SHAPE) for text in texts]


def mark_evidence(shapes: Mapping[str, int]) -> MarkEvidence:
    """Weigh the shapes of one column, with how often each occurs."""
    found = {POINT: 0, COMMA: 0}
    either = 0
    example = {POINT: "", COMMA: ""}
    for shape, count in shapes.items():
        signed = _SIGNED.fullmatch(shape.strip())
        mark = _proven_mark(signed["core"]) if signed else None
        if mark:
            found[mark] += count
            example[mark] = example[mark] or shape
        elif signed and set(signed["core"]) & {POINT, COMMA}:
            either += count
    return MarkEvidence(found[POINT], found[COMMA], either, example[POINT], example[COMMA])


def _proven_mark(core: str) -> str | None:
    """Return the decimal mark that a shape can only have, or ``None`` when it could have either."""
    points, commas = core.count(POINT), core.count(COMMA)
    if not points + commas or set(core) - set("9.,'\u2019" + _BLANKS):
        return None
    if points and commas:
        return POINT if core.rfind(POINT) > core.rfind(COMMA) else COMMA
    mark, other = (POINT, COMMA) if points else (COMMA, POINT)
    if points + commas > 1:
        return other  # 9.999.999: it groups
    whole, part = core.split(mark)
    could_group = len(part) == _GROUP and whole.isdigit() and 1 <= len(whole) <= _GROUP
    return None if could_group else mark


class AmountReader:
    """Reads one column's amounts with the decimal mark that was decided for it."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._plans: dict[str, _Plan | Reason] = {}
        other = COMMA if mark == POINT else POINT
        grouping = re.escape(other + _BLANKS + _APOSTROPHES)
        self._core = re.compile(
            rf"(?:9{{1,3}}(?P<group>[{grouping}])999(?:(?P=group)999)*|9+)(?:{re.escape(mark)}9*)?|{re.escape(mark)}9+"
        )

    def __call__(self, values: Sequence[str]) -> Sequence[Decimal | Reason | None]:
        """Return an exact amount, ``None`` for an empty cell, or the reason why there is none, for each value."""
        if not values:
            return []
        shapes = shapes_of(values)
        plans = {shape: self._plan_for(shape) for shape in set(shapes)}
        usual = {shape: plan for shape, plan in plans.items() if isinstance(plan, _Plan) and plan.is_usual}
        found = self._whole_numbers(values, shapes, usual) if len(usual) == len(plans) else None
        return found or [self._read(value, plans[shape]) for value, shape in zip(values, shapes, strict=True)]

    def _whole_numbers(
        self, values: Sequence[str], shapes: Sequence[str], plans: Mapping[str, _Plan]
    ) -> Amounts | None:
        """Return usual amounts as whole numbers of the last digit that any of them has."""
        table = {sign: None for plan in plans.values() for sign in plan.table}
        digits = "\n".join(values).translate(table | {ord(self._mark): None, ord("\n"): "\n"}).split("\n")
        if len(digits) != len(values):
            return None
        most = max(plan.decimals for plan in plans.values())
        if all(plan.decimals == most for plan in plans.values()):
            return Amounts(array("q", map(int, digits)), most)
        units = {shape: 10 ** (most - plan.decimals) for shape, plan in plans.items()}
        written = {shape: plan.decimals for shape, plan in plans.items()}
        scaled = array("q", map(operator.mul, map(int, digits), map(units.__getitem__, shapes)))
        return Amounts(scaled, most, bytes(map(written.__getitem__, shapes)))

    def read(self, text: str) -> Decimal | Reason | None:
        """Return the amount in ``text``."""
        return self._read(text, self._plan_for(text.translate(_TO_SHAPE)))

    def _plan_for(self, shape: str) -> _Plan | Reason:
        plan = self._plans.get(shape)
        if plan is None:
            plan = self._plan(shape)
            if len(self._plans) < _REMEMBERED:
                self._plans[shape] = plan
        return plan

    def _read(self, text: str, plan: _Plan | Reason) -> Decimal | Reason | None:
        if isinstance(plan, Reason):
            return plan if text else None
        number = Decimal(text.translate(plan.table) if plan.table else text)
        if plan.is_long and abs(number) > MAX_MAJOR_UNITS:
            return Reason(f"More than {MAX_MAJOR_UNITS:,}".replace(",", " "))
        return number.copy_negate() if plan.is_negative else number

    def _plan(self, shape: str) -> _Plan | Reason:
        signed = _SIGNED.fullmatch(shape) if len(shape) <= _LONGEST else None
        if not signed or bool(signed["open"]) != bool(signed["close"]):
            return Reason("Not a number")
        if (signed["lead"] or signed["open"]) and (signed["trail"] or (signed["lead"] and signed["open"])):
            return Reason("Two signs")
        if not self._core.fullmatch(signed["core"]):
            return self._why_not(signed["core"])
        is_negative = bool(signed["open"] or signed["trail"]) or signed["lead"] == "\u2212"
        kept = f"9{self._mark}" + ("-" if signed["lead"] == "-" else "")  # the usual minus is read as it stands
        table: dict[int, str | None] = {ord(sign): None for sign in set(shape) if sign not in kept}
        if self._mark == COMMA and COMMA in shape:
            table[ord(COMMA)] = POINT
        whole, _, part = signed["core"].partition(self._mark)
        return _Plan(table, is_negative, whole.count("9") >= len(str(MAX_MAJOR_UNITS)), part.count("9"))

    def _why_not(self, core: str) -> Reason:
        if not core.strip():
            return Reason("Not a number")
        if set(core) - set("9.,'\u2019" + _BLANKS):
            return Reason("Not a number")
        return Reason(f"Not a number where {self._mark!r} is the decimal mark, as it is in this column")


@dataclass(frozen=True, slots=True)
class _Plan:
    """How cells of one shape become a number."""

    table: dict[int, str | None]
    is_negative: bool
    is_long: bool
    decimals: int

    @property
    def is_usual(self) -> bool:
        """Whether the number is its digits without their decimal mark, and fits into eight bytes so."""
        return not self.is_negative and not self.is_long and self.decimals <= _MOST_DECIMALS
