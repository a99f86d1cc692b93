"""Delete stored files that no row names: left by an upload that ended half-way."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from ar_cockpit.db.queries import documents as stored
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services.documents.attach import OpenSession, lock_store
from ar_cockpit.services.documents.storage import store
from ar_cockpit.settings import Settings

KEPT_FOR = timedelta(days=1)
_BATCH = 200


def sweep(open_session: OpenSession, actor: Actor, settings: Settings, *, at: datetime) -> dict[str, int]:
    """Remove what is over a day old and belongs to nothing; return how many files were looked at and removed."""
    actor.require(Permission.RUN_JOBS)
    kept = store(settings)
    old = kept.older_than(at - KEPT_FOR)
    counts = {"files": 0, "removed": 0}
    while some := list(islice(old, _BATCH)):
        with open_session() as session:
            # Alone, so that nobody attaches one of them between the question and the deletion.
            lock_store(session, shared=False)
            orphans = set(some) - stored.known_contents(session, some)
            for sha256 in orphans:
                kept.remove(sha256)
        counts["files"] += len(some)
        counts["removed"] += len(orphans)
    return counts
