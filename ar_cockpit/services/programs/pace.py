"""How many requests a token may make in a minute, counted in the database and so over all processes together.

Every process takes a slice of the minute's requests at a time and spends it by itself: one write for many requests.
While the database of a single file is busy writing, readers are let through uncounted rather than kept waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, case, or_, update
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from ar_cockpit.db.tables import ApiTokenRow

_MINUTE = timedelta(minutes=1)
_SLICES = 20
_BUSY_MILLISECONDS = 100
_USUAL_MILLISECONDS = 30_000


@dataclass(slots=True)
class _Slice:
    minute: datetime
    left: int


class Pace:
    """Counts the requests of every token that this process answers."""

    def __init__(self, bind: Engine, most: int) -> None:
        self._bind, self._most = bind, most
        self._size = max(1, most // _SLICES)
        self._slices: dict[int, _Slice] = {}
        self._lock = threading.Lock()

    def seconds_to_wait(self, token_id: int, at: datetime) -> int:
        """Count one request and return 0, or how long to wait when the minute's requests are used up."""
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        with self._lock:
            own = self._slices.get(token_id)
            if own is None or own.minute != minute or not own.left:
                own = self._slices[token_id] = _Slice(minute, self._taken(token_id, minute, at))
            if own.left:
                own.left -= 1
                return 0
        return max(1, int((minute + _MINUTE - at).total_seconds()))

    def _taken(self, token_id: int, minute: datetime, at: datetime) -> int:
        """Take a slice of this minute's requests, and note that the token is in use."""
        row = ApiTokenRow
        is_new = or_(col(row.counted_from).is_(None), col(row.counted_from) < minute)
        used = case((is_new, 0), else_=col(row.counted))
        taking = (
            update(row)
            .where(col(row.id) == token_id, used + self._size <= self._most)
            .values(counted_from=minute, counted=used + self._size, last_used_at=at)
            .returning(col(row.id))
        )
        try:
            with _impatient(self._bind) as connection:
                return self._size if connection.execute(taking).first() else 0
        except OperationalError as error:
            if self._bind.dialect.name != "sqlite" or "locked" not in str(error.orig):
                raise
            return self._size


@contextmanager
def _impatient(bind: Engine) -> Iterator[Connection]:
    """Open a transaction that does not wait long for another writer of the same file."""
    if bind.dialect.name != "sqlite":
        with bind.begin() as connection:
            yield connection
        return
    # As a reader: the write lock is asked for by the statement itself, after the patience is set.
    with bind.connect().execution_options(read_only=True) as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        try:
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_USUAL_MILLISECONDS}")
