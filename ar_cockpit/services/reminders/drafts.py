"""The policy's draft: one for the house, kept as it is edited, switched on by a person, thrown away or taken back.

There is one because one policy is in force: two drafts would have to be merged by somebody. Whoever changes it says
which state of it was seen; when somebody else changed it since, nothing is written and the refusal says who it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.reminders.steps_done import earliest_offsets
from ar_cockpit.db.tables import PolicyDraftRow, PolicyVersionRow, UserRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.domain.policy.editing import step_keys
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.domain.policy.writing import write_policy
from ar_cockpit.services import audit
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.policy import InForce

STATES_KEPT = 100  # so many changes can be undone
LONGEST_TEXT = 400_000
LONGEST_NOTE = 200

Change = Callable[[Policy], Policy]


class DraftConflictError(RefusedError):
    """Somebody else changed the draft since it was looked at; nothing was written."""

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} changed the draft in the meantime.", "Look at it as it is now, then change it again.")
        self.who = who


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being edited: a draft that was kept, or else the policy in force with nothing changed yet."""

    policy: Policy
    toml: str
    revision: int  # to be given back with the next change
    is_draft: bool
    what: str
    changed_at: datetime | None
    changed_by: str
    base_number: int
    can_undo: bool
    in_force: InForce
    may_change: bool = True  # whether the one who looks at it may


def current(session: Session, actor: Actor) -> Draft:
    """Return the draft, or the policy in force when there is none."""
    actor.require(Permission.EDIT_POLICY)
    row, standing = _newest(session), policies.in_force(session)
    may_change = policies.may_change(session, actor)
    if row is None or not row.toml:
        revision = row.revision if row else 0
        unchanged = (revision, False, "", None, "", standing.number, False, standing, may_change)
        return Draft(standing.policy, standing.toml, *unchanged)
    return Draft(
        policies.check(row.toml),
        row.toml,
        row.revision,
        True,
        row.what,
        row.changed_at,
        _name(session, row.changed_by),
        row.base_number,
        row.parent is None or session.get(PolicyDraftRow, row.parent) is not None,
        standing,
        may_change,
    )


def edit(session: Session, actor: Actor, change: Change, *, seen: int, what: str, at: datetime) -> Draft:
    """Apply ``change`` to the draft that was ``seen``, and keep it; raise ``PolicyError`` if it could not stand."""
    before = _seen(session, actor, seen)
    toml = write_policy(change(before.policy), before.toml)
    return _keep(session, actor, before, toml, what=what, at=at)


def replace_text(session: Session, actor: Actor, toml: str, *, seen: int, at: datetime) -> Draft:
    """Take ``toml`` for the draft, as from a file; raise ``PolicyError`` with every problem's line and mend."""
    before = _seen(session, actor, seen)
    return _keep(session, actor, before, toml, what="file", at=at)


def undo(session: Session, actor: Actor, *, seen: int, at: datetime) -> Draft:
    """Take the last change back; the first one's undoing leaves no draft."""
    before = _seen(session, actor, seen)
    row = _newest(session)
    if row is None or not before.is_draft:
        raise RefusedError("There is nothing to undo.", "The draft is the policy in force.")
    if row.parent is None:
        _end(session, actor, seen, at)
        return current(session, actor)
    parent = session.get(PolicyDraftRow, row.parent)
    if parent is None:
        raise RefusedError("This is as far back as it goes.", "Discard the draft to begin again.")
    _insert(
        session,
        PolicyDraftRow(
            revision=seen + 1,
            parent=parent.parent,
            base_number=parent.base_number,
            toml=parent.toml,
            what="undo",
            changed_at=at,
            changed_by=actor.email,
        ),
    )
    return current(session, actor)


def discard(session: Session, actor: Actor, *, seen: int, at: datetime) -> None:
    """Throw the draft away; the policy in force stays."""
    before = _seen(session, actor, seen)
    if not before.is_draft:
        raise RefusedError("There is no draft.", "The page shows the policy in force.")
    _end(session, actor, seen, at)
    audit.record(session, actor, "policy.discard", ("policy", "draft"), before={"base": before.base_number})


def switch_on(session: Session, actor: Actor, *, seen: int, in_force: int, note: str, at: datetime) -> int:
    """Put the draft in force and return the version's number.

    ``in_force`` is the version that its consequences were told against: when another one was switched on since, nobody
    knows what switching on would do, and it is refused.
    """
    before = _seen(session, actor, seen)
    if not before.is_draft or before.toml == before.in_force.toml:
        raise RefusedError("The draft is the policy in force.", "Change something first.")
    if before.in_force.number != in_force:
        raise RefusedError(
            f"Version {before.in_force.number} was switched on since.", "Look at what would change now, then decide."
        )
    policies.check_new(before.toml)
    _end(session, actor, seen, at)
    return policies.put_in_force(
        session, actor, before.toml, at=at, note=note.strip()[:LONGEST_NOTE], action="policy.switch_on"
    )


def _seen(session: Session, actor: Actor, seen: int) -> Draft:
    policies.require_change(session, actor)
    found = current(session, actor)
    if found.revision != seen:
        row = _newest(session)
        raise DraftConflictError(_name(session, row.changed_by) if row else actor.name)
    return found


def _keep(session: Session, actor: Actor, before: Draft, toml: str, *, what: str, at: datetime) -> Draft:
    if len(toml) > LONGEST_TEXT:
        raise RefusedError("This file is longer than any policy.", "Choose the policy's own file.")
    policies.check(toml)
    if toml == before.toml:
        return before
    revision = before.revision + 1
    _insert(
        session,
        PolicyDraftRow(
            revision=revision,
            parent=before.revision if before.is_draft else None,
            base_number=before.base_number,
            toml=toml,
            what=what,
            changed_at=at,
            changed_by=actor.email,
        ),
    )
    session.execute(delete(PolicyDraftRow).where(col(PolicyDraftRow.revision) <= revision - STATES_KEPT))
    return current(session, actor)


def _end(session: Session, actor: Actor, seen: int, at: datetime) -> None:
    """Leave nothing of the draft but the number that the next one goes on from."""
    row = PolicyDraftRow(revision=seen + 1, base_number=0, toml="", what="end", changed_at=at, changed_by=actor.email)
    _insert(session, row)
    session.execute(delete(PolicyDraftRow).where(col(PolicyDraftRow.revision) <= seen))


def _insert(session: Session, row: PolicyDraftRow) -> None:
    """Store a state; of two writers of the same number the key lets one through."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        other = session.get(PolicyDraftRow, row.revision)
        raise DraftConflictError(_name(session, other.changed_by) if other else row.changed_by) from error


def _newest(session: Session) -> PolicyDraftRow | None:
    return session.exec(select(PolicyDraftRow).order_by(col(PolicyDraftRow.revision).desc()).limit(1)).first()


def _name(session: Session, email: str) -> str:
    return session.exec(select(UserRow.name).where(UserRow.email == email)).first() or email


def used_keys(session: Session, actor: Actor) -> frozenset[str]:
    """Return every step's key that was ever recorded or stood in any version: a new step must not have one of them."""
    actor.require(Permission.EDIT_POLICY)
    texts = [*session.exec(select(PolicyVersionRow.toml)), policies.default_toml(), current(session, actor).toml]
    written = [step_keys(policies.check(toml)) for toml in texts]
    return frozenset(earliest_offsets(session)).union(*written)
