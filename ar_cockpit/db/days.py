"""Day arithmetic in SQL, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class days_between(GenericFunction[int]):  # noqa: N801 (reads as the SQL function it stands for)
    """The whole days from the second date to the first."""

    type = Integer()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _on_sqlite(element: days_between, compiler: Any, **options: Any) -> str:
    later, earlier = _written(element, compiler, options)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(days_between, "postgresql")
def _on_postgresql(element: days_between, compiler: Any, **options: Any) -> str:
    later, earlier = _written(element, compiler, options)
    return f"({later} - {earlier})"


def _written(element: GenericFunction[Any], compiler: Any, options: dict[str, Any]) -> tuple[str, str]:
    arguments: list[ColumnElement[Any]] = list(element.clauses)
    later, earlier = (compiler.process(argument, **options) for argument in arguments)
    return later, earlier


class days_after(GenericFunction[date]):  # noqa: N801 (reads as the SQL function it stands for)
    """The date a number of days after another; past the calendar's end it is the last day there is."""

    type = Date()
    inherit_cache = True


@compiles(days_after, "sqlite")
def _after_on_sqlite(element: days_after, compiler: Any, **options: Any) -> str:
    day, days = _written(element, compiler, options)
    return f"coalesce(date({day}, '+' || {days} || ' days'), '9999-12-31')"


@compiles(days_after, "postgresql")
def _after_on_postgresql(element: days_after, compiler: Any, **options: Any) -> str:
    day, days = _written(element, compiler, options)
    return f"least({day} + CAST({days} AS integer), DATE '9999-12-31')"
