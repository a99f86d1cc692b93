"""Editing the line: a step's day, channel, words and conditions, steps added and removed, the cadence's own rules."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.policy import editing
from ar_cockpit.domain.policy.cadence import TOLD_OF
from ar_cockpit.domain.policy.model import (
    ATTACHMENTS,
    DEFAULT_TELL_DAYS,
    SCRIPT,
    STEP_TEMPLATES,
    WEEKDAYS,
    Cadence,
    Channel,
    Step,
    Tone,
)
from ar_cockpit.domain.policy.reading import LONGEST_TITLE, MOST_DAYS
from ar_cockpit.services.reminders import drafts
from ar_cockpit.state.cadences.after import after_change
from ar_cockpit.state.cadences.screen import EDIT, STEP_PARAM, CadencesState
from ar_cockpit.state.frame.access import allowed

CHANNELS = tuple(one.value for one in Channel if one is not Channel.ALLOCATE)
_NOT_DAYS = "This is no number of days."
_WHOLE = "Write a whole number."


class StepState(CadencesState):
    """What the form below the line changes."""

    @rx.event
    @allowed(EDIT)
    async def set_offset(self, given: str) -> Any:
        """Put the step on another day; its place on the line follows."""
        return await self._set_step({"offset": _days(given, least=-MOST_DAYS)})

    @rx.event
    @allowed(EDIT)
    async def set_title(self, given: str) -> Any:
        """Call the step something else; its key stays, so nothing is said twice."""
        return await self._set_step({"title": _title(given)})

    @rx.event
    @allowed(EDIT)
    async def set_channel(self, given: str) -> Any:
        """Reach the customer by another channel; the script of a call is nothing to send."""
        changes: dict[str, Any] = {"channel": Channel(_one_of(given, CHANNELS))}
        if self.step.template == SCRIPT and changes["channel"] is not Channel.CALL:
            changes["template"] = "reminder"
        return await self._set_step(changes)

    @rx.event
    @allowed(EDIT)
    async def set_template(self, given: str) -> Any:
        """Say it with another template; with the script of a call somebody calls."""
        changes: dict[str, Any] = {"template": _one_of(given, STEP_TEMPLATES)}
        if given == SCRIPT:
            changes["channel"] = Channel.CALL
        return await self._set_step(changes)

    @rx.event
    @allowed(EDIT)
    async def set_tone(self, given: str) -> Any:
        """Say it in another tone; before a firm one the sales owner is told, unless that was set otherwise."""
        tone = Tone(_one_of(given, [one.value for one in Tone]))
        changes: dict[str, Any] = {"tone": tone}
        if tone in TOLD_OF and self.step.tell_days == "0" and Tone(self.step.tone) not in TOLD_OF:
            changes["tell_sales_days"] = DEFAULT_TELL_DAYS
        return await self._set_step(changes)

    @rx.event
    @allowed(EDIT)
    async def set_acts(self, given: str) -> Any:
        """Let the step go by itself, or after a person's approval."""
        return await self._set_step({"approve": given == "approve"})

    @rx.event
    @allowed(EDIT)
    async def set_tell_days(self, given: str) -> Any:
        """Tell the sales owner so many days ahead; none: nobody is told."""
        return await self._set_step({"tell_sales_days": _days(given)})

    @rx.event
    @allowed(EDIT)
    async def attach(self, paper: str, wanted: bool) -> Any:
        """Attach the statement or the invoices, or leave them out."""
        chosen = {ATTACHMENTS[0]: self.step.statement, ATTACHMENTS[1]: self.step.invoices}
        chosen[_one_of(paper, ATTACHMENTS)] = bool(wanted)
        return await self._set_step({"attach": tuple(one for one in ATTACHMENTS if chosen[one])})

    @rx.event
    @allowed(EDIT)
    async def set_interest(self, wanted: bool) -> Any:
        """Name late interest and the fixed sum, or not."""
        return await self._set_step({"interest": bool(wanted)})

    @rx.event
    @allowed(EDIT)
    async def add_step(self, after: int) -> Any:
        """Add a step behind the one at that place (-1: before the first), halfway to the next."""
        cadence = self._cadence
        place = min(max(int(after), -1), len(cadence.steps) - 1) if str(after).lstrip("-").isdigit() else 0
        used = await asyncio.to_thread(_used_keys, self.actor)
        step = _new_step(cadence, place, used)
        if await self._change("step.add", lambda policy: editing.add_step(policy, cadence.key, step)):
            return [rx.redirect(self._address(**{STEP_PARAM: step.key}))]
        return None

    @rx.event
    @allowed(EDIT)
    async def remove_step(self) -> Any:
        """Take the step that is open off the line; undoing brings it back."""
        cadence, key = self._cadence.key, self.step.key
        if await self._change("step.remove", lambda policy: editing.remove_step(policy, cadence, key)):
            self._notify("ok", self._say("cadences.step.removed"))
            return after_change()
        return None

    @rx.event
    @allowed(EDIT)
    async def set_rule(self, name: str, given: str) -> Any:
        """Change one of the cadence's own rules."""
        return await self._set_rules({name: _RULES[_one_of(name, list(_RULES))](given)})

    @rx.event
    @allowed(EDIT)
    async def set_window(self, edge: str, given: str) -> Any:
        """Move the beginning or the end of the sending window."""
        begins, ends = self._cadence.window
        at = _time(given)
        window = (at, ends) if edge == "begins" else (begins, at)
        if window[0] >= window[1]:
            raise InputError("The window ends before it begins.", "Choose a later end.")
        return await self._set_rules({"window": window})

    @rx.event
    @allowed(EDIT)
    async def toggle_day(self, day: str, wanted: bool) -> Any:
        """Send on a day of the week, or not; one stays."""
        place = WEEKDAYS.index(_one_of(day, WEEKDAYS))
        chosen = self._cadence.send_on | {place} if wanted else self._cadence.send_on - {place}
        if not chosen:
            raise InputError("A cadence needs a day to send on.", "Choose another day first.")
        return await self._set_rules({"send_on": frozenset(chosen)})

    async def _set_step(self, changes: Mapping[str, Any]) -> Any:
        cadence, key = self._cadence.key, self.step.key
        before = self._revision
        is_done = await self._change("step.change", lambda policy: editing.change_step(policy, cadence, key, changes))
        return after_change() if is_done and self._revision != before else None

    async def _set_rules(self, changes: Mapping[str, Any]) -> Any:
        cadence, before = self._cadence.key, self._revision
        is_done = await self._change("cadence.change", lambda policy: editing.change_cadence(policy, cadence, changes))
        return after_change() if is_done and self._revision != before else None


