"""The policy as a file on the page: shown, downloaded, uploaded, with every problem's line and mend."""

from __future__ import annotations

import asyncio
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
    file_problems: list[FileProblem] = []
    file_refusal: str = ""

    @rx.event
    @allowed(EDIT)
    def open_file(self) -> None:
        """Show the draft's text."""
        self.text, self.file_problems, self.file_refusal, self.is_file_open = self._toml, [], "", True

    @rx.event
    @allowed(EDIT)
    def on_file_shown(self, shown: bool) -> None:
        """Hear that the dialog was closed."""
        self.is_file_open = bool(shown)

    @rx.event
    @allowed(EDIT)
    def write_text(self, text: str) -> None:
        """Take what was typed; nothing is checked before it is asked for."""
        self.text = str(text)[: drafts.LONGEST_TEXT + 1]

    @rx.event
    @allowed(EDIT)
    async def take_upload(self, files: list[rx.UploadFile]) -> None:
        """Put a file's text into the field."""
        if not files:
            return
        data = await files[0].read()
        try:
            self.text = data[: drafts.LONGEST_TEXT + 1].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError("This file is no UTF-8 text.", "Save it as UTF-8.") from error
        self.file_problems = []

    @rx.event
    @allowed(EDIT)
    def download(self) -> Any:
        """Give the text as a file, as `ar-cockpit policy export` does."""
        return rx.download(data=self._toml, filename="policy.toml", mime_type="application/toml")

    @rx.event
    @allowed(EDIT)
    async def keep_text(self) -> Any:
        """Take the text for the draft; what is wrong is told line by line, and the text stays where it is."""
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
            return None
        self.is_file_open = False
        return after_change()

    def _keep(self) -> Draft:
        with transaction() as session:
            return drafts.replace_text(session, self.actor, self.text, seen=self._revision, at=clock.now())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
