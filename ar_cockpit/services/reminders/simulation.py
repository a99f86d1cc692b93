"""What a policy would do in the coming days: day by day, for the whole portfolio, beside the policy in force.

Approvals are not presumed: a step that needs one waits in every simulated day, and the work of looking at it counts.
The payer score stays that of the first day: what it is made of moves little in a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.queries.reminders import effect as history
from ar_cockpit.db.queries.reminders import plan as facts
from ar_cockpit.db.queries.reminders.keepers import Keeper, customers_counted, keepers
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.streaming import rare_collections
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.comparing import compared
from ar_cockpit.domain.cadence.day import Owed, Touch
from ar_cockpit.domain.cadence.effect import Effect, cash_moved, effect_of
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.cadence.plan import Addressee, Known
from ar_cockpit.domain.cadence.tally import HeldSum, SimulatedDay, Tally, Work
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.services.people.companies import CompanySummary, chosen_companies, visible_companies
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.facts import addressees
from ar_cockpit.services.reminders.span import SpanFacts, load_span

__all__ = ["CollectorLoad", "FirstTouch", "HeldSum", "SimulatedDay", "Simulation", "Work", "simulate"]

MOST_DAYS = 90
FIRST_TOUCHES = 200  # of the first day, the largest sums in front: enough to see whom a draft would write to
TOO_OFTEN = 2
_TELL_EVERY = 500  # customers
Tell = Callable[[float], None]


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
    """What falls to one collector in all the days; ``minutes`` of work by what each channel takes."""

    email: str  # empty: customers that have no collector
    messages: int = 0
    tasks: int = 0
    minutes: int = 0
    approvals: int = 0
    by_day: dict[date, Work] = field(default_factory=dict)  # the days with any of it


@dataclass(slots=True)
class Simulation:
    """The coming days under one policy; ``baseline`` is the same span under the policy in force, for a draft."""

    days: list[SimulatedDay]
    held_first: dict[Held, HeldSum]
    first_touches: list[FirstTouch]
    collectors: list[CollectorLoad]
    touched_more_than_twice: int  # customers
    expected_cash_moved_minor: dict[str, int] = field(default_factory=dict)  # empty: not known
    effect: Effect | None = None  # what that rests on
    baseline: Simulation | None = None


@dataclass(frozen=True, slots=True)
class _Payments:
    """What the forecast says of open invoices: the day by whose end each is paid, and its chance within 30 days."""

    gone: Mapping[int, int] = field(default_factory=dict)
    within_30: Mapping[int, float] = field(default_factory=dict)


def simulate(  # noqa: PLR0913 (what a screen asks for)
    session: Session,
    actor: Actor,
    as_of: date,
    *,
    days: int,
    draft: Policy | None = None,
    company: str = "",
    with_payments: bool = True,
    tell: Tell | None = None,
) -> Simulation:
    """Return what ``draft``, or the policy in force, would do on ``as_of`` and the days after it, ``days`` in all.

    Invoices leave on the day their payment is forecast for, unless ``with_payments`` is false. ``tell`` hears the
    share done, from 0 to 1. Raise ``InputError`` when so many days cannot be simulated. Changes nothing.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InputError(f"{days} days cannot be simulated.", f"Choose 1 to {MOST_DAYS}.")
    tell = tell or (lambda _share: None)
    wanted = _wanted(session, actor, company)
    current = policies.in_force(session).policy
    chosen = [current] if draft is None else [draft, current]
    with rare_collections():
        payments = _payments(session, actor, company, as_of, days, tell) if with_payments else _Payments()
        effect = None
        if draft is not None and with_payments:
            effect = effect_of(history.lives(session, wanted, as_of), history.reminders(session, wanted, as_of))
        known = load_span(session, wanted, as_of, days, chosen, payments.gone)
        tell(0.4)
        tallies = [Tally(as_of, days, FIRST_TOUCHES) for _ in chosen]
        moved, both = _Moved(payments.within_30, days, effect), compared(chosen)
        for one in _customers(session, wanted, as_of, known, tell):
            following = [
                tally.add(lived, one.owed)
                for lived, tally in zip(both.lives(one, known.invoices, known.span), tallies, strict=True)
            ]
            moved.add(one.owed, following)
    made = [_told(session, tally) for tally in tallies]
    tell(1.0)
    if draft is not None:
        made[0].baseline = made[1]
        made[0].effect, made[0].expected_cash_moved_minor = effect, moved.whole()
    return made[0]


