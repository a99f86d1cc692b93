"""The first pass over a file: date orders and decimal marks, each decided for a whole column and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ar_cockpit.importing.records import Decision
from ar_cockpit.importing.values.amounts import COMMA, POINT, MarkEvidence, mark_evidence, shape_of, shapes_of
from ar_cockpit.importing.values.dates import DateOrder, OrderEvidence, order_evidence

_MOST_DATES = 100_000
_MOST_SHAPES = 10_000
_TELLING = 5  # amounts written alike, from which on another is odd
_WORDS = {POINT: "decimal point", COMMA: "decimal comma"}
_MARKS = {words: mark for mark, words in _WORDS.items()}
_ASSUMED_MARK = {",": POINT}  # a file separated by commas was written where the decimal mark is a point


@dataclass(slots=True)
class Survey:
    """What the cells of the date and amount columns look like, by column index."""

    dates: dict[int, set[str]]
    shapes: dict[int, dict[str, int]]
    examples: dict[int, dict[str, str]] = field(default_factory=dict)
    row_count: int = 0

    @classmethod
    def of(cls, date_columns: Iterable[int], amount_columns: Iterable[int]) -> Survey:
        """Return an empty survey of these columns."""
        amounts = list(amount_columns)
        return cls({i: set() for i in date_columns}, {i: {} for i in amounts}, {i: {} for i in amounts})

    def add(self, columns: Sequence[Sequence[str]]) -> None:
        """Take in some rows, given as columns."""
        self.row_count += len(columns[0]) if columns else 0
        for index, seen in self.dates.items():
            if len(seen) < _MOST_DATES:
                seen.update(map(str.strip, set(columns[index])))
        for index, counts in self.shapes.items():
            self._add_shapes(counts, self.examples[index], list(map(str.strip, columns[index])))

    def _add_shapes(self, counts: dict[str, int], examples: dict[str, str], values: Sequence[str]) -> None:
        shapes = shapes_of(values)
        for shape, count in Counter(shapes).items():
            short = shape_of(shape)
            if short in counts:
                counts[short] += count
            elif len(counts) < _MOST_SHAPES:
                counts[short] = count
                examples[short] = values[shapes.index(shape)]

    def is_shorter_than_all(self, index: int, value: str, mark: str) -> bool:
        """Whether an amount, the last of its column, has fewer decimals than every other, which all have as many."""
        counts = dict(self.shapes[index])
        own = shape_of(value.strip())
        counts[own] = counts.get(own, 0) - 1
        others = {_decimals(shape, mark) for shape, count in counts.items() if shape and count > 0}
        told = sum(count for shape, count in counts.items() if shape)
        return bool(own) and told >= _TELLING and len(others) == 1 and _decimals(own, mark) < others.pop()


def _decimals(shape: str, mark: str) -> int:
    return shape.rpartition(mark)[2].count("9") if mark in shape else 0


@dataclass(frozen=True, slots=True)
class Decided:
    """The date order and decimal mark of each column, and what there is to say about them."""

    orders: Mapping[int, DateOrder]
    marks: Mapping[int, str]
    decisions: tuple[Decision, ...]


def decide(survey: Survey, names: Sequence[str], delimiter: str, date_format: str, decimal_mark: str) -> Decided:
    """Decide every column by its own values, else by the file's other columns, else by custom, and say which."""
    told: list[Decision] = []
    orders = _orders(survey, names, date_format, told)
    marks = _marks(survey, names, delimiter, decimal_mark, told)
    return Decided(orders, marks, tuple(told))


def remembered(decided: Decided, names: Sequence[str], read_as: str) -> Decided:
    """Return ``decided`` with what was decided for the whole file that these rows were set aside from."""
    before = dict(part.split("=", 1) for part in read_as.split("|") if "=" in part)
    orders, marks = dict(decided.orders), dict(decided.marks)
    for index, name in enumerate(names):
        was = before.get(name, "")
        if index in orders and was in set(DateOrder):
            orders[index] = DateOrder(was)
        if index in marks and was in _MARKS:
            marks[index] = _MARKS[was]
    told = tuple(one for one in decided.decisions if one.column not in before)
    return Decided(orders, marks, told)


def as_remembered(decisions: Iterable[Mapping[str, object]]) -> str:
    """Return reported decisions as one cell, for :func:`remembered`."""
    return "|".join(f"{one['column']}={one['decided']}" for one in decisions)


def _orders(survey: Survey, names: Sequence[str], fixed: str, told: list[Decision]) -> dict[int, DateOrder]:
    if fixed != "auto":
        order = DateOrder.MONTH_FIRST if fixed == DateOrder.MONTH_FIRST else DateOrder.DAY_FIRST
        return dict.fromkeys(survey.dates, order)
    evidence = {index: order_evidence(values) for index, values in survey.dates.items()}
    pooled = OrderEvidence(sum(e.day_first for e in evidence.values()), sum(e.month_first for e in evidence.values()))
    orders = {}
    for index, own in evidence.items():
        orders[index] = own.decided or pooled.decided or DateOrder.DAY_FIRST
        if own.needs_order:
            why = _why_order(own, pooled, orders[index])
            told.append(Decision(names[index], orders[index].value, why, own.decided is not None))
    return orders


def _why_order(own: OrderEvidence, pooled: OrderEvidence, order: DateOrder) -> str:
    if own.decided:
        against = own.month_first if order is DateOrder.DAY_FIRST else own.day_first
        return f"{own.example(order)} can only be read so" + (f"; {against} other dates can not" if against else "")
    if pooled.decided:
        return "no date of this column proves it; those of another column do"
    return "no date of this file proves it; the day is taken to come first"


def _marks(survey: Survey, names: Sequence[str], delimiter: str, fixed: str, told: list[Decision]) -> dict[int, str]:
    if fixed != "auto":
        return dict.fromkeys(survey.shapes, fixed)
    evidence = {index: mark_evidence(shapes) for index, shapes in survey.shapes.items()}
    pooled = MarkEvidence(sum(e.point for e in evidence.values()), sum(e.comma for e in evidence.values()))
    marks = {}
    for index, own in evidence.items():
        marks[index] = own.decided or pooled.decided or _ASSUMED_MARK.get(delimiter, COMMA)
        if own.needs_mark:
            why = _why_mark(own, pooled, survey.examples[index], marks[index])
            told.append(Decision(names[index], _WORDS[marks[index]], why, own.decided is not None))
    return marks


def _why_mark(own: MarkEvidence, pooled: MarkEvidence, examples: Mapping[str, str], mark: str) -> str:
    if own.decided:
        against = own.comma if mark == POINT else own.point
        example = examples[own.shape(mark)]
        return f"{example} can only be read so" + (f"; {against} other amounts can not" if against else "")
    if pooled.decided:
        return "no amount of this column proves it; those of another column do"
    return "no amount of this file proves it; taken from the file's separator"
