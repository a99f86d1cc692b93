"""Memory that long work leaves behind: kept by SQLite and by the C library for the next one, who may never come."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from sqlmodel import Session


def forget_pages(session: Session) -> None:
    """On SQLite, let the connection's cache go but for what the transaction still has to write."""
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA shrink_memory")


def give_back() -> None:
    """Return to the system what the C library keeps; each of several threads has a store of its own there."""
    if trim := _trim():
        trim(0)


@cache
def _trim() -> Any:
    """Return what does that, of glibc; others have nothing of the kind."""
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except OSError:
        return None
