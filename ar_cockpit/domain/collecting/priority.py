"""Whom to contact now, and why: a score that is the sum of its reasons' points, and the action they ask for.

A customer is on the list when something overdue is neither disputed nor promised, or when an action is due. What acting
today is worth (:mod:`ar_cockpit.domain.collecting.worth`) comes first; what presses adds its points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from ar_cockpit.domain.collecting.weights import Weights
from ar_cockpit.domain.collecting.worth import TRIED_UP_TO, gain_points, worth
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.reasons import Fact, Reason


class Action(StrEnum):
    """What a task asks a collector to do."""

    CALL = "call"
    EMAIL = "email"
    LETTER = "letter"
    SMS = "sms"
    REVIEW_REPLY = "review_reply"
    RESOLVE_DISPUTE = "resolve_dispute"
    FOLLOW_PROMISE = "follow_promise"
    CHECK_PLAN = "check_plan"
    APPROVE = "approve"
    ALLOCATE = "allocate"


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A promise that was not kept, while its invoices are still open."""

    amount_minor: int
    currency: str
    broken_on: date
    is_instalment: bool = False  # of a payment plan


@dataclass(frozen=True, slots=True)
class DueDispute:
    """A dispute whose answer is due, or was given (``answered_on``: the clock stands) and waits to be acted on."""

    reason: str
    answer_due_on: date
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What is known of one customer on one day; *actionable* is overdue, neither disputed nor promised."""

    customer_code: str
    company_code: str
    currency: str
    overdue_minor: int = 0
    open_minor: int = 0
    actionable_minor: int = 0
    actionable_elsewhere: bool = False  # in another currency than ``currency``
    oldest_days: int = 0  # of the actionable invoices
    days_overdue: Sequence[int] = ()  # one for each actionable invoice
    limit_minor: int | None = None
    unapplied_minor: int = 0
    broken_promises: Sequence[BrokenPromise] = ()
    due_disputes: Sequence[DueDispute] = ()
    steps_due: Sequence[str] = ()  # channels of recorded steps that await a person: call, letter, sms, allocate
    approvals_due: int = 0
    reminders_unanswered: int = 0
    reply_on: date | None = None  # a reply nobody has answered
    sales_question: str | None = None
    undelivered: str | None = None  # how the last message ended: bounced, failed, unknown
    days_late_now: int | None = None
    days_late_before: int | None = None
    always_punctual: bool = False  # never late in the two years before
    has_email: bool = False
    chance: int | None = None  # by the stored forecast: percent of the overdue paid within 30 days
    chance_before: int | None = None  # by the one of a week or two before
    paid_anyway: int | None = None  # percent of those who paid after a contact, where the ledger shows it
    tried_anyway: int | None = None  # and where a trial does, of customers with nothing older than it takes


@dataclass(frozen=True, slots=True)
class Priority:
    """A task's score, the reasons it is the sum of (weightiest first), and the action they ask for."""

    score: int
    reasons: tuple[Reason, ...]
    action: Action


@dataclass(frozen=True, slots=True)
class Owed:
    """What a task is about, in one currency; ``at_stake`` is in whole units, to compare across currencies."""

    currency: str
    overdue_minor: int
    open_minor: int
    at_stake: int
    oldest_days: int


PAST_90, PAST_60 = 90, 60
SLOWER_BY_DAYS = 5
WORSE_BY_PERCENT = 10
LATE_RISK_PERCENT = 40  # a smaller chance to be paid within 30 days is told; it counts in what acting is worth
NEAR_LIMIT_PERCENT = 90
RECENTLY_BROKEN_DAYS = 7
_USUAL = Weights()
_STEP_ACTIONS = {"call": Action.CALL, "letter": Action.LETTER, "sms": Action.SMS, "allocate": Action.ALLOCATE}
_STEP_POINTS = {"call": 25, "letter": 22, "sms": 18, "allocate": 15}


