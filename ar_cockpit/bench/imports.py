"""The import as `bench` measures it: files of a ledger, made for it, into an empty database beside the one in use."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine

from ar_cockpit.bench import ledger_files
from ar_cockpit.bench.importing import Measured, import_into_postgresql, import_into_sqlite

NAMES = ("import_sqlite", "import_postgresql")


def name_on(engine: Engine) -> str:
    """Return what the import is called on this database."""
    return f"import_{engine.dialect.name}"


def measure_import(engine: Engine, invoices: int) -> list[Measured]:
    """Import a ledger of so many invoices, each file beside its floor, on the kind of database that ``engine`` is."""
    with tempfile.TemporaryDirectory(prefix="ar-cockpit-bench-") as temporary:
        files = ledger_files.write(Path(temporary), invoices)
        if engine.dialect.name == "sqlite":
            return import_into_sqlite(files, Path(temporary))
        with beside(engine) as address:
            return import_into_postgresql(files, address)


@contextmanager
def beside(engine: Engine) -> Iterator[str]:
    """Make an empty database on the same server, and take it away again."""
    name = f"bench_import_{uuid4().hex[:12]}"
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        try:
            yield engine.url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
