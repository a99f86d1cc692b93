"""The day's plan among the questions of the benchmark: deciding, and deciding with all mails written."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, delete

from ar_cockpit.db.tables import PriorityMarkRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.reminders import run as reminders

_ME = Actor.local_operator()
_STEPS = (-7, 3, 18, 33, 60, 75)  # the days of the shipped policy's standard cadence


def plan(session: Session, today: date) -> object:
    """Plan the day by the policy in force."""
    return reminders.plan(session, _ME, today)


def plan_and_record(session: Session, today: date) -> object:
    """Plan the day and put everything into the outbox; whoever asks takes it back."""
    at = datetime.combine(today, time(8), UTC)
    return reminders.run(session, _ME, today, at=at)


def begin_the_day_after(session: Session, today: date) -> None:
    """Record the working day before, as if its night were over: whoever asks takes it back.

    In the night the job judges anew who was written to. No score depends on that, so the kept ones are right.
    """
    before = today - timedelta(days=max(1, today.weekday() - 4) if today.weekday() else 3)
    plan_and_record(session, before)
    session.execute(delete(PriorityMarkRow))
    plan(session, today)  # the data in cache, as a plan's other turns have them


def plain_plan(today: date) -> list[tuple[str, dict[str, Any]]]:
    """Return the plainest decision there is: one cadence for all, no facts of customers, a line for each message."""
    days = {f"d{place}": (today - timedelta(days=offset)).isoformat() for place, offset in enumerate(_STEPS)}
    steps = reversed(list(enumerate(_STEPS)))
    reached = " ".join(f"WHEN due_on <= :d{place} THEN {offset}" for place, offset in steps)
    done = "SELECT invoice_id, max(step_offset) AS last FROM message_item WHERE dropped = '' GROUP BY 1"
    owed = (
        f"SELECT customer_id, currency, open_minor, coalesce(done.last, -100) AS last, CASE {reached} ELSE -100 END AS"
        f" reached FROM invoice LEFT JOIN ({done}) done ON done.invoice_id = invoice.id"
        " WHERE closed_on = '9999-12-31' AND open_minor > 0"
    )
    question = (
        f"SELECT customer_id, currency, max(reached), count(*), sum(open_minor) FROM ({owed}) owed"
        " WHERE reached > last GROUP BY 1, 2"
    )
    return [(question, days)]