def prioritise(facts: TaskFacts, as_of: date, weights: Weights = _USUAL) -> Priority | None:
    """Return the task of a customer on ``as_of``, or ``None`` when nothing is overdue and no action is due."""
    due = _actions_due(facts, as_of)
    is_overdue = facts.actionable_minor > 0 or facts.actionable_elsewhere
    if not due and not is_overdue:
        return None
    found = [*due, *(_overdue_reasons(facts, as_of) if is_overdue else ()), *_habits(facts), *_credit(facts)]
    reasons = [replace(reason, points=weights.points(reason.code, reason.points)) for reason in found]
    reasons.sort(key=lambda reason: (-reason.points, reason.code))
    return Priority(sum(reason.points for reason in reasons), tuple(reasons), _action(facts, is_overdue=is_overdue))


def ranked(tasks: Iterable[tuple[TaskFacts, Priority]]) -> list[tuple[TaskFacts, Priority]]:
    """Return tasks in working order: score, then amount, then age; the customer's key settles every tie."""
    return sorted(tasks, key=lambda task: rank_key(task[0], task[1].score))


def owed(facts: TaskFacts) -> Owed:
    """Return what the task of these facts is about."""
    at_stake = _major_units(facts.actionable_minor, facts.currency)
    return Owed(facts.currency, facts.overdue_minor, facts.open_minor, at_stake, facts.oldest_days)


def rank_key(facts: TaskFacts, score: int) -> str:
    """Return a text by which tasks sort into working order, in memory as in an index of a database."""
    told = owed(facts)
    return (
        f"{10**5 - score:06}.{10**18 - told.at_stake:019}.{10**7 - told.oldest_days:08}"
        f".{facts.company_code}\x01{facts.customer_code}"
    )


def _actions_due(facts: TaskFacts, as_of: date) -> list[Reason]:
    """Return the reasons that put a customer on the list even when nothing is overdue."""
    reasons = []
    if facts.reply_on is not None:
        reasons.append(Reason("reply_waiting", {"days": (as_of - facts.reply_on).days}, 30))
    if facts.sales_question is not None:
        reasons.append(Reason("sales_asks", {"text": facts.sales_question}, 26))
    reasons += [_dispute(dispute, as_of) for dispute in facts.due_disputes[:1]]
    reasons += [Reason(f"{channel}_due", {}, _STEP_POINTS[channel]) for channel in dict.fromkeys(facts.steps_due)]
    if facts.approvals_due:
        reasons.append(Reason("approval_due", {"count": facts.approvals_due}, 24))
    if facts.undelivered is not None:
        reasons.append(Reason(f"message_{facts.undelivered}", {}, 20))
    return reasons


