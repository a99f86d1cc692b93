"""Saved reports: whose, shared with which roles, and gone only by their owner's hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from ar_cockpit.db.tables import ReportRow, UserRow
from ar_cockpit.domain.access import Actor, Permission, Role
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.domain.reports.definition import Definition, from_json, with_choices
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.services import audit
from ar_cockpit.services.reports.files import Part

OWN = "kept-"  # before the key of a saved report in an address
CHOICES = ("cols", "group", "order", "where")  # what an address changes of a report
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved report; ``is_mine`` may be changed by who asks."""

    report_id: int
    name: str
    owner: str
    is_mine: bool
    shared_with: tuple[str, ...]
    definition: Definition


def reports(session: Session, actor: Actor) -> list[Kept]:
    """Return the actor's own reports and those shared with a role it holds, by name."""
    actor.require(Permission.VIEW_FIGURES)
    question = select(ReportRow, UserRow.name).join(UserRow, col(UserRow.id) == col(ReportRow.owner_id))
    held = {str(role) for role in actor.roles}
    return [
        _kept(row, owner, actor)
        for row, owner in session.exec(question.order_by(col(ReportRow.name), col(ReportRow.id)))
        if row.owner_id == actor.user_id or held & set(row.shared_with)
    ]


def chosen(params: Mapping[str, str], known: Sequence[Kept]) -> Part:
    """Return the report that an address asks for, with what it changes of it; the first one without any."""
    asked = params.get("report", "")
    mine = next((one for one in known if f"{OWN}{one.report_id}" == asked), None)
    key = asked if asked in SHIPPED else next(iter(SHIPPED))
    definition = mine.definition if mine else SHIPPED[key]
    return Part(key, with_choices(definition, params), mine.name if mine else "")


def save(
    session: Session, actor: Actor, name: str, definition: Definition, roles: Sequence[str], *, at: datetime
) -> tuple[int, Kept | None]:
    """Save a report under a name, over one's own of the same name; return its key and what it replaced."""
    actor.require(Permission.VIEW_FIGURES)
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise InputError("The report needs a name.", f"At most {_LONGEST_NAME} characters.")
    if actor.user_id is None:
        raise InputError("Only a person with an account keeps reports.")
    if not set(roles) <= {str(role) for role in Role}:
        raise InputError("There is no such role.")
    own = select(ReportRow).where(ReportRow.owner_id == actor.user_id, ReportRow.name == name)
    row = session.exec(own).first()
    before = None if row is None else _kept(row, actor.name, actor)
    row = row or ReportRow(owner_id=actor.user_id, name=name, saved_at=at)
    row.definition, row.shared_with, row.saved_at = definition.as_json(), sorted(set(roles)), at
    session.add(row)
    session.flush()
    after, was = ({"shared_with": row.shared_with} | row.definition), None
    if before is not None:
        was = {"shared_with": [*before.shared_with]} | before.definition.as_json()
    audit.record(session, actor, "report.save", ("report", name), before=was, after=after)
    is_same = before is not None and (before.definition, before.shared_with) == (definition, tuple(row.shared_with))
    return row.id, None if is_same else before


def delete(session: Session, actor: Actor, report_id: int) -> Kept:
    """Delete one's own report and return what it was."""
    row = session.get(ReportRow, report_id)
    if row is None or row.owner_id != actor.user_id:
        raise NotFoundError("There is no such report of yours.")
    gone = _kept(row, actor.name, actor)
    session.delete(row)
    audit.record(session, actor, "report.delete", ("report", gone.name), before=row.definition)
    return gone


def _kept(row: ReportRow, owner: str, actor: Actor) -> Kept:
    mine = row.owner_id == actor.user_id
    return Kept(row.id, row.name, owner, mine, tuple(row.shared_with), from_json(row.definition))
