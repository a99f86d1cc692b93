"""The plan of a day: every open invoice in exactly one message, one task, or held with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from ar_cockpit.domain.cadence.day import (
    NO_COVER,
    CustomerDay,
    Day,
    InvoiceFacts,
    Owed,
    Touch,
    Waiting,
    decide,
    first_reason,
)
from ar_cockpit.domain.cadence.holding_out import NO_HOLD_OUT, HoldOut, Payer, hold_out
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.cadence.occasions import Settled, announce_instalment, give_thanks, name_broken
from ar_cockpit.domain.cadence.worth import Worth, no_rate, worth_of
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.policy.model import Cadence, Fact, Policy, Segment

MANUAL_TAG = "manual"


class Addressee(NamedTuple):
    """A customer as the policy looks at it, with whom to write to and in which language."""

    customer_id: int
    company: str
    code: str
    country: str = ""
    language: str = ""
    currency: str = ""
    terms_days: int = 0
    limit_minor: int | None = None
    external_score: int | None = None
    segment: str = ""
    tags: frozenset[str] = frozenset()
    has_sales_owner: bool = False
    contact_id: int | None = None
    email: str = ""
    has_phone: bool = False
    speaks: str = "en"


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What is known of customers on the day, by id: stops, touches, money of theirs that we hold."""

    blocked: Mapping[int, Held] = field(default_factory=dict)
    since_reminder: Mapping[int, int] = field(default_factory=dict)
    touched_today: frozenset[int] = frozenset()
    cover: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    scores: Mapping[int, int] = field(default_factory=dict)
    closed_countries: frozenset[str] = frozenset()  # where the day is a public holiday
    hold_out: HoldOut = NO_HOLD_OUT
    worth: Worth = field(default=no_rate, compare=False)  # a question, which is never the same twice


class Choice(NamedTuple):
    """The segment and the cadence of a customer on the day."""

    segment: Segment
    cadence: Cadence


@dataclass(slots=True)
class CadencePlan:
    """A day's messages, tasks and tellings, and why everything else waits: ``held``; ``day`` may list a part of it."""

    day: Day
    addressees: MutableMapping[int, Addressee] = field(default_factory=dict)  # of those who are touched
    choices: dict[int, Choice] = field(default_factory=dict)
    left: int = 0  # invoices held that the day does not list, until somebody reads why
    _tell: Callable[[], list[Waiting]] | None = None

    @property
    def messages(self) -> list[Touch]:
        """What goes into the outbox."""
        return [touch for touch in self.day.touches if touch.is_message]

    @property
    def tasks(self) -> list[Touch]:
        """What a person does."""
        return [touch for touch in self.day.touches if not touch.is_message]

    @property
    def held(self) -> list[Waiting]:
        """Every invoice that is left alone, with the reason: worked out when it is first read."""
        if self._tell is not None:
            self.day.held, self._tell, self.left = self._tell(), None, 0
        return self.day.held

    @property
    def held_count(self) -> int:
        """How many invoices are left alone."""
        return len(self.day.held) + self.left

    def leave(self, count: int, tell: Callable[[], list[Waiting]]) -> None:
        """Leave ``count`` invoices aside of which nothing can come; ``tell`` lists all that is held."""
        self.left, self._tell = count, tell


class Known(NamedTuple):
    """One customer: who it is, what it owes, and what is known of customers on the day."""

    one: Addressee
    owed: Sequence[Owed]  # the oldest due date first
    facts: CustomerFacts

    @property
    def oldest_days(self) -> int:
        """The days its oldest open invoice is overdue, whatever stops it."""
        return max(0, int(self.owed[0][4])) if self.owed else 0

    def open(self, *, least_days: int | None = None) -> Decimal | None:
        """Return what is owed in the customer's own currency, at least ``least_days`` overdue if that is given.

        Debts in other currencies count at the day's rate; without one the sum is not known.
        """
        minor = self.open_minor(least_days=least_days)
        return None if minor is None else Decimal(minor).scaleb(-exponent(self.one.currency))

    def open_minor(self, *, least_days: int | None = None) -> int | None:
        """Return the same in minor units."""
        currency = self.one.currency
        if {invoice[2] for invoice in self.owed} - {currency}:
            return worth_of(self.owed, currency, self.facts.worth, least_days)
        if least_days is None:
            return int(sum([invoice[3] for invoice in self.owed]))
        return int(sum([invoice[3] for invoice in self.owed if invoice[4] >= least_days]))

    def credit_use(self) -> Decimal | None:
        """Return the share of the credit limit that is used, or ``None`` without a limit or without a rate."""
        minor = self.open_minor()
        if self.one.limit_minor is None or minor is None:
            return None
        used = Decimal(minor)
        if self.one.limit_minor <= 0:
            return Decimal("Infinity") if used > 0 else Decimal(0)
        return used / self.one.limit_minor


def make_plan(
    policy: Policy,
    on: date,
    addressees: Iterable[Addressee],
    invoices: Iterable[Owed],
    customers: CustomerFacts,
    facts: InvoiceFacts,
) -> CadencePlan:
    """Return the plan of ``on``, customers in the order in which they come.

    ``invoices`` are the fields of :class:`OpenInvoice` and the customer's id, in the order of ``addressees``.
    """
    plan = CadencePlan(Day(on))
    for known in by_customer(addressees, invoices, customers):
        decide_one(plan, choose(policy, known), known, facts)
    return plan


