"""Fixtures shared by all tests: both databases, migrated by Alembic, one fresh copy for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pgserver
import pytest
from hypothesis import settings
from sqlalchemy import Engine, text
from sqlmodel import Session

from ar_cockpit.db.migrate import migrate
from ar_cockpit.db.session import make_engine
from tests.spare_databases import SpareDatabases

# Costs are measured by the benchmarks; no example fails for being slow on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL from its wheel, with a migrated template database; yields its address."""
    # Not under pytest's own folder: for root the server runs as another user, who may not enter that one.
    folder = Path(tempfile.mkdtemp(prefix="ar-postgres-"))
    server = pgserver.get_server(folder, cleanup_mode="stop")
    address = server.get_uri()
    admin = make_engine(address)
    with admin.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CREATE DATABASE template_ledger"))
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    template = make_engine(server.get_uri(database="template_ledger"))
    migrate(template)
    template.dispose()
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite database."""
    path = tmp_path / "ledger.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def spare_postgres(postgres_server: str) -> Iterator[SpareDatabases]:
    """Migrated, empty databases on the server, one for each test."""
    spare = SpareDatabases(make_engine(postgres_server))
    yield spare
    spare.server.dispose()


@pytest.fixture
def postgres_url(spare_postgres: SpareDatabases) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database."""
    with spare_postgres.lent() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database: each test runs on SQLite and on PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database of either kind."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on a fresh database; what a test leaves uncommitted is rolled back."""
    with Session(engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real ledgers that nobody here wrote; tests that need it say so when it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real ledgers are not beside this checkout ({SHARED_DATA.parent.name}/{SHARED_DATA.name})")
    return SHARED_DATA
