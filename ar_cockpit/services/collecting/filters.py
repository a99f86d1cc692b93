"""Choices of tasks that somebody named, to come back to: everybody has their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from ar_cockpit.db.tables import SavedFilterRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError

# What of the address makes a choice of tasks; whatever else stands there is left where it is.
PARAMS = ("tab", "reason", "segment", "least", "who", "company")
LONGEST_NAME, LONGEST_VALUE, MOST = 40, 120, 30


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A named choice."""

    filter_id: int
    name: str
    params: Mapping[str, str]


def saved(session: Session, actor: Actor) -> list[SavedFilter]:
    """Return one's own choices by name."""
    actor.require(Permission.VIEW_QUEUE)
    row = SavedFilterRow
    found = session.exec(select(row).where(row.email == actor.email).order_by(col(row.name)))
    return [SavedFilter(one.id, one.name, one.params) for one in found]


def save(session: Session, actor: Actor, name: str, params: Mapping[str, str], *, at: datetime) -> int:
    """Keep what is chosen under a name; the same name again replaces it."""
    known = saved(session, actor)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise InputError("The choice needs a name.", f"Give it up to {LONGEST_NAME} characters.")
    chosen = {key: str(params[key])[:LONGEST_VALUE] for key in PARAMS if params.get(key)}
    if not chosen:
        raise InputError("Nothing is chosen to be kept.", "Filter the list first.")
    same = next((one for one in known if one.name == name), None)
    if same is not None:
        session.get_one(SavedFilterRow, same.filter_id).params = chosen
        return same.filter_id
    if len(known) >= MOST:
        raise RefusedError(f"There are {MOST} choices already.", "Remove one first.")
    row = SavedFilterRow(email=actor.email, name=name, params=chosen, created_at=at)
    session.add(row)
    session.flush()
    return row.id


def remove(session: Session, actor: Actor, filter_id: int) -> SavedFilter:
    """Forget a choice of one's own and return it, so that it can be put back."""
    found = next((one for one in saved(session, actor) if one.filter_id == filter_id), None)
    if found is None:
        raise NotFoundError("There is no such choice.")
    session.delete(session.get_one(SavedFilterRow, filter_id))
    return found
