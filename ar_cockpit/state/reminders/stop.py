"""The stop of all reminders: the banner while it stands, and the press that sets and releases it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.services import clock
from ar_cockpit.services.reminders import stopping
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_SEES = (Permission.VIEW_PLAN, Permission.VIEW_FIGURES, Permission.RUN_JOBS)
_MAY = Permission.RUN_JOBS


@dataclass
class StopLine:
    """A stop that stands: what is stopped, by whom, since when, why."""

    company: str
    text: str
    reason: str


class StopState(SessionState):
    """The stops that the reader has to know of."""

    stops: list[StopLine] = []
    is_stopping: bool = False
    releasing: str = ""  # the company whose stop is about to be released
    is_releasing: bool = False
    release_words: str = ""

    @rx.event
    @allowed(*_SEES)
    def look(self) -> None:
        """Read the stops that stand."""
        self._look()

    @rx.event
    @allowed(_MAY)
    def ask(self, is_open: bool) -> None:
        """Open or close the dialog that asks for the reason."""
        self.is_stopping = bool(is_open)

    @rx.event
    @allowed(_MAY)
    def stop(self, form: dict[str, Any]) -> Any:
        """Stop everything of the company that is chosen above, or of all companies."""
        with transaction() as session:
            reason = str(form.get("reason", ""))
            stopping.stop(session, self.actor, reason, at=clock.now(), company=self.company)
        self.is_stopping = False
        self._look()
        self._notify("watch", self._say("review.stop.done"), undo=StopState.release(self.company))

    @rx.event
    @allowed(_MAY)
    def ask_release(self, company: str) -> None:
        """Say what releasing sets free."""
        self.releasing, self.is_releasing = company, True
        self.release_words = self._say("review.stop.release.consequences", what=self._what(company, company))

    @rx.event
    @allowed(_MAY)
    def cancel(self) -> None:
        """Leave the stop as it is."""
        self.is_releasing = False

    @rx.event
    @allowed(_MAY)
    def release_asked(self) -> None:
        """Release the stop that the dialog is about."""
        self._release(self.releasing)

    @rx.event
    @allowed(_MAY)
    def release(self, company: str) -> None:
        """Release the stop of a company, or of all."""
        self._release(company)

    def _release(self, company: str) -> None:
        self.is_releasing = False
        with transaction() as session:
            stopping.release(session, self.actor, at=clock.now(), company=company)
        self._look()
        self._notify("ok", self._say("review.stop.released"))

    def _look(self) -> None:
        with reading() as session:
            found = stopping.standing(session, self.actor)
        self.stops = [
            StopLine(
                one.company,
                self._say(
                    "review.stop.banner",
                    what=self._what(one.company, one.company_name),
                    who=one.stopped_by,
                    when=self._instant(one.stopped_at),
                ),
                one.reason,
            )
            for one in found
        ]

    def _what(self, company: str, name: str) -> str:
        return self._say("review.stop.of_company", company=name) if company else self._say("review.stop.of_all")

    def _instant(self, at: Any) -> str:
        local = at.astimezone(get_settings().zone)
        return f"{rows.weekday(local.date(), self.language)} {local:%H:%M}"
