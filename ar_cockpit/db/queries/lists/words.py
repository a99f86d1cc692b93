"""Search by words as people type them, and amounts of several currencies compared; the same on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, case, literal, or_


def any_holds(text: str, *columns: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Return whether one of ``columns`` holds ``text``, in whatever case.

    SQLite folds the case of ASCII letters only, so other letters are asked for in each of their spellings.
    """
    spellings = {text} if text.isascii() else {text, text.lower(), text.upper(), text.capitalize()}
    return or_(*(column.icontains(one, autoescape=True) for one in sorted(spellings) for column in columns))


def worth_of(currency: SQLColumnExpression[str], worth: Mapping[str, float] | None) -> ColumnElement[Any]:
    """Return what a minor unit of a row's currency weighs in an order by amount; of one without a rate, nothing."""
    if not worth:
        return literal(1)
    return case(*((currency == code, factor) for code, factor in sorted(worth.items())), else_=0.0)
