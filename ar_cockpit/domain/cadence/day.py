"""What a day's run does about one customer: one message, one task, or for each invoice the reason to wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from ar_cockpit.domain.cadence.ladder import RANK, Done, Held, OpenInvoice, Stand, fresh, rung, to_tell
from ar_cockpit.domain.cadence.pausing import is_paused
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.policy.model import Cadence, Channel, Step

ALLOCATE = "allocate"  # the step's key of a task to allocate, which is no step of a cadence


# The fields of OpenInvoice in their order, whatever follows them: rows of the database pass as they are.
Owed = Sequence[Any]


class Item(NamedTuple):
    """One invoice in a message, with its own step."""

    invoice_id: int
    number: str
    step: Step
    open_minor: int


@dataclass(frozen=True, slots=True)
class Touch:
    """One message to a customer, or one task about it: its step is the most advanced of its invoices' steps."""

    customer_id: int
    step: Step
    channel: Channel
    items: tuple[Item, ...]
    total_minor: int
    currency: str

    @property
    def is_message(self) -> bool:
        """Whether the machine sends it; calls and letters await a person."""
        return self.channel is Channel.EMAIL

    @property
    def step_key(self) -> str:
        """The key under which it is recorded."""
        return ALLOCATE if self.channel is Channel.ALLOCATE else self.step.key


class Telling(NamedTuple):
    """The sales owner is to be told of an invoice's coming step."""

    customer_id: int
    invoice_id: int
    number: str
    step: str


NO_COVER: Mapping[str, int] = {}


class CustomerDay(NamedTuple):
    """What a decision needs to know of a customer, besides its open invoices."""

    customer_id: int
    blocked: Held | None = None  # a hold, manual handling or a pause of the whole customer
    has_email: bool = True
    has_phone: bool = True
    has_sales_owner: bool = False
    is_touched_today: bool = False
    since_reminder: int | None = None
    oldest_days: int = 0  # of its open invoices, whatever stops them
    is_working_day: bool = True
    cover: Mapping[str, int] = NO_COVER  # credit notes and unapplied cash, positive, by currency

    def reaches(self, channel: Channel) -> bool:
        """Return whether there is an address for ``channel``; for calls and letters a person finds one."""
        if channel is Channel.EMAIL:
            return self.has_email
        return self.has_phone if channel is Channel.SMS else True


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """What is known of single invoices: stops, steps done, tellings (days ago), allocations looked at by a person."""

    blocked: Mapping[int, Held] = field(default_factory=dict)
    done: Mapping[int, Done] = field(default_factory=dict)
    told: Mapping[tuple[int, str], int] = field(default_factory=dict)
    reviewed: frozenset[int] = frozenset()
    bits: Mapping[str, int] = field(default_factory=dict)  # the bit of a step's key in ``Done.keys``
    approved: frozenset[tuple[int, str]] = frozenset()  # (invoice, step) that a person let go
    paused: Mapping[int, frozenset[str]] = field(default_factory=dict)  # the steps that sales paused


class Candidate(NamedTuple):
    """An invoice with a step that is due, or that waits for its next climb."""

    owed: Owed
    place: int
    step: Step
    is_climbing: bool

    @property
    def invoice(self) -> OpenInvoice:
        """The invoice by its fields' names."""
        return OpenInvoice._make(self.owed[:5])


class Waiting(NamedTuple):
    """An invoice left alone, and why."""

    customer_id: int
    invoice_id: int
    number: str
    reason: Held


@dataclass(slots=True)
class Day:
    """A day's decisions, gathered."""

    on: date
    touches: list[Touch] = field(default_factory=list)
    held: list[Waiting] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)


def decide(day: Day, customer: CustomerDay, cadence: Cadence, invoices: Sequence[Owed], facts: InvoiceFacts) -> None:
    """Add to ``day`` what becomes of each of the customer's open invoices: exactly one of message, task or reason."""
    first = len(day.held)
    candidates: list[Candidate] = []
    blocked, done, bits, held, paused = facts.blocked, facts.done, facts.bits, day.held, facts.paused
    first_day, last_day, fresh_rungs, _ = fresh(cadence)
    for invoice in invoices:
        invoice_id, days = invoice[0], invoice[4]
        reason = blocked.get(invoice_id)
        if customer.blocked is not None:
            reason = first_reason(reason, customer.blocked)
        if reason is None:
            before = done.get(invoice_id)
            place, stand = (
                rung(cadence, days, before, bits)
                if before
                else fresh_rungs[min(max(days, first_day), last_day) - first_day]
            )
            if paused and is_paused(cadence, place, paused.get(invoice_id, ())):
                reason = Held.PAUSED_BY_SALES
            elif stand is Stand.DUE or stand is Stand.CLIMBING:
                candidates.append(Candidate(invoice, place, cadence.steps[place], stand is Stand.CLIMBING))
                continue
            else:
                reason = Held.DONE if stand is Stand.FINISHED else Held.NOT_DUE_YET
        held.append(Waiting(customer.customer_id, invoice_id, invoice[1], reason))
    if customer.has_sales_owner and cadence.tells_sales:
        _tell(day, customer, cadence, invoices, facts)
    so_far = len(held)
    if candidates:
        _decide_candidates(day, customer, cadence, candidates, facts)
    if len(held) > so_far:
        _put_in_order(held, first, invoices)


def first_reason(one: Held | None, other: Held | None) -> Held | None:
    """Return the one of two reasons that is told."""
    if one is None or other is None:
        return one or other
    return min(one, other, key=RANK.__getitem__)


