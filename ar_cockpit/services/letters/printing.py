"""Bulk print: the letters that wait, as files in a folder or as one file for the whole day."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError
from ar_cockpit.mail.papers.press import printed, printed_together
from ar_cockpit.services.documents.attach import OpenSession
from ar_cockpit.services.documents.storage import Store
from ar_cockpit.services.letters.letters import DrawnLetter, keep_letters, waiting
from ar_cockpit.services.papers.logos import logos
from ar_cockpit.services.papers.statements import Printed

_UNSAFE = re.compile(r"[^\w.,() -]+")


@dataclass(frozen=True, slots=True)
class Written:
    """A letter with the file it was written to; none when nothing on it is to be asked for any more."""

    letter: DrawnLetter
    path: Path | None


def print_letters(
    open_session: OpenSession,
    actor: Actor,
    store: Store,
    folder: Path,
    as_of: date,
    *,
    company_ids: Collection[int] | None = None,
    as_one: bool = False,
) -> list[Written]:
    """Write the letters that wait on ``as_of`` into ``folder`` and keep them; raise ``InputError`` if it cannot."""
    with open_session() as session:
        drawn = waiting(session, actor, as_of, company_ids)
        pictures = logos(session, [one.sheet for one in drawn])
    due = [one for one in drawn if one.sheet is not None]
    papers = [(one, Printed(one.file_name, printed(one.sheet or {}, one.on, pictures))) for one in due]
    together = folder / f"letters-{as_of.isoformat()}.pdf"
    paths = {one.letter.message_row_id: together if as_one else folder / _file_name(one) for one in due}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if as_one and due:
            together.write_bytes(printed_together([one.sheet or {} for one in due], as_of, pictures))
        for one, paper in papers:
            if not as_one:
                paths[one.letter.message_row_id].write_bytes(paper.content)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.", "Choose another folder.") from error
    keep_letters(open_session, store, papers)
    return [Written(one, paths.get(one.letter.message_row_id)) for one in drawn]


def _file_name(one: DrawnLetter) -> str:
    """Return a name of its own for a letter, whatever its customer is called: several companies may share a code."""
    plain = _UNSAFE.sub("_", one.file_name.removesuffix(".pdf"))
    return f"{plain} - {one.letter.message_row_id}.pdf"