class _Moved:
    """The cash that the draft's reminders move into the span, or out of it, if their effect is known."""

    def __init__(self, within_30: Mapping[int, float], days: int, effect: Effect | None) -> None:
        self.within_30, self.days, self.effect = within_30, days, effect
        self.parts: dict[str, float] = {}

    def add(self, owed: Sequence[Owed], following: Sequence[Mapping[int, int]]) -> None:
        """Add one customer's invoices, with the days after reminders under the draft and under today's policy."""
        if self.effect is None or following[0] == following[1]:
            return
        for row in owed:
            more = following[0].get(row[0], 0) - following[1].get(row[0], 0)
            if more and row[0] in self.within_30:
                part = cash_moved(row[3], self.within_30[row[0]], self.days, more, self.effect.ratio)
                self.parts[row[2]] = self.parts.get(row[2], 0.0) + part

    def whole(self) -> dict[str, int]:
        """Return the sums by currency in minor units."""
        return {currency: round(part) for currency, part in sorted(self.parts.items())}


def _wanted(session: Session, actor: Actor, company: str) -> ColumnElement[bool]:
    clause = customer_clause(actor.scope(Permission.VIEW_PLAN), actor.email)
    if not company:
        return clause
    ids = chosen_companies(session, actor, Permission.VIEW_PLAN, company)
    return and_(clause, col(CustomerRow.company_id).in_(ids))


def _payments(session: Session, actor: Actor, company: str, as_of: date, days: int, tell: Tell) -> _Payments:
    """Return the forecast of the open invoices, each company from its own ledger."""
    seen = [one for one in visible_companies(session, actor, Permission.VIEW_PLAN) if company in ("", one.code)]
    gone: dict[int, int] = {}
    within_30: dict[int, float] = {}
    for done, one in enumerate(seen, 1):
        for invoice_id, later, chance in _forecast(session, one, as_of):
            if later < days:
                gone[invoice_id] = later
            within_30[invoice_id] = chance
        tell(0.3 * done / len(seen))
    return _Payments(gone, within_30)


def _forecast(session: Session, one: CompanySummary, as_of: date) -> Iterator[tuple[int, int, float]]:
    # With the first use: the forecast's libraries take a second that the start of the server need not wait for.
    from ar_cockpit.domain.forecast import fitted as forecast  # noqa: PLC0415
    from ar_cockpit.domain.forecast.history import day_number  # noqa: PLC0415
    from ar_cockpit.services.figures.known_ledger import fit_and_open  # noqa: PLC0415

    fitted, pending = fit_and_open(session, one, as_of)
    if not len(pending):
        return
    predicted = forecast.predict(fitted, pending)
    later = predicted["expected"].to_numpy() - day_number(as_of)
    # One row for each of the open invoices, in their order.
    for invoice_id, days, chance in zip(
        pending["id"].tolist(), later.tolist(), predicted["p_paid_30"].tolist(), strict=True
    ):
        yield int(invoice_id), int(days), float(chance)


def _customers(
    session: Session, wanted: ColumnElement[bool], as_of: date, known: SpanFacts, tell: Tell
) -> Iterator[Known]:
    """Yield the customers that owe something, each with what it owes, the oldest due date first."""
    count = max(1, customers_counted(session, wanted))
    coming: Iterator[Addressee] = addressees(session, wanted)
    one: Addressee | None = None
    place = 0
    for customer_id, rows in groupby(facts.open_invoices(session, wanted, as_of), key=itemgetter(5)):
        while one is None or one.customer_id != customer_id:
            one = next(coming)
            place += 1
            if not place % _TELL_EVERY:
                tell(min(0.99, 0.4 + 0.6 * place / count))
        owed = sorted(rows, key=lambda invoice: (-invoice[4], invoice[1]))
        yield Known(one, owed, known.customers)


def _told(session: Session, tally: Tally) -> Simulation:
    tally.keep_largest()
    known = keepers(session, sorted(tally.work))
    return Simulation(
        days=tally.days,
        held_first=tally.held_first,
        first_touches=[_first(touch, known[touch.customer_id]) for touch in tally.first],
        collectors=_loads(tally, known),
        touched_more_than_twice=sum(
            sum(work.touches for work in by_day.values()) > TOO_OFTEN for by_day in tally.work.values()
        ),
    )


def _first(touch: Touch, who: Keeper) -> FirstTouch:
    return FirstTouch(
        customer_code=who.code,
        customer_name=who.name,
        step=touch.step_key,
        template=touch.step.template,
        channel=touch.channel.value,
        total_minor=touch.total_minor,
        currency=touch.currency,
    )


def _loads(tally: Tally, known: Mapping[int, Keeper]) -> list[CollectorLoad]:
    """Return what falls to each collector, the most work first."""
    loads: dict[str, CollectorLoad] = {}
    for customer_id, by_day in tally.work.items():
        email = known[customer_id].collector_email
        load = loads.setdefault(email, CollectorLoad(email))
        for later, one in by_day.items():
            work = load.by_day.setdefault(tally.days[later].on, Work())
            work += one
            load.messages += one.messages
            load.tasks += one.tasks
            load.minutes += one.minutes
            load.approvals += one.approvals
    return sorted(loads.values(), key=lambda load: (-load.minutes, load.email))
