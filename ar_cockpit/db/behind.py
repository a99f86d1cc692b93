"""Writing behind: a thread hands rows to the database while the next ones are judged.

The order of statements stays what it is: whatever else is asked on the connection waits for the rows before it, and
so does the end. What the database objects to is raised there.

Who comes back from the database waits for the interpreter until another thread has had its turn, five milliseconds as
Python has it: as long as the statement took. Meanwhile turns are shorter.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import get_ident
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

_KEY = "writing_behind"
_SHORT_TURN = 0.0005  # seconds
Write = Callable[[], None]


class _Behind:
    """One thread that writes, and what it is at."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, "import-writer")
        self._pending: Future[None] | None = None
        self._writer = 0

    def take(self, write: Write) -> None:
        """Wait for the write before, and begin this one."""
        self.settle()
        self._pending = self.thread.submit(self._run, write)

    def settle(self, *_told: Any) -> None:
        """Wait for the write that is under way, unless it is the one who asks; raise what it raised."""
        if get_ident() == self._writer or self._pending is None:
            return
        pending, self._pending = self._pending, None
        pending.result()

    def _run(self, write: Write) -> None:
        self._writer = get_ident()
        write()


@contextmanager
def writing_behind(session: Session) -> Iterator[None]:
    """Let :func:`soon` return before its rows are written, until the end of the block."""
    session.flush()
    connection, behind = session.connection(), _Behind()
    event.listen(connection, "before_cursor_execute", behind.settle)
    session.info[_KEY] = behind
    turn = sys.getswitchinterval()
    sys.setswitchinterval(_SHORT_TURN)
    try:
        yield
        session.flush()
        behind.settle()
    finally:
        sys.setswitchinterval(turn)
        behind.thread.shutdown()
        del session.info[_KEY]
        event.remove(connection, "before_cursor_execute", behind.settle)


def soon(session: Session, write: Write) -> None:
    """Do ``write``, which uses the session's connection and nothing else of it: now, or behind where that is on."""
    behind: _Behind | None = session.info.get(_KEY)
    if behind is None:
        write()
    else:
        behind.take(write)
