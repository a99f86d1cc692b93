"""What a day's decision about a customer is made of, and what comes out of it. Plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ar_cockpit.domain.cadence.ladder import Done, Held, OpenInvoice, Stands
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


class InstalmentDue(NamedTuple):
    """An instalment of a payment plan that is near: its day, and what is still to come of it, interest included."""

    plan_id: int
    due_on: date
    minor: int


class Touch(NamedTuple):
    """One message to a customer, or one task about it: its step is the most advanced of its invoices' steps."""

    customer_id: int
    step: Step
    channel: Channel
    items: Sequence[Item]  # of a large plan read when somebody looks at them, while its session is open
    total_minor: int
    currency: str
    instalment: InstalmentDue | None = None  # that it tells of ahead

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
    unheard: frozenset[tuple[int, str]] = frozenset()  # (invoice, step) that nobody could be told of for too long
    reviewed: frozenset[int] = frozenset()
    bits: Mapping[str, int] = field(default_factory=dict)  # the bit of a step's key in ``Done.keys``
    approved: frozenset[tuple[int, str]] = frozenset()  # (invoice, step) that a person let go
    paused: Mapping[int, frozenset[str]] = field(default_factory=dict)  # the steps that sales paused
    broken: Mapping[int, date] = field(default_factory=dict)  # when a promise about it broke that nobody heard of yet
    instalments: Mapping[int, InstalmentDue] = field(default_factory=dict)  # of the invoice's plan, when one is near
    _stands: dict[tuple[int, int], Stands] = field(default_factory=dict, compare=False, repr=False)

    def stands(self, cadence: Cadence) -> Stands:
        """Return how invoices stand that something was done about, remembered for as long as these facts."""
        key = (id(cadence), id(self.bits))
        found = self._stands.get(key)
        if found is None:
            found = self._stands[key] = Stands(cadence, self.bits)
        return found


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


class Enrolled(NamedTuple):
    """A message that takes part in a hold-out, and whether chance held it back."""

    trial_id: int
    company: str
    is_held: bool
    days: int
    keys: tuple[tuple[int, str], ...]  # (invoice, step)


@dataclass(slots=True)
class Day:
    """A day's decisions, gathered."""

    on: date
    touches: list[Touch] = field(default_factory=list)
    held: list[Waiting] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)
    enrolled: list[Enrolled] = field(default_factory=list)
