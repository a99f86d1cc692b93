"""The people of the demo company, offered on the sign-in page as long as the ledger is the demo."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import RoleGrantRow, UserRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services.people.companies import holds_demo

# Public on purpose: it opens invented figures only, and the demo never runs beside real data.
DEMO_PASSWORD = "demo-receivables"  # noqa: S105 (shown on the sign-in page)
_ORDER = [Role.EXECUTIVE, Role.COLLECTOR, Role.SALES, Role.CREDIT_MANAGER, Role.ADMIN]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person of each role."""

    role: Role
    name: str
    email: str
    password: str


def people(session: Session) -> list[DemoPerson]:
    """Return one person of each role, or nobody when the ledger is not the demo."""
    if not holds_demo(session):
        return []
    first = (
        select(RoleGrantRow.role, func.min(UserRow.id).label("user_id"))
        .join(UserRow, col(UserRow.id) == col(RoleGrantRow.user_id))
        .where(col(UserRow.is_demo), col(UserRow.is_active))
        .group_by(col(RoleGrantRow.role))
        .subquery()
    )
    rows = session.exec(
        select(first.c.role, UserRow.name, UserRow.email).join(UserRow, col(UserRow.id) == first.c.user_id)
    )
    found = [DemoPerson(Role(role), name, email, DEMO_PASSWORD) for role, name, email in rows]
    return sorted(found, key=lambda person: _ORDER.index(person.role))
