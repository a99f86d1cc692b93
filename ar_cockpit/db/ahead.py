"""Statements sent before their answers are wanted: the server works on the next while we look at the first.

On PostgreSQL several go in one way there and back, and each answer is there when it is asked for. On SQLite the answer
is made in this process anyway: nothing is sent ahead.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from ar_cockpit.db.together import SENT_AHEAD, Together, driver_errors


@contextmanager
def asked_ahead(session: Session, *questions: Together, **values: Any) -> Iterator[None]:
    """Send ``questions`` at once; within the block :meth:`Together.ask` finds their answers, if asked about the same.

    They are answered in their order: the first should be the one whose answer gives most to do. For reading only: the
    answers are those of the block's beginning.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql" or not _can_send_ahead():
        yield
        return
    sent = connection.info[SENT_AHEAD] = _Sent(connection, questions, values)
    try:
        yield
        sent.arrive()
    except BaseException:
        with suppress(DBAPIError):  # what went wrong first is told; the others were not answered for it
            sent.arrive()
        raise
    finally:
        del connection.info[SENT_AHEAD]


def let_others_ask(connection: Connection, *_: Any) -> None:
    """Let all answers arrive before any other statement, whose cursor could not tell yet what it returns."""
    sent: _Sent | None = connection.info.get(SENT_AHEAD)
    if sent is not None:
        sent.arrive()


class _Sent:
    """Questions on their way over one connection, and the cursors that their answers come to."""

    def __init__(self, connection: Connection, questions: Sequence[Together], values: Mapping[str, Any]) -> None:
        self._dialect, self._values = connection.dialect, values
        self._cursors: dict[Together, Any] = {}
        self._way = ExitStack()
        driver: Any = connection.connection.driver_connection
        self._way.enter_context(driver.pipeline())
        for question in questions:
            self._cursors[question] = question.sent(connection, values)
            driver.pgconn.send_flush_request()  # so that each answer comes as soon as it is there

    def taken(self, question: Together, values: Mapping[str, Any]) -> Sequence[str] | None:
        """Return the answer to a question, once, if it was sent about these values."""
        if values != self._values or question not in self._cursors:
            return None
        with driver_errors(self._dialect):
            answers: Sequence[str] = self._cursors.pop(question).fetchone()
        return answers

    def arrive(self) -> None:
        """Wait for what is still on its way; the connection is as any other then."""
        with driver_errors(self._dialect):
            self._way.close()


def _can_send_ahead() -> bool:
    return bool(importlib.import_module("psycopg").Pipeline.is_supported())
