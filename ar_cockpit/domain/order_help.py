"""What would make an order acceptable: which invoices to pay, how large a deposit, which terms, whom to ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ar_cockpit.domain.credit import (
    DEFAULT_RULES,
    CreditFacts,
    Decision,
    Level,
    answer_order,
    standing,
)
from ar_cockpit.domain.policy.credit_rules import StandingRules
from ar_cockpit.domain.reasons import Reason

MOST_INVOICES = 10  # a longer list is no advice: the account is to be brought up to date


@dataclass(frozen=True, slots=True)
class Debt:
    """An open invoice in the currency of the facts, or elsewhere with ``minor`` in its own."""

    invoice_id: int
    minor: int
    days_overdue: int = 0
    is_disputed: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """One way to have the order accepted; ``invoice_ids`` are to be paid."""

    reason: Reason
    invoice_ids: tuple[int, ...] = ()


def helps(
    facts: CreditFacts,
    debts: Sequence[Debt],
    order_minor: int,
    *,
    rules: StandingRules = DEFAULT_RULES,
    terms_days: int | None = None,
) -> list[Help]:
    """Return what would make an order in the facts' currency acceptable, the plainest way first; nothing when it is.

    Shorter terms, and the payment that lifts a hold, come before the rest and go with it; a payment after which the
    order is accepted, a deposit and a limit are each a way of their own. Each of them was tried.
    """
    if _is_accepted(facts, order_minor, rules, terms_days):
        return []
    terms, found = _terms(facts, terms_days)
    paid = _invoices_to_pay(facts, debts, lambda after: _is_accepted(after, order_minor, rules))
    if paid:
        found.append(_paying(facts, paid))
    if standing(facts, rules).level is Level.HOLD:
        if paid:
            return found
        lifting = _invoices_to_pay(facts, debts, lambda after: standing(after, rules).level is not Level.HOLD)
        if not lifting:
            return [*found, Help(Reason("help_release"))]
        found.append(_paying(facts, lifting))
        facts = without(facts, debts, lifting)
    return found + _of_limit(facts, order_minor, rules, terms)


def _of_limit(facts: CreditFacts, order_minor: int, rules: StandingRules, terms: int | None) -> list[Help]:
    """Return the ways that have to do with the limit, of a customer that is not on hold."""
    found = []
    short = order_minor - max(0, facts.free_minor or 0)
    if 0 < short < order_minor and _is_accepted(facts, order_minor - short, rules, terms):
        found.append(Help(_amount("help_deposit", short, facts)))
    if short > 0:
        found.append(Help(_amount("help_limit", facts.open_minor + facts.reserved_minor + order_minor, facts)))
    elif facts.limit_ended_on:
        found.append(Help(Reason("help_renew")))
    return found


def _is_accepted(facts: CreditFacts, minor: int, rules: StandingRules, terms: int | None = None) -> bool:
    answer = answer_order(facts, minor, facts.currency, rules=rules, terms_days=terms)
    return answer.decision is Decision.ACCEPT


def without(facts: CreditFacts, debts: Sequence[Debt], paid: Sequence[Debt]) -> CreditFacts:
    """Return the facts as they would be once ``paid`` of the ``debts`` are settled."""
    gone = {one.invoice_id for one in paid}
    left = [one for one in debts if one.invoice_id not in gone]
    own = [one for one in left if one.currency in ("", facts.currency)]
    return replace(
        facts,
        open_minor=sum(one.minor for one in own),
        overdue_minor=sum(one.minor for one in own if one.days_overdue > 0),
        disputed_minor=sum(one.minor for one in own if one.is_disputed),
        days_overdue=max((one.days_overdue for one in left), default=0),
        undisputed_days_overdue=max((one.days_overdue for one in left if not one.is_disputed), default=0),
        other_currencies=tuple(sorted({one.currency for one in left} - {"", facts.currency})),
    )


def _terms(facts: CreditFacts, terms_days: int | None) -> tuple[int | None, list[Help]]:
    agreed = facts.terms_days
    if terms_days is None or agreed is None or terms_days <= agreed:
        return terms_days, []
    return agreed, [Help(Reason("help_terms", {"days": agreed}))]


def _invoices_to_pay(
    facts: CreditFacts, debts: Sequence[Debt], suffices: Callable[[CreditFacts], bool]
) -> tuple[Debt, ...]:
    """Return the fewest invoices, oldest first, whose payment ``suffices``; nothing when none do.

    Invoices that are disputed are not asked for.
    """
    candidates = sorted((one for one in debts if not one.is_disputed), key=lambda one: -one.days_overdue)
    for number in range(1, min(MOST_INVOICES, len(candidates)) + 1):
        paid = tuple(candidates[:number])
        if suffices(without(facts, debts, paid)):
            return _spared(facts, debts, paid, suffices)
    return ()


def _spared(
    facts: CreditFacts, debts: Sequence[Debt], paid: tuple[Debt, ...], suffices: Callable[[CreditFacts], bool]
) -> tuple[Debt, ...]:
    """Return ``paid`` without those that are not needed, the youngest tried first."""
    for one in reversed(paid):
        fewer = tuple(other for other in paid if other is not one)
        if fewer and suffices(without(facts, debts, fewer)):
            paid = fewer
    return paid


def _paying(facts: CreditFacts, paid: Sequence[Debt]) -> Help:
    totals: dict[str, int] = {}
    for one in paid:
        code = one.currency or facts.currency
        totals[code] = totals.get(code, 0) + one.minor
    told: dict[str, int | str | None] = {"count": len(paid)}
    if len(totals) == 1:
        ((currency, minor),) = totals.items()
        told |= {"amount_minor": minor, "currency": currency}
    return Help(Reason("help_pay" if len(totals) == 1 else "help_pay_several", told), tuple(d.invoice_id for d in paid))


def _amount(code: str, minor: int, facts: CreditFacts) -> Reason:
    return Reason(code, {"amount_minor": minor, "currency": facts.currency})
