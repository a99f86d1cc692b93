"""What persons decide about messages: it went, send it again, take it back, the address was wrong."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session, col

from ar_cockpit.db.queries.reminders import outbox as queries
from ar_cockpit.db.tables import ContactRow, MessageItemRow, MessageRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.domain.undo import TIME_TO_UNDO
from ar_cockpit.importing.values import texts
from ar_cockpit.mail.message import wire_address
from ar_cockpit.services import audit

_TAKEN_BACK = "taken back by a person"
_QUIET = {"synchronize_session": False}


def resolve(session: Session, actor: Actor, row_ids: Collection[int], *, as_sent: bool, at: datetime) -> int:
    """Decide about messages of which nobody knows whether they went; return how many still were unknown."""
    chosen = _mine(session, actor, row_ids, ("unknown",))
    for row in chosen:
        row.state = "sent" if as_sent else "queued"
        row.owner, row.lease_until, row.next_attempt_at, row.error = "", None, None, ""
        row.sent_at = at if as_sent else None
        row.closed_at, row.closed_by = (at, actor.email) if as_sent else (None, "")
    _note(session, actor, chosen, "said_sent" if as_sent else "said_again", "outbox.resolve")
    return len(chosen)


def take_back(session: Session, actor: Actor, row_ids: Collection[int], *, at: datetime) -> list[int]:
    """Take back messages that wait or failed; return the keys of those that had not left yet.

    Their steps count as not done: whatever is still due is planned again on another day.
    """
    chosen = _mine(session, actor, row_ids, ("queued", "failed"))
    for row in chosen:
        row.state, row.error, row.next_attempt_at = "cancelled", _TAKEN_BACK, None
        row.closed_at, row.closed_by = at, actor.email
    keys = [row.id for row in chosen]
    session.execute(
        update(MessageItemRow)
        .where(col(MessageItemRow.message_row_id).in_(keys), col(MessageItemRow.dropped) == "")
        .values(dropped="cancelled"),
        execution_options=_QUIET,
    )
    _note(session, actor, chosen, "taken_back", "outbox.cancel")
    return keys


def put_back(session: Session, actor: Actor, row_ids: Collection[int], *, at: datetime) -> int:
    """Undo having taken messages back, within a day and while no other message does their steps; return how many."""
    found = _mine(session, actor, row_ids, ("cancelled",))
    chosen = [
        row
        for row in found
        if row.error == _TAKEN_BACK and row.closed_at is not None and at - row.closed_at <= TIME_TO_UNDO
    ]
    keys = [row.id for row in chosen]
    mine = (col(MessageItemRow.message_row_id).in_(keys), col(MessageItemRow.dropped) == "cancelled")
    restored = session.execute(
        update(MessageItemRow).where(*mine).values(dropped="").returning(col(MessageItemRow.message_row_id)),
        execution_options=_QUIET,
    )
    with_items = set(restored.scalars())
    back = [row for row in chosen if row.id in with_items]
    if not back:
        raise RefusedError("This cannot be put back any more.", "What is still due is planned again by itself.")
    for row in back:
        row.state, row.error, row.closed_at, row.closed_by = "queued", "", None, ""
    _note(session, actor, back, "put_back", "outbox.put_back")
    return len(back)


def send_to(session: Session, actor: Actor, row_id: int, address: str, *, at: datetime) -> None:
    """Send a refused message again, to a corrected address or the same one: no server took it, so it never went."""
    (row,) = _mine(session, actor, [row_id], ("failed",)) or (None,)
    if row is None:
        raise RefusedError("Only a message that failed is sent again.", "Look at the list again: it changed since.")
    new = _address(address)
    if new.lower() != row.recipient.lower():
        _be_free(session, row, new)
        _correct(session, row, new)
    before = row.recipient
    row.recipient, row.state, row.error, row.queued_at = new, "queued", "", at
    row.next_attempt_at, row.owner, row.lease_until = None, "", None
    _note(session, actor, [row], "readdressed", "outbox.send_to", f"{before} → {new}")


def correct_address(session: Session, actor: Actor, row_id: int, address: str) -> None:
    """Give the contact whose address bounced another one; what is due is then planned again."""
    row = _bounced(session, actor, row_id)
    new = _address(address)
    if new.lower() == row.recipient.lower():
        raise InputError("This is the address that bounced.", "Give another one, or clear the mark if it works again.")
    _correct(session, row, new)
    _note(session, actor, [row], "corrected", "contact.correct", f"{row.recipient} → {new}")


def clear_mark(session: Session, actor: Actor, row_id: int) -> None:
    """Say that an address that bounced works again; what is due is then planned again."""
    row = _bounced(session, actor, row_id)
    session.execute(
        update(ContactRow).where(*_contacts(row)).values(bounced_at=None, bounced_email=""), execution_options=_QUIET
    )
    _note(session, actor, [row], "cleared", "contact.clear", row.recipient)


def _mine(session: Session, actor: Actor, row_ids: Collection[int], states: Sequence[str]) -> list[MessageRow]:
    """Return those of the messages that stand in ``states`` and that ``actor`` may decide about, locked."""
    question = (
        select(MessageRow)
        .where(col(MessageRow.id).in_(list(row_ids)), col(MessageRow.channel) == "email")
        .order_by(col(MessageRow.id))
        .with_for_update()
    )
    found = list(session.execute(question).scalars())
    if not found or not all(_may(actor, row) for row in found):
        raise NotFoundError("There is no such message.")
    return [row for row in found if row.state in states]


def _may(actor: Actor, row: MessageRow) -> bool:
    return actor.may(Permission.WORK_CUSTOMERS, row.company_id) or actor.may(Permission.RUN_JOBS, row.company_id)


def _bounced(session: Session, actor: Actor, row_id: int) -> MessageRow:
    (row,) = _mine(session, actor, [row_id], ("bounced",)) or (None,)
    if row is None:
        raise RefusedError("This message did not bounce.", "Look at the list again: it changed since.")
    return row


def _be_free(session: Session, row: MessageRow, address: str) -> None:
    """Raise ``RefusedError`` when another message of that day goes to ``address`` already."""
    question = select(col(MessageRow.id)).where(
        col(MessageRow.customer_id) == row.customer_id,
        col(MessageRow.business_on) == row.business_on,
        col(MessageRow.channel) == row.channel,
        col(MessageRow.recipient) == address,
        col(MessageRow.id) != row.id,
    )
    if session.execute(question).first() is not None:
        raise RefusedError("Another message of that day goes to this address.", "Take this one back instead.")


def _contacts(row: MessageRow) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    same = func.lower(col(ContactRow.email)) == row.recipient.lower()
    return col(ContactRow.customer_id) == row.customer_id, same


def _correct(session: Session, row: MessageRow, address: str) -> None:
    """Give the contacts of that address the new one; a contact who has it already is enough."""
    found = list(session.execute(select(ContactRow).where(*_contacts(row))).scalars())
    known = select(col(ContactRow.name)).where(
        col(ContactRow.customer_id) == row.customer_id, func.lower(col(ContactRow.email)) == address.lower()
    )
    names = set(session.execute(known).scalars())
    for contact in found:
        if contact.name not in names:
            contact.email, contact.bounced_at, contact.bounced_email = address, None, ""
    if not found and not names:
        fresh = ContactRow(company_id=row.company_id, customer_id=row.customer_id, email=address)
        fresh.language = row.language
        session.add(fresh)
    session.flush()


def _address(address: str) -> str:
    """Return an address that mail can go to; raise ``InputError`` otherwise."""
    (given,) = texts.read_emails([address.strip()])
    try:
        return wire_address(given) if isinstance(given, str) else wire_address("")
    except ValueError as error:
        raise InputError("This is not an e-mail address.", "Write it as name@company.example.") from error


def _note(session: Session, actor: Actor, rows: Sequence[MessageRow], kind: str, action: str, words: str = "") -> None:
    session.flush()
    queries.note(session, [row.id for row in rows], kind, words, actor.email)
    if rows:
        after = {"messages": [row.message_id for row in rows]} | ({"words": words} if words else {})
        audit.record(session, actor, action, ("message", rows[0].message_id), after=after)
