"""What the order of the day counts, by company: shown, changed, brought back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.weights import USUAL, Factor
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.services import clock
from ar_cockpit.services.collecting.queue import weighing
from ar_cockpit.services.collecting.queue.weighing import Version
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_LEAD = Permission.LEAD_TEAM


@dataclass
class FactorItem:
    """A factor with its weight in percent."""

    key: str
    label: str
    about: str
    percent: str


@dataclass
class VersionItem:
    """A version as listed."""

    number: int
    name: str
    who: str
    changed: str
    is_first: bool


class WeightsState(SessionState):
    """The page of the weights."""

    factors: list[FactorItem] = []
    versions: list[VersionItem] = []
    seen: int = 0
    form_key: str = ""
    needs_company: bool = False
    weights_company: str = ""
    error: str = ""
    is_loaded: bool = False

    @rx.event
    @allowed(_LEAD)
    def load(self) -> None:
        """Fill the page."""
        self._load()

    @rx.event
    @allowed(_LEAD)
    def save(self, form: dict[str, Any]) -> None:
        """Put the weights of the form in force."""
        given = {factor.value: form.get(factor.value, USUAL) for factor in Factor}
        self.error, before = "", self.seen
        try:
            with transaction() as session:
                weighing.choose(
                    session, self.actor, self._company(), given, str(form.get("note", "")), at=clock.now(), seen=before
                )
        except CockpitError as error:
            self.error = self._refusal(error)
            return
        self._notify("ok", self._say("queue.weights.saved"), undo=WeightsState.restore(before, self._company()))
        self._load()

    @rx.event
    @allowed(_LEAD)
    def restore(self, number: int, company: str = "") -> None:
        """Put an earlier version in force again, of the company on screen or (an undo) of the one named."""
        with transaction() as session:
            weighing.restore(session, self.actor, company or self._company(), int(number), at=clock.now())
        self._notify("ok", self._say("queue.weights.restored"))
        self._load()

    def _company(self) -> str:
        return self.company or (self.companies[0].value if len(self.companies) == 1 else "")

    def _load(self) -> None:
        company, self.error = self._company(), ""
        self.needs_company, self.is_loaded = not company, True
        self.weights_company = next((one.label for one in self.companies if one.value == company), "")
        if not company:
            self.factors, self.versions = [], []
            return
        with reading() as session:
            known = weighing.versions(session, self.actor, company)
        self.seen, self.form_key = known[0].number, f"{company}:{known[0].number}:{self.language}"
        self.factors = [
            FactorItem(
                factor.value,
                self._say(f"queue.factor.{factor.value}"),
                self._say(f"queue.about.{factor.value}"),
                str(known[0].weights.of(factor)),
            )
            for factor in Factor
        ]
        self.versions = [self._version(one, place == 0) for place, one in enumerate(known)]

    def _version(self, one: Version, is_first: bool) -> VersionItem:
        if not one.number:
            return VersionItem(0, self._say("queue.version.shipped"), "", self._say("queue.version.usual"), is_first)
        told = [
            f"{self._say(f'queue.factor.{factor.value}')} {one.weights.of(factor)}\u00a0%"
            for factor in Factor
            if one.weights.of(factor) != USUAL
        ]
        at = one.created_at.astimezone(get_settings().zone) if one.created_at else None
        when = f"{rows.weekday(at.date(), self.language)} {at:%H:%M}" if at else ""
        who = ", ".join(word for word in (one.created_by, when, one.note) if word)
        changed = ", ".join(told) or self._say("queue.version.usual")
        return VersionItem(one.number, self._say("queue.version", number=one.number), who, changed, is_first)
