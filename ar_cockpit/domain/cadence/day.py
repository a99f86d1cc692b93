"""What a day's run does about one customer: one message, one task, or for each invoice the reason to wait."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from math import ceil
from operator import attrgetter

from ar_cockpit.domain.cadence.ladder import CLIMBING, DUE, FINISHED, RANK, Held, fresh
from ar_cockpit.domain.cadence.pausing import is_paused
from ar_cockpit.domain.cadence.shapes import (
    ALLOCATE,
    NO_COVER,
    Candidate,
    CustomerDay,
    Day,
    InvoiceFacts,
    Item,
    Owed,
    Telling,
    Touch,
    Waiting,
)
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.policy.model import Cadence, Channel

__all__ = [
    "ALLOCATE",
    "NO_COVER",
    "CustomerDay",
    "Day",
    "InvoiceFacts",
    "Item",
    "Owed",
    "Telling",
    "Touch",
    "Waiting",
    "decide",
    "first_reason",
]

_DONE, _NOT_DUE_YET = Held.DONE, Held.NOT_DUE_YET  # looked up once: they are said of most invoices


def decide(day: Day, customer: CustomerDay, cadence: Cadence, invoices: Sequence[Owed], facts: InvoiceFacts) -> None:
    """Add to ``day`` what becomes of each of the customer's open invoices: exactly one of message, task or reason."""
    first = len(day.held)
    candidates = _candidates(day, customer, cadence, invoices, facts)
    # After a step of today the next one is told of tomorrow, so that a second run of the day adds nothing.
    if customer.has_sales_owner and cadence.tells_sales and not customer.is_touched_today:
        _tell(day, customer, cadence, invoices, facts)
    if candidates:
        so_far = len(day.held)
        _decide_candidates(day, customer, cadence, candidates, facts)
        if len(day.held) > so_far:
            order = {invoice[0]: number for number, invoice in enumerate(invoices)}
            day.held[first:] = sorted(day.held[first:], key=lambda waiting: order[waiting.invoice_id])


def _candidates(
    day: Day, customer: CustomerDay, cadence: Cadence, invoices: Sequence[Owed], facts: InvoiceFacts
) -> list[Candidate]:
    """Return the invoices that come to a step, and hold the others with their reasons."""
    found: list[Candidate] = []
    blocked, done, paused = facts.blocked, facts.done, facts.paused
    never_done, before_done, steps, held = fresh(cadence), facts.stands(cadence), cadence.steps, day.held
    customer_id, stop, new = customer.customer_id, customer.blocked, tuple.__new__
    for invoice in invoices:
        invoice_id = invoice[0]
        reason = blocked.get(invoice_id)
        if stop is not None:
            reason = first_reason(reason, stop)
        if reason is None:
            before = done.get(invoice_id)
            place, stand, _ = never_done[invoice[4]] if before is None else before_done[invoice[4], before]
            if paused and is_paused(cadence, place, paused.get(invoice_id, ())):
                reason = Held.PAUSED_BY_SALES
            elif stand is DUE or stand is CLIMBING:
                found.append(new(Candidate, (invoice, place, steps[place], stand is CLIMBING)))
                continue
            else:
                reason = _DONE if stand is FINISHED else _NOT_DUE_YET
        held.append(new(Waiting, (customer_id, invoice_id, invoice[1], reason)))
    return found


def first_reason(one: Held | None, other: Held | None) -> Held | None:
    """Return the one of two reasons that is told."""
    if one is None or other is None:
        return one or other
    return min(one, other, key=RANK.__getitem__)


def _tell(day: Day, customer: CustomerDay, cadence: Cadence, invoices: Sequence[Owed], facts: InvoiceFacts) -> None:
    done, never_done, before_done = facts.done, fresh(cadence), facts.stands(cadence)
    for invoice in invoices:
        before = done.get(invoice[0])
        step = (never_done[invoice[4]] if before is None else before_done[invoice[4], before])[2]
        if step is None or first_reason(facts.blocked.get(invoice[0]), customer.blocked) is not None:
            continue
        if facts.paused and is_paused(cadence, cadence.steps.index(step), facts.paused.get(invoice[0], ())):
            continue
        if (invoice[0], step.key) not in facts.told:
            day.tellings.append(Telling(customer.customer_id, invoice[0], invoice[1], step.key))


