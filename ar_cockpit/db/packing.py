"""Whole columns as one value each, packed by the database: for very many rows, of which none is read alone.

A row that the driver hands over is a tuple of objects, a microsecond or two; a column that comes as one text is read
by NumPy, or by the reader of JSON, in a tenth of that. The columns of one question are packed in one pass, so their
values stand in the same order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, String, cast, func, literal_column
from sqlmodel import Session

Ints = NDArray[np.int64]
_COMMA: ColumnElement[str] = literal_column("','")


def packed_numbers(session: Session, column: Any) -> ColumnElement[str]:
    """Return the aggregate that packs whole numbers, none of them missing, for :func:`numbers`."""
    if _is_postgresql(session):
        return func.string_agg(cast(column, String), _COMMA)
    return func.group_concat(column)


def packed_values(session: Session, column: Any) -> ColumnElement[str]:
    """Return the aggregate that packs words, truths or what may be missing, for :func:`values`."""
    if _is_postgresql(session):
        return cast(func.json_agg(column), String)
    return func.json_group_array(column)


def numbers(parts: Iterable[str]) -> Ints:
    """Return the numbers of a column that came in ``parts``."""
    read = [np.fromstring(part, dtype=np.int64, sep=",") for part in parts]
    return np.concatenate(read) if read else np.zeros(0, np.int64)


def values(parts: Iterable[str]) -> list[Any]:
    """Return the values of a column that came in ``parts``."""
    return [value for part in parts for value in json.loads(part)]


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
