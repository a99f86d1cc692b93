"""After a crash: what dead senders held is taken back before anything is sent."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Engine

from ar_cockpit.db import locks
from ar_cockpit.db.queries.reminders import outbox as queries
from ar_cockpit.db.session import transaction


def recover(engine: Engine, of: ColumnElement[bool], *, retry_now: bool) -> tuple[int, bool]:
    """Take back what the dead held; return how many became unknown, and whether anything waits of the messages ``of``.

    Whose lock is free is dead; with ``retry_now``, no message waits for its next try any longer.
    """
    with transaction(engine) as session:
        owners = queries.owners_at_work(session)
    dead = [owner for owner in owners if locks.is_free(engine, owner)]
    with transaction(engine) as session:
        unknown = queries.take_back(session, dead)
        if retry_now:
            queries.forget_waits(session)
        is_waiting = bool(queries.waiting(session, of))
    for owner in dead:
        locks.forget(engine, owner)
    return unknown, is_waiting
