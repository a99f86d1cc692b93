"""What tells SQLite not to begin with a column's index; PostgreSQL knows better and is told nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class unindexed(GenericFunction[Any]):  # noqa: N801 (reads as the SQL it stands for)
    """A column's value, asked for without its index on SQLite: a unary plus, as its manual recommends."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(unindexed, "sqlite")
def _on_sqlite(element: unindexed, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(next(iter(element.clauses)), **options)}"


@compiles(unindexed, "postgresql")
def _on_postgresql(element: unindexed, compiler: Any, **options: Any) -> str:
    told: str = compiler.process(next(iter(element.clauses)), **options)
    return told
