"""Segments edited: their order, their rule in a form of its own, the cadence they lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.domain.policy import editing
from ar_cockpit.domain.policy.model import Policy, Segment
from ar_cockpit.domain.policy.reading import LONGEST_TITLE
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.state.cadences import rule_rows
from ar_cockpit.state.cadences.after import after_change
from ar_cockpit.state.cadences.rule_rows import ALL, ANY, MOST_CONDITIONS, ConditionRow
from ar_cockpit.state.cadences.screen import EDIT, SEGMENT_PARAM, STEP_PARAM, CadencesState
from ar_cockpit.state.display import titles
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice

OWN = "+"  # a cadence of the segment's own, as a copy of the one it would have


class RuleState(CadencesState):
    """The dialog of a segment's rule."""

    is_open: bool = False
    is_new: bool = False
    for_everyone: bool = False
    rule_title: str = ""
    rule_cadence: str = ""
    rule_cadences: list[Choice] = []
    lines: list[ConditionRow] = []
    fields: list[Choice] = []
    rule_problem: str = ""
    key_told: str = ""
    _seen: int | None = None  # the draft's state when the form was opened

    @rx.event
    @allowed(EDIT)
    def edit(self) -> None:
        """Open the rule of the segment that is chosen."""
        segment = self._policy.segments[editing.segment_at(self._policy, self.segment)]
        self._open(segment, segment.cadence, titles.segment_title(segment, self.language))
        self.for_everyone = self.is_last_segment
        self.key_told = self._say("cadences.rule.key", named=segment.key)

    @rx.event
    @allowed(EDIT)
    def begin(self) -> None:
        """Open the form of a new segment."""
        self._open(None, self._policy.segments[-1].cadence, "")
        self.for_everyone, self.key_told = False, ""

    @rx.event
    @allowed(EDIT)
    def close(self) -> None:
        """Leave the rule as it was."""
        self.is_open = False

    @rx.event
    @allowed(EDIT)
    def on_shown(self, shown: bool) -> None:
        """Hear that the dialog was closed by Escape or a click outside."""
        self.is_open = bool(shown)

    @rx.event
    @allowed(EDIT)
    def write_title(self, title: str) -> None:
        """Name the segment."""
        self.rule_title = str(title)[:LONGEST_TITLE]

    @rx.event
    @allowed(EDIT)
    def choose_cadence(self, cadence: str) -> None:
        """Let the segment use a cadence, or a copy of its own."""
        self.rule_cadence = cadence

    @rx.event
    @allowed(EDIT)
    def add_line(self, group: str) -> None:
        """Add a condition."""
        if len(self.lines) < MOST_CONDITIONS:
            group = ANY if group == ANY else ALL
            self.lines = [*self.lines, rule_rows.row(group, "country", "in", "", self.language)]

    @rx.event
    @allowed(EDIT)
    def remove_line(self, place: int) -> None:
        """Take a condition away."""
        self.lines = [line for at, line in enumerate(self.lines) if at != place]

    @rx.event
    @allowed(EDIT)
    def set_field(self, place: int, field: str) -> None:
        """Ask for another fact; what cannot be compared that way any more is."""
        self._set(place, lambda line: rule_rows.row(line.group, rule_rows.checked(field), line.op, "", self.language))

    @rx.event
    @allowed(EDIT)
    def set_op(self, place: int, op: str) -> None:
        """Compare in another way."""
        self._set(place, lambda line: rule_rows.row(line.group, line.field, op, line.value, self.language))

    @rx.event
    @allowed(EDIT)
    def set_value(self, place: int, value: str) -> None:
        """Compare with something else."""
        text = str(value)[:200]
        self._set(place, lambda line: rule_rows.row(line.group, line.field, line.op, text, self.language))

    @rx.event
    @allowed(EDIT)
    async def save(self) -> Any:
        """Keep the rule in the draft; what is wrong with it is said beside it."""
        self.rule_problem = ""
        every, wrong_every = rule_rows.read(self.lines, ALL)
        some, wrong_some = rule_rows.read(self.lines, ANY)
        if wrong := wrong_every | wrong_some:
            self._show_problems({place: f"{one.said} {one.mend}" for place, one in wrong.items()})
            return None
        key, change = self._saving(every, some)
        seen, self._seen = self._seen, None  # pressed again after a conflict was told, it goes by what is shown
        if await self._change("segment.add" if self.is_new else "segment.change", change, seen):
            self.is_open = False
            if self.is_new:
                return rx.redirect(self._address(**{SEGMENT_PARAM: key, STEP_PARAM: ""}))
            return after_change()
        if self.problem:
            self._seen, self.rule_problem, self.problem = seen, self.problem, ""
        return None

    @rx.event
    @allowed(EDIT)
    async def move(self, key: str, by: int) -> Any:
        """Try a segment earlier (-1) or later (1)."""
        step = -1 if by == -1 else 1
        return await self._done("segment.move", lambda policy: editing.move_segment(policy, key, step))

    @rx.event
    @allowed(EDIT)
    async def remove(self) -> Any:
        """Remove the segment that is chosen; its customers fall to the ones after it."""
        self.is_open = False
        key = self.segment
        found = await self._done("segment.remove", lambda policy: editing.remove_segment(policy, key))
        if found:
            self._notify("ok", self._say("cadences.segment.removed"))
        return found

    async def _done(self, what: str, change: Callable[[Policy], Policy]) -> Any:
        if await self._change(what, change):
            return after_change()
        if self.problem:
            problem, self.problem = self.problem, ""
            self._notify("bad", problem)
        return None

    def _open(self, segment: Segment | None, cadence: str, title: str) -> None:
        self.is_open, self.is_new, self._seen = True, segment is None, self._revision
        self.rule_title, self.rule_cadence, self.rule_problem = title, cadence, ""
        self.rule_cadences = [*self.cadences, Choice(OWN, self._say("cadences.rule.own"))]
        self.fields = rule_rows.fields(self.language)
        self.lines = rule_rows.rows_of(segment, self.language)

    def _set(self, place: int, made: Callable[[ConditionRow], ConditionRow]) -> None:
        self.lines = [made(line) if at == place else line for at, line in enumerate(self.lines)]

    def _show_problems(self, problems: dict[int, str]) -> None:
        for place, told in problems.items():
            words_of = refusal(self.language, told)
            self.lines[place].problem = words_of[:1].upper() + words_of[1:]
        self.lines = list(self.lines)

    def _saving(self, every: Any, some: Any) -> tuple[str, Callable[[Policy], Policy]]:
        policy = self._policy
        title = " ".join(self.rule_title.split())
        if self.is_new and not title:
            raise RefusedError("The segment has no name.", "Give it one.")
        key = editing.fresh_key(title, [one.key for one in policy.segments]) if self.is_new else self.segment
        if not self.is_new and title == titles.segment_title(policy.by_key[key.casefold()], self.language):
            title = policy.by_key[key.casefold()].title  # unchanged: what the product calls it stays the product's
        is_own, chosen = self.rule_cadence == OWN, self.rule_cadence
        usual = policy.segments[-1 if self.is_new else editing.segment_at(policy, key)].cadence

        def change(before: Policy) -> Policy:
            cadence = chosen
            if is_own:
                before, cadence = editing.copy_cadence(before, usual, title or self.rule_title)
            editing.cadence_of(before, cadence)
            if self.is_new:
                return editing.add_segment(before, Segment(key, cadence, every, some, title))
            return editing.change_segment(before, key, title=title, cadence=cadence, all_of=every, any_of=some)

        return key, change
