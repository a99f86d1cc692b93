"""Limits: who approves one of an amount, when one is to be looked at again, and what about it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from ar_cockpit.domain.access import Role
from ar_cockpit.domain.credit import CreditFacts
from ar_cockpit.domain.policy.credit_rules import CreditRules
from ar_cockpit.domain.reasons import Fact, Reason

_PERCENT = 100
ENDS_SOON = timedelta(days=30)


class Alert(StrEnum):
    """What a credit manager is told of a limit."""

    OVER_LIMIT = "over_limit"
    NEAR_LIMIT = "near_limit"
    LIMIT_ENDED = "limit_ended"


@dataclass(frozen=True, slots=True)
class LastLook:
    """When a limit was last decided or kept, and its last day; ``None`` is never, and no end."""

    on: date | None = None
    valid_until: date | None = None


def steps_for(amount: Decimal, rules: CreditRules) -> tuple[Role, ...]:
    """Return the roles that approve a limit of ``amount``, in turn: up to the first whose amount reaches it."""
    ladder = ((Role.CREDIT_MANAGER, rules.credit_manager_up_to), (Role.EXECUTIVE, rules.executive_up_to))
    steps: list[Role] = []
    for role, bound in ladder:
        steps.append(role)
        if bound is None or amount <= bound:
            break
    return tuple(steps)


def is_due(look: LastLook, rules: CreditRules, on: date) -> bool:
    """Return whether a limit is to be looked at: never looked at, too long ago, or ending within thirty days."""
    if look.on is None or look.on + timedelta(days=rules.review_every_days) <= on:
        return True
    return look.valid_until is not None and look.valid_until <= on + ENDS_SOON


def alerts(facts: CreditFacts, rules: CreditRules) -> dict[Alert, Reason]:
    """Return what is to be told of a customer's limit; what is over is not told as nearly used too."""
    found: dict[Alert, Reason] = {}
    used = facts.open_minor + facts.reserved_minor
    limit = facts.limit_minor
    if limit is not None and used > limit:
        told: dict[str, Fact] = {"amount_minor": used - limit, "currency": facts.currency}
        found[Alert.OVER_LIMIT] = Reason(Alert.OVER_LIMIT.value, told)
    elif limit and used * _PERCENT >= limit * rules.near_limit:
        told_near: dict[str, Fact] = {
            "share": used * _PERCENT // limit,
            "amount_minor": limit - used,
            "currency": facts.currency,
        }
        found[Alert.NEAR_LIMIT] = Reason(Alert.NEAR_LIMIT.value, told_near)
    if facts.limit_ended_on:
        found[Alert.LIMIT_ENDED] = Reason(Alert.LIMIT_ENDED.value, {"on": facts.limit_ended_on.isoformat()})
    return found
