"""Rows in large numbers: a batch at a time, and none of them a mapped object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session

_BATCH = 5000


def stream(session: Session, question: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Yield rows as plain tuples, by the connection itself: the session would look for mapped objects in them."""
    session.flush()
    yield from session.connection().execute(question, execution_options={"yield_per": _BATCH})
