"""The rows that jobs leave: what ran for which business date, when, with what result, and what is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, select, update
from sqlmodel import Session, col

from ar_cockpit.db import locks
from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import JobRunRow
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.services.clock import now

SCHEDULER = "scheduler"  # the job process itself: one row as long as it leads
PAUSE_AFTER_FAILURE = timedelta(minutes=5)
_LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run as it is listed."""

    job: str
    business_on: date
    state: str
    started_at: datetime
    ended_at: datetime | None
    counts: dict[str, Any]
    error: str


def scheduler_actor() -> Actor:
    """Return the actor in whose name jobs act."""
    return Actor(None, "jobs@localhost", "Job process", tuple(Grant(role) for role in Role))


def recent(session: Session, actor: Actor, *, job: str = "", limit: int = 50) -> list[JobRun]:
    """Return the latest runs, newest first."""
    actor.require(Permission.RUN_JOBS)
    row = JobRunRow
    question = select(
        col(row.job),
        col(row.business_on),
        col(row.state),
        col(row.started_at),
        col(row.ended_at),
        col(row.counts),
        col(row.error),
    ).order_by(col(row.id).desc())
    if job:
        question = question.where(col(row.job) == job)
    return [JobRun(*one) for one in session.execute(question.limit(limit))]


def is_done(session: Session, job: str, on: date) -> bool:
    """Return whether ``job`` ran to its end for the business date ``on``."""
    question = select(col(JobRunRow.id)).where(
        col(JobRunRow.job) == job, col(JobRunRow.business_on) == on, col(JobRunRow.state) == "done"
    )
    return session.execute(question.limit(1)).first() is not None


def failed_lately(session: Session, job: str, at: datetime, pause: timedelta = PAUSE_AFTER_FAILURE) -> bool:
    """Return whether ``job`` failed so shortly before ``at`` that trying again can wait."""
    question = select(col(JobRunRow.id)).where(
        col(JobRunRow.job) == job, col(JobRunRow.state) == "failed", col(JobRunRow.started_at) > at - pause
    )
    return session.execute(question.limit(1)).first() is not None


def abandon(engine: Engine, me: str) -> None:
    """Mark the runs of processes that ended without a word."""
    with transaction(engine) as session:
        question = select(col(JobRunRow.owner)).where(col(JobRunRow.state) == "running").distinct()
        owners = [owner for owner in session.execute(question).scalars() if owner != me]
    dead = [owner for owner in owners if locks.is_free(engine, owner)]
    if not dead:
        return
    with transaction(engine) as session:
        session.execute(
            update(JobRunRow)
            .where(col(JobRunRow.state) == "running", col(JobRunRow.owner).in_(dead))
            .values(state="abandoned", ended_at=now(), error="the process ended without a word")
        )
    for owner in dead:
        locks.forget(engine, owner)


class Recording:
    """One run being recorded: the row stands before the work begins, and tells its end, good or bad.

    What breaks off because the process is ending (``is_ending``) did not fail: it is begun again at the next start.
    """

    def __init__(
        self, engine: Engine, job: str, on: date, owner: str, is_ending: Callable[[], bool] = lambda: False
    ) -> None:
        self.engine, self.job, self.on, self.owner, self.is_ending = engine, job, on, owner, is_ending
        self.counts: dict[str, Any] = {}
        self.row_id = 0

    def __enter__(self) -> Self:
        """Note that the run began."""
        with transaction(self.engine) as session:
            row = JobRunRow(job=self.job, business_on=self.on, owner=self.owner, started_at=now())
            session.add(row)
            session.flush()
            self.row_id = row.id
        return self

    def beat(self) -> None:
        """Show that the process is alive."""
        self._note(counts={**self.counts, "beat": now().isoformat(timespec="seconds")})

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Note how the run ended; an error goes on to whoever started it."""
        said = f"{error}" or kind.__name__ if kind else ""
        state = "done"
        if kind:
            state, said = ("abandoned", "the process was told to end") if self.is_ending() else ("failed", said)
        self._note(state=state, ended_at=now(), counts=self.counts, error=said[:_LONGEST_ERROR])

    def _note(self, **values: Any) -> None:
        with transaction(self.engine) as session:
            session.execute(update(JobRunRow).where(col(JobRunRow.id) == self.row_id).values(**values))
