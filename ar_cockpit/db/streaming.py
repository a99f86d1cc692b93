"""Rows in large numbers: a batch at a time, and none of them a mapped object."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session

_BATCH = 5000
_OBJECTS_BETWEEN = 200_000


def stream(session: Session, question: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Yield rows as plain tuples, by the connection itself: the session would look for mapped objects in them."""
    session.flush()
    yield from session.connection().execute(question, execution_options={"yield_per": _BATCH})


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for unreachable cycles rarely while rows pass: they are many tuples and no cycle.

    At its usual pace the collector takes a third of the time of an import.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(_OBJECTS_BETWEEN, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
