"""What is done on the customer page: notes with mentions, files, a pause, the agreed rate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import reflex as rx

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import CockpitError, InputError, NotFoundError
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import acts, questions, undo
from ar_cockpit.services.customers import files, identity, pausing, terms
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.display.days import read_day
from ar_cockpit.state.frame.access import allowed

_WORK = Permission.WORK_CUSTOMERS


class CustomerActs(CustomerMore):
    """The forms in the tabs."""

    is_pausing: bool = False
    pause_error: str = ""
    is_rating: bool = False
    rate_error: str = ""
    is_numbering: bool = False
    numbers_error: str = ""
    file_inside: bool = True

    @rx.event
    @allowed(Permission.WRITE_NOTE)
    def type_note(self, text: str) -> None:
        """Keep what is typed, so that a mention can be put behind it."""
        self.note = text[:2000]

    @rx.event
    @allowed(Permission.WRITE_NOTE)
    def mention(self, handle: str) -> None:
        """Put a colleague's name into the note."""
        if any(handle == one.value for one in self.mentions):
            self.note = f"{self.note.rstrip()} @{handle} ".lstrip()

    @rx.event
    @allowed(Permission.WRITE_NOTE)
    def keep_inside(self, is_on: bool) -> None:
        """Keep the note for finance alone, or not."""
        self.note_inside = is_on and self.may_keep_inside

    @rx.event
    @allowed(Permission.WRITE_NOTE)
    def add_note(self) -> Any:
        """Write the note; whom it names is told."""
        self.note_error = ""
        try:
            with transaction() as session:
                done = acts.add_note(
                    session, self.actor, self._opened(), self.note, self._when(), finance_only=self.note_inside
                )
        except InputError as error:
            self.note_error = self._refusal(error)
            return None
        self.note, self.note_inside = "", False
        self._notify("ok", self._say("record.note.added"), undo=CustomerActs.take_back(done))
        return self._again()

    @rx.event
    @allowed(_WORK)
    def answer(self) -> Any:
        """Answer the question of sales that waits, with what was typed; who asked is told."""
        self.note_error = ""
        try:
            with transaction() as session:
                done = questions.answer(session, self.actor, self._opened(), self.note, self._when())
        except InputError as error:
            self.note_error = self._refusal(error)
            return None
        self.note, self.note_inside = "", False
        self._notify("ok", self._say("question.answered"), undo=CustomerActs.take_back(done))
        return self._again()

    @rx.event
    @allowed(Permission.WRITE_NOTE, _WORK)
    def take_back(self, touchpoint_id: int) -> Any:
        """Undo an act of this page."""
        with transaction() as session:
            undo.undo(session, self.actor, touchpoint_id, at=clock.now())
        self._notify("ok", self._say("shell.undone"))
        return self._again()

    @rx.event
    @allowed(_WORK)
    def file_for_finance(self, is_on: bool) -> None:
        """Say whether the next file is for finance alone."""
        self.file_inside = is_on

    @rx.event
    @allowed(_WORK)
    def file_attached(self, _file: int, _is_new: bool) -> Any:
        """Show the file that the server took in."""
        self._notify("ok", self._say("record.file.added"))
        return self._again()

    @rx.event
    @allowed(_WORK)
    def remove_file(self, key: str) -> Any:
        """Take a file from the screens, with undo."""
        with transaction() as session:
            name = files.remove(session, self.actor, _number(key), at=clock.now())
        self._notify("ok", self._say("record.file.removed", name=name), undo=CustomerActs.restore_file(key))
        return self._again()

    @rx.event
    @allowed(_WORK)
    def restore_file(self, key: str) -> Any:
        """Bring a removed file back."""
        with transaction() as session:
            files.bring_back(session, self.actor, _number(key))
        self._notify("ok", self._say("shell.undone"))
        return self._again()

    @rx.event
    @allowed(_WORK)
    def ask_pausing(self, is_open: bool) -> None:
        """Open or shut the form that pauses reminders."""
        self.is_pausing, self.pause_error = is_open, ""

    @rx.event
    @allowed(_WORK)
    def pause(self, form: dict[str, Any]) -> Any:
        """Pause reminders up to a day; what is wrong is said in the form."""
        try:
            until = read_day(form.get("day"))
            with transaction() as session:
                reason = str(form.get("reason", ""))
                done = pausing.pause(session, self.actor, self._opened(), until, reason, self._when())
        except CockpitError as error:
            self.pause_error = self._refusal(error)
            return None
        self.is_pausing = False
        day = rows.weekday(until, self.language)
        self._notify("ok", self._say("record.paused", day=day), undo=CustomerActs.take_back(done))
        return self._again()

    @rx.event
    @allowed(_WORK)
    def resume(self) -> Any:
        """End the pause."""
        with transaction() as session:
            done = pausing.resume(session, self.actor, self._opened(), self._when())
        self._notify("ok", self._say("record.resumed"), undo=CustomerActs.take_back(done))
        return self._again()

    @rx.event
    @allowed(Permission.SET_CREDIT)
    def ask_rate(self, is_open: bool) -> None:
        """Open or shut the form of the agreed rate."""
        self.is_rating, self.rate_error = is_open, ""

    @rx.event
    @allowed(Permission.SET_CREDIT)
    def save_rate(self, form: dict[str, Any]) -> Any:
        """Keep the rate that was agreed; an empty one means the company's terms."""
        typed = str(form.get("rate", "")).strip().removesuffix("%").strip()
        self._when()
        try:
            percent: Decimal | None = read_amount(typed, self.language) if typed else None
            with transaction() as session:
                terms.set_late_rate(session, self.actor, self._opened(), percent)
        except CockpitError as error:
            self.rate_error = self._refusal(error)
            return None
        self.is_rating = False
        self._notify("ok", self._say("record.rate.kept"))
        return self._again()

    @rx.event
    @allowed(Permission.SET_CREDIT)
    def ask_numbers(self, is_open: bool) -> None:
        """Open or shut the form of the numbers that no import brings."""
        self.is_numbering, self.numbers_error = is_open, ""

    @rx.event
    @allowed(Permission.SET_CREDIT)
    def save_numbers(self, form: dict[str, Any]) -> Any:
        """Keep LEI and bank account; say who else has them."""
        given = identity.Numbers(str(form.get("lei", "")), str(form.get("iban", "")))
        when = self._when()
        try:
            with transaction() as session:
                others = identity.change(session, self.actor, self._opened(), given, when)
        except CockpitError as error:
            self.numbers_error = self._refusal(error)
            return None
        self.is_numbering = False
        if others:
            self._notify("watch", self._say("onboarding.identity.shared", names=", ".join(others)))
        else:
            self._notify("ok", self._say("onboarding.identity.kept"))
        return self._again()


def _number(key: str) -> int:
    if not key.isascii() or not key.isdigit():
        raise NotFoundError("There is no such file.")
    return int(key)
