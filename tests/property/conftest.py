"""An empty ledger on each database, for rules that are tried on many random ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from ar_cockpit.db.session import make_engine


@pytest.fixture
def empty(sqlite_url: str) -> Iterator[Session]:
    """A session on a fresh SQLite ledger; each example rolls back what it did."""
    engine = make_engine(sqlite_url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Session]:
    """The same on PostgreSQL."""
    engine = make_engine(postgres_url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()
