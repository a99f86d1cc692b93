"""Situations of customers: all that a decision about one looks at, so that one decision answers for all who are in it.

What an invoice brings to a decision, besides its amount, is its *case*: what stops it, the step it stands at and how,
the step of which is to be told. The cadence, the cases of the invoices and a few words about the customer make a
situation. Amounts matter only against the least sum of the cadence, and in the end against the customer's money that we
hold; a customer of whom the former, or anything rarer, might turn the answer is *odd* and decided by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ar_cockpit.domain.cadence.columns import Flags, Ints, flagged, histories_of, kinds, numbered, places_of
from ar_cockpit.domain.cadence.day import is_spaced, least_sum
from ar_cockpit.domain.cadence.debtors import Debtors
from ar_cockpit.domain.cadence.ladder import CLIMBING, DUE, Done, Held, fresh
from ar_cockpit.domain.cadence.likeness import alike
from ar_cockpit.domain.cadence.plan import Choice
from ar_cockpit.domain.cadence.shapes import CustomerDay, InvoiceFacts
from ar_cockpit.domain.policy.model import Cadence

_MAY_MOVE = frozenset({int(DUE), int(CLIMBING)})
_REST = 62  # the number of all cases beyond so many of one cadence: their bits fit into a whole number


@dataclass(frozen=True, slots=True)
class Cases:
    """The case of each invoice, by its number within its cadence, and the bits of each customer's cases."""

    numbers: Ints
    bits: Ints
    may_move: Flags  # of each customer


def cadences_of(choices: Sequence[Choice]) -> tuple[list[Cadence], Ints]:
    """Return the cadences that are chosen, and which of them each choice leads to."""
    known = {id(choice.cadence): choice.cadence for choice in choices}
    place = {key: number for number, key in enumerate(known)}
    return list(known.values()), numbered([place[id(choice.cadence)] for choice in choices])


def cases_of(debtors: Debtors, cadence: Ints, cadences: Sequence[Cadence], facts: InvoiceFacts) -> Cases:
    """Return the case of each invoice: the ladder is asked once for all that it cannot tell apart."""
    owing, of_invoice = debtors.owing, cadence[debtors.whose]
    dones, histories = histories_of(facts.done, owing.ids)
    reasons, blocked, likeness = list(Held), np.zeros(len(owing), np.int64), np.zeros(len(owing), np.int64)
    for place in places_of(owing.ids, facts.blocked.keys()).tolist():
        blocked[place] = reasons.index(facts.blocked[int(owing.ids[place])]) + 1
    for which, one in enumerate(cadences):
        its = np.flatnonzero(of_invoice == which)
        likeness[its] = alike(one, owing.days[its], dones[its], histories, facts.bits)
    kind, first = kinds(of_invoice, likeness, blocked)
    known: list[dict[tuple[int, str], int]] = [{} for _ in cadences]
    moving = [1 << _REST] * len(cadences)
    number_of = []
    asked = (column[first].tolist() for column in (of_invoice, owing.days, dones, blocked))
    for which, days, history, stop in zip(*asked, strict=True):
        done = histories.of(history - 1) if history else None
        case = _case(cadences[which], days, done, facts) if not stop else (-stop, "")
        number = min(_REST, known[which].setdefault(case, len(known[which])))
        number_of.append(number)
        if case[0] >= 0 and (case[0] % 4 in _MAY_MOVE or case[1]):
            moving[which] |= 1 << number
    numbers = numbered(number_of)[kind]
    bits = np.bitwise_or.reduceat(np.left_shift(1, numbers), debtors.starts)
    return Cases(numbers, bits, (bits & numbered(moving)[cadence]) != 0)


def _case(cadence: Cadence, days: int, done: Done | None, facts: InvoiceFacts) -> tuple[int, str]:
    """Return the place on the ladder with how the invoice stands to it, and the step of which is to be told."""
    place, stand, step = fresh(cadence)[days] if done is None else facts.stands(cadence)[days, done]
    return place * 4 + stand, step.key if step else ""


def odd_ones(debtors: Debtors, cases: Cases, cadence: Ints, cadences: Sequence[Cadence], facts: InvoiceFacts) -> Flags:
    """Return of whom more may matter than their situation tells."""
    owing, starts = debtors.owing, debtors.starts
    own = owing.currency[starts]
    odd: Flags = np.maximum.reduceat(owing.currency, starts) != np.minimum.reduceat(owing.currency, starts)
    odd |= (cases.bits >> _REST) > 0
    kind, first = kinds(cadence, own)
    asked = [least_sum(cadences[int(cadence[one])].minimum_amount, owing.currencies[int(own[one])]) for one in first]
    odd |= np.minimum.reduceat(owing.minor, starts) < numbered(asked)[kind]
    rare = {invoice_id for invoice_id, _ in (*facts.told, *facts.unheard, *facts.approved)}
    rare |= facts.reviewed | facts.paused.keys() | facts.broken.keys() | facts.instalments.keys()
    odd[debtors.whose[places_of(owing.ids, rare)]] = True
    trials = debtors.facts.hold_out.trials
    return odd | flagged([one in trials for one in debtors.everyone.column("company")]) if trials else odd


def situations_of(
    debtors: Debtors, cases: Cases, cadence: Ints, cadences: Sequence[Cadence], odd: Flags
) -> tuple[Ints, Ints]:
    """Return the situation of each customer, and the place of the first one of each; odd ones keep to themselves."""
    facts, people = debtors.facts, debtors.everyone
    touched = np.zeros(len(people), np.bool_)
    touched[places_of(people.ids, facts.touched_today)] = True
    words = (
        people.column("email") != "",
        people.column("has_phone").astype(np.bool_),
        people.column("has_sales_owner").astype(np.bool_),
        touched,
        flagged([country in facts.closed_countries for country in people.column("country").tolist()]),
    )
    told = [column.astype(np.int64) for column in words]
    return kinds(cases.bits, odd.astype(np.int64), cadence, *told, _spaced(debtors, cadence, cadences))


def _spaced(debtors: Debtors, cadence: Ints, cadences: Sequence[Cadence]) -> Ints:
    """Return whether each keeps its distance to the last reminder: the rule is asked once for the same days."""
    since_reminder, oldest = debtors.facts.since_reminder, debtors.oldest_days
    since = numbered([since_reminder.get(key, -1) for key in debtors.everyone.ids.tolist()])
    kind, first = kinds(cadence, since, np.where(since < 0, 0, oldest))
    asked = [
        is_spaced(
            CustomerDay(0, since_reminder=ago if ago >= 0 else None, oldest_days=int(oldest[place])),
            cadences[int(cadence[place])],
        )
        for place, ago in zip(first.tolist(), since[first].tolist(), strict=True)
    ]
    return flagged(asked).astype(np.int64)[kind]
