"""Membership of segments moves by itself: judged anew each night, stored with its facts, each move logged with its why.

The plan of reminders judges for itself on its day, by the same rule and the same facts, so the two agree; what is
stored tells since when and why. A customer that owes nothing stays where it was: nothing is written to it anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Engine, select, true
from sqlmodel import Session, col

from ar_cockpit.db import bulk
from ar_cockpit.db.queries.reminders import plan as facts
from ar_cockpit.db.queries.reminders.membership import segment_question
from ar_cockpit.db.queries.reminders.payer_scores import behaviours
from ar_cockpit.db.session import give_way, reading, transaction
from ar_cockpit.db.tables import CustomerRow, CustomerSegmentRow, SegmentChangeRow, TouchpointRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.membership import Membership, restored, stored, why
from ar_cockpit.domain.cadence.plan import Addressee, CustomerFacts, Known, choose, facts_of
from ar_cockpit.domain.figures.payer_score import Behaviour, PayerScore, payer_score
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.services import audit, reach
from ar_cockpit.services.rates.worth import worth_on
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.facts import addressees

MOVED = "segment"  # the kind of the touchpoint
_COLUMNS = (
    *("customer_id", "company_id", "segment", "cadence", "since_on", "judged_on"),
    *("policy_number", "score", "parts", "facts"),
)
_IN_A_PART = 2_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer belongs since when, and what its payer score is the sum of; ``score`` may be unknown."""

    segment: str
    cadence: str
    since_on: date
    score: int | None
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Move:
    """A customer's change of segment, and why."""

    customer_id: int
    before: Membership
    after: Membership
    reason: Reason


@dataclass(slots=True)
class _Night:
    """Everything that one evaluation is made with and finds."""

    on: date
    policy: Policy
    number: int
    behaviours: Mapping[int, Behaviour]
    known: CustomerFacts
    before: Mapping[int, tuple[Membership, date]]
    companies: Mapping[int, int]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    first: int = 0


def move(engine: Engine, actor: Actor, as_of: date, *, at: datetime) -> dict[str, int]:
    """Judge every customer that owes something, store where it belongs, and log who moved; twice a day is once.

    It judges while others write, and stores in short transactions. A run that breaks off leaves whole parts: who is
    stored with its move does not move again.
    """
    actor.require(Permission.RUN_JOBS)
    with reading(engine) as session:
        night = _judged(session, as_of)
    for first in range(0, len(night.rows), _IN_A_PART):
        rows = night.rows[first : first + _IN_A_PART]
        theirs = {row[0] for row in rows}
        part = replace(night, rows=rows, moves=[one for one in night.moves if one.customer_id in theirs])
        with transaction(engine) as session:
            _keep(session, actor, part, at)
        give_way(engine)
    with transaction(engine) as session:
        return _told(session, actor, night)


def _judged(session: Session, as_of: date) -> _Night:
    night = _night(session, as_of)
    for one, owed in _owing(session, as_of):
        _judge(night, one, owed)
    return night


def _keep(session: Session, actor: Actor, night: _Night, at: datetime) -> None:
    bulk.upsert(session, CustomerSegmentRow, _COLUMNS, night.rows, key=("customer_id",))
    _log(session, actor, night, at)


def _told(session: Session, actor: Actor, night: _Night) -> dict[str, int]:
    counts = {"judged": len(night.rows), "moved": len(night.moves), "first": night.first}
    if night.moves:
        audit.record(session, actor, "segments.move", ("policy", str(night.number)), after=counts)
    return counts


def standing(session: Session, actor: Actor, customer_id: int) -> Standing | None:
    """Return where a customer belongs, or ``None`` when it was never judged."""
    reach.customer(session, actor, Permission.VIEW_CUSTOMERS, customer_id)
    row = session.execute(segment_question(customer_id)).first()
    return Standing(*row) if row else None


def _night(session: Session, as_of: date) -> _Night:
    in_force = policies.in_force(session)
    behaved = behaviours(session, true(), as_of)
    scores = {key: payer_score(one).total for key, one in behaved.items()}
    companies = dict(session.execute(select(col(CustomerRow.id), col(CustomerRow.company_id))).all())
    known = CustomerFacts(scores=scores, worth=worth_on(as_of))
    before = _stored(session)
    return _Night(as_of, in_force.policy, in_force.number, behaved, known, before, companies)


def _owing(session: Session, as_of: date) -> Iterator[tuple[Addressee, Sequence[Any]]]:
    """Yield the customers that owe something with their open invoices, the oldest first."""
    coming = addressees(session, true())
    one: Addressee | None = None
    for customer_id, rows in groupby(facts.open_invoices(session, true(), as_of), key=itemgetter(5)):
        while one is None or one.customer_id != customer_id:
            one = next(coming)
        yield one, sorted(rows, key=lambda row: -row[4])


def _judge(night: _Night, one: Addressee, owed: Sequence[Any]) -> None:
    known = Known(one, owed, night.known)
    choice = choose(night.policy, known)
    behaviour = night.behaviours.get(one.customer_id)
    score = payer_score(behaviour) if behaviour else PayerScore()
    after = Membership(
        choice.segment.key,
        night.number,
        facts_of(night.policy, known),
        score.total if behaviour else None,
        score.parts if behaviour else {},
        one.segment,
    )
    before, since_on = night.before.get(one.customer_id, (None, night.on))
    if before is None:
        night.first += 1
    elif before.segment != after.segment:
        since_on = night.on
        night.moves.append(Move(one.customer_id, before, after, why(night.policy, before, after, behaviour)))
    kept = stored(after.facts) | {"named": one.segment}
    head = (one.customer_id, night.companies[one.customer_id], after.segment, choice.cadence.key)
    night.rows.append((*head, since_on, night.on, night.number, after.score, dict(after.parts), kept))


def _stored(session: Session) -> dict[int, tuple[Membership, date]]:
    row = CustomerSegmentRow
    question = select(
        col(row.customer_id),
        col(row.segment),
        col(row.policy_number),
        col(row.facts),
        col(row.score),
        col(row.parts),
        col(row.since_on),
    )
    return {
        key: (Membership(segment, number, restored(told), score, parts, told.get("named", "")), since_on)
        for key, segment, number, told, score, parts, since_on in session.execute(question)
    }


def _log(session: Session, actor: Actor, night: _Night, at: datetime) -> None:
    """Write each move into its own log and into the customer's timeline."""
    moves = night.moves
    if not moves:
        return
    told = [{"from": one.before.segment, "to": one.after.segment, **one.reason.facts} for one in moves]
    common = {
        "company_id": [night.companies[one.customer_id] for one in moves],
        "customer_id": [one.customer_id for one in moves],
    }
    bulk.insert(
        session,
        SegmentChangeRow,
        common
        | {
            "changed_on": [night.on] * len(moves),
            "changed_at": [at] * len(moves),
            "before": [one.before.segment for one in moves],
            "after": [one.after.segment for one in moves],
            "score_before": [one.before.score for one in moves],
            "score_after": [one.after.score for one in moves],
            "policy_number": [night.number] * len(moves),
            "reason": [one.reason.code for one in moves],
            "facts": [dict(one.reason.facts) for one in moves],
        },
    )
    bulk.insert(
        session,
        TouchpointRow,
        common
        | {
            "kind": [MOVED] * len(moves),
            "happened_on": [night.on] * len(moves),
            "happened_at": [at] * len(moves),
            "actor_email": [actor.email] * len(moves),
            "text": [""] * len(moves),
            "facts": [one | {"code": move.reason.code} for one, move in zip(told, moves, strict=True)],
        },
    )
