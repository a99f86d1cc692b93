"""Every version of the policy: who switched it on, when and why; each can be looked at, compared and brought back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from ar_cockpit.db.tables import PolicyVersionRow, UserRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.domain.policy.differences import Difference, differences
from ar_cockpit.services.reminders import drafts
from ar_cockpit.services.reminders import policy as policies

SHIPPED = 0  # the number of the policy that the product begins with


@dataclass(frozen=True, slots=True)
class Version:
    """One version; the shipped one has neither date nor author."""

    number: int
    note: str
    switched_on_at: datetime | None
    switched_on_by: str
    restores: int | None
    is_in_force: bool


def versions(session: Session, actor: Actor) -> list[Version]:
    """Return every version, the newest first."""
    actor.require(Permission.EDIT_POLICY)
    names = dict(session.exec(select(UserRow.email, UserRow.name)).all())
    standing = policies.in_force(session).number
    rows = session.exec(select(PolicyVersionRow).order_by(col(PolicyVersionRow.number).desc()))
    found = [
        Version(
            row.number,
            row.note,
            row.activated_at,
            names.get(row.created_by, row.created_by),
            row.restores,
            row.number == standing,
        )
        for row in rows
    ]
    return [*found, Version(SHIPPED, "", None, "", None, standing == SHIPPED)]


def text_of(session: Session, actor: Actor, number: int) -> str:
    """Return the text of a version."""
    actor.require(Permission.EDIT_POLICY)
    if number == SHIPPED:
        return policies.default_toml()
    found = session.exec(select(PolicyVersionRow.toml).where(PolicyVersionRow.number == number)).first()
    if found is None:
        raise NotFoundError("There is no such version.", "Choose one of the list.")
    return found


def compare(session: Session, actor: Actor, older: int, newer: int | None = None) -> list[Difference]:
    """Return what changed from one version to another, or to the draft when there is no other."""
    before = policies.check(text_of(session, actor, older))
    after = drafts.current(session, actor).policy if newer is None else policies.check(text_of(session, actor, newer))
    return differences(before, after)


def restore(session: Session, actor: Actor, number: int, *, in_force: int, at: datetime) -> int:
    """Bring a version back as a new one and return its number; ``in_force`` is the version it was chosen against."""
    policies.require_change(session, actor)
    toml = text_of(session, actor, number)
    standing = policies.in_force(session)
    if standing.number != in_force:
        raise RefusedError(
            f"Version {standing.number} was switched on since.", "Look at what would change now, then decide."
        )
    if standing.toml == toml:
        raise RefusedError("This version is in force already.", "Nothing has to be done.")
    policies.check(toml)
    return policies.put_in_force(session, actor, toml, at=at, note="", action="policy.restore", restores=number)
