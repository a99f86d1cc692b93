"""Which customers a policy puts into which segment: counted for all, listed with the reason for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import membership as facts
from ar_cockpit.db.queries.reminders.membership import Asked, OwedSum
from ar_cockpit.db.queries.reminders.plan import tags_of
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.plan import Addressee, CustomerFacts, Known, facts_of
from ar_cockpit.domain.cadence.worth import Worth, no_rate
from ar_cockpit.domain.policy.model import Condition, Fact, Policy
from ar_cockpit.services.rates.worth import worth_on
from ar_cockpit.services.reminders import scores

PER_PAGE = 50
_NOTHING = OwedSum(0, 0, 0, 0, ())


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All that rules may ask, of every customer of an actor's companies, on one day."""

    customers: tuple[Asked, ...]
    owed: Mapping[int, OwedSum]
    scores: Mapping[int, int]
    worth: Worth = no_rate


@dataclass(frozen=True, slots=True)
class Membership:
    """The segment of every customer."""

    segment_of: Mapping[int, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The number of customers."""
        return len(self.segment_of)


@dataclass(frozen=True, slots=True)
class Member:
    """A customer of a segment with the facts that its rule asked for; ``is_named``: its own segment says so."""

    customer_id: int
    company: str
    code: str
    name: str
    currency: str
    open_minor: int
    is_named: bool
    met: tuple[tuple[Condition, Fact], ...]


def portfolio(session: Session, actor: Actor, as_of: date) -> Portfolio:
    """Return what is known on ``as_of`` of the customers of the companies whose policy ``actor`` may edit."""
    wanted = customer_clause(actor.scope(Permission.EDIT_POLICY), actor.email)
    return Portfolio(
        tuple(facts.customers(session, wanted)),
        facts.owed(session, wanted, as_of),
        scores.of_all(session, wanted, as_of),
        worth_on(as_of),
    )


def members(known: Portfolio, policy: Policy) -> Membership:
    """Return where ``policy`` puts every customer of the portfolio."""
    found = {
        one.customer_id: policy.segment_for(_asked(known, one, policy), one.segment).key for one in known.customers
    }
    return Membership(found, Counter(found.values()))


def listed(
    session: Session, actor: Actor, known: Portfolio, policy: Policy, segment: str, *, words: str = "", page: int = 1
) -> tuple[list[Member], int]:
    """Return a page of those of a segment that ``actor`` may see, the largest open amounts first, and their number."""
    scope = actor.scope(Permission.VIEW_CUSTOMERS)
    seen = {one.customer_id for one in facts.customers(session, customer_clause(scope, actor.email))}
    chosen = members(known, policy).segment_of
    wanted = words.casefold().split()
    matching = [
        one
        for one in known.customers
        if chosen[one.customer_id] == segment
        and one.customer_id in seen
        and all(word in f"{one.name} {one.code}".casefold() for word in wanted)
    ]
    matching.sort(key=lambda one: -known.owed.get(one.customer_id, _NOTHING).open_minor)
    shown = matching[(page - 1) * PER_PAGE : page * PER_PAGE]
    return [_member(known, policy, segment, one) for one in shown], len(matching)


def largest(known: Portfolio, membership: Membership, segment: str, most: int) -> list[Asked]:
    """Return the customers of a segment that owe most."""
    owing = (one for one in known.customers if one.customer_id in known.owed)
    inside = [one for one in owing if membership.segment_of[one.customer_id] == segment]
    return sorted(inside, key=lambda one: -known.owed[one.customer_id].open_minor)[:most]


def _member(known: Portfolio, policy: Policy, segment: str, one: Asked) -> Member:
    rule = policy.by_key[segment.casefold()]
    asked = _asked(known, one, policy)
    is_named = one.segment.casefold() == segment.casefold() and one.segment != ""
    met = tuple((each, asked[each.field]) for each in rule.all_of + rule.any_of if each.holds(asked[each.field]))
    owed = known.owed.get(one.customer_id, _NOTHING)
    return Member(
        one.customer_id,
        one.company,
        one.code,
        one.name,
        one.currency,
        owed.open_minor,
        is_named,
        () if is_named else met,
    )


def _asked(known: Portfolio, one: Asked, policy: Policy) -> Mapping[str, Fact]:
    owed = known.owed.get(one.customer_id, _NOTHING)
    addressee = Addressee(
        one.customer_id,
        one.company,
        one.code,
        one.country,
        one.language,
        one.currency,
        one.terms_days,
        one.limit_minor,
        one.external_score,
        one.segment,
        tags_of(one.tags),
    )
    # The sums stand for the invoices: what is overdue as if it were one, the rest as another.
    sums = ((one.currency, owed.open_minor, owed.overdue_minor), *owed.foreign)
    late = max(0, owed.oldest_days)
    invoices = [(0, "", currency, overdue, late) for currency, _, overdue in sums]
    invoices += [(0, "", currency, whole - overdue, 0) for currency, whole, overdue in sums]
    return facts_of(policy, Known(addressee, invoices, CustomerFacts(scores=known.scores, worth=known.worth)))
