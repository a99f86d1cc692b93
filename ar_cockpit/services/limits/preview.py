"""What other rules of standing would do, before they are kept: how many customers move from which level to which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.standing import judged_book
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.credit import CreditFacts, Level, standing
from ar_cockpit.domain.policy.credit_rules import StandingRules
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.services import groups, portfolio
from ar_cockpit.services.limits import judging

MOST_NAMED = 12
Move = tuple[Level, Level]


@dataclass(frozen=True, slots=True)
class Named:
    """A customer that would move, and the weightiest reason of its new level."""

    company_code: str
    code: str
    name: str
    before: Level
    after: Level
    reason: Reason


@dataclass(frozen=True, slots=True)
class Preview:
    """How many were judged, how many of them move from where to where, and some that would stand worse, by name."""

    judged: int
    moves: Mapping[Move, int]
    worse: list[Named] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """How many move at all."""
        return sum(self.moves.values())


def preview(
    session: Session, actor: Actor, rules: StandingRules, on: date, go_on: Callable[[float], bool] = lambda _share: True
) -> Preview:
    """Return what ``rules`` would do to everybody who owes or was judged before; nothing is kept.

    All companies are counted, since the rules are for all; named are only customers whose standing ``actor`` may see.
    ``go_on`` is told from time to time what share is done, 0 to 1; when it says no, what was judged so far is returned.
    """
    actor.require(Permission.EDIT_POLICY)
    moves: Counter[Move] = Counter()
    worse: list[Named] = []
    judged = 0
    parts = judging.batches(session, on)
    for done, some in enumerate(parts):
        if not go_on(done / len(parts)):
            break
        book = judged_book(session, col(CustomerRow.id).in_(some), on)
        in_force = portfolio.rules_of(book)
        beside = groups.held_beside(session, book, on)
        then = groups.held_beside(session, book, on, rules)
        for line in book.lines:
            facts = portfolio.credit_facts(line, book, on)
            before = standing(_beside(facts, beside.get(line.customer_id)), in_force).level
            after = standing(_beside(facts, then.get(line.customer_id)), rules)
            judged += 1
            if after.level is before:
                continue
            moves[before, after.level] += 1
            is_worse = judging.worse(before.value, after.level.value)
            if is_worse and len(worse) < MOST_NAMED and actor.may(Permission.VIEW_STANDING, line.company_id):
                reason = after.reasons[0]
                worse.append(Named(line.company_code, line.code, line.name, before, after.level, reason))
    return Preview(judged, dict(moves), worse)


def _beside(facts: CreditFacts, held: int | None) -> CreditFacts:
    return replace(facts, group_held=held) if held else facts