def _tell(day: Day, customer: CustomerDay, cadence: Cadence, invoices: Sequence[Owed], facts: InvoiceFacts) -> None:
    done, bits = facts.done, facts.bits
    first_day, last_day, _, fresh_told = fresh(cadence)
    for invoice in invoices:
        before = done.get(invoice[0])
        if before is None:
            step = fresh_told[min(max(invoice[4], first_day), last_day) - first_day]
        else:
            step = to_tell(cadence, invoice[4], before, bits)
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
        if one.step.approve and (one.invoice.invoice_id, one.step.key) not in facts.approved:
            _hold(day, customer, [one], Held.NEEDS_APPROVAL)
        elif customer.has_sales_owner and _waits_for_telling(one, facts):
            _hold(day, customer, [one], Held.NOT_DUE_YET)
        else:
            by_currency.setdefault(one.owed[2], []).append(one)
    ready = [_ready(day, customer, cadence, by_currency[currency]) for currency in sorted(by_currency)]
    # One message a day: of several currencies, the one that has waited longest; the others have their turn next.
    ready = sorted((group for group in ready if group), key=lambda group: -max(map(_days_waited, group)))
    for later in ready[1:]:
        _hold(day, customer, later, Held.SPACING)
    if ready and not customer.is_working_day:
        _hold(day, customer, ready[0], Held.NON_WORKING_DAY)
    elif ready:
        day.touches.append(_touch(customer, ready[0], facts))


def _waits_for_telling(one: Candidate, facts: InvoiceFacts) -> bool:
    if not one.step.tell_sales_days or one.is_climbing:
        return False
    return facts.told.get((one.owed[0], one.step.key), -1) < one.step.tell_sales_days


def _days_waited(one: Candidate) -> int:
    return int(one.owed[4]) - one.step.offset


def _ready(day: Day, customer: CustomerDay, cadence: Cadence, candidates: list[Candidate]) -> list[Candidate]:
    """Return those of one currency that may go today, and hold the others with their reasons."""
    least = _least(cadence.minimum_amount, candidates[0].owed[2])
    waiting, ready = _split(candidates, _waits(customer, cadence))
    if not (customer.has_email and customer.has_phone):
        waiting, ready = _reached(day, customer, waiting, ready)
    going = _total(ready)
    if going >= least:
        _hold(day, customer, waiting, Held.SPACING)
        return ready
    # What waits would be below the minimum even with all that is ready, or only what is ready is too little to go.
    is_little = going + _total(waiting) < least
    _hold(day, customer, waiting, Held.BELOW_MINIMUM if is_little else Held.SPACING)
    _hold(day, customer, ready, Held.BELOW_MINIMUM)
    return []


def _waits(customer: CustomerDay, cadence: Cadence) -> Callable[[Candidate], bool]:
    """Return whether a candidate keeps its distance to what was said before."""
    if customer.is_touched_today:
        return lambda _: True
    if _is_spaced(customer, cadence):
        return lambda one: one.is_climbing or not one.step.is_quiet
    return lambda one: one.is_climbing


def _reached(
    day: Day, customer: CustomerDay, waiting: list[Candidate], ready: list[Candidate]
) -> tuple[list[Candidate], list[Candidate]]:
    """Return who waits and who is ready of those that can be reached, and hold the others."""
    unreached, waiting = _split(waiting, lambda one: not customer.reaches(one.step.channel))
    # When the message is a person's call or letter, it takes along the invoices that no mail can reach.
    if ready and not customer.reaches(_lead(ready).step.channel):
        more, ready = _split(ready, lambda one: not customer.reaches(one.step.channel))
        unreached += more
    _hold(day, customer, unreached, Held.NO_CONTACT)
    return waiting, ready


@lru_cache(maxsize=256)
def _least(amount: Decimal, currency: str) -> Decimal:
    return amount.scaleb(exponent(currency))


def _is_spaced(customer: CustomerDay, cadence: Cadence) -> bool:
    since = customer.since_reminder
    return since is not None and since < cadence.spacing_days and customer.oldest_days < cadence.spacing_until


def _touch(customer: CustomerDay, ready: list[Candidate], facts: InvoiceFacts) -> Touch:
    step, currency, total = _lead(ready).step, ready[0].owed[2], _total(ready)
    is_covered = customer.cover.get(currency, 0) >= total
    # A person who closed the task without allocating has decided: then the customer is reminded after all.
    if is_covered and all(one.owed[0] in facts.reviewed for one in ready):
        is_covered = False
    items = tuple([Item(owed[0], owed[1], step, owed[3]) for owed, _, step, _ in ready])
    return Touch(customer.customer_id, step, Channel.ALLOCATE if is_covered else step.channel, items, total, currency)


def _lead(candidates: list[Candidate]) -> Candidate:
    return max(candidates, key=_PLACE)


_PLACE = attrgetter("place")


def _total(candidates: list[Candidate]) -> int:
    return sum([one.owed[3] for one in candidates])


def _split(candidates: list[Candidate], asked: Callable[[Candidate], bool]) -> tuple[list[Candidate], list[Candidate]]:
    """Return those for whom ``asked`` holds, and the others, each in the order given."""
    yes: list[Candidate] = []
    no: list[Candidate] = []
    for one in candidates:
        (yes if asked(one) else no).append(one)
    return yes, no


def _hold(day: Day, customer: CustomerDay, candidates: list[Candidate], reason: Held) -> None:
    for one in candidates:
        day.held.append(Waiting(customer.customer_id, one.owed[0], one.owed[1], reason))
