"""A company's own weights of the order of the day: chosen on screen, checked, every version kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from ar_cockpit.db.tables import CompanyRow, QueueWeightsRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.weights import Weights, checked_weights
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.collecting.touchpoints import checked_text
from ar_cockpit.services.people.companies import chosen_companies

_MAY = Permission.LEAD_TEAM
_VERSIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the weights; number 0 is what the product ships with."""

    number: int
    weights: Weights
    note: str = ""
    created_at: datetime | None = None
    created_by: str = ""


def versions(session: Session, actor: Actor, company: str) -> list[Version]:
    """Return a company's versions, the one in force first; the shipped one ends the list."""
    (company_id,) = _company(session, actor, company)
    rows = session.exec(
        select(QueueWeightsRow)
        .where(QueueWeightsRow.company_id == company_id)
        .order_by(col(QueueWeightsRow.number).desc())
        .limit(_VERSIONS_SHOWN)
    )
    made = [Version(row.number, checked_weights(row.weights), row.note, row.created_at, row.created_by) for row in rows]
    return [*made, Version(0, Weights())]


def choose(
    session: Session, actor: Actor, company: str, given: Mapping[str, Any], note: str, *, at: datetime, seen: int
) -> int:
    """Put weights in force and return the version's number; ``seen`` is the version they were changed from.

    Raises ``RefusedError`` when somebody else changed them meanwhile, or nothing is different.
    """
    (company_id,) = _company(session, actor, company)
    weights = checked_weights(given)
    before = versions(session, actor, company)[0]
    if before.number != seen:
        raise RefusedError(
            "Somebody else changed the weights meanwhile.", "They are shown now; make your change again."
        )
    if before.weights.told() == weights.told():
        raise RefusedError("These are the weights in force already.", "Nothing was changed.")
    row = QueueWeightsRow(
        company_id=company_id,
        number=before.number + 1,
        weights=weights.told(),
        note=checked_text(note),
        created_at=at,
        created_by=actor.email,
    )
    session.add(row)
    session.flush()
    told = ("company", company)
    audit.record(session, actor, "queue.weights", told, before=before.weights.told(), after=weights.told())
    return row.number


def restore(session: Session, actor: Actor, company: str, number: int, *, at: datetime) -> int:
    """Put an earlier version in force again, as a new one, and return its number."""
    known = versions(session, actor, company)
    wanted = next((one for one in known if one.number == number), None)
    if wanted is None:
        raise NotFoundError(f"There is no version {number} of the weights.", "Choose one of the list.")
    return choose(session, actor, company, wanted.weights.told(), "", at=at, seen=known[0].number)


def _company(session: Session, actor: Actor, code: str) -> tuple[int]:
    found = chosen_companies(session, actor, _MAY, code)
    if not code or len(found) != 1:
        raise NotFoundError("Choose one company.", "Each company has weights of its own.")
    actor.require(_MAY, found[0])
    return (session.get_one(CompanyRow, found[0]).id,)
