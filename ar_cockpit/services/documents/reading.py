"""Who may see which document, and its content: for the screens, downloads, and whoever sends one along."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlmodel import Session

from ar_cockpit.db.queries import documents as stored
from ar_cockpit.db.queries.customers import names_of
from ar_cockpit.db.queries.documents import DocumentedInvoice, Version
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.services.documents.storage import store
from ar_cockpit.settings import Settings

__all__ = ["DocumentedInvoice", "InvoiceDocuments", "Version"]  # the shapes that screens draw


@dataclass(frozen=True, slots=True)
class InvoiceDocuments:
    """An invoice with the versions of its document that this actor may see, newest first."""

    invoice: DocumentedInvoice
    versions: list[Version]
    names: dict[str, str]  # of the people who brought or removed them
    may_change: bool


def document(session: Session, actor: Actor, document_id: int) -> Version:
    """Return one version; raise ``NotFoundError`` when there is none or the actor may not see it.

    What was removed is still shown to those who may bring it back.
    """
    reached = customer_clause(actor.scope(Permission.VIEW_CUSTOMERS), actor.email)
    found = stored.version(session, reached, document_id)
    if found is None or (found.removed_at and not _may_change(actor, found.invoice)):
        raise NotFoundError("There is no such document.")
    return found


def documents_of(session: Session, actor: Actor, invoice_id: int) -> InvoiceDocuments:
    """Return an invoice's document with its older versions; raise ``NotFoundError`` when it is out of reach."""
    reached = customer_clause(actor.scope(Permission.VIEW_CUSTOMERS), actor.email)
    invoice = stored.invoice(session, reached, invoice_id)
    if invoice is None:
        raise NotFoundError("There is no such invoice.", "It may belong to a company you do not see.")
    may_change = _may_change(actor, invoice)
    versions = [one for one in stored.versions(session, reached, invoice_id) if may_change or not one.removed_at]
    who = {email for one in versions for email in (one.uploaded_by, one.removed_by) if email}
    return InvoiceDocuments(invoice, versions, names_of(session, who), may_change)


def content(settings: Settings, version: Version) -> bytes:
    """Return the bytes of a document found here; raise ``NotFoundError`` when the store no longer has them whole."""
    with store(settings).open(version.sha256, version.size_bytes) as file:
        held = file.read()
    if hashlib.sha256(held).hexdigest() != version.sha256:
        raise NotFoundError("The file of this document is damaged in the store.", "Attach it again.")
    return held


def _may_change(actor: Actor, invoice: DocumentedInvoice) -> bool:
    return actor.may(Permission.WORK_CUSTOMERS, invoice.company_id)
