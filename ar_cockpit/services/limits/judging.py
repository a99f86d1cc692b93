"""The standing of who owes, every night and of whom anything changed: moves are logged, told to programs, and alerted.

The answer to a question is never read from here: a standing is judged when it is asked for, by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, exists, select, true, update
from sqlmodel import Session, col

from ar_cockpit.db import bulk
from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.queries.collecting.standing import judged_book
from ar_cockpit.db.queries.credit import orders
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.reminders.payer_scores import behaviours
from ar_cockpit.db.session import give_way, reading, transaction
from ar_cockpit.db.tables import (
    CreditAlertRow,
    CustomerRow,
    CustomerStandingRow,
    HoldRow,
    InvoiceRow,
    ScoreRow,
    StandingChangeRow,
)
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.credit import CreditFacts, Level, Standing
from ar_cockpit.domain.credit_limits import alerts
from ar_cockpit.domain.figures.payer_score import payer_score
from ar_cockpit.domain.policy.credit_rules import CreditRules
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.domain.webhooks.events import EventType
from ar_cockpit.i18n.reasons import STANDING, sentence
from ar_cockpit.services import audit, groups, portfolio
from ar_cockpit.services.audit import Entry
from ar_cockpit.services.collecting import holds
from ar_cockpit.services.collecting.touchpoints import Moment, subject
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.webhooks import outbox

AT_ONCE = 2000
IN_A_PART = 500  # of a transaction: less than a second on a machine that has much else to do
PAYER = "payer"  # the source of our own score
_STANDING = ("customer_id", "company_id", "level", "since_on", "judged_on", "reasons")
Judged = tuple[CustomerLine, CreditFacts, Standing]


@dataclass(slots=True)
class _Night:
    """What is known and found."""

    actor: Actor
    on: date
    at: datetime
    rules: CreditRules
    counts: dict[str, int] = field(default_factory=lambda: {"judged": 0, "moved": 0, "alerts": 0, "scores": 0})


def judge(session: Session, actor: Actor, on: date, *, at: datetime) -> dict[str, int]:
    """Judge everybody who owes, is on hold or was not ok; end spent orders and past holds; return what was done.

    Twice is once.
    """
    actor.require(Permission.RUN_JOBS)
    night = _begun(session, actor, on, at)
    for some in batches(session, on):
        _judge(session, night, some)
    _score(session, night, true())
    return night.counts


def judge_in_parts(engine: Engine, actor: Actor, on: date, *, at: datetime) -> dict[str, int]:
    """Do what :func:`judge` does in many short transactions, between which others write.

    A run that breaks off leaves whole parts: the next one finds them done.
    """
    actor.require(Permission.RUN_JOBS)
    with transaction(engine) as session:
        night = _begun(session, actor, on, at)
    with reading(engine) as session:
        owing = [key for some in batches(session, on) for key in some]
        everybody = list(session.execute(select(col(CustomerRow.id)).order_by(col(CustomerRow.id))).scalars())
    for some in _parts(owing):
        with transaction(engine) as session:
            _judge(session, night, some)
        give_way(engine)
    for some in _parts(everybody):
        with transaction(engine) as session:
            _score(session, night, among(session, col(CustomerRow.id), some))
        give_way(engine)
    return night.counts


def _begun(session: Session, actor: Actor, on: date, at: datetime) -> _Night:
    night = _Night(actor, on, at, policies.in_force(session).policy.credit)
    night.counts["ended"] = orders.end_spent(session, on)
    night.counts["released"] = holds.end_past(session, actor, Moment(on, at))
    return night


def _parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[first : first + IN_A_PART] for first in range(0, len(keys), IN_A_PART))


def judge_some(
    session: Session, actor: Actor, customer_ids: Sequence[int], on: date, *, at: datetime
) -> dict[str, int]:
    """Judge these customers as :func:`judge` does all, their scores too: what a payment changed waits for no night."""
    actor.require(Permission.RUN_JOBS)
    night = _Night(actor, on, at, policies.in_force(session).policy.credit)
    for first in range(0, len(customer_ids), AT_ONCE):
        some = customer_ids[first : first + AT_ONCE]
        _judge(session, night, some)
        _score(session, night, among(session, col(CustomerRow.id), some))
    return night.counts


def _judge(session: Session, night: _Night, customer_ids: Sequence[int]) -> None:
    book = judged_book(session, col(CustomerRow.id).in_(customer_ids), night.on)
    beside = groups.held_beside(session, book, night.on)
    found = [(line, *portfolio.judged(line, book, night.on, beside)) for line in book.lines]
    _keep(session, night, found)
    _alert(session, night, found)


def batches(session: Session, on: date) -> list[list[int]]:
    """Return the keys of who is to be judged, so many at a time: whoever owes, is on hold or was judged before."""
    customer = CustomerRow
    owes = exists().where(col(InvoiceRow.customer_id) == col(customer.id), is_open_on(on)).correlate(CustomerRow)
    stopped = exists().where(
        col(HoldRow.customer_id) == col(customer.id), col(HoldRow.kind) == "hold", col(HoldRow.released_on).is_(None)
    )
    judged = exists().where(col(CustomerStandingRow.customer_id) == col(customer.id))
    question = select(col(customer.id)).where(owes | stopped.correlate(CustomerRow) | judged.correlate(CustomerRow))
    keys = list(session.execute(question.order_by(col(customer.id))).scalars())
    return [keys[first : first + AT_ONCE] for first in range(0, len(keys), AT_ONCE)]


def _keep(session: Session, night: _Night, found: Sequence[Judged]) -> None:
    """Store the standings, and log and tell those that changed."""
    row = CustomerStandingRow
    keys = [line.customer_id for line, _, _ in found]
    question = select(col(row.customer_id), col(row.level), col(row.since_on)).where(col(row.customer_id).in_(keys))
    before = {key: (level, since) for key, level, since in session.execute(question)}
    rows, changed = [], []
    for line, _, now in found:
        level, since = before.get(line.customer_id, (now.level.value, night.on))
        if level != now.level.value:
            since = night.on
            changed.append((line, level, now))
        told = [_told(one) for one in now.reasons]
        rows.append((line.customer_id, line.company_id, now.level.value, since, night.on, told))
    bulk.upsert(session, CustomerStandingRow, _STANDING, rows, key=("customer_id",))
    night.counts["judged"] += len(rows)
    night.counts["moved"] += len(changed)
    _log(session, night, changed)


def _log(session: Session, night: _Night, changed: Sequence[tuple[CustomerLine, str, Standing]]) -> None:
    bulk.insert(
        session,
        StandingChangeRow,
        {
            "company_id": [line.company_id for line, _, _ in changed],
            "customer_id": [line.customer_id for line, _, _ in changed],
            "changed_on": [night.on] * len(changed),
            "changed_at": [night.at] * len(changed),
            "before": [level for _, level, _ in changed],
            "after": [now.level.value for _, _, now in changed],
            "reasons": [[_told(one) for one in now.reasons] for _, _, now in changed],
        },
    )
    facts = [
        (
            line.company_id,
            {
                "company": line.company_code,
                "customer_id": line.code,
                "name": line.name,
                "date": night.on.isoformat(),
                "was": level,
                "standing": now.level.value,
                "reasons": [{"code": one.code, "text": sentence(one, "en", STANDING)} for one in now.reasons],
            },
        )
        for line, level, now in changed
    ]
    outbox.note(session, EventType.STANDING_CHANGED, facts)


def _alert(session: Session, night: _Night, found: Sequence[Judged]) -> None:
    """Begin, bring up to date and end what is told of limits."""
    row = CreditAlertRow
    keys = [line.customer_id for line, _, _ in found]
    open_ = select(col(row.id), col(row.customer_id), col(row.kind)).where(
        col(row.customer_id).in_(keys), col(row.ended_on).is_(None)
    )
    before = {(customer_id, kind): key for key, customer_id, kind in session.execute(open_)}
    new: list[tuple[CustomerLine, Reason]] = []
    still: list[dict[str, Any]] = []
    for line, facts, _ in found:
        for alert, reason in alerts(facts, night.rules).items():
            key = before.pop((line.customer_id, alert.value), None)
            if key is None:
                new.append((line, reason))
            else:
                still.append({"id": key, "facts": dict(reason.facts)})
    bulk.insert(
        session,
        CreditAlertRow,
        {
            "company_id": [line.company_id for line, _ in new],
            "customer_id": [line.customer_id for line, _ in new],
            "kind": [reason.code for _, reason in new],
            "facts": [dict(reason.facts) for _, reason in new],
            "since_on": [night.on] * len(new),
        },
    )
    if still:
        session.execute(update(CreditAlertRow), still)
    if before:
        ending = update(CreditAlertRow).where(col(row.id).in_(before.values()))
        session.execute(ending.values(ended_on=night.on), execution_options={"synchronize_session": False})
    night.counts["alerts"] += len(new)
    lines = {line.customer_id: line for line, _, _ in found}
    begun = [Entry(subject(line), {}, {"alert": reason.code} | dict(reason.facts)) for line, reason in new]
    ended = [Entry(subject(lines[customer_id]), {"alert": kind}, {}) for customer_id, kind in before]
    audit.record_all(session, night.actor, "credit.alert", begun)
    audit.record_all(session, night.actor, "credit.alert_end", ended)


def _score(session: Session, night: _Night, wanted: ColumnElement[bool]) -> None:
    """Write our own score of the ``wanted`` customers into its history where it is another than the last one there."""
    owner, row = CustomerRow, ScoreRow
    last = (
        select(col(row.score))
        .where(
            col(row.company_id) == col(owner.company_id),
            col(row.customer_id) == col(owner.id),
            col(row.source) == PAYER,
            col(row.scored_on) <= night.on,
        )
        .order_by(col(row.scored_on).desc())
        .limit(1)
        .correlate(CustomerRow)
        .scalar_subquery()
    )
    question = select(col(owner.id), col(owner.company_id), last).where(wanted)
    before = {key: (company, score) for key, company, score in session.execute(question)}
    columns = ("company_id", "customer_id", "source", "scored_on", "score", "parts")
    rows = []
    for key, behaviour in behaviours(session, wanted, night.on).items():
        company, old = before[key]
        now = payer_score(behaviour)
        if now.total != old:
            rows.append((company, key, PAYER, night.on, now.total, dict(now.parts)))
    bulk.upsert(session, ScoreRow, columns, rows, key=("company_id", "customer_id", "source", "scored_on"))
    night.counts["scores"] += len(rows)


def _told(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "facts": dict(reason.facts)}


def reasons_of(told: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """Return reasons as they were stored."""
    return tuple(Reason(str(one["code"]), dict(one["facts"])) for one in told)


def worse(before: str, after: str) -> bool:
    """Return whether a change of standing is for the worse."""
    order = [level.value for level in Level]
    return order.index(after) > order.index(before)
