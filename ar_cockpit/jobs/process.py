"""The job process: one leads, any other waits to take over; it ends cleanly and quickly when told to."""

from __future__ import annotations

import logging
import secrets
import signal
import sys
import threading
from datetime import date, datetime

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

from ar_cockpit.db import locks
from ar_cockpit.db.locks import HeldLock
from ar_cockpit.db.session import engine, reading
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.jobs.schedule import JOBS, Job, build_scheduler, job_named
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services import job_runs
from ar_cockpit.services.clock import now
from ar_cockpit.settings import get_settings

LEADER = "jobs-leader"
_WAIT_SECONDS = 1.0
_BEAT_SECONDS = 20.0
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


def run_once(name: str, tick: Tick) -> dict[str, int | str]:
    """Run one job now, whether or not it ran before, and return its counts."""
    job = job_named(name)
    if job is None:
        raise NotFoundError(f"There is no job {name}.", f"There are: {', '.join(one.name for one in JOBS)}.")
    owner = f"runner-{secrets.token_hex(8)}"
    lock = locks.try_lock(engine(), owner)
    try:
        return _record(job, tick, owner)
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
    scheduler.add_listener(_tell, EVENT_JOB_ERROR)
    try:
        job_runs.abandon(engine(), owner)
        with job_runs.Recording(engine(), job_runs.SCHEDULER, _today(now()), owner) as recording:
            scheduler.start()
            while not stop.is_set() and leader.is_held():
                recording.beat()
                stop.wait(_BEAT_SECONDS)
            ending.set()
            _end(scheduler)
    finally:
        ending.set()
        if own_lock:
            own_lock.release()
        locks.forget(engine(), owner)


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


def _record(job: Job, tick: Tick, owner: str) -> dict[str, int | str]:
    with job_runs.Recording(engine(), job.name, tick.on, owner) as recording:
        recording.counts = dict(job.run(tick))
    return recording.counts


def _tell(event: JobExecutionEvent) -> None:
    said = " ".join(str(event.exception).split()) or type(event.exception).__name__
    _say(f"The job {event.job_id} failed and is tried again: {said}")


def _today(at: datetime) -> date:
    return at.astimezone(get_settings().zone).date()


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
