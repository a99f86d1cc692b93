"""Add, change and retire people at the customer: who is called, who is written to, and in which language."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import ContactRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.customers.contacts import ContactDraft, checked
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.services import audit, reach
from ar_cockpit.services.collecting.touchpoints import subject

_TOLD = ("name", "email", "phone", "role", "language", "is_primary", "gets_reminders")


def draft_of(session: Session, actor: Actor, contact_id: int) -> ContactDraft:
    """Return a contact as its form shows it."""
    row, _ = _found(session, actor, contact_id)
    return ContactDraft(**{name: getattr(row, name) for name in _TOLD})


def add_contact(session: Session, actor: Actor, customer_id: int, draft: ContactDraft) -> int:
    """Add a person to a customer and return its key; the first one is written to first."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    told = checked(draft)
    _refuse_double(session, line, told, 0)
    row = ContactRow(company_id=line.company_id, customer_id=customer_id, **asdict(told))
    row.is_primary = told.is_primary or not _has_primary(session, customer_id)
    session.add(row)
    session.flush()
    if row.is_primary:
        _step_back(session, row)
    audit.record(session, actor, "contact.add", subject(line), after=asdict(told))
    return row.id


def change_contact(session: Session, actor: Actor, contact_id: int, draft: ContactDraft) -> None:
    """Change what is known of a person; another address is tried anew even where the old one bounced."""
    row, line = _found(session, actor, contact_id)
    told = checked(draft)
    _refuse_double(session, line, told, contact_id)
    before = {name: getattr(row, name) for name in _TOLD}
    after = asdict(told)
    if after == before:
        return
    for name, value in after.items():
        setattr(row, name, value)
    session.flush()
    if row.is_primary:
        _step_back(session, row)
    changed = {name for name in _TOLD if before[name] != after[name]}
    audit.record(
        session,
        actor,
        "contact.change",
        subject(line),
        {name: before[name] for name in sorted(changed)},
        {"contact": row.name or row.email, **{name: after[name] for name in sorted(changed)}},
    )


def mark_left(session: Session, actor: Actor, contact_id: int, on: date) -> str:
    """Note that a person is no longer with the customer: kept for the history, never written to again."""
    row, line = _found(session, actor, contact_id)
    if row.left_on is not None:
        raise RefusedError("This contact is marked as left already.", "Nothing was changed.")
    row.left_on = on
    session.flush()
    audit.record(session, actor, "contact.left", subject(line), after=_named(row) | {"on": on.isoformat()})
    return row.name or row.email


def bring_back(session: Session, actor: Actor, contact_id: int) -> str:
    """Take back that a person left."""
    row, line = _found(session, actor, contact_id)
    if row.left_on is None:
        raise RefusedError("This contact is not marked as left.", "Nothing was changed.")
    row.left_on = None
    session.flush()
    audit.record(session, actor, "contact.back", subject(line), after=_named(row))
    return row.name or row.email


def _found(session: Session, actor: Actor, contact_id: int) -> tuple[ContactRow, CustomerLine]:
    actor.scope(Permission.WORK_CUSTOMERS)
    row = session.get(ContactRow, contact_id)
    if row is None:
        raise NotFoundError("There is no such contact.", "It may belong to a company you do not see.")
    return row, reach.customer(session, actor, Permission.WORK_CUSTOMERS, row.customer_id)


def _named(row: ContactRow) -> dict[str, str]:
    return {"name": row.name, "email": row.email}


def _refuse_double(session: Session, line: CustomerLine, told: ContactDraft, contact_id: int) -> None:
    same = (
        col(ContactRow.customer_id) == line.customer_id,
        func.lower(col(ContactRow.email)) == told.email.lower(),
        col(ContactRow.name) == told.name,
        col(ContactRow.id) != contact_id,
    )
    if session.exec(select(ContactRow.id).where(*same)).first() is not None:
        raise RefusedError(f"{told.name or told.email} is a contact of {line.name} already.", "Change that one.")


def _has_primary(session: Session, customer_id: int) -> bool:
    row = ContactRow
    wanted = (col(row.customer_id) == customer_id, col(row.is_primary), col(row.left_on).is_(None))
    return session.exec(select(row.id).where(*wanted)).first() is not None


def _step_back(session: Session, first: ContactRow) -> None:
    """Let one contact be the first to write to, and no other."""
    others = (col(ContactRow.customer_id) == first.customer_id, col(ContactRow.id) != first.id)
    session.execute(update(ContactRow).where(*others, col(ContactRow.is_primary)).values(is_primary=False))
