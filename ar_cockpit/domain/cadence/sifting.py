"""A day's plan of a large ledger: customers of whom nothing can come are found by look-ups, the others are decided.

Of most open invoices no step is reached, or all are done. Whether one moves depends on its cadence, its days and what
was done about it, and is worked out by the ladder once for each case. Where nothing moves, ``decide`` could but give
reasons; it is asked for them when somebody reads them. ``tests/property/test_sifting.py`` holds the plan equal to
:func:`~ar_cockpit.domain.cadence.plan.make_plan`, whose rules these are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR
from functools import partial
from typing import NamedTuple

from ar_cockpit.domain.cadence.day import Day, InvoiceFacts, Owed, Waiting
from ar_cockpit.domain.cadence.ladder import CLIMBING, DUE, fresh
from ar_cockpit.domain.cadence.plan import (
    Addressee,
    CadencePlan,
    Choice,
    CustomerFacts,
    Known,
    choose,
    decide_one,
    stop_of,
)
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.policy.model import Cadence, Policy


class Reached(NamedTuple):
    """Whom to write to at a customer, and in which language."""

    contact_id: int | None = None
    email: str = ""
    has_phone: bool = False
    speaks: str = ""


NOBODY = Reached()


_WITHOUT = len(Addressee._fields) - len(Reached._fields)  # those come last


class _Chosen(NamedTuple):
    known: Known
    choice: Choice


Reach = Callable[[Sequence[Addressee]], Mapping[int, Reached]]


def sift(
    policy: Policy,
    addressees: Iterable[Addressee],
    owed: Mapping[int, Sequence[Owed]],
    customers: CustomerFacts,
    facts: InvoiceFacts,
) -> Sifted:
    """Return who may hear of us; ``addressees`` come in the order of the plan, without whom to write to at them."""
    sifted = Sifted(policy, facts)
    choices = Choices(policy)
    for one in addressees:
        rows = owed.get(one.customer_id)
        if rows is None:
            continue
        if len(rows) > 1:
            rows = sorted(rows, key=_oldest_first)
        known = Known(one, rows, customers)
        sifted.add(_Chosen(known, choices.of(known)))
    return sifted


def _oldest_first(invoice: Owed) -> tuple[int, str]:
    return -invoice[4], invoice[1]


class Sifted:
    """The customers of a day, those of whom something may come apart from the others."""

    def __init__(self, policy: Policy, facts: InvoiceFacts) -> None:
        self.policy, self.facts = policy, facts
        self.moving: list[_Chosen] = []
        self.quiet: list[_Chosen] = []
        self.quiet_invoices = 0
        self._order: list[int] = []

    def add(self, one: _Chosen) -> None:
        """Put one customer where it belongs; they come in the order of the plan."""
        self._order.append(one.known.one.customer_id)
        if stop_of(one.known) is None and self._may_move(one.known.owed, one.choice.cadence):
            self.moving.append(one)
        else:
            self.quiet.append(one)
            self.quiet_invoices += len(one.known.owed)

    def _may_move(self, owed: Sequence[Owed], cadence: Cadence) -> bool:
        """Return whether any invoice comes to a step, or is to be told of, its promise broke, or its plan is near."""
        facts = self.facts
        done, blocked = facts.done, facts.blocked
        never_done, before_done = fresh(cadence), facts.stands(cadence)
        for row in owed:
            before = done.get(row[0])
            _, stand, step = never_done[row[4]] if before is None else before_done[row[4], before]
            if (stand is DUE or stand is CLIMBING or step is not None) and row[0] not in blocked:
                return True
        told = (facts.broken, facts.instalments)
        return any(some and any(row[0] in some for row in owed) for some in told)

    def plan(self, on: date, reach: Reach) -> CadencePlan:
        """Return the plan of the day; ``reach`` tells whom to write to at those of whom something may come."""
        plan = CadencePlan(Day(on))
        reached = reach([one.known.one for one in self.moving])
        for known, choice in self.moving:
            one = Addressee._make((*known.one[:_WITHOUT], *reached[known.one.customer_id]))
            decide_one(plan, choice, Known(one, known.owed, known.facts), self.facts)
        plan.leave(self.quiet_invoices, partial(self._held, plan))
        return plan

    def _held(self, plan: CadencePlan) -> list[Waiting]:
        """Return what is held, in the order of the plan."""
        aside = CadencePlan(Day(plan.day.on))
        for known, choice in self.quiet:
            decide_one(aside, choice, known, self.facts)
        places = {customer_id: place for place, customer_id in enumerate(self._order)}
        return sorted([*plan.day.held, *aside.day.held], key=lambda one: places[one.customer_id])


class Choices:
    """The segment and cadence of many customers: rules are asked once for all whose facts they cannot tell apart."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._known: dict[tuple[Hashable, ...], Choice] = {}
        self._asked = [_KEYS[name] for name in sorted(policy.fields_asked)]
        self._marks = Marks(policy)

    def of(self, known: Known) -> Choice:
        """Return what ``choose`` does."""
        key = (known.one.segment, *[asked(known, self._marks) for asked in self._asked])
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = choose(self._policy, known)
        return found


class Marks:
    """Between which values of a policy's rules an amount or a number lies, as whole numbers of its smallest unit."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._ends: dict[tuple[str, str], list[int]] = {}

    def place(self, name: str, value: int | None, currency: str = "") -> int:
        """Return the same for values of which every rule says the same; -1 for one that is not known."""
        if value is None:
            return -1
        ends = self._ends.get((name, currency))
        if ends is None:
            ends = self._ends[name, currency] = sorted(self._of(name, currency))
        return bisect_right(ends, value)

    def _of(self, name: str, currency: str) -> Iterator[int]:
        places = exponent(currency) if currency else 0
        for mark in self._policy.marks.get(name, []):
            scaled = mark.scaleb(places)
            yield int(scaled.to_integral_value(ROUND_CEILING))  # from here on it is reached
            yield int(scaled.to_integral_value(ROUND_FLOOR)) + 1  # and from here on passed


_Key = Callable[[Known, Marks], Hashable]
_KEYS: Mapping[str, _Key] = {
    "payer_score": lambda known, marks: marks.place("payer_score", known.facts.scores.get(known.one.customer_id)),
    "external_score": lambda known, marks: marks.place("external_score", known.one.external_score),
    "oldest_days_overdue": lambda known, marks: marks.place("oldest_days_overdue", known.oldest_days),
    "payment_terms_days": lambda known, marks: marks.place("payment_terms_days", known.one.terms_days),
    "open": lambda known, marks: marks.place("open", known.open_minor(), known.one.currency),
    "overdue": lambda known, marks: marks.place("overdue", known.open_minor(least_days=1), known.one.currency),
    "credit_use": lambda known, _: known.credit_use(),
    "country": lambda known, _: known.one.country,
    "language": lambda known, _: known.one.language,
    "currency": lambda known, _: known.one.currency,
    "company": lambda known, _: known.one.company,
    "tags": lambda known, _: known.one.tags,
    "segment": lambda known, _: known.one.segment,
}
