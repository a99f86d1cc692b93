"""How standings and scores moved: what sales is told of its customers, and what stands on a customer's card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow, ScoreRow, StandingChangeRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services import reach
from ar_cockpit.services.limits.judging import worse

MOST = 500


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of a customer's standing, and whether it was for the worse."""

    customer_id: int
    before: str
    after: str
    on: date
    is_worse: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """A score of a source on a day, with the points that each part took where it is our own."""

    source: str
    on: date
    score: int
    parts: dict[str, int]


def changes(
    session: Session, actor: Actor, since: date, until: date, customer_ids: Sequence[int] | None = None
) -> dict[int, Change]:
    """Return the last change in that span of each customer whose standing ``actor`` may see."""
    row = StandingChangeRow
    chosen = customer_clause(actor.scope(Permission.VIEW_STANDING), actor.email)
    if customer_ids is not None:
        chosen &= among(session, col(CustomerRow.id), sorted(customer_ids))
    question = (
        select(col(row.customer_id), col(row.before), col(row.after), col(row.changed_on))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(chosen, col(row.changed_on) > since, col(row.changed_on) <= until)
        .order_by(col(row.id).desc())
        .limit(MOST)
    )
    found: dict[int, Change] = {}
    for key, before, after, on in session.execute(question):
        found.setdefault(key, Change(key, before, after, on, worse(before, after)))
    return found


def scores(session: Session, actor: Actor, customer_id: int, since: date) -> list[Scored]:
    """Return a customer's scores from a day on, by source, the oldest first."""
    line = reach.customer(session, actor, Permission.VIEW_STANDING, customer_id)
    row = ScoreRow
    question = (
        select(col(row.source), col(row.scored_on), col(row.score), col(row.parts))
        .where(
            col(row.company_id) == line.company_id,
            col(row.customer_id) == customer_id,
            col(row.scored_on) >= since,
        )
        .order_by(col(row.source), col(row.scored_on))
    )
    return [Scored(*values) for values in session.execute(question)]
