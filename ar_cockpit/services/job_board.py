"""The jobs as people look at them: who keeps the clock, what ran last and runs next, and a wish to run one now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import JobRequestRow, JobRunRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.job_runs import SCHEDULER, JobRun

PAGE = 50
_SILENT = timedelta(seconds=75)  # the process shows every twenty seconds that it lives
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job: when it runs, how its last run went, when the next comes (``None``: whenever there is something)."""

    name: str
    at: str
    every: int
    last: JobRun | None
    next_at: datetime | None
    is_running: bool
    asked_by: str


@dataclass(frozen=True, slots=True)
class Board:
    """The job process, and its jobs in the order in which it has them."""

    is_alive: bool
    leader: str
    since: datetime | None
    beat_at: datetime | None
    lines: list[JobLine] = field(default_factory=list)


def board(session: Session, actor: Actor, *, at: datetime, zone: ZoneInfo) -> Board:
    """Return who keeps the clock and how the jobs stand."""
    actor.require(Permission.RUN_JOBS)
    clock = _clock(session)
    lasts = _last_runs(session)
    asked = _asked(session)
    told = _told(session)
    lines = [_line(one, lasts.get(one["name"]), asked.get(one["name"], ""), at, zone) for one in told]
    return Board(_is_alive(clock, at), clock.owner if clock else "", *_times(clock), lines)


def history(session: Session, actor: Actor, job: str, page: int) -> tuple[int, list[JobRun]]:
    """Return how many runs a job had, and a page of them, the latest first."""
    actor.require(Permission.RUN_JOBS)
    of_job = col(JobRunRow.job) == job
    number = int(session.execute(select(func.count()).select_from(JobRunRow).where(of_job)).scalar_one())
    question = _runs().where(of_job).order_by(col(JobRunRow.id).desc()).limit(PAGE).offset((page - 1) * PAGE)
    return number, [JobRun(*one) for one in session.execute(question)]


def ask(session: Session, actor: Actor, job: str, *, at: datetime) -> None:
    """Ask the job process to run ``job`` within seconds; it waits until one lives."""
    actor.require(Permission.RUN_JOBS)
    if job not in {one["name"] for one in _told(session)}:
        raise NotFoundError("There is no such job.", "Start the job process once: it says which there are.")
    try:
        with session.begin_nested():
            session.add(JobRequestRow(job=job, requested_at=at, requested_by=actor.email))
    except IntegrityError as error:
        raise RefusedError(
            "This job is asked for already.", "It begins as soon as the job process takes it."
        ) from error
    audit.record(session, actor, "job.ask", ("job", job))


def take_requests(engine: Engine, *, at: datetime) -> list[str]:
    """Return the jobs that people asked for, and note that they begin: only who leads asks."""
    row = JobRequestRow
    with transaction(engine) as session:
        if session.execute(select(col(row.id)).where(col(row.started_at).is_(None)).limit(1)).first() is None:
            return []
        taken = session.execute(
            update(row).where(col(row.started_at).is_(None)).values(started_at=at).returning(col(row.job)),
            execution_options={"synchronize_session": False},
        )
        return list(taken.scalars())


def health(session: Session, *, at: datetime) -> dict[str, Any]:
    """Return whether the job process lives and which jobs failed last; no more, for anybody may ask."""
    clock = _clock(session)
    _, beat_at = _times(clock)
    failed = sorted(name for name, run in _last_runs(session).items() if run.state == "failed" and name != SCHEDULER)
    return {
        "alive": _is_alive(clock, at),
        "beat_at": beat_at.isoformat(timespec="seconds") if beat_at else None,
        "failed": failed,
    }


def next_run(told: dict[str, Any], last: JobRun | None, local: datetime) -> datetime | None:
    """Return when a daily job runs next by the wall clock of ``local``; one that is overdue runs now."""
    if not told.get("at"):
        return None
    clock = time.fromisoformat(told["at"])
    is_done = last is not None and last.state == "done" and last.business_on >= local.date()
    first = local.date() + timedelta(days=1 if is_done else 0)
    days = [first + timedelta(days=later) for later in range(8)]
    on = next(day for day in days if _runs_on(told.get("days", ""), day.weekday()))
    return max(datetime.combine(on, clock, tzinfo=local.tzinfo), local)


def _runs_on(days: str, weekday: int) -> bool:
    first, _, last = days.partition("-")
    if first not in _WEEK:
        return True
    return _WEEK.index(first) <= weekday <= _WEEK.index(last or first)


def _line(told: dict[str, Any], last: JobRun | None, asked_by: str, at: datetime, zone: ZoneInfo) -> JobLine:
    return JobLine(
        name=told["name"],
        at=str(told.get("at", "")),
        every=int(told.get("every", 0)),
        last=last,
        next_at=next_run(told, last, at.astimezone(zone)),
        is_running=last is not None and last.state == "running",
        asked_by=asked_by,
    )


def _clock(session: Session) -> JobRunRow | None:
    question = select(JobRunRow).where(col(JobRunRow.job) == SCHEDULER, col(JobRunRow.state) == "running")
    return session.execute(question.order_by(col(JobRunRow.id).desc()).limit(1)).scalar_one_or_none()


def _told(session: Session) -> list[dict[str, Any]]:
    """Return the jobs with their times, as the newest job process told them."""
    question = select(col(JobRunRow.counts)).where(col(JobRunRow.job) == SCHEDULER).order_by(col(JobRunRow.id).desc())
    for counts in session.execute(question.limit(20)).scalars():
        if counts.get("jobs"):
            return list(counts["jobs"])
    return []


def _times(clock: JobRunRow | None) -> tuple[datetime | None, datetime | None]:
    beat = clock.counts.get("beat") if clock else None
    return (clock.started_at if clock else None), (datetime.fromisoformat(beat) if beat else None)


def _is_alive(clock: JobRunRow | None, at: datetime) -> bool:
    _, beat_at = _times(clock)
    return beat_at is not None and at - beat_at < _SILENT


def _last_runs(session: Session) -> dict[str, JobRun]:
    newest = select(func.max(col(JobRunRow.id))).group_by(col(JobRunRow.job))
    return {one[0]: JobRun(*one) for one in session.execute(_runs().where(col(JobRunRow.id).in_(newest)))}


def _asked(session: Session) -> dict[str, str]:
    row = JobRequestRow
    question = select(col(row.job), col(row.requested_by)).where(col(row.started_at).is_(None))
    return dict(session.execute(question).all())


def _runs() -> Any:
    row = JobRunRow
    return select(
        col(row.job),
        col(row.business_on),
        col(row.state),
        col(row.started_at),
        col(row.ended_at),
        col(row.counts),
        col(row.error),
    )
