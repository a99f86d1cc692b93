"""The schema changes by migrations only: they go up, they go down, and they say the same as the tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from ar_cockpit.db import tables
from ar_cockpit.db.metadata import metadata
from ar_cockpit.db.migrate import alembic_config, downgrade, migrate
from ar_cockpit.db.readiness import is_ready, newest_revision
from ar_cockpit.db.session import make_engine, transaction
from tests.builders import a_company, a_customer, an_invoice


def test_the_migrations_and_the_tables_agree(engine: Engine) -> None:
    assert tables.__all__
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_down_and_up_again_leaves_the_same_schema(engine: Engine) -> None:
    before = sorted(inspect(engine).get_table_names())
    downgrade(engine)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrate(engine)
    assert sorted(inspect(engine).get_table_names()) == before


def test_guards_of_ledger_rows_go_and_come_back_without_the_rows_being_written_anew(engine: Engine) -> None:
    def guarded(table: str) -> set[str]:
        return {key["constrained_columns"][0] for key in inspect(engine).get_foreign_keys(table)}

    owner = {"company_id", "import_batch_id"}
    now = {"invoice": {"customer_id"}, "payment": {"customer_id"}, "allocation": {"payment_id", "invoice_id"}}
    assert {table: guarded(table) for table in now} == now
    with transaction(engine) as session:
        customer, due = a_customer(session, a_company(session)), date(2026, 1, 31)
        an_invoice(session, customer, "F1", 1000, date(2026, 1, 1), due, paid=[(due, 1000)])
    downgrade(engine, "0008")
    assert {table: guarded(table) for table in now} == {table: columns | owner for table, columns in now.items()}
    migrate(engine)
    assert {table: guarded(table) for table in now} == now
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM allocation")).scalar_one() == 1
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]


def test_every_constraint_has_a_name_so_that_a_migration_can_drop_it() -> None:
    nameless = [
        f"{table.name}: {constraint!r}"
        for table in metadata.tables.values()
        for constraint in table.constraints
        if not constraint.name
    ]
    assert nameless == []


def test_a_database_is_ready_when_its_schema_is_the_newest(sqlite_url: str, tmp_path: Path) -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert is_ready(sqlite_url)
    engine = make_engine(sqlite_url)
    downgrade(engine)
    engine.dispose()
    assert not is_ready(sqlite_url)
    (tmp_path / "words.db").write_text("no database")
    assert not is_ready(f"sqlite:///{tmp_path / 'words.db'}")
    assert not is_ready(f"sqlite:///{tmp_path / 'absent.db'}")


def test_the_migrations_folder_is_no_package() -> None:
    assert not (Path(__file__).parents[3] / "alembic" / "__init__.py").exists()
