"""A SQLite ledger as it is now, in a file of its own: what is tried there keeps nobody from writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db.session import make_engine, transaction

MOST_BYTES = 512 * 2**20  # a second's copying; a larger ledger is tried in a transaction of its own
OpenSession = Callable[[], AbstractContextManager[Session]]


@contextmanager
def tried_on(ledger: Engine, folder: Path) -> Iterator[OpenSession]:
    """Yield what opens sessions to try something in that is taken back: on PostgreSQL, which has many writers, itself.

    SQLite has one: a file of a minute's loading, only looked at, would keep everybody else from writing for it.
    """
    path = Path(ledger.url.database or "") if ledger.dialect.name == "sqlite" else None
    if path is None or not path.is_file() or path.stat().st_size > MOST_BYTES:
        yield partial(transaction, ledger)
        return
    with TemporaryDirectory(prefix="trial-", dir=folder) as place:
        copy = Path(place) / "ledger.db"
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)  # one step: a reader's view, beside which others write
        engine = make_engine(f"sqlite:///{copy}")
        try:
            yield partial(transaction, engine)
        finally:
            engine.dispose()
