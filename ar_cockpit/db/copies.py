"""A SQLite ledger as it is now, in a file of its own: what is tried there keeps nobody from writing."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.errors import RefusedError

OpenSession = Callable[[], AbstractContextManager[Session]]
_PREFIX, _ALIVE = "trial-", "alive"
_STARTING_SECONDS = 60  # by then a copy's maker has its lock
_ROOM_BESIDE = 128 * 2**20  # for what is tried; what comes in large takes more, and is refused by the disk itself


@contextmanager
def tried_on(ledger: Engine, folder: Path) -> Iterator[OpenSession]:
    """Yield what opens sessions to try something in that is taken back: on PostgreSQL, which has many writers, itself.

    SQLite has one: a file of a minute's loading, only looked at, would keep everybody else from writing for it. A
    ledger of any size is copied, in about a second for half a gigabyte; raise ``RefusedError`` without the room.
    """
    path = Path(ledger.url.database or "") if ledger.dialect.name == "sqlite" else None
    if path is None or not path.is_file():
        yield partial(transaction, ledger)
        return
    _tidy(folder)
    _require_room(path, folder)
    with TemporaryDirectory(prefix=_PREFIX, dir=folder) as place, (Path(place) / _ALIVE).open("w") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        copy = Path(place) / "ledger.db"
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)  # one step: a reader's view, beside which others write
        engine = make_engine(f"sqlite:///{copy}")
        try:
            yield partial(transaction, engine)
        finally:
            engine.dispose()


def _require_room(path: Path, folder: Path) -> None:
    files = (path, path.with_name(f"{path.name}-wal"))
    needed = sum(file.stat().st_size for file in files if file.is_file()) + _ROOM_BESIDE
    if shutil.disk_usage(folder).free < needed:
        megabytes = -(-needed >> 20)
        raise RefusedError(
            "There is no room for a copy of the ledger, on which files are tried.",
            f"Free {megabytes} MB where AR_HOME is.",
        )


def _tidy(folder: Path) -> None:
    """Delete the copies of those who were killed: a lock that is free, or missing, belongs to nobody alive."""
    for place in folder.glob(f"{_PREFIX}*"):
        try:
            if time.time() - place.stat().st_mtime < _STARTING_SECONDS:
                continue
            if not (place / _ALIVE).exists():
                shutil.rmtree(place, ignore_errors=True)
                continue
            with (place / _ALIVE).open() as alive:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(place, ignore_errors=True)
        except OSError:  # at work, or gone meanwhile
            continue
