"""Attach a document to an invoice, remove it with a reason, and take either back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries import documents as stored
from ar_cockpit.db.queries.documents import DocumentedInvoice, Version
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import DocumentRow, InvoiceRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.domain.undo import TIME_TO_UNDO
from ar_cockpit.services import audit
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.documents.storage import Incoming, Kept, Store

OpenSession = Callable[[], AbstractContextManager[Session]]
UPLOAD, FOLDER = "upload", "folder"
_STORE_LOCK = 4_102_007  # attaching shares it, sweeping has it alone
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """What the file was called, what brought it (``upload``, ``folder``, or a reader of e-invoices), and when."""

    name: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Addition:
    """A kept file and the invoice it belongs to."""

    invoice: DocumentedInvoice
    kept: Kept
    original_name: str


@dataclass(frozen=True, slots=True)
class Attached:
    """The document an invoice has now, and whether that is new."""

    document_id: int
    is_new: bool


def target(session: Session, actor: Actor, invoice_id: int) -> DocumentedInvoice:
    """Return the invoice if the actor may attach to it; raise ``NotFoundError`` otherwise."""
    reached = customer_clause(actor.scope(Permission.WORK_CUSTOMERS), actor.email)
    found = stored.invoice(session, reached, invoice_id)
    if found is None:
        raise NotFoundError("There is no such invoice.", "It may belong to a company you do not see.")
    return found


def take_in(
    open_session: OpenSession,
    actor: Actor,
    store: Store,
    invoice_id: int,
    incoming: Incoming,
    origin: Origin,
) -> Attached:
    """Check a file, keep it, and attach it; whatever fails on the way leaves at most a file without a row."""
    kept = store.keep(incoming)
    with open_session() as session:
        done = attach(session, actor, invoice_id, kept, origin)
        # Behind the lock no sweep runs any more; one that ran just before may have taken the file for an orphan.
        if not store.holds(kept.sha256):
            store.put(kept.sha256, incoming.file)
    return done


def attach(session: Session, actor: Actor, invoice_id: int, kept: Kept, origin: Origin) -> Attached:
    """Make a kept file the document of an invoice; what it had before stays as an older version."""
    invoice = target(session, actor, invoice_id)
    lock(session, [invoice_id])
    before = stored.shown(session, _all(), [invoice_id])
    if before and before[0].sha256 == kept.sha256:
        return Attached(before[0].document_id, is_new=False)
    document_id = write(session, actor, [Addition(invoice, kept, origin.name)], origin.source, origin.at)[invoice_id]
    after = {"sha256": kept.sha256, "bytes": kept.size, "name": shown_name(origin.name), "source": origin.source}
    earlier = {"sha256": before[0].sha256} if before else None
    audit.record(session, actor, "document.attach", subject(invoice), earlier, after)
    return Attached(document_id, is_new=True)


def remove(session: Session, actor: Actor, document_id: int, reason: str, *, at: datetime) -> Version:
    """Take a version from the screens, saying why; those who may change documents still see it."""
    found = _changeable(session, actor, document_id)
    if found.removed_at is not None:
        raise RefusedError("This document was removed already.")
    why = touchpoints.required_text(reason, "The reason")
    row = session.get_one(DocumentRow, document_id)
    row.is_current, row.removed_at, row.removed_by, row.removed_reason = False, at, actor.email, why
    session.flush()
    before = {"sha256": found.sha256, "name": found.original_name}
    audit.record(session, actor, "document.remove", subject(found.invoice), before, {"reason": why})
    return found


def bring_back(session: Session, actor: Actor, document_id: int) -> Version:
    """Undo a removal, whenever it was: the file is still there."""
    found = _changeable(session, actor, document_id)
    if found.removed_at is None:
        raise RefusedError("This document was not removed.")
    row = session.get_one(DocumentRow, document_id)
    is_shown = row.replaced_by_id is None
    if is_shown and stored.shown(session, _all(), [found.invoice.invoice_id]):
        raise RefusedError("Another file has been attached since.", "Remove that one first.")
    row.is_current, row.removed_at, row.removed_by, row.removed_reason = is_shown, None, "", ""
    session.flush()
    audit.record(session, actor, "document.remove.undo", subject(found.invoice), after={"sha256": found.sha256})
    return found


def withdraw(session: Session, actor: Actor, document_id: int, *, at: datetime) -> Version:
    """Undo an attachment of the last day: the version before is shown again."""
    found = _changeable(session, actor, document_id)
    if not found.is_current:
        raise RefusedError("Another file has been attached since, or this one was removed.")
    if at - found.uploaded_at > TIME_TO_UNDO:
        raise RefusedError("This is too old to be undone.", "Attach another file, or remove this one with a reason.")
    row = session.get_one(DocumentRow, document_id)
    row.is_current, row.removed_at, row.removed_by, row.removed_reason = False, at, actor.email, "undone"
    session.flush()
    before = col(DocumentRow.replaced_by_id) == document_id, col(DocumentRow.removed_at).is_(None)
    session.execute(update(DocumentRow).where(*before).values(is_current=True, replaced_by_id=None))
    audit.record(session, actor, "document.attach.undo", subject(found.invoice), {"sha256": found.sha256})
    return found


def lock(session: Session, invoice_ids: Sequence[int]) -> None:
    """Let nobody else change these invoices' documents, nor sweep the store, until the transaction ends."""
    lock_store(session, shared=True)
    rows = select(col(InvoiceRow.id)).where(among(session, col(InvoiceRow.id), invoice_ids))
    session.execute(rows.order_by(col(InvoiceRow.id)).with_for_update(key_share=True)).all()


