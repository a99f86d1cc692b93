"""The papers of messages as bytes: invoices' files from the store, statements drawn once and the same ever after."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import date

from ar_cockpit.db.queries.reminders import papers as stored
from ar_cockpit.db.queries.reminders.papers import StoredPaper
from ar_cockpit.domain.errors import CockpitError, NotFoundError
from ar_cockpit.mail.message import Paper
from ar_cockpit.mail.papers.press import printed
from ar_cockpit.services.documents.attach import OpenSession, lock_store
from ar_cockpit.services.documents.storage import Store, store
from ar_cockpit.services.papers.logos import logos
from ar_cockpit.settings import get_settings


def enclosed(open_session: OpenSession, named: Mapping[int, Sequence[StoredPaper]]) -> dict[int, list[Paper] | str]:
    """Return what goes with messages, by message; a sentence where something that was promised cannot be had."""
    found: dict[int, list[Paper] | str] = {}
    for row_id, papers in named.items():
        try:
            kept = store(get_settings())
            found[row_id] = [Paper(one.file_name, _content(open_session, kept, one)) for one in papers]
        except CockpitError as error:
            found[row_id] = str(error)
    return found


def _content(open_session: OpenSession, kept: Store, paper: StoredPaper) -> bytes:
    return _read(kept, paper) if paper.sha256 else _drawn(open_session, kept, paper)


def _read(kept: Store, paper: StoredPaper) -> bytes:
    with kept.open(paper.sha256, paper.size_bytes) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise NotFoundError("The file of this document is damaged in the store.", "Attach it again.")
    return content


def _drawn(open_session: OpenSession, kept: Store, paper: StoredPaper) -> bytes:
    """Draw a statement for the first time and keep it: the file stands before its row names it."""
    with open_session() as session:
        pictures = logos(session, [paper.facts["sheet"]])
    content = printed(paper.facts["sheet"], date.fromisoformat(paper.facts["on"]), pictures)
    sha256 = hashlib.sha256(content).hexdigest()
    kept.put(sha256, io.BytesIO(content))
    with open_session() as session:
        lock_store(session, shared=True)
        stored.note_drawn(session, paper.paper_id, sha256, len(content))
    return content
