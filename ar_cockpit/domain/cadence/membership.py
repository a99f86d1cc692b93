"""Why a customer moves from one segment to another: the condition of the policy that came out differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from ar_cockpit.domain.figures.payer_score import Behaviour, worst_change
from ar_cockpit.domain.policy.model import FIELDS, Condition, Fact, Kind, Policy
from ar_cockpit.domain.reasons import Reason

_RECORD = frozenset({"country", "language", "currency", "segment", "company", "tags", "payment_terms_days"})


@dataclass(frozen=True, slots=True)
class Membership:
    """Where a customer belongs, and the facts that put it there."""

    segment: str
    policy_number: int
    facts: Mapping[str, Fact] = field(default_factory=dict)
    score: int | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    named: str = ""  # the segment that the customer's record names


def why(policy: Policy, before: Membership, after: Membership, behaviour: Behaviour | None) -> Reason:
    """Return the reason for which a customer moved from ``before`` to ``after`` under ``policy``."""
    if after.named.casefold() == after.segment.casefold():
        return Reason("named")
    if before.named.casefold() == before.segment.casefold():
        return Reason("unnamed")
    if before.policy_number != after.policy_number and _would_move(policy, before, after.segment):
        return Reason("policy", {"number": after.policy_number})
    for one in _decisive(policy, before.segment, after.segment):
        old, new = before.facts.get(one.field), after.facts.get(one.field)
        if one.holds(old) != one.holds(new):
            return _told(one.field, old, new, before, after, behaviour)
    return Reason("facts")


def stored(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Return facts as JSON keeps them."""
    return {name: sorted(value) if isinstance(value, frozenset) else _text(value) for name, value in facts.items()}


def restored(facts: Mapping[str, Any]) -> dict[str, Fact]:
    """Return the facts that :func:`stored` made; what a later policy does not know is left out."""
    return {name: _fact(FIELDS[name][0], value) for name, value in facts.items() if name in FIELDS}


def _would_move(policy: Policy, before: Membership, segment: str) -> bool:
    """Return whether the old facts alone lead to ``segment`` under the new policy."""
    known = {name: before.facts.get(name) for name in FIELDS}
    return policy.segment_for(known, before.named).key == segment


def _decisive(policy: Policy, before: str, after: str) -> Iterator[Condition]:
    """Yield the conditions that tell the two segments apart: their own first, then those of the ones tried before."""
    own = [segment for key in (after, before) if (segment := policy.by_key.get(key.casefold()))]
    for segment in (*own, *(one for one in policy.segments if one not in own)):
        yield from (*segment.all_of, *segment.any_of)


def _told(
    name: str, old: Fact, new: Fact, before: Membership, after: Membership, behaviour: Behaviour | None
) -> Reason:
    if name in _RECORD:
        return Reason("record", {"field": name})
    told: dict[str, int | str | None] = {"before": _text(old) or "—", "after": _text(new) or "—"}
    if name != "payer_score" or behaviour is None or not (isinstance(old, Decimal) and isinstance(new, Decimal)):
        return Reason(name, told)
    part = worst_change(before.parts, after.parts)
    if new > old or not part:
        return Reason("payer_score_better" if new > old else "payer_score", told)
    return Reason(f"payer_score_{part}", told | _detail(part, behaviour))


def _detail(part: str, behaviour: Behaviour) -> dict[str, int | str | None]:
    count = {
        "lateness": behaviour.late_lately,
        "unpaid": behaviour.unpaid,
        "promises": behaviour.broken_promises,
        "disputes": behaviour.unjustified_disputes,
    }
    lately = behaviour.days_late if behaviour.days_late_lately is None else behaviour.days_late_lately
    return {"count": count.get(part, 0), "days": round(lately)}


def _text(value: Fact) -> str | None:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value.is_finite() else "Infinity"
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else value


def _fact(kind: Kind, value: Any) -> Fact:
    if value is None:
        return None
    if kind is Kind.WORDS:
        return frozenset(value)
    if kind is Kind.WORD:
        return str(value)
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
