"""The benchmark of the import: the product takes every row, and the floor is measured on the same ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

from ar_cockpit.bench import demo_ledger, imports, ledger_files
from ar_cockpit.bench.importing import Measured, import_into_postgresql, import_into_sqlite
from ar_cockpit.demo.ledger import Size
from ar_cockpit.importing.records import Table


def check(measured: list[Measured], files: dict[Table, Path]) -> None:
    """Every file is measured, with all its rows."""
    lines = [len(path.read_text().splitlines()) - 1 for path in files.values()]
    assert [one.rows for one in measured] == lines
    assert all(one.product > 0 and one.floor > 0 for one in measured)
    assert all(one.work > 0 for one in measured)


def test_every_row_of_the_files_is_imported_into_sqlite(tmp_path: Path) -> None:
    files = ledger_files.write(tmp_path, invoices=200)
    check(import_into_sqlite(files, tmp_path), files)


def test_every_row_of_the_files_is_imported_into_postgresql(tmp_path: Path, postgres_url: str) -> None:
    files = ledger_files.write(tmp_path, invoices=200)
    check(import_into_postgresql(files, postgres_url), files)


def test_the_demo_ledger_is_made_once(tmp_path: Path) -> None:
    def count(engine: Engine) -> int:
        with engine.connect() as connection:
            return connection.execute(text("SELECT count(*) FROM invoice WHERE kind = 'invoice'")).scalar_one()

    size, day = Size(3, 40), date(2026, 11, 23)
    first = demo_ledger.demo_ledger(tmp_path, day, size)
    assert count(first) == 40
    assert count(demo_ledger.demo_ledger(tmp_path, day, size)) == 40
    assert len(list(tmp_path.glob("*.db"))) == 1


def test_the_command_imports_into_an_empty_database_beside_the_one_in_use(engine: Engine) -> None:
    measured = imports.measure_import(engine, invoices=100)
    assert [one.rows for one in measured][:2] == [5, 100]
    assert imports.name_on(engine) in imports.NAMES
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM invoice")).scalar_one() == 0
