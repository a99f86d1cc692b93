"""The randomised hold-out on screen: whether it runs, who takes part, what it has shown, and its switch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.services import clock
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

if TYPE_CHECKING:
    from ar_cockpit.domain.forecast.causal import Difference
    from ar_cockpit.services.reminders.hold_outs import CompanyTrials, Outcome

_USUAL_SHARE, _USUAL_DAYS, _USUAL_LENGTH = 10, 3, 90
_NONE = "\u2014"


@dataclass
class GainItem:
    """What reminding at once adds to the share paid within some days."""

    within: str
    at_once: str
    held: str
    gain: str
    band: str
    kind: str
    word: str


@dataclass
class TrialItem:
    """A company's newest hold-out in words; ``has_trial`` is false where there was none."""

    company: str
    name: str
    status: str
    part: str
    has_trial: bool
    may_start: bool
    may_stop: bool
    gains: list[GainItem]


class HoldOutState(SessionState):
    """The hold-outs of the companies whose figures are seen."""

    is_loaded: bool = False
    trials: list[TrialItem] = []
    is_starting: bool = False
    is_stopping: bool = False
    asked_company: str = ""
    start_title: str = ""
    stop_title: str = ""
    first_end: str = ""
    usual_end: str = ""
    error: str = ""

    @rx.event
    @allowed(Permission.VIEW_FIGURES)
    async def load(self) -> None:
        """Fill the page."""
        found = await asyncio.to_thread(_newest, self.actor, self.company, date.fromisoformat(self.today))
        self.trials = [self._item(one) for one in found]
        self.is_loaded = True

    @rx.event
    @allowed(Permission.EDIT_POLICY)
    def ask_start(self, company: str) -> None:
        """Open the form of a company's hold-out."""
        today = date.fromisoformat(self.today)
        self.asked_company, self.error, self.is_starting = company, "", True
        self.start_title = self._say("trial.start.title", company=company)
        self.first_end = (today + timedelta(days=1)).isoformat()
        self.usual_end = (today + timedelta(days=_USUAL_LENGTH)).isoformat()

    @rx.event
    @allowed(Permission.EDIT_POLICY)
    def ask_stop(self, company: str) -> None:
        """Say what stopping does."""
        self.asked_company, self.is_stopping = company, True
        self.stop_title = self._say("trial.stop.title", company=company)

    @rx.event
    @allowed(Permission.EDIT_POLICY)
    def shut(self) -> None:
        """Change nothing."""
        self.is_starting = self.is_stopping = False

    @rx.event
    @allowed(Permission.EDIT_POLICY)
    def start(self, form: dict[str, Any]) -> rx.event.EventSpec | None:
        """Switch the hold-out on as the form says."""
        from ar_cockpit.services.reminders import hold_outs  # noqa: PLC0415 (slow to load: with the first use)

        today = date.fromisoformat(self.today)
        try:
            wish = hold_outs.wish_of(*(str(form.get(name, "")) for name in ("share", "days", "ends_on")))
            with transaction() as session:
                hold_outs.start(session, self.actor, self.asked_company, wish, as_of=today, at=clock.now())
        except CockpitError as error:
            self.error = self._refusal(error)
            return None
        self.is_starting = False
        self._notify("ok", self._say("trial.started", company=self.asked_company))
        return HoldOutState.load

    @rx.event
    @allowed(Permission.EDIT_POLICY)
    def stop(self) -> rx.event.EventSpec:
        """Switch it off."""
        from ar_cockpit.services.reminders import hold_outs  # noqa: PLC0415 (slow to load: with the first use)

        self.is_stopping = False
        with transaction() as session:
            hold_outs.stop(session, self.actor, self.asked_company, as_of=date.fromisoformat(self.today))
        self._notify("ok", self._say("trial.stopped.notice", company=self.asked_company))
        return HoldOutState.load

    def _item(self, one: CompanyTrials) -> TrialItem:
        made = one.outcome
        if made is None:
            told = self._say("trial.off")
            return TrialItem(one.company, one.name, told, "", False, one.may_switch, False, [])
        counts = zip(("at_once", "at_once_invoices", "held", "held_invoices"), _counts(made), strict=True)
        part = self._say("trial.part", **{name: rows.number(count, self.language) for name, count in counts})
        is_standing = made.is_running
        return TrialItem(
            one.company,
            one.name,
            self._status(made),
            part,
            True,
            one.may_switch and not is_standing,
            one.may_switch and is_standing,
            [self._gain(each) for each in made.differences],
        )

    def _status(self, made: Outcome) -> str:
        trial, language = made.trial, self.language
        state = "on" if made.is_running else "stopped" if trial.stopped_on else "ended"
        last = trial.stopped_on or trial.ends_on
        return self._say(
            f"trial.{state}",
            share=rows.percent(trial.share / 100, language, 0),
            days=self._count("trial.days", trial.days),
            since=rows.day(trial.starts_on, language),
            until=rows.day(last, language),
        )

    def _gain(self, one: Difference) -> GainItem:
        language = self.language
        within = self._say("trial.within", days=self._count("trial.days", one.within))
        if one.gain is None:
            least = min(one.at_once.customers, one.held.customers)
            word = self._say("trial.word.little", customers=rows.number(least, language))
            return GainItem(within, _NONE, _NONE, _NONE, _NONE, "info", word)
        word = "unclear" if not one.is_clear else "more" if one.gain > 0 else "less"
        shares = (rows.percent(arm.share, language, 0) for arm in (one.at_once, one.held))
        low, high = (self._points(value) for value in (one.low, one.high))
        kind = {"more": "ok", "less": "watch", "unclear": "info"}[word]
        said = self._say(f"trial.word.{word}")
        return GainItem(
            within, *shares, self._points(one.gain), self._say("trial.band", low=low, high=high), kind, said
        )

    def _points(self, share: float) -> str:
        sign = "+" if share > 0 else "\u2212" if share < 0 else ""
        return sign + rows.number(abs(share) * 100, self.language, 1)


def _counts(made: Outcome) -> tuple[int, int, int, int]:
    return made.customers[0], made.invoices[0], made.customers[1], made.invoices[1]


def _newest(actor: Actor, company: str, today: date) -> list[CompanyTrials]:
    from ar_cockpit.services.reminders import hold_outs  # noqa: PLC0415 (slow to load: with the first use)

    with reading() as session:
        return hold_outs.newest(session, actor, as_of=today, company=company)
