"""The table of jobs. APScheduler is a clock and nothing more: what is due is asked of the database at each tick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ar_cockpit.jobs import (
    assign_customers,
    check_figures,
    deliver_webhooks,
    judge_standings,
    keep_chances,
    keep_figures,
    move_segments,
    read_mailbox,
    refresh_forecasts,
    send_mentions,
    send_outbox,
    send_reminders,
    settle_promises,
    sweep_documents,
    take_snapshots,
    tidy_interfaces,
    to_colleagues,
    watch_limits,
)
from ar_cockpit.jobs.tick import Tick

LOOK_EVERY = "*/5"  # minutes: how late a daily job may be noticed after a failure or on a machine that slept


def _always(_tick: Tick) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Job:
    """A job: daily ``at`` a time of the configured zone on ``days``, or ``every`` so many seconds when needed."""

    name: str
    run: Callable[[Tick], dict[str, int]]
    at: time | None = None
    days: str = "mon-sun"
    every: int = 0
    is_needed: Callable[[Tick], bool] = _always

    @property
    def is_daily(self) -> bool:
        """Whether it runs once for each business date."""
        return self.at is not None

    def told(self) -> dict[str, str | int]:
        """Return its times as the screen and other processes read them from the job process's row."""
        return {
            "name": self.name,
            "at": self.at.isoformat(timespec="minutes") if self.at else "",
            "days": self.days,
            "every": self.every,
        }

    def is_reached(self, local: datetime) -> bool:
        """Return whether its time of the day has come at ``local``."""
        return self.at is None or local.time() >= self.at


JOBS = (
    Job("keep_figures", keep_figures.run, every=5, is_needed=keep_figures.is_needed),
    Job("take_snapshots", take_snapshots.run, at=time(0, 15)),
    Job("assign_customers", assign_customers.run, at=time(0, 30)),
    Job("check_figures", check_figures.run, at=time(1, 0)),
    Job("settle_promises", settle_promises.run, at=time(1, 30)),
    Job("tidy_interfaces", tidy_interfaces.run, at=time(2, 0)),
    Job("refresh_forecasts", refresh_forecasts.run, at=time(2, 30)),
    Job("keep_chances", keep_chances.run, at=time(2, 45)),
    Job("sweep_documents", sweep_documents.run, at=time(3, 30)),
    Job("move_segments", move_segments.run, at=time(4, 0)),
    Job("judge_standings", judge_standings.run, at=time(4, 30)),
    Job("watch_limits", watch_limits.run, at=time(5, 30)),
    Job("send_reminders", send_reminders.run, at=time(6, 30)),
    Job("send_outbox", send_outbox.run, every=5, is_needed=send_outbox.is_needed),
    Job("read_mailbox", read_mailbox.run, every=120, is_needed=read_mailbox.is_needed),
    Job("send_digests", to_colleagues.digests.run, every=5, is_needed=to_colleagues.digests.is_needed),
    Job("send_alerts", to_colleagues.alerts.run, every=30, is_needed=to_colleagues.alerts.is_needed),
    Job("send_mentions", send_mentions.run, every=60, is_needed=send_mentions.is_needed),
    Job("deliver_webhooks", deliver_webhooks.run, every=5, is_needed=deliver_webhooks.is_needed),
)


def job_named(name: str) -> Job | None:
    """Return the job ``name``, in either spelling of its blanks."""
    wanted = name.replace("-", "_")
    return next((job for job in JOBS if job.name == wanted), None)


def build_scheduler(zone: ZoneInfo, tick: Callable[[Job], None]) -> BackgroundScheduler:
    """Return a clock that calls ``tick`` with each job at its times, and once at the start for what was missed."""
    # No grace: by default a run that is a second late is dropped without a word.
    defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    scheduler = BackgroundScheduler(timezone=zone, job_defaults=defaults)
    for job in JOBS:
        scheduler.add_job(tick, _trigger(job, zone), [job], id=job.name, next_run_time=datetime.now(zone))
    return scheduler


def _trigger(job: Job, zone: ZoneInfo) -> CronTrigger | IntervalTrigger:
    if job.every:
        return IntervalTrigger(seconds=job.every, timezone=zone)
    return CronTrigger(day_of_week=job.days, minute=LOOK_EVERY, timezone=zone)
