"""One decision for all customers in a situation: ``decide`` is asked about the first, and its answer handed to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from ar_cockpit.domain.cadence.columns import Dones, Flags, Ints, flagged, kinds, numbered, places_of
from ar_cockpit.domain.cadence.day import Day, InvoiceFacts, Telling, Touch
from ar_cockpit.domain.cadence.debtors import Debtors, by_number
from ar_cockpit.domain.cadence.naming import Named, NamedHere
from ar_cockpit.domain.cadence.people import Spoken
from ar_cockpit.domain.cadence.plan import CadencePlan, Choice, decide_one
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
    choice: Ints
    choices: Sequence[Choice]
    cases: Cases
    facts: InvoiceFacts
    numbers: Callable[[Ints], Sequence[str]]

    def decide(self, plan: CadencePlan) -> None:
        """Add to ``plan`` what becomes of them, one decision for all who are in the same situation."""
        cadences, of_choice = cadences_of(self.choices)
        cadence = of_choice[self.choice]
        alone = odd_ones(self.debtors, self.cases, cadence, cadences, self.facts)
        situation, first = situations_of(self.debtors, self.cases, cadence, cadences, alone)
        asked = np.sort(first[~alone[first]])
        answers = dict(zip(asked.tolist(), self._answers(plan.day.on, asked), strict=True))
        told = [answers.get(place, _NONE) for place in first.tolist()]
        named = self._listed(situation, told)
        alone |= self._covered(named.totals)
        has_any = flagged([bool(one.lead or one.tells) for one in told])[situation]
        plan.addressees = Spoken(self.debtors.everyone.placed(alike := np.flatnonzero(has_any & ~alone)))
        which = [self.choices[choice] for choice in self.choice[alike].tolist()]
        plan.choices.update(zip(self.debtors.everyone.ids[alike].tolist(), which, strict=True))
        self._add(plan, np.flatnonzero(alone | has_any), [told[one] for one in situation.tolist()], named, alone)

    def _add(self, plan: CadencePlan, places: Ints, answers: Sequence[Answer], named: Named, alone: Flags) -> None:
        """Add those at ``places``: the answer of their situation, or, of those left alone, their own decision."""
        tells = [{} if by_itself else one.tells for one, by_itself in zip(answers, alone.tolist(), strict=True)]
        told = np.flatnonzero(self._in_case(np.arange(len(answers)), tells))
        apart, its = self.debtors.some(np.flatnonzero(alone))
        numbers = self.numbers(np.concatenate([apart.owing.ids, self.debtors.owing.ids[told]]))
        apart = apart.named(numbers[: len(its)])
        tellings = self._tellings(tells, told, numbers[len(its) :])
        facts, add, new = with_done(self.facts, apart.owing.ids), plan.day.touches.append, tuple.__new__
        totals, ids = named.totals.tolist(), self.debtors.everyone.ids.tolist()
        rank, choice = (np.cumsum(alone) - 1).tolist(), self.choice.tolist()
        for place, is_alone in zip(places.tolist(), alone[places].tolist(), strict=True):
            if is_alone:
                decide_one(plan, self.choices[choice[place]], apart.known(rank[place]), facts)
                continue
            if lead := answers[place].lead:
                items, currency = NamedHere(named, place), named.currencies[place]
                add(new(Touch, (ids[place], *lead, items, totals[place], currency, None)))
            if place in tellings:
                plan.day.tellings += tellings[place]

    def _answers(self, on: date, places: Ints) -> list[Answer]:
        """Decide about the customers at ``places``, as if we held no money of theirs."""
        some, invoices = self.debtors.some(places)
        some = replace(some, facts=replace(some.facts, cover={}))
        facts = with_done(self.facts, some.owing.ids)
        case_of = dict(zip(some.owing.ids.tolist(), self.cases.numbers[invoices].tolist(), strict=True))
        found = []
        for number, which in enumerate(self.choice[places].tolist()):
            aside = CadencePlan(Day(on))
            decide_one(aside, self.choices[which], some.known(number), facts)
            found.append(_answer(aside.day, case_of))
        return found

    def _covered(self, totals: Ints) -> Flags:
        """Return of whom we hold enough money for what would be asked for: that is another decision."""
        cover, owing, ids = self.debtors.facts.cover, self.debtors.owing, self.debtors.everyone.ids
        covered = np.zeros(len(ids), np.bool_)
        own = owing.currency[self.debtors.starts]
        asked = places_of(ids, cover.keys())
        asked = asked[totals[asked] > 0]
        for place, key, currency in zip(asked.tolist(), ids[asked].tolist(), own[asked].tolist(), strict=True):
            covered[place] = cover[key].get(owing.currencies[currency], 0) >= totals[place]
        return covered

    def _in_case(self, situation: Ints, told: Sequence[Mapping[int, Any]]) -> Flags:
        """Return the invoices whose case is among those that are ``told`` of their customer's situation."""
        bits = numbered([sum(1 << case for case in one) if one else 0 for one in told])
        return ((bits[situation][self.debtors.whose] >> self.cases.numbers) & 1).astype(np.bool_)

    def _listed(self, situation: Ints, answers: Sequence[Answer]) -> Named:
        goes, owing, starts = (
            self._in_case(situation, [one.steps for one in answers]),
            self.debtors.owing,
            self.debtors.starts,
        )
        places = np.flatnonzero(goes)
        kind, first = kinds(situation[self.debtors.whose[places]], self.cases.numbers[places])
        firsts = places[first]
        steps = [
            answers[which].steps[case]
            for which, case in zip(
                situation[self.debtors.whose[firsts]].tolist(), self.cases.numbers[firsts].tolist(), strict=True
            )
        ]
        return Named(
            owing.placed(places),
            self.debtors.whose[places],
            kind,
            steps,
            np.cumsum(np.add.reduceat(goes.astype(np.int64), starts)).tolist(),
            np.add.reduceat(np.where(goes, owing.minor, 0), starts),
            [owing.currencies[currency] for currency in owing.currency[starts].tolist()],
            self.numbers,
        )

    def _tellings(
        self, tells: Sequence[Mapping[int, str]], told: Ints, numbers: Sequence[str]
    ) -> dict[int, list[Telling]]:
        """Return by the customer's place what is told of the invoices at ``told``."""
        owing, whose = self.debtors.owing, self.debtors.whose[told]
        found: dict[int, list[Telling]] = {}
        for one in by_number(owing.days[told], whose, numbers).tolist():
            who, place = int(whose[one]), int(told[one])
            step = tells[who][int(self.cases.numbers[place])]
            telling = Telling(int(owing.owners[place]), int(owing.ids[place]), numbers[one], step)
            found.setdefault(who, []).append(telling)
        return found


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
