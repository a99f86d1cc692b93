"""Write down what a person did with a customer: a touchpoint and its audit entry, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import TouchpointRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError
from ar_cockpit.services import audit

LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Moment:
    """When an act counts (the business date) and when it was done (the instant)."""

    on: date
    at: datetime


def write(
    session: Session, actor: Actor, line: CustomerLine, kind: str, when: Moment, *, text: str = "", **facts: Any
) -> int:
    """Store a touchpoint of ``kind`` and return its key, by which it can be undone."""
    return write_all(session, actor, [(line, facts)], kind, when, text=text)[0]


def write_all(
    session: Session,
    actor: Actor,
    told: Sequence[tuple[CustomerLine, dict[str, Any]]],
    kind: str,
    when: Moment,
    *,
    text: str = "",
) -> list[int]:
    """Store a touchpoint of ``kind`` for each customer, with its facts, and return their keys in that order."""
    said = checked_text(text)
    rows = [
        TouchpointRow(
            company_id=line.company_id,
            customer_id=line.customer_id,
            kind=kind,
            happened_on=when.on,
            happened_at=when.at,
            actor_email=actor.email,
            text=said,
            facts=facts,
        )
        for line, facts in told
    ]
    session.add_all(rows)
    session.flush()
    words = {"text": said} if text else {}
    entries = [audit.Entry(subject(line), {}, facts | words) for line, facts in told]
    audit.record_all(session, actor, f"customer.{kind}", entries)
    return [row.id for row in rows]


def subject(line: CustomerLine) -> tuple[str, str]:
    """Return what an audit entry about ``line`` is about."""
    return "customer", f"{line.company_code}/{line.code}"


def checked_text(text: str) -> str:
    """Return ``text`` without blanks around it; raise ``InputError`` when it is too long to be read by anyone."""
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise InputError(f"The text has {len(text)} characters.", f"Keep it under {LONGEST_TEXT}.")
    return text


def required_text(text: str, what: str) -> str:
    """Return ``text`` without blanks around it; raise ``InputError`` when nothing is left."""
    if not text.strip():
        raise InputError(f"{what} is missing.", "Say it in a few words.")
    return checked_text(text)
