"""How much each kind of reason counts in the order of a collector's day: a company's own choice, checked when built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ar_cockpit.domain.errors import InputError

USUAL, MOST = 100, 300  # percent of the points that a reason has by itself


class Factor(StrEnum):
    """A kind of reason, which has one weight."""

    VALUE = "value"
    PROMISE = "promise"
    REPLY = "reply"
    STEP = "step"
    APPROVAL = "approval"
    DISPUTE = "dispute"
    THRESHOLD = "threshold"
    SILENCE = "silence"
    DELIVERY = "delivery"
    HABIT = "habit"
    FORECAST = "forecast"
    CREDIT = "credit"
    CASH = "cash"


_CODES = {
    Factor.VALUE: ("amount_at_stake",),
    Factor.PROMISE: ("promise_broken", "instalment_missed"),
    Factor.REPLY: ("reply_waiting", "sales_asks"),
    Factor.STEP: ("call_due", "letter_due", "sms_due"),
    Factor.APPROVAL: ("approval_due",),
    Factor.DISPUTE: ("dispute_due", "dispute_answered"),
    Factor.THRESHOLD: ("oldest_overdue", "past_60", "past_90"),
    Factor.SILENCE: ("no_reply",),
    Factor.DELIVERY: ("message_bounced", "message_failed", "message_unknown"),
    Factor.HABIT: ("slower", "first_time_late"),
    Factor.FORECAST: ("forecast_worse", "late_risk"),
    Factor.CREDIT: ("over_limit", "near_limit"),
    Factor.CASH: ("unapplied_cash", "allocate_due"),
}
_FACTORS = {code: factor for factor, codes in _CODES.items() for code in codes}


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each factor in percent; what is not named counts as usual."""

    percent: Mapping[Factor, int] = field(default_factory=dict)

    def of(self, factor: Factor) -> int:
        """Return the weight of a factor in percent."""
        return self.percent.get(factor, USUAL)

    def points(self, code: str, points: int) -> int:
        """Return what ``points`` of a reason of that code count; a code of no factor counts as it is."""
        factor = _FACTORS.get(code)
        return points if factor is None else (points * self.of(factor) + 50) // 100

    def told(self) -> dict[str, int]:
        """Return every factor with its weight, as it is kept."""
        return {factor.value: self.of(factor) for factor in Factor}


def checked_weights(given: Mapping[str, Any]) -> Weights:
    """Return the weights told by factor; raise ``InputError`` with the mend when one cannot be meant."""
    unknown = sorted(set(given) - {factor.value for factor in Factor})
    if unknown:
        raise InputError(f"{unknown[0]!r} is no part of the order.", f"There are: {', '.join(Factor)}.")
    percent = {Factor(name): _percent(name, value) for name, value in given.items()}
    weights = Weights(percent)
    if not any(weights.of(factor) for factor in Factor):
        raise InputError("With every weight at 0 there is no order.", "Leave at least one above 0.")
    return weights


def _percent(name: str, value: Any) -> int:
    text = str(value).strip().removesuffix("%").strip()
    if not text.isdecimal() or int(text) > MOST:
        raise InputError(f"{value!r} is no weight of {name}.", f"Give a whole number from 0 to {MOST}.")
    return int(text)
