"""Files that were uploaded: tried, for a look at what they would do, or loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlmodel import Session

from ar_cockpit.db.copies import tried_on
from ar_cockpit.db.session import engine, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.importing import uploads
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Loaded, Request
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.settings import get_settings, prepare_home


def export_day(told: str, today: date) -> date:
    """Return the day that a list of open items is of: what it no longer lists was settled by then.

    A wrong or a coming day counts as today.
    """
    try:
        return min(date.fromisoformat(told), today)
    except ValueError:
        return today


def _nobody(_session: Session, _report: FileReport) -> None:
    """Be told of a file, and do nothing."""


def tried(actor: Actor, token: str, request: Request, *, tell: Loaded = _nobody) -> list[FileReport]:
    """Return what the files behind ``token`` would do; ``tell`` is called with each before it is taken back."""
    settings = get_settings()
    kept = uploads.find(settings, actor, token)
    with tried_on(engine(), prepare_home(settings)) as session:
        asked = replace(request, dry_run=True)
        importer = Importer(session, actor, asked, settings, kept.names, kept.mappings, loaded=tell)
        return import_paths(importer, list(kept.names))


def loaded(actor: Actor, token: str, request: Request) -> list[FileReport]:
    """Load the files behind ``token`` and throw them away."""
    settings = get_settings()
    kept = uploads.find(settings, actor, token)
    importer = Importer(transaction, actor, request, settings, kept.names, kept.mappings)
    reports = import_paths(importer, list(kept.names))
    uploads.discard(settings, actor, token)
    return reports
