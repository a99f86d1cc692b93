"""The database's own clock: leases are compared on one clock, whichever machine asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from ar_cockpit.db.types import UtcDateTime


class database_now(GenericFunction[datetime]):  # noqa: N801 (reads as the SQL function it stands for)
    """The present instant plus a whole number of seconds."""

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, seconds: int | ColumnElement[int] = 0) -> None:
        super().__init__(seconds)


@compiles(database_now, "sqlite")
def _on_sqlite(element: database_now, compiler: Any, **options: Any) -> str:
    (seconds,) = element.clauses
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {compiler.process(seconds, **options)} || ' seconds')"


@compiles(database_now, "postgresql")
def _on_postgresql(element: database_now, compiler: Any, **options: Any) -> str:
    (seconds,) = element.clauses
    # now() stands still within a transaction; a claim has waited for locks.
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(seconds, **options)}))"
