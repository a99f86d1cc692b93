"""Who of ours may see a customer, which is whom a note may name; and what colleagues are called."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.queries.customers import CustomerLine, names_of
from ar_cockpit.db.tables import RoleGrantRow, UserRow
from ar_cockpit.domain.access import Actor, Grant, Permission, Role

__all__ = ["Colleague", "colleagues_of", "names_of"]


@dataclass(frozen=True, slots=True)
class Colleague:
    """An active user who may see the customer; ``sees_internal``: what is for finance alone too."""

    user_id: int
    email: str
    name: str
    sees_internal: bool


def colleagues_of(session: Session, line: CustomerLine) -> list[Colleague]:
    """Return everybody who may see a customer, by name."""
    found = []
    for actor in _everybody(session):
        owns = line.sales_email == actor.email
        if actor.may(Permission.VIEW_CUSTOMERS, line.company_id, owns=owns) and actor.user_id is not None:
            internal = actor.may(Permission.VIEW_INTERNAL, line.company_id)
            found.append(Colleague(actor.user_id, actor.email, actor.name, internal))
    return found


def _everybody(session: Session) -> list[Actor]:
    user, grant = UserRow, RoleGrantRow
    question = (
        select(col(user.id), col(user.email), col(user.name), col(grant.role), col(grant.company_id))
        .join(grant, col(grant.user_id) == col(user.id))
        .where(col(user.is_active))
        .order_by(col(user.name), col(user.id))
    )
    told: dict[tuple[int, str, str], list[Grant]] = {}
    for user_id, email, name, role, company_id in session.execute(question):
        told.setdefault((user_id, email, name), []).append(Grant(Role(role), company_id))
    return [Actor(*who, tuple(grants)) for who, grants in told.items()]
