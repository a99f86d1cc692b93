"""Display rows of an invoice's document: its versions, each with who brought it, and why it was removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel.dates import format_datetime

from ar_cockpit import routes
from ar_cockpit.i18n import catalogue, locale_of, say
from ar_cockpit.services.documents.reading import InvoiceDocuments, Version
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows

_KILO = 1000


@dataclass
class VersionLine:
    """One version; ``kind`` is current, older or removed."""

    key: str
    name: str
    about: str
    kind: str
    word: str
    reason: str
    href: str
    download_href: str
    may_remove: bool
    may_bring_back: bool


def document_address(document_id: int | None) -> str:
    """Return where a document is shown; empty when there is none."""
    return f"{routes.DOCUMENTS}/{document_id}" if document_id else ""


def version_lines(found: InvoiceDocuments, language: str) -> list[VersionLine]:
    """Return the versions of an invoice's document, newest first."""
    return [_line(one, found, language) for one in found.versions]


def size(size_bytes: int, language: str) -> str:
    """Return a file's size in kB or MB."""
    kilos = max(1, round(size_bytes / _KILO))
    if kilos < _KILO:
        return say(language, "documents.kb", n=rows.number(kilos, language))
    return say(language, "documents.mb", n=rows.number(Decimal(kilos) / _KILO, language, 1))


def _line(one: Version, found: InvoiceDocuments, language: str) -> VersionLine:
    kind = "removed" if one.removed_at else "current" if one.is_current else "older"
    brought_by = _name(one.uploaded_by, found)
    source = catalogue(language).get(f"documents.source.{one.source}", one.source)
    about = (_when(one.uploaded_at, language), brought_by, source, size(one.size_bytes, language))
    address = document_address(one.document_id)
    return VersionLine(
        key=str(one.document_id),
        name=one.original_name or f"{one.invoice.number}.pdf",
        about=" · ".join(word for word in about if word),
        kind=kind,
        word=say(language, f"documents.kind.{kind}"),
        reason=_removal(one, found, language),
        href=address,
        download_href=f"{address}?download=1",
        may_remove=found.may_change and kind != "removed",
        may_bring_back=found.may_change and kind == "removed",
    )


def _removal(one: Version, found: InvoiceDocuments, language: str) -> str:
    if one.removed_at is None:
        return ""
    when = _when(one.removed_at, language)
    reason = catalogue(language).get(f"documents.reason.{one.removed_reason}", one.removed_reason)
    return say(language, "documents.removed_by", name=_name(one.removed_by, found), when=when, reason=reason)


def _name(email: str, found: InvoiceDocuments) -> str:
    return found.names.get(email, email)


def _when(at: datetime, language: str) -> str:
    local = at.astimezone(get_settings().zone)
    return format_datetime(local, "d MMM y, HH:mm", locale=locale_of(language))
