"""Whole columns as one value each, packed by the database: for very many rows, of which none is read alone.

A row that the driver hands over is a tuple of objects, a microsecond or two; a column that comes as one text, or from
PostgreSQL as one array in the form it is sent in, is read by NumPy, or by the reader of JSON, in a tenth of that. The
columns of one question are packed in one pass, so their values stand in the same order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, func
from sqlmodel import Session

from ar_cockpit.db.streaming import asked_of_driver, narrow

Ints = NDArray[np.int64]
_ARRAY_OF_INT8, _BYTES, _BINARY = 1016, 17, 1  # by their numbers in PostgreSQL's protocol
_ARRAY_HEAD = 20  # so many bytes are in front of the elements of an array of one dimension
_ELEMENT = np.dtype([("length", ">i4"), ("value", ">i8")])


def packed_numbers(session: Session, column: Any) -> ColumnElement[Any]:
    """Return the aggregate that packs whole numbers, none of them missing, for :func:`numbers`."""
    if _is_postgresql(session):
        return func.array_agg(cast(column, BigInteger))  # parts of it are made by several workers
    return func.group_concat(column)


def packed_values(session: Session, column: Any) -> ColumnElement[str]:
    """Return the aggregate that packs words, truths or what may be missing, for :func:`values`."""
    if _is_postgresql(session):
        return cast(func.json_agg(column), String)
    return func.json_group_array(column)


def packed(session: Session, question: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the few rows of a question about packed columns; what packs nothing is left out."""
    if not _is_postgresql(session):
        return [row for row in narrow(session, question) if None not in row]
    driver, statement, values_of = asked_of_driver(session, question)
    with driver.cursor(binary=True) as cursor:
        cursor.adapters.register_loader(_ARRAY_OF_INT8, cursor.adapters.get_loader(_BYTES, _BINARY))  # as it is sent
        return [row for row in cursor.execute(statement, values_of) if None not in row]


def numbers(parts: Iterable[str | bytes]) -> Ints:
    """Return the numbers of a column that came in ``parts``."""
    read = [_numbers(part) for part in parts]
    return np.concatenate(read) if read else np.zeros(0, np.int64)


def _numbers(part: str | bytes) -> Ints:
    if isinstance(part, str):
        return np.fromstring(part, dtype=np.int64, sep=",")
    return np.frombuffer(part, _ELEMENT, offset=_ARRAY_HEAD)["value"].astype(np.int64)


def values(parts: Iterable[str]) -> list[Any]:
    """Return the values of a column that came in ``parts``."""
    return [value for part in parts for value in json.loads(part)]


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
