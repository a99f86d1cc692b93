"""One decision for all customers in a situation: ``decide`` is asked about the first, and its answer handed to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from ar_cockpit.domain.cadence.columns import Dones, Flags, Ints, flagged, numbered
from ar_cockpit.domain.cadence.day import NO_COVER, Day, InvoiceFacts, Item, Telling, Touch
from ar_cockpit.domain.cadence.debtors import Debtors
from ar_cockpit.domain.cadence.plan import Addressee, CadencePlan, Choice, decide_one
from ar_cockpit.domain.cadence.situations import Cases, cadences_of, odd_ones, situations_of
from ar_cockpit.domain.policy.model import Channel, Step


class Answer(NamedTuple):
    """What a decision says of each case, by the case's number; no ``lead``: the customer gets no message."""

    lead: tuple[Step, Channel] | None
    steps: Mapping[int, Step]
    tells: Mapping[int, str]


_NONE = Answer(None, {}, {})


@dataclass(frozen=True, slots=True)
class Moving:
    """Customers of whom something may come, each with whom to write to and its choice."""

    debtors: Debtors
    spoken: Sequence[Addressee]
    choices: Sequence[Choice]
    cases: Cases
    facts: InvoiceFacts

    def decide(self, plan: CadencePlan) -> None:
        """Add to ``plan`` what becomes of them, one decision for all who are in the same situation."""
        cadences, cadence = cadences_of(self.choices)
        alone = odd_ones(self.debtors, self.cases, cadence, cadences, self.facts)
        situation, first = situations_of(self.debtors, self.cases, cadence, cadences, self.spoken, alone)
        asked = np.sort(first[~alone[first]])
        answers = dict(zip(asked.tolist(), self._answers(plan.day.on, asked), strict=True))
        told = [answers.get(place, _NONE) for place in first.tolist()]
        items, tells = self._items(situation, told), self._tellings(situation, told)
        alone |= self._covered(items.totals)
        has_any = flagged([bool(one.steps or one.tells) for one in told])
        places = np.flatnonzero(alone | has_any[situation])
        self._add(plan, places, [told[which] for which in situation[places].tolist()], items, tells, alone)

    def _add(
        self,
        plan: CadencePlan,
        places: Ints,
        answers: Sequence[Answer],
        items: Items,
        tells: Mapping[int, list[Telling]],
        alone: Flags,
    ) -> None:
        """Add those at ``places``: the answer of their situation, or, of those left alone, their own decision."""
        facts = with_done(self.facts, self.debtors.some(np.flatnonzero(alone))[0].owing.ids)
        touches, chosen, reached = plan.day.touches, plan.choices, plan.addressees
        is_alone, new = alone.tolist(), tuple.__new__
        for place, answer in zip(places.tolist(), answers, strict=True):
            one, choice = self.spoken[place], self.choices[place]
            if is_alone[place]:
                decide_one(plan, choice, self.debtors.known(place, one), facts)
                continue
            if answer.lead:
                mine, total, currency = items.of(place)
                touches.append(new(Touch, (one.customer_id, *answer.lead, mine, total, currency, None)))
            if answer.tells:
                plan.day.tellings += tells[place]
            reached[one.customer_id], chosen[one.customer_id] = one, choice

    def _answers(self, on: date, places: Ints) -> list[Answer]:
        """Decide about the customers at ``places``, as if we held no money of theirs."""
        some, invoices = self.debtors.some(places)
        some = replace(some, facts=replace(some.facts, cover={}))
        facts = with_done(self.facts, some.owing.ids)
        case_of = dict(zip(some.owing.ids.tolist(), self.cases.numbers[invoices].tolist(), strict=True))
        found = []
        for number, place in enumerate(places.tolist()):
            aside = CadencePlan(Day(on))
            decide_one(aside, self.choices[place], some.known(number, self.spoken[place]), facts)
            found.append(_answer(aside.day, case_of))
        return found

    def _covered(self, totals: Ints) -> Flags:
        """Return of whom we hold enough money for what would be asked for: that is another decision."""
        cover, owing = self.debtors.facts.cover, self.debtors.owing
        own = owing.currency[self.debtors.starts].tolist()
        ours = [
            cover.get(one.customer_id, NO_COVER).get(owing.currencies[currency], 0)
            for one, currency in zip(self.spoken, own, strict=True)
        ]
        return (totals > 0) & (numbered(ours) >= totals)

    def _named(self, situation: Ints, told: Sequence[Mapping[int, Any]]) -> Flags:
        """Return the invoices whose case is among those that are ``told`` of their customer's situation."""
        bits = numbered([sum(1 << case for case in one) for one in told])
        return ((bits[situation][self.debtors.whose] >> self.cases.numbers) & 1).astype(np.bool_)

    def _items(self, situation: Ints, answers: Sequence[Answer]) -> Items:
        steps = [one.steps for one in answers]
        goes, owing, starts = self._named(situation, steps), self.debtors.owing, self.debtors.starts
        places = np.flatnonzero(goes)
        cases, of = self.cases.numbers[places].tolist(), situation[self.debtors.whose[places]].tolist()
        each = [steps[which][case] for which, case in zip(of, cases, strict=True)]
        numbers = [owing.numbers[place] for place in places.tolist()]
        rows = zip(owing.ids[places].tolist(), numbers, each, owing.minor[places].tolist(), strict=True)
        new = tuple.__new__  # a named item is made three times as slowly by its name
        return Items(
            [new(Item, row) for row in rows],
            np.cumsum(np.add.reduceat(goes.astype(np.int64), starts)).tolist(),
            np.add.reduceat(np.where(goes, owing.minor, 0), starts),
            [owing.currencies[currency] for currency in owing.currency[starts].tolist()],
        )

    def _tellings(self, situation: Ints, answers: Sequence[Answer]) -> dict[int, list[Telling]]:
        tells, owing, whose = [one.tells for one in answers], self.debtors.owing, self.debtors.whose
        found: dict[int, list[Telling]] = {}
        for place in np.flatnonzero(self._named(situation, tells)).tolist():
            who = int(whose[place])
            step = tells[int(situation[who])][int(self.cases.numbers[place])]
            told = Telling(int(owing.owners[place]), int(owing.ids[place]), owing.numbers[place], step)
            found.setdefault(who, []).append(told)
        return found


class Items(NamedTuple):
    """The invoices that are named, one customer's after the other's, with where each customer's end."""

    every: list[Item]
    ends: list[int]
    totals: Ints
    currencies: list[str]

    def of(self, place: int) -> tuple[tuple[Item, ...], int, str]:
        """Return a customer's invoices, their sum and its currency."""
        first = self.ends[place - 1] if place else 0
        return tuple(self.every[first : self.ends[place]]), int(self.totals[place]), self.currencies[place]


def _answer(day: Day, case_of: Mapping[int, int]) -> Answer:
    touch = day.touches[0] if day.touches else None
    return Answer(
        (touch.step, touch.channel) if touch else None,
        {case_of[item.invoice_id]: item.step for item in touch.items} if touch else {},
        {case_of[one.invoice_id]: one.step for one in day.tellings},
    )


def with_done(facts: InvoiceFacts, ids: Ints) -> InvoiceFacts:
    """Return the facts with what was done about some invoices at hand."""
    return replace(facts, done=facts.done.of(ids)) if isinstance(facts.done, Dones) else facts
