"""What all examples that Hypothesis tries on one database need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Leave nothing of an example to the next, also if it failed: else the next one's failure is told instead."""
    try:
        yield
    finally:
        session.rollback()