def _new_step(cadence: Cadence, after: int, used: frozenset[str]) -> Step:
    """Return a step like the one before it, on a free day and with a key that nothing was ever recorded under."""
    offset = editing.free_offset(cadence, after)
    like = cadence.steps[max(after, 0)]
    if offset < 0:
        return Step(editing.fresh_key("courtesy", used), offset, template="courtesy")
    if like.is_courtesy or like.channel is not Channel.EMAIL:
        return Step(editing.fresh_key("reminder", used), offset)
    return Step(
        editing.fresh_key(like.template, used), offset, template=like.template, tone=like.tone, approve=like.approve
    )


def _used_keys(actor: Actor) -> frozenset[str]:
    with reading() as session:
        return drafts.used_keys(session, actor)


def _days(given: str, least: int = 0) -> int:
    try:
        days = int(str(given).strip().replace("\u2212", "-"))
    except ValueError as error:
        raise InputError(_NOT_DAYS, _WHOLE) from error
    if not least <= days <= MOST_DAYS:
        raise InputError(_NOT_DAYS, _WHOLE)
    return days


def _title(given: str) -> str:
    words = " ".join(str(given).split())
    if len(words) > LONGEST_TITLE or not words.isprintable():
        raise InputError("This name is too long.", "Use fewer words.")
    return words


def _amount(given: str) -> Decimal:
    try:
        amount = Decimal(str(given).replace(",", ".").replace("\u00a0", "").replace(" ", ""))
    except InvalidOperation as error:
        raise InputError("This is not an amount.", "Write figures, such as 10.00.") from error
    if not amount.is_finite() or not 0 <= amount < 10**12:
        raise InputError("This is not an amount.", "Write figures, such as 10.00.")
    return amount


def _time(given: str) -> time:
    try:
        return time.fromisoformat(str(given))
    except ValueError as error:
        raise InputError("This is not a time of day.", "Write hours and minutes, such as 09:00.") from error


def _one_of(given: str, known: Any) -> str:
    if given not in known:
        raise InputError("There is no such choice.", "Choose one of the menu.")
    return given


_RULES: Mapping[str, Any] = {
    "title": _title,
    "spacing_days": _days,
    "spacing_until": _days,
    "minimum_amount": _amount,
    "thank_you_every": _days,
    "instalment_notice_days": _days,
    "names_broken_promises": bool,  # empty: no
}
