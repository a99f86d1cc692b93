"""Lettrage: which lines settle each other, within one company, one customer and one file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ar_cockpit.importing.fec.lines import Line
from ar_cockpit.importing.fec.values import EXPONENT


@dataclass(frozen=True, slots=True)
class Letter:
    """Lines that carry one letter and sum to zero, or do not."""

    customer: str
    code: str
    lines: tuple[Line, ...]

    @property
    def sum(self) -> int:
        """What they leave, in cents."""
        return sum(line.minor for line in self.lines)


def letters(lines: Iterable[Line]) -> list[Letter]:
    """Return the letters of a file.

    Codes are used again: for another account of the customer, after a year of letters. Lines that sum to zero by
    account or by the day they were lettered are a letter of their own; the others of that code are one together.
    """
    by_code: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.letter:
            by_code[line.customer, line.letter].append(line)
    return [
        Letter(customer, code, tuple(part))
        for (customer, code), its in by_code.items()
        for part in _parts(its, (_account_and_day, _account, _day))
    ]


def _account_and_day(line: Line) -> Hashable:
    return line.account, line.lettered_on


def _account(line: Line) -> Hashable:
    return line.account


def _day(line: Line) -> Hashable:
    return line.lettered_on


def _parts(lines: list[Line], keys: Sequence[Callable[[Line], Hashable]]) -> list[list[Line]]:
    """Return the parts that sum to zero by one of ``keys``, and what is left in one."""
    found = []
    for key in keys:
        apart: dict[Hashable, list[Line]] = defaultdict(list)
        for line in lines:
            apart[key(line)].append(line)
        if len(apart) == 1:
            continue
        whole = [part for part in apart.values() if sum(one.minor for one in part) == 0]
        found += whole
        lines = [line for part in apart.values() if part not in whole for line in part]
        if not lines:
            return found
    return [*found, lines]


def groups(sound: Sequence[Letter], moves: Mapping[int, tuple[int, str]]) -> list[list[Line]]:
    """Return the lines that settle each other: letters are one where a transfer between accounts ties them."""
    home: dict[tuple[int, str], int] = {}
    roots = list(range(len(sound)))

    def root(place: int) -> int:
        while roots[place] != place:
            place = roots[place]
        return place

    for place, letter in enumerate(sound):
        for line in letter.lines:
            move = moves.get(line.line)
            if move is not None:
                roots[root(place)] = root(home.setdefault(move, place))
    gathered: dict[int, list[Line]] = defaultdict(list)
    for place, letter in enumerate(sound):
        gathered[root(place)] += (line for line in letter.lines if line.line not in moves)
    return [lines for lines in gathered.values() if len(lines) > 1]


def completes_later(letter: Letter, last_day: date) -> bool:
    """Whether a letter of this file was set after its year: next year's file has its other half."""
    return all(line.lettered_on and line.lettered_on > last_day for line in letter.lines)


def in_euros(minor: int) -> str:
    """Return cents as they are told: 1234.50."""
    sign, whole = "-" if minor < 0 else "", abs(minor)
    return f"{sign}{whole // 10**EXPONENT}.{whole % 10**EXPONENT:0{EXPONENT}d}"
