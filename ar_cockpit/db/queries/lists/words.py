"""Search by words as people type them, the same on both databases."""

from __future__ import annotations

from sqlalchemy import ColumnElement, SQLColumnExpression, or_


def any_holds(text: str, *columns: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Return whether one of ``columns`` holds ``text``, in whatever case.

    SQLite folds the case of ASCII letters only, so other letters are asked for in each of their spellings.
    """
    spellings = {text} if text.isascii() else {text, text.lower(), text.upper(), text.capitalize()}
    return or_(*(column.icontains(one, autoescape=True) for one in sorted(spellings) for column in columns))
