"""Credit standing: may sales take an order from this customer, and why (ok, watch, hold; accept, review, refuse)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ar_cockpit.domain.policy.credit_rules import StandingRules
from ar_cockpit.domain.reasons import Reason

DEFAULT_RULES = StandingRules()
_PERCENT = 100


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
    reserved_minor: int = 0  # of accepted orders that are not invoiced yet
    broken_promises: int = 0  # how many ``broken_promise_minor`` is the sum of
    score: int | None = None  # the payer score
    external_score: int | None = None  # an agency's
    tags: tuple[str, ...] = ()
    limit_ended_on: date | None = None  # the limit's last day, when it is past
    terms_days: int | None = None  # the payment terms agreed
    group_held: int = 0  # how many others of its group are on hold

    @property
    def available_minor(self) -> int | None:
        """What is left of the limit (negative when it is passed), or ``None`` without a limit."""
        return None if self.limit_minor is None else self.limit_minor - self.open_minor

    @property
    def free_minor(self) -> int | None:
        """What is left of the limit after accepted orders, or ``None`` without a limit."""
        return None if self.limit_minor is None else self.limit_minor - self.open_minor - self.reserved_minor


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


def standing(facts: CreditFacts, rules: StandingRules = DEFAULT_RULES) -> Standing:
    """Return the level and every reason for it; without a reason to watch, the customer is ok."""
    holds, watches = _reasons_to_hold(facts, rules), _reasons_to_watch(facts, rules)
    if holds:
        return Standing(Level.HOLD, tuple(holds + watches))
    if watches:
        return Standing(Level.WATCH, tuple(watches))
    return Standing(Level.OK, tuple(_reassurances(facts)))


def answer_order(
    facts: CreditFacts,
    order_minor: int,
    order_currency: str,
    *,
    rules: StandingRules = DEFAULT_RULES,
    terms_days: int | None = None,
) -> OrderAnswer:
    """Return refuse on hold, accept when open, accepted orders and this one stay within the limit, else review.

    ``terms_days`` are the payment terms that the order asks for: longer ones than agreed are a person's decision.
    """
    level = standing(facts, rules)
    free = facts.free_minor
    is_bound = facts.other_currencies or facts.limit_ended_on
    acceptable = 0 if level.level is Level.HOLD or is_bound else max(0, free or 0)
    if level.level is Level.HOLD:
        return OrderAnswer(Decision.REFUSE, (level.reasons[0],), 0)
    if order_currency != facts.currency:
        return OrderAnswer(Decision.REVIEW, (Reason("order_currency", {"currency": facts.currency}),), acceptable)
    doubts = _doubts(facts, order_minor, terms_days)
    if doubts:
        return OrderAnswer(Decision.REVIEW, tuple(doubts), acceptable)
    return OrderAnswer(Decision.ACCEPT, (Reason("order_within_limit"),), acceptable)


def _doubts(facts: CreditFacts, order_minor: int, terms_days: int | None) -> list[Reason]:
    """Return why an order of a customer that is not on hold needs a person."""
    doubts, free = [], facts.free_minor
    if free is None:
        doubts.append(Reason("no_limit"))
    elif facts.other_currencies:
        doubts.append(_elsewhere(facts))
    elif facts.limit_ended_on:
        doubts.append(_ended(facts.limit_ended_on))
    elif order_minor > free:
        doubts.append(_amount("order_over_limit", order_minor - free, facts))
        if facts.reserved_minor:
            doubts.append(_amount("reserved", facts.reserved_minor, facts))
    if terms_days is not None and facts.terms_days is not None and terms_days > facts.terms_days:
        doubts.append(Reason("order_terms", {"asked": terms_days, "agreed": facts.terms_days}))
    return doubts


def _reasons_to_hold(facts: CreditFacts, rules: StandingRules) -> list[Reason]:
    reasons = []
    if facts.hold_reason is not None:
        reasons.append(Reason("held", {"reason": facts.hold_reason}))
    insolvent = {tag.casefold() for tag in rules.insolvency_tags} & {tag.casefold() for tag in facts.tags}
    if insolvent:
        reasons.append(Reason("insolvent"))
    limit = rules.hold_days_overdue
    if limit is not None and facts.undisputed_days_overdue > limit:
        reasons.append(Reason("overdue_past_hold", {"days": facts.undisputed_days_overdue, "limit": limit}))
    reasons += _common(facts, rules, "hold")
    if facts.group_held and rules.group == "hold":
        reasons.append(Reason("group_hold", {"count": facts.group_held}))
    return reasons


def _reasons_to_watch(facts: CreditFacts, rules: StandingRules) -> list[Reason]:
    reasons = []
    days, limit = facts.undisputed_days_overdue, rules.hold_days_overdue
    if rules.watch_days_overdue is not None and days > rules.watch_days_overdue and (limit is None or days <= limit):
        told = {"days": days} if limit is None else {"days": days, "limit": limit}
        reasons.append(Reason("overdue_alone" if limit is None else "overdue", told))
    reasons += _common(facts, rules, "watch")
    if facts.limit_ended_on:
        reasons.append(_ended(facts.limit_ended_on))
    if rules.watch_unanswered is not None and facts.reminders_unanswered >= rules.watch_unanswered:
        reasons.append(Reason("no_reply", {"count": facts.reminders_unanswered}))
    if facts.disputed_minor:
        reasons.append(_amount("disputed", facts.disputed_minor, facts))
    if _pays_slower(facts, rules.watch_slower_days):
        reasons.append(Reason("slower", {"days": facts.days_late_now, "before": facts.days_late_before}))
    if facts.other_currencies:
        reasons.append(_elsewhere(facts))
    if facts.group_held and rules.group == "watch":
        reasons.append(Reason("group_watch", {"count": facts.group_held}))
    return reasons


def _common(facts: CreditFacts, rules: StandingRules, level: str) -> list[Reason]:
    """Return the reasons of the rules that watch and hold alike, each at its own value.

    What is past its hold is told as such and not once more as a reason to watch.
    """
    found = []
    for name, is_past, tell in (
        ("limit_use", _is_used, _limit_use),
        ("broken_promises", _is_broken, _promises),
        ("overdue_share", _is_overdue, _overdue_share),
        ("score", _is_low, _score),
        ("external_score", _is_low_outside, _external_score),
    ):
        limit, hold = getattr(rules, f"{level}_{name}"), getattr(rules, f"hold_{name}")
        if limit is None or not is_past(facts, limit):
            continue
        if level == "hold" or hold is None or not is_past(facts, hold):
            found.append(tell(facts, level, limit))
    return found


def _is_used(facts: CreditFacts, limit: int) -> bool:
    if facts.limit_minor is None:
        return False
    return (facts.open_minor + facts.reserved_minor) * _PERCENT > facts.limit_minor * limit


def _limit_use(facts: CreditFacts, level: str, limit: int) -> Reason:
    over = -(facts.available_minor or 0)
    if over > 0 and level == "watch":
        return _amount("over_limit", over, facts)
    used = (facts.open_minor + facts.reserved_minor) * _PERCENT // max(1, facts.limit_minor or 0)
    return Reason(f"limit_use_{level}", {"share": used, "limit": limit})


def _is_broken(facts: CreditFacts, limit: int) -> bool:
    return max(facts.broken_promises, bool(facts.broken_promise_minor)) >= limit


def _promises(facts: CreditFacts, level: str, limit: int) -> Reason:
    if level == "watch":
        return _amount("promise_broken", facts.broken_promise_minor, facts)
    return Reason("promises_hold", {"count": facts.broken_promises, "limit": limit})


def _is_overdue(facts: CreditFacts, limit: int) -> bool:
    return facts.overdue_minor * _PERCENT > facts.open_minor * limit


def _overdue_share(facts: CreditFacts, level: str, limit: int) -> Reason:
    share = facts.overdue_minor * _PERCENT // max(1, facts.open_minor)
    return Reason(f"overdue_share_{level}", {"share": share, "limit": limit})


def _is_low(facts: CreditFacts, limit: int) -> bool:
    return facts.score is not None and facts.score < limit


def _score(facts: CreditFacts, level: str, limit: int) -> Reason:
    return Reason(f"score_{level}", {"score": facts.score, "limit": limit})


def _is_low_outside(facts: CreditFacts, limit: int) -> bool:
    return facts.external_score is not None and facts.external_score < limit


def _external_score(facts: CreditFacts, level: str, limit: int) -> Reason:
    return Reason(f"external_score_{level}", {"score": facts.external_score, "limit": limit})


def _reassurances(facts: CreditFacts) -> list[Reason]:
    """Return what an ok customer's card says instead of warnings."""
    if facts.undisputed_days_overdue:
        return [Reason("a_little_late", {"days": facts.undisputed_days_overdue})]
    if not facts.open_minor:
        return [Reason("nothing_open")]
    return [Reason("nothing_overdue")]


def _pays_slower(facts: CreditFacts, by: int | None) -> bool:
    now, before = facts.days_late_now, facts.days_late_before
    return by is not None and now is not None and before is not None and now > 0 and now - before >= by


def _ended(on: date) -> Reason:
    return Reason("limit_ended", {"on": on.isoformat()})


def _amount(code: str, minor: int, facts: CreditFacts) -> Reason:
    return Reason(code, {"amount_minor": minor, "currency": facts.currency})


def _elsewhere(facts: CreditFacts) -> Reason:
    return Reason("other_currencies", {"currencies": ", ".join(facts.other_currencies)})
