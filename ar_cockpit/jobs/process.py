"""The job process: one leads, any other waits to take over; it ends cleanly and quickly when told to."""

from __future__ import annotations

import logging
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

from ar_cockpit.db import locks
from ar_cockpit.db.locks import HeldLock
from ar_cockpit.db.session import engine, reading
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.jobs.schedule import JOBS, Job, build_scheduler, job_named
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services import job_board, job_runs
from ar_cockpit.services.clock import now
from ar_cockpit.settings import get_settings

LEADER = "jobs-leader"
_WAIT_SECONDS = 1.0
_BEAT_SECONDS = 20.0
_LOOK_SECONDS = 2.0  # how soon a job that somebody asked for begins
_END_SECONDS = 5.0


def run_until_stopped() -> None:
    """Lead, or wait to lead, until a signal comes."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # its tracebacks: we tell one line
    told = False
    while not stop.is_set():
        leader = locks.try_lock(engine(), LEADER)
        if leader is None:
            if not told:
                _say("Another job process leads; this one waits to take over.")
            told = True
            stop.wait(_WAIT_SECONDS)
            continue
        if told:
            _say("The other job process ended; this one leads now.")
        told = False
        try:
            _lead(leader, stop)
        finally:
            leader.release()


def run_once(name: str, tick: Tick) -> dict[str, Any]:
    """Run one job now, whether or not it ran before, and return its counts."""
    job = job_named(name)
    if job is None:
        raise NotFoundError(f"There is no job {name}.", f"There are: {', '.join(one.name for one in JOBS)}.")
    owner = f"runner-{secrets.token_hex(8)}"
    lock = locks.try_lock(engine(), owner)
    try:
        counts = _record(job, tick, owner)
        if counts is None:
            raise RefusedError(f"The job {job.name} is running already.", "Wait until it has ended.")
        return counts
    finally:
        if lock:
            lock.release()
        locks.forget(engine(), owner)


def _lead(leader: HeldLock, stop: threading.Event) -> None:
    """Keep the clock until told to stop, or until the database no longer knows us as the leader."""
    settings = get_settings()
    owner = f"runner-{secrets.token_hex(8)}"
    own_lock = locks.try_lock(engine(), owner)
    ending = threading.Event()
    scheduler = build_scheduler(settings.zone, lambda job: _tick(job, owner, ending))
    scheduler.add_listener(lambda event: None if ending.is_set() else _tell(event), EVENT_JOB_ERROR)
    try:
        job_runs.abandon(engine(), owner)
        with job_runs.Recording(engine(), job_runs.SCHEDULER, _today(now()), owner) as recording:
            recording.counts = {"jobs": [job.told() for job in JOBS]}
            scheduler.start()
            _keep_watch(scheduler, recording, lambda: not stop.is_set() and leader.is_held(), (owner, stop, ending))
            ending.set()
            _end(scheduler)
    finally:
        ending.set()
        if own_lock:
            own_lock.release()
        locks.forget(engine(), owner)


def _keep_watch(
    scheduler: BackgroundScheduler,
    recording: job_runs.Recording,
    leads: Callable[[], bool],
    run: tuple[str, threading.Event, threading.Event],
) -> None:
    """Show that we live, and begin what people ask for, as long as we lead."""
    owner, stop, ending = run
    beat_at = 0.0
    while leads():
        if time.monotonic() - beat_at >= _BEAT_SECONDS:
            recording.beat()
            beat_at = time.monotonic()
        for name in job_board.take_requests(engine(), at=now()):
            job = job_named(name)
            if job is not None:
                at = now()
                tick = Tick(at, _today(at), ending)
                scheduler.add_job(_record, args=[job, tick, owner], id=f"asked-{name}", replace_existing=True)
        stop.wait(_LOOK_SECONDS)


def _end(scheduler: BackgroundScheduler) -> None:
    """Let the jobs at work finish, but not for long: what they leave open is recovered at the next start."""
    ender = threading.Thread(target=scheduler.shutdown, name="scheduler-end", daemon=True)
    ender.start()
    ender.join(_END_SECONDS)


def _tick(job: Job, owner: str, stop: threading.Event) -> None:
    """Run ``job`` if it is due: the clock only asks, the database decides."""
    at = now()
    local = at.astimezone(get_settings().zone)
    tick = Tick(at, local.date(), stop)
    if stop.is_set() or not job.is_reached(local):
        return
    with reading() as session:
        done = job.is_daily and job_runs.is_done(session, job.name, tick.on)
        if done or job_runs.failed_lately(session, job.name, at):
            return
    if job.is_needed(tick):
        _record(job, tick, owner)


def _record(job: Job, tick: Tick, owner: str) -> dict[str, Any] | None:
    """Run ``job`` and return its counts, or ``None`` when it is at work already: no job runs twice at once."""
    lock = locks.try_lock(engine(), f"job-{job.name}")
    if lock is None:
        return None
    try:
        with job_runs.Recording(engine(), job.name, tick.on, owner, tick.stop.is_set) as recording:
            recording.counts = dict(job.run(tick))
        return recording.counts
    finally:
        lock.release()


def _tell(event: JobExecutionEvent) -> None:
    said = " ".join(str(event.exception).split()) or type(event.exception).__name__
    _say(f"The job {event.job_id} failed and is tried again: {said}")


def _today(at: datetime) -> date:
    return at.astimezone(get_settings().zone).date()


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
