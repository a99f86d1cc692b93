"""Dates in files: ISO, day or month first, or eight digits; the order is decided for a whole column, never per row."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ar_cockpit.importing.records import Reason

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII)
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}", re.ASCII)
# Far-away dates stand for "never" in many systems; the ledger keeps 9999-12-31 for itself.
FIRST_YEAR, LAST_YEAR = 1950, 2149
_MONTHS_IN_YEAR = 12
_REMEMBERED = 100_000


class DateOrder(StrEnum):
    """Which of day and month comes first where the year comes last."""

    DAY_FIRST = "dd/mm/yyyy"
    MONTH_FIRST = "mm/dd/yyyy"


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """How many values prove each order, the first of each, and how many prove neither."""

    day_first: int = 0
    month_first: int = 0
    open_: int = 0
    day_example: str = ""
    month_example: str = ""

    @property
    def decided(self) -> DateOrder | None:
        """The order that more values prove, if any does."""
        if self.day_first == self.month_first:
            return None
        return DateOrder.DAY_FIRST if self.day_first > self.month_first else DateOrder.MONTH_FIRST

    @property
    def needs_order(self) -> bool:
        """Whether any value depends on the order at all."""
        return self.day_first + self.month_first + self.open_ > 0

    def example(self, order: DateOrder) -> str:
        """Return a value that proves ``order``."""
        return self.day_example if order is DateOrder.DAY_FIRST else self.month_example


def order_evidence(values: Iterable[str]) -> OrderEvidence:
    """Weigh the distinct ``values`` of one column."""
    day, month, neither = [], [], 0
    for value in values:
        found = _YEAR_LAST.fullmatch(value.strip())
        if not found:
            continue
        first, second = int(found[1]), int(found[3])
        if first > _MONTHS_IN_YEAR >= second:
            day.append(value.strip())
        elif second > _MONTHS_IN_YEAR >= first:
            month.append(value.strip())
        else:
            neither += first != second
    return OrderEvidence(len(day), len(month), neither, min(day, default=""), min(month, default=""))


class DateReader:
    """Reads one column's dates; equal cells are read once."""

    def __init__(self, order: DateOrder) -> None:
        self._order = order
        self._known: dict[str, date | Reason | None] = {"": None}

    def __call__(self, values: Sequence[str]) -> list[date | Reason | None]:
        """Return a date, ``None`` for an empty cell, or the reason why there is none, for each value."""
        known = self._known
        unknown = {value for value in set(values) if value not in known}
        if len(known) + len(unknown) > _REMEMBERED:
            return [self.read(value) for value in values]
        known.update((value, read_date(value, self._order)) for value in unknown)
        return [known[value] for value in values]

    def read(self, text: str) -> date | Reason | None:
        """Return the date in ``text``."""
        if text in self._known:
            return self._known[text]
        result = read_date(text, self._order)
        if len(self._known) < _REMEMBERED:
            self._known[text] = result
        return result


def read_date(text: str, order: DateOrder) -> date | Reason:
    """Return the date that ``text`` names, or the reason why it names none."""
    if found := _EIGHT_DIGITS.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
    elif found := _YEAR_LAST.fullmatch(text):
        year, first, second = int(found[4]), int(found[1]), int(found[3])
        day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
    elif _SHORT_YEAR.fullmatch(text):
        return Reason("The year needs four digits")
    else:
        return Reason("Not a date")
    return _checked(year, month, day, order if _YEAR_LAST.fullmatch(text) else None)


def _checked(year: int, month: int, day: int, order: DateOrder | None) -> date | Reason:
    how = f" (the column is read as {order.value})" if order else ""
    if not 1 <= month <= _MONTHS_IN_YEAR:
        return Reason(f"There is no month {month}{how}")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Reason(f"The year {year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        return Reason(f"{calendar.month_name[month]} {year} has {days} days{how}")
    return date(year, month, day)
