"""Segments and cadences on screen: the draft (or the policy in force), what of it is open, and how it is changed."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.domain.policy.file import PolicyError
from ar_cockpit.domain.policy.model import Cadence, Policy
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.mail.texts import of_step
from ar_cockpit.services import clock
from ar_cockpit.services.reminders import drafts
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.drafts import Change, Draft, DraftConflictError
from ar_cockpit.settings import get_settings
from ar_cockpit.state.cadences import portfolios, words
from ar_cockpit.state.cadences import rows as drawn
from ar_cockpit.state.cadences.rows import CadenceForm, SegmentLine, StepForm, StepNode
from ar_cockpit.state.display import rows, titles
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState

EDIT = Permission.EDIT_POLICY
SEGMENT_PARAM, STEP_PARAM = "segment", "step"


class CadencesState(SessionState):
    """The segments at the left, the cadence's line on top, and what stands below it."""

    is_loaded: bool = False
    is_draft: bool = False
    looks_only: bool = False  # the policy is for all companies, and the reader's right is not
    badge: str = ""
    changed: str = ""  # by whom and when the draft was changed last
    segments: list[SegmentLine] = []
    total: str = ""
    segment: str = ""
    segment_name: str = ""
    segment_rule: str = ""
    is_last_segment: bool = False
    cadence_name: str = ""
    cadence_note: str = ""
    nodes: list[StepNode] = []
    end_place: int = 0
    ends_before_due: bool = False
    pane: str = drawn.STEP
    step: StepForm = StepForm()
    rules: CadenceForm = CadenceForm()
    cadences: list[Choice] = []
    problem: str = ""
    sees_customers: bool = False
    close_href: str = ""
    _revision: int = 0
    _toml: str = ""
    _in_force: int = 0
    _base: int = 0
    _counts: dict[str, int] = {}
    _counted_for: str = ""

    @rx.event(background=True)
    @allowed(EDIT)
    async def recount(self) -> None:
        """Count the customers of every segment, if the rules changed since they were counted."""
        async with self:
            toml, actor, as_of = self._toml, self.actor, self.as_of_date
            mark = f"{as_of}:{toml}"
            if not toml or mark == self._counted_for:
                return
        found = await asyncio.to_thread(portfolios.members_of, actor, as_of, database(), policies.check(toml))
        async with self:
            if toml == self._toml:
                self._counts, self._counted_for = dict(found.counts), mark
                self.total = rows.number(found.total, self.language)
                self._draw_segments()

    @rx.event
    @allowed(EDIT)
    def open_rules(self) -> None:
        """Show the cadence's own rules below the line."""
        self.pane, self.problem = drawn.RULES, ""

    @rx.event
    @allowed(EDIT)
    def open_step(self) -> None:
        """Show the step's form below the line again."""
        self.pane, self.problem = drawn.STEP, ""

    @rx.event
    @allowed(EDIT)
    def on_key(self, key: str) -> Any:
        """Walk along the line with the arrows."""
        keys = [node.key for node in self.nodes]
        if key not in ("ArrowLeft", "ArrowRight") or not keys:
            return None
        at = keys.index(self.step.key) if self.step.key in keys else -1
        to = at + (1 if key == "ArrowRight" else -1)
        return rx.redirect(self._address(**{STEP_PARAM: keys[to]})) if 0 <= to < len(keys) else None

    @property
    def _policy(self) -> Policy:
        return policies.check(self._toml)

    @property
    def _cadence(self) -> Cadence:
        policy = self._policy
        return policy.cadences[policy.by_key[self.segment.casefold()].cadence]

    async def _read_draft(self) -> None:
        """Draw the draft as it is now, whoever changed it."""
        self.problem = ""
        self.sees_customers = self._may(Permission.VIEW_CUSTOMERS)
        self._take(await asyncio.to_thread(current_draft, self.actor))

    async def _change(self, what: str, change: Change, seen: int | None = None) -> bool:
        """Change the draft; what cannot stand is said beside the form, what somebody else did meanwhile is shown.

        ``seen`` is the state that a form was opened on, when that is older than what the page shows.
        """
        self.problem = ""
        state = self._revision if seen is None else seen
        try:
            draft = await asyncio.to_thread(_edit, self.actor, change, state, what)
        except DraftConflictError as error:
            self._take(await asyncio.to_thread(current_draft, self.actor))
            self._notify_error(error)
            return False
        except PolicyError as error:
            self.problem = told_problems(error, self.language)
            return False
        except CockpitError as error:
            self.problem = self._refusal(error)
            return False
        self._take(draft)
        return True

    def _take(self, draft: Draft) -> None:
        """Draw a draft; what was open stays open if it is still there."""
        self._revision, self._toml = draft.revision, draft.toml
        self._in_force, self._base = draft.in_force.number, draft.base_number
        self.looks_only = not draft.may_change
        self.is_draft, self.badge = draft.is_draft, drawn.badge(draft, self.language)
        self.changed = ""
        if draft.changed_at:
            on = rows.weekday(draft.changed_at.astimezone(get_settings().zone).date(), self.language)
            self.changed = self._say("cadences.changed", who=draft.changed_by, on=on)
        self.segment = drawn.current_segment(draft.policy, self.params.get(SEGMENT_PARAM, self.segment))
        self._draw_segments()
        self._draw_cadence(self.params.get(STEP_PARAM, ""))
        self.is_loaded = True

    def _draw_segments(self) -> None:
        policy = self._policy
        hrefs = {one.key: self._address(**{SEGMENT_PARAM: one.key, STEP_PARAM: ""}) for one in policy.segments}
        counts = self._counts if self._counted_for else None
        self.segments = drawn.segment_lines(policy, self.segment, counts, hrefs, self.language)
        place = next(n for n, one in enumerate(policy.segments) if one.key == self.segment)
        chosen = policy.segments[place]
        self.is_last_segment = place == len(policy.segments) - 1
        self.segment_name = titles.segment_title(chosen, self.language)
        self.segment_rule = words.rule(chosen, self.language, is_last=self.is_last_segment)
        known = [Choice(key, titles.cadence_title(one, self.language)) for key, one in policy.cadences.items()]
        self.cadences = known

    def _draw_cadence(self, wanted: str) -> None:
        cadence = self._cadence
        keys = [step.key for step in cadence.steps]
        usual = keys[min(cadence.first_overdue, len(keys) - 1)] if keys else ""
        chosen = next((key for key in (wanted, self.step.key) if key in keys), usual)
        hrefs = {key: self._address(**{SEGMENT_PARAM: self.segment, STEP_PARAM: key}) for key in keys}
        self.cadence_name = titles.cadence_title(cadence, self.language)
        self.cadence_note = drawn.cadence_note(cadence, self.language)
        self.nodes = drawn.step_nodes(cadence, chosen, hrefs, self.language)
        self.end_place, self.ends_before_due = len(keys) - 1, cadence.first_overdue == len(keys)
        self.step = drawn.step_form(cadence, chosen, self.language)
        if self.step.key:
            own = of_step(self.step.template, self.step.key)
            self.step.words_href = self._address(routes.TEMPLATES, template=own)
        self.rules = drawn.cadence_form(self._policy, cadence, self.segment, self.language)


def told_problems(error: PolicyError, language: str) -> str:
    """Return what is wrong with an edit, without the lines of a text that nobody sees."""
    told = (f"{refusal(language, one.said)} {refusal(language, one.mend)}".strip() for one in error.problems)
    return " ".join(one[:1].upper() + one[1:] for one in told)


def database() -> str:
    """Return which database the process works on, to keep what is remembered of two apart."""
    return get_settings().database_url


def current_draft(actor: Actor) -> Draft:
    """Return the draft as it is now."""
    with reading() as session:
        return drafts.current(session, actor)


def _edit(actor: Actor, change: Change, seen: int, what: str) -> Draft:
    with transaction() as session:
        return drafts.edit(session, actor, change, seen=seen, what=what, at=clock.now())
