"""What a day's run does about one customer: one message, one task, or for each invoice the reason to wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ar_cockpit.domain.cadence.ladder import RANK, Done, Held, OpenInvoice, Stand, rung, to_tell
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
    broken: Mapping[int, date] = field(default_factory=dict)  # when a promise about it broke that nobody heard of yet


class Candidate(NamedTuple):
    """An invoice with a step that is due, or that waits for its next climb."""

    invoice: OpenInvoice
    place: int
    step: Step
    is_climbing: bool


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
    blocked, done, bits, held = facts.blocked, facts.done, facts.bits, day.held
    for invoice in invoices:
        reason = blocked.get(invoice[0])
        if reason is None or customer.blocked is not None:
            reason = first_reason(reason, customer.blocked)
        if reason is None:
            place, stand = rung(cadence, invoice[4], done.get(invoice[0]), bits)
            if stand <= Stand.CLIMBING:
                owed = OpenInvoice._make(invoice[:5])
                candidates.append(Candidate(owed, place, cadence.steps[place], stand is Stand.CLIMBING))
                continue
            reason = Held.DONE if stand is Stand.FINISHED else Held.NOT_DUE_YET
        held.append(Waiting(customer.customer_id, invoice[0], invoice[1], reason))
    if customer.has_sales_owner and cadence.tells_sales:
        _tell(day, customer, cadence, invoices, facts)
    if candidates:
        _decide_candidates(day, customer, cadence, candidates, facts)
        order = {invoice[0]: number for number, invoice in enumerate(invoices)}
        day.held[first:] = sorted(day.held[first:], key=lambda waiting: order[waiting.invoice_id])


def first_reason(one: Held | None, other: Held | None) -> Held | None:
    """Return the one of two reasons that is told."""
    if one is None or other is None:
        return one or other
    return min(one, other, key=RANK.__getitem__)


def _tell(day: Day, customer: CustomerDay, cadence: Cadence, invoices: Sequence[Owed], facts: InvoiceFacts) -> None:
    for invoice in invoices:
        if first_reason(facts.blocked.get(invoice[0]), customer.blocked) is not None:
            continue
        step = to_tell(cadence, invoice[4], facts.done.get(invoice[0]), facts.bits)
        if step and (invoice[0], step.key) not in facts.told:
            day.tellings.append(Telling(customer.customer_id, invoice[0], invoice[1], step.key))


def _decide_candidates(
    day: Day, customer: CustomerDay, cadence: Cadence, candidates: list[Candidate], facts: InvoiceFacts
) -> None:
    by_currency: dict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        if one.step.approve:
            _hold(day, customer, [one], Held.NEEDS_APPROVAL)
        elif _waits_for_telling(customer, one, facts):
            _hold(day, customer, [one], Held.NOT_DUE_YET)
        else:
            by_currency[one.invoice.currency].append(one)
    ready = [_ready(day, customer, cadence, by_currency[currency]) for currency in sorted(by_currency)]
    # One message a day: of several currencies, the one that has waited longest; the others have their turn next.
    ready = sorted((group for group in ready if group), key=lambda group: -max(map(_days_waited, group)))
    for later in ready[1:]:
        _hold(day, customer, later, Held.SPACING)
    if ready and not customer.is_working_day:
        _hold(day, customer, ready[0], Held.NON_WORKING_DAY)
    elif ready:
        day.touches.append(_touch(customer, ready[0], facts))


def _waits_for_telling(customer: CustomerDay, one: Candidate, facts: InvoiceFacts) -> bool:
    if not (customer.has_sales_owner and one.step.tell_sales_days) or one.is_climbing:
        return False
    return facts.told.get((one.invoice.invoice_id, one.step.key), -1) < one.step.tell_sales_days


def _days_waited(one: Candidate) -> int:
    return one.invoice.days - one.step.offset


def _ready(day: Day, customer: CustomerDay, cadence: Cadence, candidates: list[Candidate]) -> list[Candidate]:
    """Return those of one currency that may go today, and hold the others with their reasons."""
    least = cadence.minimum_amount.scaleb(exponent(candidates[0].invoice.currency))
    is_spaced = _is_spaced(customer, cadence)
    waiting, ready = _split(
        candidates,
        lambda one: one.is_climbing or customer.is_touched_today or (is_spaced and not one.step.is_quiet),
    )
    unreached, waiting = _split(waiting, lambda one: not customer.reaches(one.step.channel))
    # When the message is a person's call or letter, it takes along the invoices that no mail can reach.
    if ready and not customer.reaches(_lead(ready).step.channel):
        more, ready = _split(ready, lambda one: not customer.reaches(one.step.channel))
        unreached += more
    _hold(day, customer, unreached, Held.NO_CONTACT)
    if _total(waiting + ready) < least:
        _hold(day, customer, waiting + ready, Held.BELOW_MINIMUM)
        return []
    _hold(day, customer, waiting, Held.SPACING)
    if _total(ready) < least:
        _hold(day, customer, ready, Held.BELOW_MINIMUM)
        return []
    return ready


def _is_spaced(customer: CustomerDay, cadence: Cadence) -> bool:
    since = customer.since_reminder
    return since is not None and since < cadence.spacing_days and customer.oldest_days < cadence.spacing_until


def _touch(customer: CustomerDay, ready: list[Candidate], facts: InvoiceFacts) -> Touch:
    step, currency, total = _lead(ready).step, ready[0].invoice.currency, _total(ready)
    is_covered = customer.cover.get(currency, 0) >= total
    # A person who closed the task without allocating has decided: then the customer is reminded after all.
    if is_covered and all(one.invoice.invoice_id in facts.reviewed for one in ready):
        is_covered = False
    items = tuple(Item(one.invoice.invoice_id, one.invoice.number, one.step, one.invoice.open_minor) for one in ready)
    return Touch(customer.customer_id, step, Channel.ALLOCATE if is_covered else step.channel, items, total, currency)


def _lead(candidates: list[Candidate]) -> Candidate:
    return max(candidates, key=lambda one: one.place)


def _total(candidates: list[Candidate]) -> int:
    return sum(one.invoice.open_minor for one in candidates)


def _split(candidates: list[Candidate], asked: Callable[[Candidate], bool]) -> tuple[list[Candidate], list[Candidate]]:
    """Return those for whom ``asked`` holds, and the others, each in the order given."""
    yes: list[Candidate] = []
    no: list[Candidate] = []
    for one in candidates:
        (yes if asked(one) else no).append(one)
    return yes, no


def _hold(day: Day, customer: CustomerDay, candidates: list[Candidate], reason: Held) -> None:
    for one in candidates:
        day.held.append(Waiting(customer.customer_id, one.invoice.invoice_id, one.invoice.number, reason))