def by_customer(addressees: Iterable[Addressee], invoices: Iterable[Owed], customers: CustomerFacts) -> Iterator[Known]:
    """Yield each customer that owes anything with what it owes; both are in the order of the customers."""
    coming = iter(addressees)
    one: Addressee | None = None
    for customer_id, rows in groupby(invoices, key=itemgetter(5)):
        while one is None or one.customer_id != customer_id:
            one = next(coming)
        owed = list(rows)
        if len(owed) > 1:
            owed.sort(key=lambda invoice: (-invoice[4], invoice[1]))  # the oldest due date first
        yield Known(one, owed, customers)


def decide_one(plan: CadencePlan, choice: Choice, known: Known, facts: InvoiceFacts) -> None:
    """Add to ``plan`` what becomes of one customer in the segment and cadence that were chosen for it."""
    day, customer_id = plan.day, known.one.customer_id
    customer = customer_day(known, is_sending_day=day.on.weekday() in choice.cadence.send_on)
    touches, tellings, held = len(day.touches), len(day.tellings), len(day.held)
    decide(day, customer, choice.cadence, known.owed, facts)
    if known.facts.hold_out.trials:
        hold_out(day, known.facts.hold_out, payer_of(known), choice.cadence, facts, (touches, held))
    if facts.broken and choice.cadence.names_broken_promises:
        name_broken(day, customer, choice.cadence, known.owed, facts, (touches, held))
    if facts.instalments and choice.cadence.instalment_notice_days:
        announce_instalment(day, customer, choice.cadence, known.owed, facts, (touches, held))
    if len(day.touches) + len(day.tellings) > touches + tellings:
        plan.addressees[customer_id], plan.choices[customer_id] = known.one, choice


def payer_of(known: Known) -> Payer:
    """Return what a hold-out asks of a customer."""
    one = known.one
    score = known.facts.scores.get(one.customer_id)
    return Payer(one.company, one.code, score, known.oldest_days, known.owed)


def thank(
    plan: CadencePlan, policy: Policy, known: Known, settled: Iterable[Settled], since_thanks: int | None
) -> None:
    """Add a thank-you for what a customer ``settled`` lately, where its cadence gives one and the day has no other."""
    choice = choose(policy, known)
    customer = customer_day(known, is_sending_day=plan.day.on.weekday() in choice.cadence.send_on)
    if give_thanks(plan.day, customer, choice.cadence, settled, since_thanks):
        plan.addressees[known.one.customer_id], plan.choices[known.one.customer_id] = known.one, choice


def choose(policy: Policy, known: Known) -> Choice:
    """Return the segment and the cadence of a customer, from the facts that the policy asks for and no others."""
    return chosen(policy, known.one, _Asked(known))


def facts_of(policy: Policy, known: Known) -> dict[str, Fact]:
    """Return the facts of a customer that the policy asks for."""
    return {name: _FACTS[name](known) for name in policy.fields_asked}


def chosen(policy: Policy, one: Addressee, asked: Mapping[str, Fact]) -> Choice:
    """Return the segment and the cadence of a customer by the facts that the policy asks for."""
    segment = policy.segment_for(asked, one.segment)
    return Choice(segment, policy.cadences[segment.cadence])


def customer_day(known: Known, *, is_sending_day: bool) -> CustomerDay:
    """Return what a decision needs to know of a customer."""
    one, facts = known.one, known.facts
    customer_id = one.customer_id
    return CustomerDay(
        customer_id,
        stop_of(known),
        bool(one.email),
        one.has_phone,
        one.has_sales_owner,
        customer_id in facts.touched_today,
        facts.since_reminder.get(customer_id),
        known.oldest_days,
        is_working_day(one, facts.closed_countries, is_sending_day=is_sending_day),
        facts.cover.get(customer_id, NO_COVER),
    )


def stop_of(known: Known) -> Held | None:
    """Return what stops a customer as a whole."""
    one = known.one
    manual = Held.MANUAL if one.tags and any(tag.casefold() == MANUAL_TAG for tag in one.tags) else None
    return first_reason(known.facts.blocked.get(one.customer_id), manual)


def is_working_day(one: Addressee, closed_countries: frozenset[str], *, is_sending_day: bool) -> bool:
    """Return whether a customer may be written to on a day of its cadence, given where there is a public holiday."""
    return is_sending_day and one.country not in closed_countries


class _Asked(dict[str, Fact]):
    """A customer's facts, each found when a rule first asks for it."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, name: str) -> Fact:
        fact = self[name] = _FACTS[name](self._known)
        return fact


def _number(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


_NO_TAGS: frozenset[str] = frozenset()
_FACTS: Mapping[str, Callable[[Known], Fact]] = {
    "payer_score": lambda known: _number(known.facts.scores.get(known.one.customer_id)),
    "external_score": lambda known: _number(known.one.external_score),
    "open": lambda known: known.open(),
    "overdue": lambda known: known.open(least_days=1),
    "oldest_days_overdue": lambda known: Decimal(known.oldest_days),
    "credit_use": lambda known: known.credit_use(),
    "payment_terms_days": lambda known: Decimal(known.one.terms_days),
    "country": lambda known: known.one.country.casefold(),
    "language": lambda known: known.one.language.casefold(),
    "currency": lambda known: known.one.currency.casefold(),
    "segment": lambda known: known.one.segment.casefold(),
    "company": lambda known: known.one.company.casefold(),
    "tags": lambda known: frozenset([tag.casefold() for tag in known.one.tags]) if known.one.tags else _NO_TAGS,
}