def _overdue_reasons(facts: TaskFacts, as_of: date) -> list[Reason]:
    reasons = [Reason("oldest_overdue", {"days": facts.oldest_days}, min(20, facts.oldest_days // 3))]
    reasons.append(_at_stake(facts))
    reasons += [_broken(promise, as_of) for promise in _latest_broken(facts)]
    past_90 = sum(days > PAST_90 for days in facts.days_overdue)
    past_60 = sum(PAST_60 < days <= PAST_90 for days in facts.days_overdue)
    if past_90:
        reasons.append(Reason("past_90", {"count": past_90}, 24))
    if past_60:
        reasons.append(Reason("past_60", {"count": past_60}, 14))
    if facts.reminders_unanswered >= 2:
        points = min(20, 8 + 3 * facts.reminders_unanswered)
        reasons.append(Reason("no_reply", {"count": facts.reminders_unanswered}, points))
    if facts.unapplied_minor > 0:
        covered: dict[str, Fact] = {"amount_minor": facts.unapplied_minor, "currency": facts.currency}
        reasons.append(Reason("unapplied_cash", covered, 5))
    return reasons


def _habits(facts: TaskFacts) -> list[Reason]:
    reasons = []
    now, before = facts.days_late_now, facts.days_late_before
    if now is not None and before is not None and now > 0 and now - before >= SLOWER_BY_DAYS:
        reasons.append(Reason("slower", {"days": now, "before": before}, min(12, 5 + (now - before) // 3)))
    if facts.always_punctual and facts.actionable_minor > 0:
        reasons.append(Reason("first_time_late", {}, 12))
    now_chance, chance_before = facts.chance, facts.chance_before
    if now_chance is not None and chance_before is not None and chance_before - now_chance >= WORSE_BY_PERCENT:
        drop = chance_before - now_chance
        reasons.append(Reason("forecast_worse", {"chance": now_chance, "was": chance_before}, min(20, 4 + drop // 3)))
    if now_chance is not None and now_chance < LATE_RISK_PERCENT:
        reasons.append(Reason("late_risk", {"chance": now_chance}, 0))
    return reasons


def _credit(facts: TaskFacts) -> list[Reason]:
    if facts.limit_minor is None:
        return []
    over = facts.open_minor - facts.limit_minor
    if over > 0:
        return [Reason("over_limit", {"amount_minor": over, "currency": facts.currency}, 15)]
    if facts.open_minor * 100 >= facts.limit_minor * NEAR_LIMIT_PERCENT and facts.open_minor > 0:
        return [Reason("near_limit", {"used": facts.open_minor * 100 // facts.limit_minor}, 6)]
    return []


def _dispute(dispute: DueDispute, as_of: date) -> Reason:
    """Return what a dispute asks for: an answer of its owner, or the collector's next step once it was given."""
    code, since = "dispute_due", dispute.answer_due_on
    if dispute.answered_on is not None:
        code, since = "dispute_answered", dispute.answered_on
    return Reason(code, {"reason": dispute.reason, "days": (as_of - since).days}, 20)


def _latest_broken(facts: TaskFacts) -> Sequence[BrokenPromise]:
    """Return the latest broken promise only: a second one says nothing new."""
    return sorted(facts.broken_promises, key=lambda promise: (promise.broken_on, promise.amount_minor))[-1:]


def _broken(promise: BrokenPromise, as_of: date) -> Reason:
    days = (as_of - promise.broken_on).days
    facts: dict[str, Fact] = {
        "amount_minor": promise.amount_minor,
        "currency": promise.currency,
        "days": days,
    }
    code = "instalment_missed" if promise.is_instalment else "promise_broken"
    return Reason(code, facts, 40 if days <= RECENTLY_BROKEN_DAYS else 28)


def _action(facts: TaskFacts, *, is_overdue: bool) -> Action:
    """Return what to do first: answer, decide, hold to a promise, settle a dispute, do the step, else speak."""
    asked = {
        Action.REVIEW_REPLY: facts.reply_on is not None or facts.sales_question is not None,
        Action.APPROVE: facts.approvals_due > 0,
        Action.CHECK_PLAN: is_overdue and any(one.is_instalment for one in _latest_broken(facts)),
        Action.FOLLOW_PROMISE: is_overdue and len(facts.broken_promises) > 0,
        Action.RESOLVE_DISPUTE: len(facts.due_disputes) > 0,
    }
    first = next((action for action, is_asked in asked.items() if is_asked), None)
    if first is not None:
        return first
    if facts.steps_due:
        return _STEP_ACTIONS[facts.steps_due[0]]
    if is_overdue and 0 < facts.actionable_minor <= facts.unapplied_minor:
        return Action.ALLOCATE
    return _way_to_speak(facts)


def _way_to_speak(facts: TaskFacts) -> Action:
    """Return a call once writing has not helped or cannot, else an e-mail."""
    writing_failed = facts.reminders_unanswered >= 2 or facts.undelivered is not None
    if writing_failed or facts.oldest_days > PAST_60 or not facts.has_email:
        return Action.CALL
    return Action.EMAIL


def _at_stake(facts: TaskFacts) -> Reason:
    tried = facts.tried_anyway if facts.oldest_days <= TRIED_UP_TO else None
    anyway = facts.paid_anyway if tried is None else tried
    found = worth(facts.actionable_minor, facts.oldest_days, facts.chance, anyway)
    told: dict[str, Fact] = {
        "amount_minor": facts.actionable_minor,
        "currency": facts.currency,
        "gain_minor": found.gain_minor,
        "chance": found.chance,
        "with_contact": found.with_contact,
    }
    if found.anyway is not None:
        told["anyway"] = found.anyway
        told["known_by"] = "observation" if tried is None else "trial"
    return Reason("amount_at_stake", told, gain_points(_major_units(found.gain_minor, facts.currency)))


def _major_units(minor: int, currency: str) -> int:
    """Return whole units comparable across currencies; those without decimals count as hundredths."""
    digits = exponent(currency)
    return int(minor // (10**digits if digits else 100))
