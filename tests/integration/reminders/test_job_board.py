"""The jobs as people look at them: who keeps the clock, what ran and comes next, and a wish to run one now."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from ar_cockpit.db import locks
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import AuditRow, JobRequestRow, JobRunRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, NotFoundError, RefusedError
from ar_cockpit.jobs.schedule import JOBS
from ar_cockpit.services import job_board, job_runs
from ar_cockpit.services.job_runs import JobRun
from tests.reminding import OPERATOR

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
PATIENCE = 60


def a_clock(engine: Engine, beat: datetime) -> None:
    """Store the row of a job process that gave its last sign at ``beat``."""
    counts = {"jobs": [job.told() for job in JOBS], "beat": beat.isoformat()}
    with transaction(engine) as session:
        started = beat - timedelta(hours=1)
        session.add(
            JobRunRow(job="scheduler", business_on=beat.date(), owner="runner-a", started_at=started, counts=counts)
        )


def test_the_board_says_who_keeps_the_clock_and_how_each_job_stands(engine: Engine) -> None:
    a_clock(engine, NOW)
    with job_runs.Recording(engine, "settle_promises", date(2026, 3, 3), "runner-a") as recording:
        recording.counts = {"kept": 2}
    with pytest.raises(OSError, match="no paper"), job_runs.Recording(engine, "send_outbox", date(2026, 3, 3), "r"):
        raise OSError("no paper")
    with reading(engine) as session:
        found = job_board.board(session, OPERATOR, at=NOW + timedelta(seconds=30), zone=PARIS)
        assert found.is_alive
        assert [line.name for line in found.lines] == [job.name for job in JOBS]
        by_name = {line.name: line for line in found.lines}
        assert by_name["send_outbox"].last is not None
        assert by_name["send_outbox"].last.error == "no paper"
        assert by_name["send_outbox"].next_at is None
        assert by_name["settle_promises"].last is not None
        assert by_name["settle_promises"].last.counts == {"kept": 2}
        assert job_board.health(session, at=NOW) == {
            "alive": True,
            "beat_at": NOW.isoformat(timespec="seconds"),
            "failed": ["send_outbox"],
        }
        assert not job_board.board(session, OPERATOR, at=NOW + timedelta(minutes=5), zone=PARIS).is_alive
        assert job_board.history(session, OPERATOR, "send_outbox", 1)[0] == 1


def run_of(on: date) -> JobRun:
    return JobRun("send_reminders", on, "done", NOW, NOW, {}, "")


TOLD = {"name": "send_reminders", "at": "06:30", "days": "mon-sun", "every": 0}
WEEKDAYS = TOLD | {"days": "mon-fri"}


@pytest.mark.parametrize(
    ("told", "done_on", "local", "expected"),
    [
        pytest.param(
            TOLD,
            None,
            datetime(2026, 3, 3, 5, 0, tzinfo=PARIS),
            datetime(2026, 3, 3, 6, 30, tzinfo=PARIS),
            id="later today",
        ),
        pytest.param(
            TOLD,
            None,
            datetime(2026, 3, 3, 9, 0, tzinfo=PARIS),
            datetime(2026, 3, 3, 9, 0, tzinfo=PARIS),
            id="overdue: now",
        ),
        pytest.param(
            TOLD,
            date(2026, 3, 3),
            datetime(2026, 3, 3, 9, 0, tzinfo=PARIS),
            datetime(2026, 3, 4, 6, 30, tzinfo=PARIS),
            id="done: tomorrow",
        ),
        pytest.param(
            TOLD,
            date(2026, 2, 27),
            datetime(2026, 3, 3, 5, 0, tzinfo=PARIS),
            datetime(2026, 3, 3, 6, 30, tzinfo=PARIS),
            id="after an outage",
        ),
        pytest.param(
            TOLD,
            date(2026, 2, 28),
            datetime(2026, 2, 28, 9, 0, tzinfo=PARIS),
            datetime(2026, 3, 1, 6, 30, tzinfo=PARIS),
            id="over a month's end",
        ),
        pytest.param(
            WEEKDAYS,
            date(2026, 3, 6),
            datetime(2026, 3, 6, 9, 0, tzinfo=PARIS),
            datetime(2026, 3, 9, 6, 30, tzinfo=PARIS),
            id="after Friday",
        ),
        pytest.param(
            TOLD | {"at": "02:30"},
            date(2026, 3, 28),
            datetime(2026, 3, 28, 9, 0, tzinfo=PARIS),
            datetime(2026, 3, 29, 2, 30, tzinfo=PARIS),
            id="in the hour that the clocks leave out",
        ),
    ],
)
def test_when_a_daily_job_runs_next(
    told: dict[str, object], done_on: date | None, local: datetime, expected: datetime
) -> None:
    last = run_of(done_on) if done_on else None
    found = job_board.next_run(told, last, local)
    assert found == expected


def test_a_wish_is_taken_once_and_only_of_who_may(engine: Engine) -> None:
    a_clock(engine, NOW)
    collector = Actor(1, "c@x.example", "C", (Grant(Role.COLLECTOR),))
    with transaction(engine) as session:
        job_board.ask(session, OPERATOR, "settle_promises", at=NOW)
        with pytest.raises(RefusedError):
            job_board.ask(session, OPERATOR, "settle_promises", at=NOW)
        with pytest.raises(NotFoundError):
            job_board.ask(session, OPERATOR, "clean_the_kitchen", at=NOW)
        with pytest.raises(ForbiddenError):
            job_board.ask(session, collector, "settle_promises", at=NOW)
    assert job_board.take_requests(engine, at=NOW) == ["settle_promises"]
    assert job_board.take_requests(engine, at=NOW) == []
    with transaction(engine) as session:
        job_board.ask(session, OPERATOR, "settle_promises", at=NOW)
        assert session.exec(select(AuditRow.action)).all() == ["job.ask", "job.ask"]


def command(database_url: str, home: Path, *words: str) -> subprocess.Popen[str]:
    environment = os.environ | {"AR_DATABASE_URL": database_url, "AR_HOME": str(home)}
    line = [sys.executable, "-m", "ar_cockpit.cli", *words]
    return subprocess.Popen(line, env=environment, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_job_process_takes_a_wish_up_and_runs_it(engine: Engine, database_url: str, tmp_path: Path) -> None:
    with transaction(engine) as session:
        session.add(JobRequestRow(job="sweep_documents", requested_at=NOW, requested_by="ada@x.example"))
    process = command(database_url, tmp_path, "jobs")
    pause = threading.Event()
    try:
        for _ in range(PATIENCE * 10):
            with reading(engine) as session:
                asked = session.exec(select(JobRequestRow.started_at)).one()
                told = session.exec(select(JobRunRow.counts).where(col(JobRunRow.job) == "scheduler")).first()
            if asked is not None and told and told.get("jobs"):
                break
            pause.wait(0.1)
        assert asked is not None
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert told["jobs"][0]["name"] == JOBS[0].name


def test_no_job_runs_twice_at_once(engine: Engine, database_url: str, tmp_path: Path) -> None:
    held = locks.try_lock(engine, "job-settle_promises")
    assert held is not None
    process = command(database_url, tmp_path, "jobs", "run-once", "settle-promises")
    _, said = process.communicate(timeout=PATIENCE)
    held.release()
    assert process.returncode == 2
    assert "running already" in said
    with reading(engine) as session:
        assert session.exec(select(JobRunRow).where(JobRunRow.job == "settle_promises")).all() == []


def test_times_are_told_as_the_clock_keeps_them() -> None:
    told = {one["name"]: one for one in (job.told() for job in JOBS)}
    assert told["send_reminders"]["at"] == "06:30"
    assert time.fromisoformat(str(told["move_segments"]["at"])) < time(6, 30)
    assert told["send_outbox"]["every"] == 5
