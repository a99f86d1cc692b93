"""Day arithmetic in SQL, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer
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


def _written(element: days_between, compiler: Any, options: dict[str, Any]) -> tuple[str, str]:
    arguments: list[ColumnElement[Any]] = list(element.clauses)
    later, earlier = (compiler.process(argument, **options) for argument in arguments)
    return later, earlier
