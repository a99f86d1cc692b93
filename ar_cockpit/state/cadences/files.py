"""The policy as a file on the page: shown, downloaded, uploaded, with every problem's line and mend."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

import reflex as rx

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.errors import CockpitError, InputError
from ar_cockpit.domain.policy.file import PolicyError
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.services import clock
from ar_cockpit.services.reminders import drafts
from ar_cockpit.services.reminders.drafts import Draft
from ar_cockpit.state.cadences.after import after_change
from ar_cockpit.state.cadences.screen import EDIT, CadencesState
from ar_cockpit.state.frame.access import allowed

LONGEST_FILE = drafts.LONGEST_TEXT  # bytes: what the browser hands over


@dataclass
class FileProblem:
    """What is wrong on a line, and the mend."""

    line: str
    said: str
    mend: str


class FileState(CadencesState):
    """The dialog of the file."""

    is_file_open: bool = False
    text: str = ""
    drawn: int = 0  # how often the field was filled anew
    file_problems: list[FileProblem] = []
    file_refusal: str = ""
    _seen: int = 0  # the draft's state when the text was opened

    @rx.event
    @allowed(EDIT)
    def open_file(self) -> None:
        """Show the draft's text."""
        self._fill(self._toml)
        self._seen = self._revision
        self.is_file_open = True

    @rx.event
    @allowed(EDIT)
    def on_file_shown(self, shown: bool) -> None:
        """Hear that the dialog was closed."""
        self.is_file_open = bool(shown)

    @rx.event
    @allowed(EDIT)
    def take_file(self, content: str) -> None:
        """Put a file's text into the field; it comes in base64."""
        try:
            data = base64.b64decode(content[: 2 * LONGEST_FILE], validate=True)
            self._fill(data.decode("utf-8-sig")[: drafts.LONGEST_TEXT + 1])
        except ValueError as error:  # no base64, or no UTF-8
            raise InputError("This file is no UTF-8 text.", "Save it as UTF-8.") from error

    @rx.event
    @allowed(EDIT)
    def download(self) -> Any:
        """Give the text as a file, as `ar-cockpit policy export` does."""
        return rx.download(data=self._toml, filename="policy.toml", mime_type="application/toml")

    @rx.event
    @allowed(EDIT)
    async def keep_text(self, form: dict[str, Any]) -> Any:
        """Take the text for the draft; what is wrong is told line by line, and the text stays where it is."""
        self.text = str(form.get("text", ""))[: drafts.LONGEST_TEXT + 1]
        self.file_problems, self.file_refusal = [], ""
        try:
            self._take(await asyncio.to_thread(self._keep))
        except PolicyError as error:
            self.file_problems = [
                FileProblem(
                    self._say("cadences.file.line", line=one.line),
                    _capital(refusal(self.language, one.said)),
                    refusal(self.language, one.mend),
                )
                for one in error.problems
            ]
            return None
        except CockpitError as error:
            self.file_refusal = self._refusal(error)
            await self._read_draft()
            self._seen = self._revision  # pressed again, it takes the place of what was told
            return None
        self.is_file_open = False
        return after_change()

    def _fill(self, text: str) -> None:
        self.text, self.file_problems, self.file_refusal = text, [], ""
        self.drawn += 1

    def _keep(self) -> Draft:
        with transaction() as session:
            return drafts.replace_text(session, self.actor, self.text, seen=self._seen, at=clock.now())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
