"""Credit standing: may sales take an order from this customer, and why (ok, watch, hold; accept, review, refuse)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ar_cockpit.domain.reasons import Reason

HOLD_AFTER_DAYS = 90  # an undisputed invoice more than this overdue stops new orders
WATCH_AFTER_DAYS = 15  # a little late is no news; a fortnight without money is
SLOWER_BY_DAYS = 10
UNANSWERED_REMINDERS = 2


class Level(StrEnum):
    """What sales sees, worst last."""

    OK = "ok"
    WATCH = "watch"
    HOLD = "hold"


class Decision(StrEnum):
    """The answer to an order."""

    ACCEPT = "accept"
    REVIEW = "review"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """What is known of a customer on one day; amounts are minor units of ``currency``."""

    currency: str
    limit_minor: int | None = None
    open_minor: int = 0
    overdue_minor: int = 0
    disputed_minor: int = 0
    days_overdue: int = 0  # of the oldest open invoice, disputed or not
    undisputed_days_overdue: int = 0
    other_currencies: tuple[str, ...] = ()  # of open invoices that no limit in ``currency`` can be held against
    hold_reason: str | None = None  # by finance, for the whole customer
    broken_promise_minor: int = 0
    reminders_unanswered: int = 0
    days_late_now: int | None = None
    days_late_before: int | None = None

    @property
    def available_minor(self) -> int | None:
        """What is left of the limit (negative when it is passed), or ``None`` without a limit."""
        return None if self.limit_minor is None else self.limit_minor - self.open_minor


@dataclass(frozen=True, slots=True)
class Standing:
    """The level with its reasons, the weightiest first."""

    level: Level
    reasons: tuple[Reason, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """The answer to an order with its reasons, and how much could be taken without asking."""

    decision: Decision
    reasons: tuple[Reason, ...]
    acceptable_minor: int


def standing(facts: CreditFacts) -> Standing:
    """Return the level and every reason for it; without a reason to watch, the customer is ok."""
    holds, watches = _reasons_to_hold(facts), _reasons_to_watch(facts)
    if holds:
        return Standing(Level.HOLD, tuple(holds + watches))
    if watches:
        return Standing(Level.WATCH, tuple(watches))
    return Standing(Level.OK, tuple(_reassurances(facts)))


def answer_order(facts: CreditFacts, order_minor: int, order_currency: str) -> OrderAnswer:
    """Return refuse on hold, accept when open and order stay within the limit, else review."""
    level = standing(facts)
    available = facts.available_minor
    acceptable = 0 if level.level is Level.HOLD or facts.other_currencies else max(0, available or 0)
    if level.level is Level.HOLD:
        return OrderAnswer(Decision.REFUSE, (level.reasons[0],), 0)
    if order_currency != facts.currency:
        return OrderAnswer(Decision.REVIEW, (Reason("order_currency", {"currency": facts.currency}),), acceptable)
    if available is None:
        return OrderAnswer(Decision.REVIEW, (Reason("no_limit"),), 0)
    if facts.other_currencies:
        return OrderAnswer(Decision.REVIEW, (_elsewhere(facts),), 0)
    if order_minor > available:
        over = Reason("order_over_limit", {"amount_minor": order_minor - available, "currency": facts.currency})
        return OrderAnswer(Decision.REVIEW, (over,), acceptable)
    return OrderAnswer(Decision.ACCEPT, (Reason("order_within_limit"),), acceptable)


def _reasons_to_hold(facts: CreditFacts) -> list[Reason]:
    reasons = []
    if facts.hold_reason is not None:
        reasons.append(Reason("held", {"reason": facts.hold_reason}))
    if facts.undisputed_days_overdue > HOLD_AFTER_DAYS:
        reasons.append(Reason("overdue_past_hold", {"days": facts.undisputed_days_overdue, "limit": HOLD_AFTER_DAYS}))
    return reasons


def _reasons_to_watch(facts: CreditFacts) -> list[Reason]:
    reasons = []
    if WATCH_AFTER_DAYS < facts.undisputed_days_overdue <= HOLD_AFTER_DAYS:
        reasons.append(Reason("overdue", {"days": facts.undisputed_days_overdue, "limit": HOLD_AFTER_DAYS}))
    if facts.available_minor is not None and facts.available_minor < 0:
        reasons.append(_amount("over_limit", -facts.available_minor, facts))
    if facts.broken_promise_minor:
        reasons.append(_amount("promise_broken", facts.broken_promise_minor, facts))
    if facts.reminders_unanswered >= UNANSWERED_REMINDERS:
        reasons.append(Reason("no_reply", {"count": facts.reminders_unanswered}))
    if facts.disputed_minor:
        reasons.append(_amount("disputed", facts.disputed_minor, facts))
    if _pays_slower(facts):
        reasons.append(Reason("slower", {"days": facts.days_late_now, "before": facts.days_late_before}))
    if facts.other_currencies:
        reasons.append(_elsewhere(facts))
    return reasons


def _reassurances(facts: CreditFacts) -> list[Reason]:
    """Return what an ok customer's card says instead of warnings."""
    if facts.undisputed_days_overdue:
        return [Reason("a_little_late", {"days": facts.undisputed_days_overdue})]
    if not facts.open_minor:
        return [Reason("nothing_open")]
    return [Reason("nothing_overdue")]


def _pays_slower(facts: CreditFacts) -> bool:
    now, before = facts.days_late_now, facts.days_late_before
    return now is not None and before is not None and now > 0 and now - before >= SLOWER_BY_DAYS


def _amount(code: str, minor: int, facts: CreditFacts) -> Reason:
    return Reason(code, {"amount_minor": minor, "currency": facts.currency})


def _elsewhere(facts: CreditFacts) -> Reason:
    return Reason("other_currencies", {"currencies": ", ".join(facts.other_currencies)})
