"""Files that were uploaded: tried, for a look at what they would do, or loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import BinaryIO

from sqlmodel import Session

from ar_cockpit.db.copies import tried_on
from ar_cockpit.db.session import engine, reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.importing import looks, uploads
from ar_cockpit.services.importing.changes.diff import appending_to
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Loaded, Request
from ar_cockpit.services.importing.looks import Look, look_of
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.services.importing.uploads import Upload
from ar_cockpit.settings import get_settings, prepare_home


def export_day(told: str, today: date) -> date:
    """Return the day that a list of open items is of: what it no longer lists was settled by then.

    A wrong or a coming day counts as today.
    """
    try:
        return min(date.fromisoformat(told), today)
    except ValueError:
        return today


def looked(actor: Actor, token: str, request: Request) -> list[Look] | None:
    """Return what the files behind ``token`` would do, tried once for as long as nothing changes it.

    ``None`` while somebody else tries them: ask again in a moment.
    """
    kept = uploads.find(get_settings(), actor, token)
    marked = _mark(kept, request)
    found = looks.known(kept, marked)
    if found is not None:
        return found
    with looks.alone(kept) as is_ours:
        if not is_ours:
            return None
        found = looks.known(kept, marked)  # who was at it before us may have been asked the same
        if found is None:
            found = [look_of(report) for report in _tried(actor, kept, request)]
            looks.keep(kept, marked, found)
    return found


def difference(actor: Actor, token: str, request: Request) -> BinaryIO | None:
    """Return, opened, everything that the files behind ``token`` would change, written once as a look is.

    ``None`` while somebody else tries them: ask again in a moment. Opened it is read to its end, whoever deletes it.
    """
    kept = uploads.find(get_settings(), actor, token)
    path = looks.difference(kept, _mark(kept, request))
    with looks.alone(kept) as is_ours:
        if not is_ours:
            return None
        try:
            if not path.is_file():
                for older in kept.folder.glob("changes-*"):
                    older.unlink()
                half = path.with_suffix(".half")
                with half.open("w", encoding="utf-8", newline="") as stream:
                    _tried(actor, kept, request, tell=appending_to(stream))
                half.replace(path)
            return path.open("rb")
        except FileNotFoundError as error:  # thrown away or imported meanwhile
            raise uploads.gone() from error


def loaded(actor: Actor, token: str, request: Request) -> list[FileReport]:
    """Load the files behind ``token`` and throw them away."""
    settings = get_settings()
    kept = uploads.find(settings, actor, token)
    importer = Importer(transaction, actor, request, settings, kept.names, kept.mappings)
    reports = import_paths(importer, list(kept.names))
    uploads.discard(settings, actor, token)
    return reports


def _nobody(_session: Session, _report: FileReport) -> None:
    """Be told of a file, and do nothing."""


def _tried(actor: Actor, kept: Upload, request: Request, *, tell: Loaded = _nobody) -> list[FileReport]:
    """Return what uploaded files would do; ``tell`` is called with each before it is taken back."""
    settings = get_settings()
    with tried_on(engine(), prepare_home(settings)) as session:
        asked = replace(request, dry_run=True)
        importer = Importer(session, actor, asked, settings, kept.names, kept.mappings, loaded=tell)
        return import_paths(importer, list(kept.names))


def _mark(kept: Upload, request: Request) -> str:
    with reading() as session:
        return looks.mark(session, get_settings(), kept, request)
