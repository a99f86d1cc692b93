"""Whether a database may be copied into: it is empty, or holds nothing but what the migrations put there."""

from __future__ import annotations

import tempfile
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, func, inspect, select

from ar_cockpit.db.metadata import metadata
from ar_cockpit.db.migrate import alembic_config, migrate
from ar_cockpit.db.session import make_engine
from ar_cockpit.db.tables.figures import DERIVED_TABLES
from ar_cockpit.domain.errors import RefusedError

_VERSION_TABLE = "alembic_version"


def tables_in_order() -> list[Table]:
    """Return every table of facts, each after those its rows point to; what is derived from them is made anew."""
    return [table for table in metadata.sorted_tables if table.name not in DERIVED_TABLES]


def newest_schema() -> str | None:
    """Return the revision every database is brought to."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def schema_of(connection: Connection) -> str | None:
    """Return the revision a database is at; ``None`` when it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def seeded() -> dict[str, int]:
    """Return how many rows the migrations themselves put into each table, as a fresh database shows it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'fresh.db'}")
        migrate(engine)
        with engine.connect() as connection:
            counts = {table.name: count(connection, table) for table in tables_in_order()}
        engine.dispose()
    return {name: rows for name, rows in counts.items() if rows}


def count(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def refuse_unless_empty(engine: Engine, from_migrations: dict[str, int]) -> None:
    """Raise ``RefusedError`` when somebody's rows or tables are there; nothing is changed."""
    with engine.connect().execution_options(read_only=True) as connection:
        there = set(inspect(connection).get_table_names()) - {_VERSION_TABLE}
        ours = {table.name: table for table in tables_in_order()}
        if strange := sorted(there - ours.keys() - DERIVED_TABLES):
            raise RefusedError(f"The target holds other tables: {', '.join(strange[:5])}.", "Name an empty database.")
        full = sorted(
            name for name in there & ours.keys() if count(connection, ours[name]) > from_migrations.get(name, 0)
        )
        if full:
            raise RefusedError(f"The target is not empty: {', '.join(full[:5])}.", "Name an empty database.")
        if there and schema_of(connection) is None:
            raise RefusedError("The target has tables that no migration made.", "Name an empty database.")


def clear_seeds(connection: Connection, from_migrations: dict[str, int]) -> None:
    """Remove what the migrations put there: the source has it too."""
    for table in reversed(tables_in_order()):
        if table.name in from_migrations:
            connection.execute(table.delete())
