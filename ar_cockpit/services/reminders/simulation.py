"""What a policy would do in the coming days: day by day, for the whole portfolio, beside the policy in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.policy.model import Policy

MOST_DAYS = 90
FIRST_TOUCHES = 200  # of the first day, the largest sums in front: enough to see whom a draft would write to


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


@dataclass(frozen=True, slots=True)
class FirstTouch:
    """A message or a task of the first day."""

    customer_code: str
    customer_name: str
    step: str
    template: str
    channel: str
    total_minor: int
    currency: str


@dataclass(slots=True)
class CollectorLoad:
    """What falls to one collector in all the days; ``minutes`` of work by :data:`MINUTES`."""

    email: str  # empty: customers that have no collector
    messages: int = 0
    tasks: int = 0
    minutes: int = 0


@dataclass(slots=True)
class Simulation:
    """The coming days under one policy; ``baseline`` is the same span under the policy in force, for a draft."""

    days: list[SimulatedDay]
    held_first: dict[Held, HeldSum]
    first_touches: list[FirstTouch]
    collectors: list[CollectorLoad]
    touched_more_than_twice: int  # customers
    expected_cash_moved_minor: dict[str, int] = field(default_factory=dict)  # empty: not known
    baseline: Simulation | None = None


def simulate(  # noqa: PLR0913 (what a screen asks for)
    session: Session,
    actor: Actor,
    as_of: date,
    *,
    days: int,
    draft: Policy | None = None,
    company: str = "",
    with_payments: bool = True,
    tell: Callable[[float], None] | None = None,
) -> Simulation:
    """Return what ``draft``, or the policy in force, would do on ``as_of`` and the days after it, ``days`` in all.

    Invoices leave on the day their payment is forecast for, unless ``with_payments`` is false. ``tell`` hears the
    share done, from 0 to 1. Raise ``InputError`` when so many days cannot be simulated. Changes nothing.
    """
    raise NotImplementedError
