"""Display rows of the collector's list: a task with its weightiest reasons, and all of them with their points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ar_cockpit.domain.reasons import Reason
from ar_cockpit.i18n import say
from ar_cockpit.i18n.reasons import sentence
from ar_cockpit.services.collecting.worklist import Task
from ar_cockpit.settings import get_settings
from ar_cockpit.state.collector.rows import task_key
from ar_cockpit.state.display import rows

REASONS_SHOWN = 2
_ICONS = {
    "promise_broken": "x",
    "reply_waiting": "reply",
    "sales_asks": "message-square",
    "dispute_due": "flag",
    "dispute_answered": "flag",
    "call_due": "phone",
    "letter_due": "mail-open",
    "sms_due": "message-square",
    "allocate_due": "split",
    "approval_due": "hand",
    "message_bounced": "mail-x",
    "message_failed": "mail-x",
    "message_unknown": "mail-x",
    "no_reply": "mail",
    "amount_at_stake": "banknote",
    "unapplied_cash": "banknote",
    "slower": "trending-up",
    "over_limit": "triangle-alert",
    "near_limit": "gauge",
    "forecast_worse": "trending-down",
    "late_risk": "trending-down",
}
_BAD = frozenset({"promise_broken", "message_bounced", "message_failed"})
_DUE = frozenset({"dispute_due", "dispute_answered", "sales_asks", "reply_waiting", "message_unknown"})
# Said by the row's own amount and by every task: shown only when there is nothing else to say.
_PLAIN = frozenset({"amount_at_stake", "oldest_overdue"})


@dataclass
class ReasonLine:
    """A reason as icon and words; ``kind`` is bad, watch or nothing."""

    icon: str
    kind: str
    text: str


@dataclass
class TaskLine:
    """One customer of the list."""

    key: str
    href: str
    rank: str
    name: str
    company: str
    amount: str
    reasons: list[ReasonLine]
    note: str
    taken: str  # who else has it open
    id: str


@dataclass
class PointLine:
    """A reason in full with what it counts."""

    icon: str
    kind: str
    text: str
    points: str


def task_line(task: Task, href: str, language: str, names: dict[str, str], taken: str = "") -> TaskLine:
    """Return a task as drawn in the list."""
    line = task.customer
    note = ""
    if task.snoozed_until:
        note = say(language, "collector.snoozed_until", day=rows.weekday(task.snoozed_until, language))
    elif task.done_by:
        note = say(language, "collector.done_by", name=names.get(task.done_by, task.done_by))
    return TaskLine(
        key=task_key(line.company_code, line.code),
        href=href,
        rank=str(task.rank),
        name=line.name,
        company=line.company_code,
        amount=rows.money(task.owed.overdue_minor, task.owed.currency, language),
        reasons=[reason_line(reason, language) for reason in shown_reasons(task.reasons)],
        note=note,
        taken=say(language, "queue.taken", name=taken) if taken else "",
        id=str(line.customer_id),
    )


def shown_reasons(reasons: tuple[Reason, ...]) -> list[Reason]:
    """Return the weightiest reasons, those that every task has only when there are no others."""
    telling = [reason for reason in reasons if reason.code not in _PLAIN]
    plain = [reason for reason in reasons if reason.code == "oldest_overdue"]
    return (telling or plain)[:REASONS_SHOWN]


def reason_line(reason: Reason, language: str) -> ReasonLine:
    """Return a reason with its icon and, for what broke or is due, its colour."""
    kind = "bad" if reason.code in _BAD else "watch" if reason.code in _DUE else ""
    return ReasonLine(_ICONS.get(reason.code, "clock"), kind, sentence(reason, language))


def point_lines(reasons: Iterable[Reason], language: str) -> list[PointLine]:
    """Return every reason of a task with its points, weightiest first."""
    lines = ((reason, reason_line(reason, language)) for reason in reasons)
    return [PointLine(one.icon, one.kind, one.text, rows.number(reason.points, language)) for reason, one in lines]


def clock_time(at: datetime) -> str:
    """Return the time of day of an instant, where the product stands."""
    return f"{at.astimezone(get_settings().zone):%H:%M}"
