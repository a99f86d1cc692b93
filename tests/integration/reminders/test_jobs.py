"""The clock: one process leads, another takes over; every run leaves a row; what is due is asked of the database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from ar_cockpit.db import locks
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CustomerRow, JobRunRow, MessageRow, PromiseInvoiceRow, PromiseRow
from ar_cockpit.jobs.schedule import JOBS, Job, build_scheduler, job_named
from ar_cockpit.services import job_runs
from ar_cockpit.services.collecting import promise_outcomes
from ar_cockpit.services.sending.windows import open_windows, something_may_go
from tests.builders import a_payment, an_allocation
from tests.reminding import DAY, OPERATOR, Moody, a_debtor, mail_server, queued, run

PATIENCE = 60
Start = Callable[..., subprocess.Popen[str]]


def until(condition: Callable[[], bool]) -> None:
    """Look again and again until ``condition`` holds."""
    pause = threading.Event()
    for _ in range(PATIENCE * 20):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError("this never came about")


def runs(engine: Engine, job: str) -> list[str]:
    with reading(engine) as session:
        rows = session.exec(select(JobRunRow.state).where(JobRunRow.job == job).order_by(col(JobRunRow.id)))
        return list(rows)


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Start a command of the product; whatever still runs at the end is ended."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str, **settings: str) -> subprocess.Popen[str]:
        environment = os.environ | {"AR_DATABASE_URL": database_url, "AR_HOME": str(tmp_path)} | settings
        command = [sys.executable, "-m", "ar_cockpit.cli", *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(command, env=environment, cwd=tmp_path, **pipes))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def test_a_second_process_waits_and_takes_over_when_the_first_is_killed(engine: Engine, start: Start) -> None:
    first = start("jobs")
    until(lambda: runs(engine, "scheduler") == ["running"])
    second = start("jobs")
    assert second.stderr is not None
    assert "waits to take over" in second.stderr.readline()
    first.kill()
    assert "leads now" in second.stderr.readline()
    until(lambda: runs(engine, "scheduler") == ["abandoned", "running"])
    second.send_signal(signal.SIGTERM)
    assert second.wait(PATIENCE) == 0
    assert runs(engine, "scheduler") == ["abandoned", "done"]


def test_the_process_reminds_and_sends_by_itself(engine: Engine, start: Start) -> None:
    with transaction(engine) as session:
        a_debtor(session, "C1", "ann@x.example")
    run(engine)
    with transaction(engine) as session:
        session.exec(select(MessageRow)).one().origin = "person"  # goes at any hour
    moody = Moody()
    with mail_server(moody) as mailer:
        process = start("jobs", AR_SMTP_URL=f"smtp://127.0.0.1:{mailer.port}?tls=none")
        until(lambda: len(moody.accepted) == 1 and runs(engine, "send_outbox") == ["done"])
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def test_one_job_runs_once_in_the_foreground_and_leaves_its_row(engine: Engine, start: Start) -> None:
    with transaction(engine) as session:
        a_debtor(session)
    process = start("jobs", "run-once", "send-reminders", "--as-of", DAY.isoformat(), "--json")
    said, _ = process.communicate(timeout=PATIENCE)
    assert json.loads(said)["counts"] == {"messages": 1, "tasks": 0, "held": 0, "told": 0}
    assert runs(engine, "send_reminders") == ["done"]
    with reading(engine) as session:
        assert job_runs.is_done(session, "send_reminders", DAY)
        assert not job_runs.is_done(session, "send_reminders", DAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("words", "said"),
    [(["jobs", "run-once", "nope"], "There is no job nope"), (["jobs", "run-once", "send_outbox"], "No mail server")],
)
def test_a_job_that_cannot_run_is_one_clear_line(engine: Engine, start: Start, words: list[str], said: str) -> None:
    queued(engine, "one@x.example")
    process = start(*words)
    _, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error.count("\n")) == (2, 1)
    assert said in error


def test_a_failure_is_recorded_and_waited_after(engine: Engine) -> None:
    with pytest.raises(OSError, match="no paper"), job_runs.Recording(engine, "letters", DAY, "runner-x"):
        raise OSError("no paper")
    with reading(engine) as session:
        (found,) = job_runs.recent(session, OPERATOR, job="letters")
        assert (found.state, found.error) == ("failed", "no paper")
        now = datetime.now(UTC)
        assert job_runs.failed_lately(session, "letters", now)
        assert not job_runs.failed_lately(session, "letters", now + job_runs.PAUSE_AFTER_FAILURE + timedelta(seconds=9))


def test_what_breaks_off_because_the_process_ends_did_not_fail(engine: Engine) -> None:
    with pytest.raises(RuntimeError), job_runs.Recording(engine, "letters", DAY, "runner-x", lambda: True):
        raise RuntimeError("cannot schedule new futures after shutdown")
    assert runs(engine, "letters") == ["abandoned"]
    with reading(engine) as session:
        assert not job_runs.failed_lately(session, "letters", datetime.now(UTC))


def test_a_lock_dies_with_its_holder(engine: Engine) -> None:
    held = locks.try_lock(engine, "leader")
    assert held is not None
    assert held.is_held()
    assert locks.try_lock(engine, "leader") is None
    assert not locks.is_free(engine, "leader")
    held.release()
    assert locks.is_free(engine, "leader")
    again = locks.try_lock(engine, "leader")
    assert again is not None
    again.release()


@pytest.mark.parametrize(
    ("at", "may_go"),
    [
        pytest.param(datetime(2026, 3, 3, 7, 30, tzinfo=UTC), True, id="half past eight in Paris, on a Tuesday"),
        pytest.param(datetime(2026, 3, 3, 6, 59, tzinfo=UTC), False, id="before eight"),
        pytest.param(datetime(2026, 3, 3, 17, 0, tzinfo=UTC), False, id="at six in the evening"),
        pytest.param(datetime(2026, 3, 7, 10, 0, tzinfo=UTC), False, id="on a Saturday"),
        pytest.param(datetime(2026, 5, 1, 10, 0, tzinfo=UTC), False, id="on Labour Day"),
        pytest.param(datetime(2026, 3, 30, 6, 0, tzinfo=UTC), True, id="eight o'clock in summer time"),
    ],
)
def test_the_job_process_keeps_to_the_customer_s_hours(engine: Engine, at: datetime, may_go: bool) -> None:
    with transaction(engine) as session:
        a_debtor(session, country="FR")
    run(engine)
    with reading(engine) as session:
        assert open_windows(session, at) == ([("standard", "FR", "Europe/Paris")] if may_go else [])
        assert something_may_go(session, at) is may_go


def test_the_hours_are_the_customer_s_own(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, country="US")
    run(engine)
    with reading(engine) as session:
        assert open_windows(session, datetime(2026, 3, 3, 9, 0, tzinfo=UTC)) == []
        assert open_windows(session, datetime(2026, 3, 3, 14, 0, tzinfo=UTC)) == [("standard", "US", "Europe/Paris")]


@pytest.mark.parametrize(
    ("paid", "days", "state"),
    [(50000, 1, "kept"), (49999, 5, "open"), (49999, 6, "broken"), (0, 6, "broken")],
)
def test_promises_are_marked_once_their_end_is_certain(engine: Engine, paid: int, days: int, state: str) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session)
        customer = session.get_one(CustomerRow, invoice.customer_id)
        keys = {"company_id": invoice.company_id}
        row = PromiseRow(
            **keys,
            customer_id=customer.id,
            amount_minor=50000,
            currency="EUR",
            made_on=DAY,
            promised_for=DAY + timedelta(days=2),
            grace_days=3,
        )
        session.add(row)
        session.flush()
        session.add(PromiseInvoiceRow(**keys, promise_id=row.id, invoice_id=invoice.id))
        if paid:
            payment = a_payment(session, customer, "P1", paid, DAY + timedelta(days=1), unapplied_minor=0)
            an_allocation(session, payment, invoice, paid)
    with transaction(engine) as session:
        day = DAY + timedelta(days=days)
        first, second = (promise_outcomes.settle(session, OPERATOR, day) for _ in range(2))
        assert (first, second) == ({} if state == "open" else {state: 1}, {})
        assert session.exec(select(PromiseRow.state)).one() == state


def test_the_clock_drops_no_run_and_never_runs_one_twice_at_once() -> None:
    scheduler = build_scheduler(ZoneInfo("Europe/Paris"), lambda _job: None)
    scheduler.start(paused=True)
    try:
        jobs = scheduler.get_jobs()
    finally:
        scheduler.shutdown(wait=False)
    assert {job.id for job in jobs} == {job.name for job in JOBS}
    assert {(job.misfire_grace_time, job.coalesce, job.max_instances) for job in jobs} == {(None, True, 1)}


def test_a_daily_job_is_due_from_its_time_on_even_when_the_clock_jumps() -> None:
    job = Job("x", lambda _tick: {}, at=time(2, 30))
    night = datetime(2026, 3, 29, 1, 59, tzinfo=ZoneInfo("Europe/Paris"))  # 02:30 does not exist in this night
    assert not job.is_reached(night)
    assert job.is_reached((night.astimezone(UTC) + timedelta(minutes=1)).astimezone(ZoneInfo("Europe/Paris")))


def test_a_job_is_found_in_either_spelling() -> None:
    assert job_named("send-reminders") is job_named("send_reminders")
    assert job_named("nope") is None