def lock_store(session: Session, *, shared: bool) -> None:
    """Keep a file and its row together: SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        taking = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        session.execute(text(f"SELECT {taking}(:key)"), {"key": _STORE_LOCK})


def write(session: Session, actor: Actor, added: Sequence[Addition], source: str, at: datetime) -> dict[int, int]:
    """Write new versions, one for each invoice, and let them replace the old; return their keys by invoice."""
    of_these = among(session, col(DocumentRow.invoice_id), [one.invoice.invoice_id for one in added])
    session.execute(update(DocumentRow).where(of_these, col(DocumentRow.is_current)).values(is_current=False))
    session.execute(DocumentRow.__table__.insert(), [_values(one, actor, source, at) for one in added])  # type: ignore[attr-defined]
    new = aliased(DocumentRow)
    successor = (
        select(col(new.id))
        .where(col(new.company_id) == col(DocumentRow.company_id), col(new.invoice_id) == col(DocumentRow.invoice_id))
        .where(col(new.is_current))
        .correlate(DocumentRow)
        .scalar_subquery()
    )
    old = (
        ~col(DocumentRow.is_current),
        col(DocumentRow.replaced_by_id).is_(None),
        col(DocumentRow.removed_at).is_(None),
    )
    session.execute(update(DocumentRow).where(of_these, *old).values(replaced_by_id=successor))
    keys = select(col(DocumentRow.invoice_id), col(DocumentRow.id)).where(of_these, col(DocumentRow.is_current))
    return {row[0]: row[1] for row in session.execute(keys)}


def subject(invoice: DocumentedInvoice) -> tuple[str, str]:
    """Return what an audit entry about a document is about."""
    return "invoice", f"{invoice.company_code}/{invoice.number}"


def shown_name(name: str) -> str:
    """Return a file's name as it may be shown: its last part, printable, and not endless."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:_LONGEST_NAME]


def _values(one: Addition, actor: Actor, source: str, at: datetime) -> dict[str, Any]:
    return {
        "company_id": one.invoice.company_id,
        "invoice_id": one.invoice.invoice_id,
        "sha256": one.kept.sha256,
        "size_bytes": one.kept.size,
        "media_type": one.kept.media_type,
        "original_name": shown_name(one.original_name),
        "source": source,
        "uploaded_by": actor.email,
        "uploaded_at": at,
        "is_current": True,
        "removed_by": "",
        "removed_reason": "",
    }


def _changeable(session: Session, actor: Actor, document_id: int) -> Version:
    reached = customer_clause(actor.scope(Permission.WORK_CUSTOMERS), actor.email)
    found = stored.version(session, reached, document_id)
    if found is None:
        raise NotFoundError("There is no such document.")
    lock(session, [found.invoice.invoice_id])
    # Asked again behind the lock: somebody else may have been quicker.
    return stored.version(session, reached, document_id) or found


def _all() -> Any:
    return col(DocumentRow.id).is_not(None)
