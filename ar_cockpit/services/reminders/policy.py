"""The policy in force: checked before it is stored, every version kept, the shipped one until there is another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files

from sqlmodel import Session, col, select

from ar_cockpit.db.tables import CompanyRow, PolicyVersionRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.domain.policy.file import PolicyError, parse_policy
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.domain.policy.tones import falling_tones, scripts_sent
from ar_cockpit.services import audit, job_board

MOVES_MEMBERS = "move_segments"  # the job that follows a new policy at once


@dataclass(frozen=True, slots=True)
class InForce:
    """A policy with where it comes from; number 0 is the one shipped with the product."""

    policy: Policy
    version_id: int | None
    number: int
    toml: str


@lru_cache(maxsize=16)
def check(toml: str) -> Policy:
    """Return the policy written in ``toml``; raise ``PolicyError`` with every problem's line and mend."""
    return parse_policy(toml)


def check_new(toml: str) -> Policy:
    """Return the policy written in ``toml`` if it may be put in force; what is stored already is only checked."""
    found = check(toml)
    if problems := falling_tones(found, toml) + scripts_sent(found, toml):
        raise PolicyError(sorted(problems))
    return found


@cache
def default_toml() -> str:
    """Return the policy shipped with the product."""
    return (files("ar_cockpit") / "policies" / "default.toml").read_text(encoding="utf-8")


def in_force(session: Session) -> InForce:
    """Return the newest policy that was activated, or the shipped one."""
    row = session.exec(
        select(PolicyVersionRow)
        .where(col(PolicyVersionRow.activated_at).is_not(None))
        .order_by(col(PolicyVersionRow.number).desc())
        .limit(1)
    ).first()
    return of_version((row.id, row.number, row.toml) if row else None)


def of_version(stored: tuple[int, int, str] | None) -> InForce:
    """Return the policy of a stored version told by its id, number and text, or the shipped one."""
    if stored is None:
        toml = default_toml()
        return InForce(check(toml), None, 0, toml)
    version_id, number, toml = stored
    return InForce(check(toml), version_id, number, toml)


def may_change(session: Session, actor: Actor) -> bool:
    """Return whether ``actor`` may change the policy: it is one for all companies, and takes the right in all."""
    if not actor.may(Permission.EDIT_POLICY):
        return False
    scope = actor.scope(Permission.EDIT_POLICY)
    return scope.company_ids is None or set(session.exec(select(CompanyRow.id))) <= scope.company_ids


def require_change(session: Session, actor: Actor) -> None:
    """Raise ``ForbiddenError`` unless ``actor`` may change the policy."""
    actor.require(Permission.EDIT_POLICY)
    if not may_change(session, actor):
        raise ForbiddenError(
            "The policy is one for all companies, and you have the right to change it in some of them only.",
            "Ask somebody who holds the role for all companies.",
        )


def load(session: Session, actor: Actor, toml: str, *, at: datetime, note: str = "") -> int:
    """Store ``toml`` as a new version in force and return its number; the same text again changes nothing."""
    require_change(session, actor)
    check_new(toml)
    before = in_force(session)
    if before.number and before.toml == toml:
        return before.number
    return put_in_force(session, actor, toml, at=at, note=note, action="policy.load")


def put_in_force(
    session: Session, actor: Actor, toml: str, *, at: datetime, note: str, action: str, restores: int | None = None
) -> int:
    """Store a checked text as the newest version, in force from now on, with its trace; return its number."""
    before = in_force(session)
    newest = session.exec(select(PolicyVersionRow.number).order_by(col(PolicyVersionRow.number).desc())).first() or 0
    row = PolicyVersionRow(
        number=newest + 1,
        toml=toml,
        note=note,
        created_at=at,
        created_by=actor.email,
        activated_at=at,
        restores=restores,
    )
    session.add(row)
    session.flush()
    job_board.wish(session, MOVES_MEMBERS, actor.email, at=at)
    after = {"number": row.number, "note": note} | ({} if restores is None else {"restores": restores})
    audit.record(session, actor, action, ("policy", str(row.number)), before={"number": before.number}, after=after)
    return row.number


def export(session: Session, actor: Actor) -> str:
    """Return the text of the policy in force, as it was loaded."""
    actor.require(Permission.EDIT_POLICY)
    return in_force(session).toml
