"""A day's plan of a large ledger: customers of whom nothing can come are left aside, of those alike one is decided.

Of most open invoices no step is reached, or all are done: where nothing moves, ``decide`` could but give reasons, and
is asked for them when somebody reads them. Of the others many are in one situation (:mod:`.situations`): ``decide``
answers for one of them, and the answer is every other's too. The rules stay those of
:func:`~ar_cockpit.domain.cadence.plan.make_plan`; ``tests/property/test_sifting.py`` holds the plan equal to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np

from ar_cockpit.domain.cadence.answering import Moving, with_done
from ar_cockpit.domain.cadence.columns import Flags, Ints, Owing, places_of
from ar_cockpit.domain.cadence.day import Day, InvoiceFacts, Waiting
from ar_cockpit.domain.cadence.debtors import Debtors, choices_of
from ar_cockpit.domain.cadence.plan import Addressee, CadencePlan, Choice, CustomerFacts, Known, decide_one, stop_of
from ar_cockpit.domain.cadence.situations import Cases, cadences_of, cases_of
from ar_cockpit.domain.policy.model import Policy


class Reached(NamedTuple):
    """Whom to write to at a customer, and in which language."""

    contact_id: int | None = None
    email: str = ""
    has_phone: bool = False
    speaks: str = ""


NOBODY = Reached()
_WITHOUT = len(Addressee._fields) - len(Reached._fields)  # those come last


class Asked(NamedTuple):
    """Questions about those alone of whom something may come: whom to write to, and the numbers of invoices by key."""

    reach: Callable[[Sequence[Addressee]], Mapping[int, Reached]]
    numbers: Callable[[Ints], Sequence[str]]


def sift(
    policy: Policy,
    addressees: Iterable[Addressee],
    owing: Owing,
    customers: CustomerFacts,
    facts: InvoiceFacts,
) -> Sifted:
    """Return who may hear of us; ``addressees`` come in the order of the plan, without whom to write to at them."""
    debtors = Debtors.of(list(addressees), owing, customers)
    choice, choices = choices_of(policy, debtors)
    if not len(debtors):
        return Sifted(debtors, choice, choices, Cases(choice, choice, choice > 0), facts, choice > 0)
    cadences, of_choice = cadences_of(choices)
    cases = cases_of(debtors, of_choice[choice], cadences, facts)
    moving = cases.may_move.copy()
    told_of = facts.broken.keys() | facts.instalments.keys()
    moving[debtors.whose[places_of(debtors.owing.ids, told_of)]] = True
    moving[_stopped(debtors)] = False
    return Sifted(debtors, choice, choices, cases, facts, moving)


def _stopped(debtors: Debtors) -> list[int]:
    """Return the places of customers that are stopped as a whole."""
    blocked, facts = debtors.facts.blocked, debtors.facts
    asked = [(place, one) for place, one in enumerate(debtors.everyone) if one.tags or one.customer_id in blocked]
    return [place for place, one in asked if stop_of(Known(one, (), facts)) is not None]


@dataclass(frozen=True, slots=True)
class Sifted:
    """The customers of a day, and of whom of them something may come."""

    debtors: Debtors
    choice: Ints
    choices: Sequence[Choice]
    cases: Cases
    facts: InvoiceFacts
    moving: Flags

    def plan(self, on: date, asked: Asked) -> CadencePlan:
        """Return the plan of the day; what only those need of whom something may come is ``asked`` of them alone."""
        plan = CadencePlan(Day(on))
        debtors, invoices = self.debtors.some(places := np.flatnonzero(self.moving))
        reached = asked.reach(debtors.everyone)
        spoken = [_to(one, reached) for one in debtors.everyone]
        if spoken:
            debtors, order = debtors.named(asked.numbers(debtors.owing.ids))
            numbers, bits = self.cases.numbers[invoices[order]], self.cases.bits[places]
            choices = [self.choices[which] for which in self.choice[places].tolist()]
            cases = Cases(numbers, bits, self.cases.may_move[places])
            Moving(debtors, spoken, choices, cases, self.facts).decide(plan)
        named = sum([len(touch.items) for touch in plan.day.touches])
        left = len(self.debtors.owing) - named - len(plan.day.held)
        plan.leave(left, partial(self._held, on, asked, reached))
        return plan

    def _held(self, on: date, asked: Asked, reached: Mapping[int, Reached]) -> list[Waiting]:
        """Return what is held, in the order of the plan: by asking about everybody."""
        if not len(self.debtors):
            return []
        debtors, _ = self.debtors.named(asked.numbers(self.debtors.owing.ids))
        facts = with_done(self.facts, debtors.owing.ids)
        aside = CadencePlan(Day(on))
        for place, which in enumerate(self.choice.tolist()):
            known = debtors.known(place, _to(debtors.everyone[place], reached))
            decide_one(aside, self.choices[which], known, facts)
        return aside.day.held


def _to(one: Addressee, reached: Mapping[int, Reached]) -> Addressee:
    """Return a customer with whom to write to there, as far as that was asked."""
    return Addressee._make((*one[:_WITHOUT], *reached.get(one.customer_id, NOBODY)))
