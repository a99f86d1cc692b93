"""What a simulated span adds up to: by day, by customer, and why invoices wait on the first day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from ar_cockpit.domain.cadence.day import Owed, Touch
from ar_cockpit.domain.cadence.effect import WINDOW
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.cadence.span import Lived
from ar_cockpit.domain.policy.model import Channel

# Minutes of a person's work, by experience with collectors' days: looking it up, doing it, writing it down.
MINUTES: Mapping[Channel, int] = {Channel.CALL: 12, Channel.LETTER: 8, Channel.SMS: 2, Channel.ALLOCATE: 5}
APPROVAL_MINUTES = 2


@dataclass(slots=True)
class SimulatedDay:
    """What goes out and what people get to do on a day, with the sums it is about in minor units by currency."""

    on: date
    messages: int = 0
    tasks: int = 0
    message_minor: dict[str, int] = field(default_factory=dict)
    task_minor: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class HeldSum:
    """The invoices held for one reason, and what is open of them in minor units by currency."""

    count: int = 0
    minor: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Work:
    """What is done about a customer, or by a collector."""

    messages: int = 0
    tasks: int = 0
    minutes: int = 0
    approvals: int = 0

    @property
    def touches(self) -> int:
        """How often the customer hears of us."""
        return self.messages + self.tasks

    def __iadd__(self, other: Work) -> Self:
        """Add the work of another."""
        self.messages += other.messages
        self.tasks += other.tasks
        self.minutes += other.minutes
        self.approvals += other.approvals
        return self


@dataclass(slots=True)
class Tally:
    """The sums of a span under one policy."""

    first_day: date
    count: int
    first_touches: int  # how many of the first day are kept
    days: list[SimulatedDay] = field(default_factory=list)
    held_first: dict[Held, HeldSum] = field(default_factory=dict)
    first: list[Touch] = field(default_factory=list)
    work: dict[int, dict[int, Work]] = field(default_factory=dict)  # by customer and day

    def __post_init__(self) -> None:
        """Make an empty day for each of the span."""
        self.days = [SimulatedDay(self.first_day + timedelta(days=later)) for later in range(self.count)]

    def add(self, lives: Iterable[Lived], owed: Iterable[Owed]) -> dict[int, int]:
        """Add one customer, and return by invoice the days of the span that follow a reminder."""
        following: Counter[int] = Counter()
        for lived in lives:
            if lived.later == 0:
                self._first_day(lived, owed)
            for touch in lived.touches:
                self._touch(touch, lived.later)
                if touch.channel is not Channel.ALLOCATE and not touch.step.is_quiet:
                    days = min(WINDOW, self.count - 1 - lived.later)
                    following.update({item.invoice_id: days for item in touch.items if not item.step.is_courtesy})
            if lived.approvals:
                work = self._work(lived.customer_id, lived.later)
                work.approvals += lived.approvals
                work.minutes += APPROVAL_MINUTES * lived.approvals
        return following

    def _first_day(self, lived: Lived, owed: Iterable[Owed]) -> None:
        self.first += lived.touches
        if len(self.first) > 2 * self.first_touches:
            self.keep_largest()
        open_of = {row[0]: (row[3], row[2]) for row in owed}
        for waiting in lived.day.held:
            held = self.held_first.setdefault(waiting.reason, HeldSum())
            held.count += 1
            minor, currency = open_of[waiting.invoice_id]
            held.minor[currency] = held.minor.get(currency, 0) + minor

    def keep_largest(self) -> None:
        """Keep of the first day's touches those about the largest sums, the largest in front."""
        self.first.sort(key=lambda touch: (-touch.total_minor, touch.customer_id))
        del self.first[self.first_touches :]

    def _touch(self, touch: Touch, later: int) -> None:
        day = self.days[later]
        work = self._work(touch.customer_id, later)
        if touch.is_message:
            day.messages += 1
            work.messages += 1
        else:
            day.tasks += 1
            work.tasks += 1
            work.minutes += MINUTES.get(touch.channel, 0)
        sums = day.message_minor if touch.is_message else day.task_minor
        sums[touch.currency] = sums.get(touch.currency, 0) + touch.total_minor

    def _work(self, customer_id: int, later: int) -> Work:
        return self.work.setdefault(customer_id, {}).setdefault(later, Work())
