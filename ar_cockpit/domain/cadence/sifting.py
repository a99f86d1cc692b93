"""A day's plan of a large ledger: customers of whom nothing can come are left aside, of those alike one is decided.

Of most open invoices no step is reached, or all are done: where nothing moves, ``decide`` could but give reasons, and
is asked for them when somebody reads them. Of the others many are in one situation (:mod:`.situations`): ``decide``
answers for one of them, and the answer is every other's too. The rules stay those of
:func:`~ar_cockpit.domain.cadence.plan.make_plan`; ``tests/property/test_sifting.py`` holds the plan equal to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np

from ar_cockpit.domain.cadence.answering import Moving, with_done
from ar_cockpit.domain.cadence.columns import Flags, Ints, Owing, places_of
from ar_cockpit.domain.cadence.day import Day, InvoiceFacts, Waiting
from ar_cockpit.domain.cadence.debtors import Debtors, choices_of
from ar_cockpit.domain.cadence.people import Column, People
from ar_cockpit.domain.cadence.plan import CadencePlan, Choice, CustomerFacts, Known, decide_one, stop_of
from ar_cockpit.domain.cadence.situations import Cases, cadences_of, cases_of
from ar_cockpit.domain.policy.model import Policy


class Asked(NamedTuple):
    """Questions about those alone of whom something may come: whom to write to, and the numbers of invoices by key."""

    reach: Callable[[People], Mapping[str, Column]]  # the columns of ``Addressee`` that tell it
    numbers: Callable[[Ints], Sequence[str]]


def sift(policy: Policy, people: People, owing: Owing, customers: CustomerFacts, facts: InvoiceFacts) -> Sifted:
    """Return who may hear of us; ``people`` come in the order of the plan, without whom to write to at them."""
    debtors = Debtors.of(people, owing, customers)
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
    people, facts = debtors.everyone, debtors.facts
    asked = people.column("tags").astype(np.bool_)
    asked[places_of(people.ids, facts.blocked.keys())] = True
    return [place for place in np.flatnonzero(asked).tolist() if stop_of(Known(people[place], (), facts)) is not None]


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
        people = debtors.everyone
        if len(people):
            people = people.reached(asked.reach(people))
            cases = Cases(self.cases.numbers[invoices], self.cases.bits[places], self.cases.may_move[places])
            here = replace(debtors, everyone=people)
            Moving(here, self.choice[places], self.choices, cases, self.facts, asked.numbers).decide(plan)
        named = sum([len(touch.items) for touch in plan.day.touches])
        left = len(self.debtors.owing) - named - len(plan.day.held)
        plan.leave(left, partial(self._held, on, asked, people))
        return plan

    def _held(self, on: date, asked: Asked, spoken: People) -> list[Waiting]:
        """Return what is held, in the order of the plan: by asking about everybody."""
        if not len(self.debtors):
            return []
        debtors = self.debtors.named(asked.numbers(self.debtors.owing.ids))
        facts = with_done(self.facts, debtors.owing.ids)
        aside, moving = CadencePlan(Day(on)), iter(spoken)
        for place, (which, is_moving) in enumerate(zip(self.choice.tolist(), self.moving.tolist(), strict=True)):
            known = debtors.known(place, next(moving) if is_moving else None)
            decide_one(aside, self.choices[which], known, facts)
        return aside.day.held
