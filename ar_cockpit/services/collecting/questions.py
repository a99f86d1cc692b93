"""A question of sales to the collector and its answer: a thread in the timeline, told at the bell, mailed if away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from ar_cockpit.db.queries.collecting.worklist import ANSWER, ASK, COMPLETING, NOTE
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import MentionRow, TouchpointRow, UserRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.people.colleagues import colleagues_of

# What somebody else does with the customer afterwards answers a question; a snooze and a customer's reply do not.
_ANSWERING = (*COMPLETING, NOTE, ANSWER)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of sales that nobody answered yet."""

    touchpoint_id: int
    asked_by: str
    name: str
    text: str
    on: date


def ask(session: Session, actor: Actor, customer_id: int, text: str, when: Moment) -> int:
    """Put a question of sales before the collector: it stands among the task's reasons until it is answered."""
    line = reach.customer(session, actor, Permission.WRITE_NOTE, customer_id)
    asked = touchpoints.required_text(text, "The question")
    done = touchpoints.write(session, actor, line, ASK, when, text=asked, to=line.collector_email)
    tell(session, actor, line, done, [line.collector_email], when)
    return done


def answer(session: Session, actor: Actor, customer_id: int, text: str, when: Moment) -> int:
    """Answer the question that waits, and tell who asked; raise ``RefusedError`` when none waits."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    said = touchpoints.required_text(text, "The answer")
    waiting = open_question(session, customer_id)
    if waiting is None or waiting.asked_by == actor.email:
        raise RefusedError(f"No question about {line.name} waits.", "Write a note instead.")
    done = touchpoints.write(
        session, actor, line, ANSWER, when, text=said, question=waiting.touchpoint_id, to=waiting.asked_by
    )
    tell(session, actor, line, done, [waiting.asked_by], when)
    return done


def open_question(session: Session, customer_id: int, on: date | None = None) -> Question | None:
    """Return the last question about a customer that nobody else did anything about since."""
    row = TouchpointRow
    last = (
        select(row, UserRow.name)
        .outerjoin(UserRow, col(UserRow.email) == col(row.actor_email))
        .where(col(row.customer_id) == customer_id, col(row.kind) == ASK, col(row.undone_at).is_(None))
        .order_by(col(row.happened_at).desc(), col(row.id).desc())
        .limit(1)
    )
    if on is not None:
        last = last.where(col(row.happened_on) <= on)
    found = session.exec(last).first()
    if found is None:
        return None
    asked, name = found
    since = select(col(row.id)).where(
        col(row.customer_id) == customer_id,
        col(row.id) > asked.id,
        col(row.undone_at).is_(None),
        col(row.actor_email) != asked.actor_email,
        col(row.kind).in_(_ANSWERING),
    )
    if session.exec(since.limit(1)).first() is not None:
        return None
    return Question(asked.id, asked.actor_email, name or asked.actor_email, asked.text, asked.happened_on)


def tell(
    session: Session, actor: Actor, line: CustomerLine, touchpoint_id: int, emails: Iterable[str], when: Moment
) -> None:
    """Tell who of ``emails`` may see the customer of a touchpoint, but for the actor: at the bell, by mail if away."""
    wanted = {email.lower() for email in emails if email} - {actor.email.lower()}
    if not wanted:
        return
    known = set(session.exec(select(MentionRow.user_id).where(MentionRow.touchpoint_id == touchpoint_id)))
    session.add_all(
        MentionRow(
            company_id=line.company_id,
            customer_id=line.customer_id,
            touchpoint_id=touchpoint_id,
            user_id=one.user_id,
            mentioned_by=actor.email,
            mentioned_at=when.at,
        )
        for one in colleagues_of(session, line)
        if one.email.lower() in wanted and one.user_id not in known
    )
    session.flush()
