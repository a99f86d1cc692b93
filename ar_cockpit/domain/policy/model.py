"""The policy: segments choose a cadence for each customer, cadences are ordered steps. Frozen data, no behaviour."""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import cast

from ar_cockpit.domain.policy.credit_rules import CreditRules, StandingRules


class Channel(StrEnum):
    """How a customer is reached; ``allocate`` is work for us in a message's place."""

    EMAIL = "email"
    LETTER = "letter"
    CALL = "call"
    SMS = "sms"
    ALLOCATE = "allocate"


class Tone(StrEnum):
    """How a message sounds, mildest first."""

    FRIENDLY = "friendly"
    NEUTRAL = "neutral"
    FIRM = "firm"
    FORMAL_NOTICE = "formal_notice"

    @property
    def firmness(self) -> int:
        """The place among the tones, the mildest at 0."""
        return _FIRMNESS[self.value]


_FIRMNESS = {tone.value: place for place, tone in enumerate(Tone)}


TEMPLATES = (
    "courtesy",
    "reminder",
    "firm",
    "formal_notice",
    "call",
    "statement",
    "thank_you",
    "broken_promise",
    "instalment",
)
# Said without asking for money: like courtesy notices it neither waits for the spacing nor starts it.
THANKS = "thank_you"
BROKEN_PROMISE = "broken_promise"
# Told ahead of an instalment of a payment plan; it knows the plan, and so it is no step's and no person's.
INSTALMENT = "instalment"
STEP_TEMPLATES = tuple(one for one in TEMPLATES if one != INSTALMENT)
# What to say on the telephone: read by our own people, never sent to a customer.
SCRIPT = "call"
SENT_TEMPLATES = tuple(one for one in STEP_TEMPLATES if one != SCRIPT)
ATTACHMENTS = ("statement", "invoices")  # what a step's message may carry as PDF
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT_TELL_DAYS = 2

Scalar = Decimal | str
Fact = Decimal | str | frozenset[str] | None


class Kind(StrEnum):
    """What a condition's field holds."""

    NUMBER = "number"
    WORD = "word"
    WORDS = "words"


# Every field a condition may ask for; a number's least and greatest value, where there is one.
FIELDS: Mapping[str, tuple[Kind, Decimal | None, Decimal | None]] = {
    "payer_score": (Kind.NUMBER, Decimal(0), Decimal(100)),
    "external_score": (Kind.NUMBER, None, None),
    "open": (Kind.NUMBER, Decimal(0), None),
    "overdue": (Kind.NUMBER, Decimal(0), None),
    "oldest_days_overdue": (Kind.NUMBER, Decimal(0), None),
    "credit_use": (Kind.NUMBER, Decimal(0), None),
    "payment_terms_days": (Kind.NUMBER, Decimal(0), None),
    "country": (Kind.WORD, None, None),
    "language": (Kind.WORD, None, None),
    "currency": (Kind.WORD, None, None),
    "segment": (Kind.WORD, None, None),
    "company": (Kind.WORD, None, None),
    "tags": (Kind.WORDS, None, None),
}
ORDER_OPS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
LIST_OPS = ("in", "not_in")
OPS = ("=", "!=", *ORDER_OPS, *LIST_OPS)


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a customer's fact with one value, or with several for ``in`` and ``not_in``."""

    field: str
    op: str
    values: tuple[Scalar, ...]

    def holds(self, fact: Fact) -> bool:
        """Return whether ``fact`` satisfies it; a fact that is not known satisfies nothing."""
        if fact is None:
            return False
        compare = ORDER_OPS.get(self.op)
        if compare is not None and isinstance(fact, Decimal):
            return compare(fact, cast("Decimal", self.values[0]))
        if isinstance(fact, frozenset):
            return (not fact.isdisjoint(cast("tuple[str, ...]", self.values))) is (self.op in ("=", "in"))
        return (fact in self.values) is (self.op in ("=", "in"))


@dataclass(frozen=True, slots=True)
class Segment:
    """A rule over customer facts that selects a cadence: every one of ``all_of`` and, if any, one of ``any_of``."""

    key: str
    cadence: str
    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()
    title: str = ""  # what people call it; the key stays when this changes

    @property
    def is_unconditional(self) -> bool:
        """Whether everybody fits."""
        return not (self.all_of or self.any_of)

    def fits(self, facts: Mapping[str, Fact]) -> bool:
        """Return whether a customer with ``facts`` belongs here."""
        for one in self.all_of:
            if not one.holds(facts[one.field]):
                return False
        for one in self.any_of:
            if one.holds(facts[one.field]):
                return True
        return not self.any_of