def _decide_candidates(
    day: Day, customer: CustomerDay, cadence: Cadence, candidates: list[Candidate], facts: InvoiceFacts
) -> None:
    by_currency: dict[str, list[Candidate]] = {}
    for one in candidates:
        owed, _, step, _ = one
        if step.approve and (owed[0], step.key) not in facts.approved:
            _hold(day, customer, [one], Held.NEEDS_APPROVAL)
        elif step.tell_sales_days and customer.has_sales_owner and _waits_for_telling(one, facts):
            # Where no digest reaches the sales owner, the step waits for a person's word and not for ever.
            is_unheard = (owed[0], step.key) in facts.unheard
            _hold(day, customer, [one], Held.NEEDS_APPROVAL if is_unheard else Held.NOT_DUE_YET)
        else:
            by_currency.setdefault(owed[2], []).append(one)
    ready = [_ready(day, customer, cadence, by_currency[currency]) for currency in sorted(by_currency)]
    ready = [group for group in ready if group]
    if len(ready) > 1:
        # One message a day: of several currencies, the one that has waited longest; the others have their turn next.
        ready.sort(key=lambda group: -max(map(_days_waited, group)))
    for later in ready[1:]:
        _hold(day, customer, later, Held.SPACING)
    if ready and not customer.is_working_day:
        _hold(day, customer, ready[0], Held.NON_WORKING_DAY)
    elif ready:
        day.touches.append(_touch(customer, ready[0], facts))


def _waits_for_telling(one: Candidate, facts: InvoiceFacts) -> bool:
    key = (one.owed[0], one.step.key)
    if one.is_climbing or (key in facts.unheard and key in facts.approved):
        return False
    return facts.told.get(key, -1) < one.step.tell_sales_days


def _days_waited(one: Candidate) -> int:
    return int(one.owed[4]) - one.step.offset


def _ready(day: Day, customer: CustomerDay, cadence: Cadence, candidates: list[Candidate]) -> list[Candidate]:
    """Return those of one currency that may go today, and hold the others with their reasons."""
    least = least_sum(cadence.minimum_amount, candidates[0].owed[2])
    waiting, ready = _split(candidates, customer, is_spaced=is_spaced(customer, cadence))
    if not (customer.has_email and customer.has_phone):
        waiting, ready = _reached(day, customer, waiting, ready)
    going = _total(ready)
    if going >= least:
        if waiting:
            _hold(day, customer, waiting, Held.SPACING)
        return ready
    # What waits would be below the minimum even with all that is ready, or only what is ready is too little to go.
    is_little = going + _total(waiting) < least
    _hold(day, customer, waiting, Held.BELOW_MINIMUM if is_little else Held.SPACING)
    _hold(day, customer, ready, Held.BELOW_MINIMUM)
    return []


def _split(
    candidates: list[Candidate], customer: CustomerDay, *, is_spaced: bool
) -> tuple[list[Candidate], list[Candidate]]:
    """Return those that keep their distance to what was said before, and those that may go."""
    if customer.is_touched_today:
        return candidates, []
    if not is_spaced and not any(one.is_climbing for one in candidates):
        return [], candidates
    waiting: list[Candidate] = []
    ready: list[Candidate] = []
    for one in candidates:
        (waiting if one.is_climbing or (is_spaced and not one.step.is_quiet) else ready).append(one)
    return waiting, ready


def _reached(
    day: Day, customer: CustomerDay, waiting: list[Candidate], ready: list[Candidate]
) -> tuple[list[Candidate], list[Candidate]]:
    """Return who waits and who is ready of those that can be reached, and hold the others."""
    unreached: list[Candidate] = []
    if waiting:
        unreached = [one for one in waiting if not customer.reaches(one.step.channel)]
        waiting = [one for one in waiting if customer.reaches(one.step.channel)]
    # When the message is a person's call or letter, it takes along the invoices that no mail can reach.
    if ready and not customer.reaches(_lead(ready).step.channel):
        unreached += [one for one in ready if not customer.reaches(one.step.channel)]
        ready = [one for one in ready if customer.reaches(one.step.channel)]
    _hold(day, customer, unreached, Held.NO_CONTACT)
    return waiting, ready


@lru_cache(maxsize=256)
def least_sum(amount: Decimal, currency: str) -> int:
    return ceil(amount.scaleb(exponent(currency)))


def is_spaced(customer: CustomerDay, cadence: Cadence) -> bool:
    since = customer.since_reminder
    return since is not None and since < cadence.spacing_days and customer.oldest_days < cadence.spacing_until


def _touch(customer: CustomerDay, ready: list[Candidate], facts: InvoiceFacts) -> Touch:
    step, currency, total = _lead(ready).step, ready[0].owed[2], _total(ready)
    # A person who closed the task without allocating has decided: then the customer is reminded after all.
    is_covered = customer.cover.get(currency, 0) >= total and any(one.owed[0] not in facts.reviewed for one in ready)
    new = tuple.__new__  # an item for every invoice: a named one is made three times as slowly by its name
    items = tuple([new(Item, (owed[0], owed[1], step, owed[3])) for owed, _, step, _ in ready])
    return Touch(customer.customer_id, step, Channel.ALLOCATE if is_covered else step.channel, items, total, currency)


def _lead(candidates: list[Candidate]) -> Candidate:
    return max(candidates, key=_PLACE)


_PLACE = attrgetter("place")


def _total(candidates: list[Candidate]) -> int:
    return sum([one.owed[3] for one in candidates])


def _hold(day: Day, customer: CustomerDay, candidates: list[Candidate], reason: Held) -> None:
    for one in candidates:
        day.held.append(Waiting(customer.customer_id, one.owed[0], one.owed[1], reason))
