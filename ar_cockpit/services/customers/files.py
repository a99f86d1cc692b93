"""Files about a customer: taken in by those who work with it, shown to those who may see it, removed with undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from ar_cockpit.db.tables import CustomerFileRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.customers.files import media_type_of
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.services import audit, reach
from ar_cockpit.services.collecting.touchpoints import subject
from ar_cockpit.services.documents.attach import OpenSession, lock_store, shown_name
from ar_cockpit.services.documents.storage import Incoming, Kept, Store


@dataclass(frozen=True, slots=True)
class Brought:
    """How a file came: the name it had, whether it is for finance alone, and when."""

    name: str
    finance_only: bool
    at: datetime


def may_attach(session: Session, actor: Actor, customer_id: int, *, finance_only: bool) -> None:
    """Raise unless the actor may attach a file to the customer."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    if finance_only:
        actor.require(Permission.VIEW_INTERNAL, line.company_id)


def take_in(
    open_session: OpenSession,
    actor: Actor,
    store: Store,
    customer_id: int,
    incoming: Incoming,
    about: Brought,
) -> int:
    """Check a file, keep it and attach it; return its key. What fails leaves at most a file without a row."""
    kept = Kept(incoming.sha256, incoming.size, media_type_of(incoming.file, incoming.size))
    store.put(kept.sha256, incoming.file)
    with open_session() as session:
        may_attach(session, actor, customer_id, finance_only=about.finance_only)
        line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
        lock_store(session, shared=True)
        row = CustomerFileRow(
            company_id=line.company_id,
            customer_id=customer_id,
            sha256=kept.sha256,
            size_bytes=kept.size,
            media_type=kept.media_type,
            original_name=shown_name(about.name) or "file",
            finance_only=about.finance_only,
            uploaded_by=actor.email,
            uploaded_at=about.at,
        )
        session.add(row)
        session.flush()
        after = {
            "name": row.original_name,
            "sha256": kept.sha256,
            "bytes": kept.size,
            "finance_only": about.finance_only,
        }
        audit.record(session, actor, "customer.file", subject(line), after=after)
        # Behind the lock no sweep runs any more; one that ran just before may have taken the file for an orphan.
        if not store.holds(kept.sha256):
            store.put(kept.sha256, incoming.file)
        return row.id


def file(session: Session, actor: Actor, file_id: int) -> CustomerFileRow:
    """Return a file that the actor may see; raise ``NotFoundError`` for every other."""
    actor.scope(Permission.VIEW_CUSTOMERS)
    row = session.get(CustomerFileRow, file_id)
    if row is None or row.removed_at is not None:
        raise NotFoundError("There is no such file.")
    line = reach.customer(session, actor, Permission.VIEW_CUSTOMERS, row.customer_id)
    if row.finance_only and not actor.may(Permission.VIEW_INTERNAL, line.company_id):
        raise NotFoundError("There is no such file.")
    return row


def remove(session: Session, actor: Actor, file_id: int, *, at: datetime) -> str:
    """Take a file from the screens and return its name; it can be brought back."""
    row = _changeable(session, actor, file_id)
    if row.removed_at is not None:
        raise RefusedError("This file was removed already.")
    row.removed_at, row.removed_by = at, actor.email
    return row.original_name


def bring_back(session: Session, actor: Actor, file_id: int) -> str:
    """Undo a removal: the file is still in the store."""
    row = _changeable(session, actor, file_id, action="customer.file.back")
    if row.removed_at is None:
        raise RefusedError("This file was not removed.")
    row.removed_at, row.removed_by = None, ""
    return row.original_name


def _changeable(session: Session, actor: Actor, file_id: int, action: str = "customer.file.remove") -> CustomerFileRow:
    actor.scope(Permission.WORK_CUSTOMERS)
    row = session.get(CustomerFileRow, file_id)
    if row is None:
        raise NotFoundError("There is no such file.")
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, row.customer_id)
    audit.record(session, actor, action, subject(line), after={"name": row.original_name, "sha256": row.sha256})
    return row
