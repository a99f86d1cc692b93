"""Rows as JSON documents made and read by the database itself, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, ColumnElement, and_, cast, func, literal_column, null
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session


def document_of(session: Session, columns: Iterable[Any]) -> ColumnElement[Any]:
    """Return ``columns`` as one JSON document, keyed by their names."""
    pairs: list[Any] = []
    for column in columns:
        pairs += [literal_column(f"'{column.name}'"), _embedded(session, column)]
    if _is_postgresql(session):
        return cast(func.jsonb_build_object(*pairs), JSON)
    return func.json_object(*pairs)


def value_in(session: Session, document: Any, column: Any) -> ColumnElement[Any]:
    """Return what ``document`` keeps of ``column``, as that column stores it."""
    if _is_postgresql(session):
        return cast(document.op("->>")(literal_column(f"'{column.name}'")), column.type)
    return func.json_extract(document, literal_column(f"'$.{column.name}'"), type_=column.type)


def are_same(session: Session, left: Any, right: Any) -> ColumnElement[bool]:
    """Return whether two documents hold the same; a missing one is like no other."""
    if _is_postgresql(session):
        left, right = cast(left, JSONB), cast(right, JSONB)
    else:
        left, right = func.json(left), func.json(right)
    return and_(left.is_not(null()), right.is_not(null()), left == right)


def _embedded(session: Session, column: Any) -> Any:
    if isinstance(column.type, JSON) and not _is_postgresql(session):
        return func.json(column)
    return column


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
