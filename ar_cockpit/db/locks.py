"""Locks that die with their process: PostgreSQL's advisory locks on a session of their own, files beside SQLite's.

Whoever holds a lock is alive; a lock that is free belonged to somebody who ended, however that came about.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

_PLAIN = re.compile(r"[^A-Za-z0-9_-]")


class HeldLock(Protocol):
    """A lock of ours."""

    def is_held(self) -> bool:
        """Return whether it is still ours; a broken connection loses it."""

    def release(self) -> None:
        """Give it back."""


def try_lock(engine: Engine, name: str) -> HeldLock | None:
    """Take the lock ``name`` of this database, or return ``None`` when somebody alive holds it."""
    if engine.dialect.name == "postgresql":
        return _AdvisoryLock.take(engine, name)
    return _FileLock.take(_lock_file(engine, name))


def is_free(engine: Engine, name: str) -> bool:
    """Return whether nobody alive holds the lock ``name``."""
    if engine.dialect.name != "postgresql" and not _lock_file(engine, name).exists():
        return False  # made elsewhere: on another machine nothing can be told from here
    lock = try_lock(engine, name)
    if lock is None:
        return False
    lock.release()
    return True


def forget(engine: Engine, name: str) -> None:
    """Remove what is left of a lock that nobody will ask for again."""
    if engine.dialect.name != "postgresql":
        _lock_file(engine, name).unlink(missing_ok=True)


class _FileLock:
    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @classmethod
    def take(cls, path: Path) -> _FileLock | None:
        path.parent.mkdir(exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(descriptor)

    def is_held(self) -> bool:
        return self.descriptor >= 0

    def release(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class _AdvisoryLock:
    def __init__(self, connection: Connection, key: int) -> None:
        self.connection, self.key = connection, key

    @classmethod
    def take(cls, engine: Engine, name: str) -> _AdvisoryLock | None:
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        # A session of its own, outside the pool: the lock lives exactly as long as this connection.
        connection = engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        connection.detach()
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one():
            return cls(connection, key)
        connection.close()
        return None

    def is_held(self) -> bool:
        try:
            self.connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def release(self) -> None:
        self.connection.close()


def _lock_file(engine: Engine, name: str) -> Path:
    database = Path(str(engine.url.database)).resolve()
    return database.with_name(f"{database.name}.locks") / _PLAIN.sub("_", name)