@dataclass(frozen=True, slots=True)
class Step:
    """What is done ``offset`` days after the due date; the key is permanent."""

    key: str
    offset: int
    channel: Channel = Channel.EMAIL
    template: str = "reminder"
    tone: Tone = Tone.FRIENDLY
    approve: bool = False
    tell_sales_days: int = 0
    attach: tuple[str, ...] = ()  # of ATTACHMENTS
    interest: bool = False  # the message names statutory interest and the fixed sum for recovery
    title: str = ""  # what people call it; the key stays when this changes

    @property
    def is_courtesy(self) -> bool:
        """Whether it precedes the due date."""
        return self.offset < 0

    @property
    def is_notice(self) -> bool:
        """Whether it is told ahead of a date, for those who like to know."""
        return self.is_courtesy or self.template == INSTALMENT

    @property
    def firmness(self) -> int:
        """How firmly it asks in writing; a call is a person's, and a notice asks for nothing."""
        return 0 if self.channel is Channel.CALL or self.is_quiet else self.tone.firmness

    def is_milder(self, firmness: int) -> bool:
        """Whether it would ask more mildly than was asked before; whoever calls finds the words for it."""
        return firmness > 0 and self.firmness < firmness and self.channel is not Channel.CALL and not self.is_quiet

    @property
    def is_quiet(self) -> bool:
        """Whether it asks for nothing: it neither waits for the spacing nor starts it."""
        return self.is_notice or self.template == THANKS


@dataclass(frozen=True)
class Cadence:
    """Steps in order of time, with the rules that keep them polite."""

    key: str
    steps: tuple[Step, ...]
    spacing_days: int = 15
    spacing_until: int = 60
    minimum_amount: Decimal = Decimal(0)
    send_on: frozenset[int] = frozenset(range(5))
    window: tuple[time, time] = (time(9), time(17))
    title: str = ""  # what people call it; the key stays when this changes
    names_broken_promises: bool = False  # on the day after a promise's grace, whatever the spacing
    thank_you_every: int = 0  # days between two thank-yous for payments; 0: none are said
    instalment_notice_days: int = 0  # so many days before an instalment of a plan a kind word goes; 0: none

    @cached_property
    def first_overdue(self) -> int:
        """The place of the first step on or after the due date (the number of steps if there is none)."""
        return sum(step.is_courtesy for step in self.steps)

    @cached_property
    def tells_sales(self) -> bool:
        """Whether the sales owner hears of any of the steps beforehand."""
        return any(step.tell_sales_days for step in self.steps)

    @cached_property
    def memo(self) -> dict[str, object]:
        """What is worked out from it once, for whoever needs it for every invoice."""
        return {}

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The steps' days to the due date, in order."""
        return tuple(step.offset for step in self.steps)


@dataclass(frozen=True)
class Policy:
    """Segments in the order they are tried, the cadences they lead to, and the rules of credit."""

    segments: tuple[Segment, ...]
    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    standing: StandingRules = field(default_factory=StandingRules)
    credit: CreditRules = field(default_factory=CreditRules)

    @cached_property
    def fields_asked(self) -> frozenset[str]:
        """The facts that any rule looks at, so that nobody computes the others."""
        return frozenset(one.field for segment in self.segments for one in segment.all_of + segment.any_of)

    @cached_property
    def marks(self) -> Mapping[str, list[Decimal]]:
        """The values that rules compare each number with, in order: between two of them every rule says the same."""
        found: dict[str, set[Decimal]] = defaultdict(set)
        for one in (one for segment in self.segments for one in segment.all_of + segment.any_of):
            found[one.field].update(value for value in one.values if isinstance(value, Decimal))
        return {name: sorted(values) for name, values in found.items()}

    def mark_of(self, name: str, value: Decimal | None) -> tuple[int, int]:
        """Return where ``value`` lies among the marks of a field; what is not known lies nowhere."""
        if value is None:
            return -1, -1
        marks = self.marks.get(name, [])
        return bisect_left(marks, value), bisect_right(marks, value)

    @cached_property
    def by_key(self) -> Mapping[str, Segment]:
        """The segments by key, without regard to capitals."""
        return {segment.key.casefold(): segment for segment in self.segments}

    def segment_for(self, facts: Mapping[str, Fact], explicit: str = "") -> Segment:
        """Return the customer's explicit segment if the policy has it, else the first that fits."""
        named = self.by_key.get(explicit.casefold()) if explicit else None
        return named or next(segment for segment in self.segments if segment.fits(facts))
