"""Whether a row holds a filter: amounts to the cent, days as days, and a refusal for what is neither. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from ar_cockpit.domain.amounts import read_amount
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.reports.sources import Kind, field

CONTAINS = "contains"


class Asked(Protocol):
    """A filter: a column, an operator and what was typed."""

    @property
    def key(self) -> str:
        """The column."""

    @property
    def operator(self) -> str:
        """How it compares."""

    @property
    def value(self) -> str:
        """What was typed."""


class Test(NamedTuple):
    """A filter that has been read: it holds for a row or not."""

    key: str
    operator: str
    kind: Kind
    wanted: Any

    def holds(self, row: Mapping[str, Any], units: Mapping[str, int]) -> bool:
        """Return whether the row's own value compares; what is not known compares with nothing."""
        value = row.get(self.key)
        if self.kind is Kind.TEXT:
            return _compares(str(value or "").casefold(), self.operator, self.wanted)
        if value is None:
            return False
        own = _own(value, self.kind, units.get(str(row.get("currency", "")), 1))
        if self.operator == CONTAINS:
            return str(self.wanted) in (own.isoformat() if isinstance(own, date) else f"{own:f}")
        if isinstance(own, Decimal) and isinstance(value, float) and self.operator in {"is", "is_not"}:
            own = round(own, max(0, -int(self.wanted.as_tuple().exponent)))  # a ratio is as exact as it was typed
        return _compares(own, self.operator, self.wanted)


def read(asked: Asked, source: str, language: str = "") -> Test:
    """Return the filter of a column of ``source``; raise ``InputError`` for a value that is none of its kind."""
    kind, typed = field(source, asked.key).kind, asked.value.strip()
    if kind is Kind.TEXT:
        return Test(asked.key, asked.operator, kind, typed.casefold())
    if asked.operator == CONTAINS:
        plain = "".join(typed.split())
        return Test(asked.key, asked.operator, kind, plain if kind is Kind.DATE else plain.replace(",", "."))
    if kind is Kind.DATE:
        return Test(asked.key, asked.operator, kind, _day(typed))
    return Test(asked.key, asked.operator, kind, read_amount(typed.removesuffix("%"), language))


def as_kept(asked: Asked, source: str, language: str) -> str:
    """Return the value so that every reader reads the same: what was typed in one's own language is written plainly."""
    wanted = read(asked, source, language).wanted
    return f"{wanted:f}" if isinstance(wanted, Decimal) else asked.value.strip()


def _own(value: Any, kind: Kind, unit: int) -> Any:
    if kind is Kind.DATE:
        return value
    if kind is Kind.AMOUNT:
        return Decimal(int(value)).scaleb(1 - len(str(unit)))  # 100 cents: two decimals
    number = Decimal(str(value))
    return number * 100 if kind is Kind.SHARE else number


def _compares(own: Any, operator: str, wanted: Any) -> bool:
    if operator == CONTAINS:
        return wanted in own
    if operator in {"is", "is_not"}:
        return bool(own == wanted) is (operator == "is")
    return bool(own >= wanted) if operator == "at_least" else bool(own <= wanted)


def _day(typed: str) -> date:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", typed):
        try:
            return date.fromisoformat(typed)
        except ValueError:
            pass
    raise InputError(f"{typed[:40]!r} is not a date.", "Write it as 2026-03-31.")
