"""The rules of standing and of limits as a form: numbers, off where nothing is written."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from secrets import token_hex
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.credit import Level
from ar_cockpit.domain.errors import CockpitError, InputError
from ar_cockpit.domain.policy.credit_rules import GROUP_MEANS, CreditRules, StandingRules, most_of, problems_of
from ar_cockpit.i18n.reasons import STANDING, sentence
from ar_cockpit.services import clock
from ar_cockpit.services.limits import rules
from ar_cockpit.services.limits.judging import worse
from ar_cockpit.services.limits.preview import Preview, preview
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.lists.filters import record_address

_LOOK_EVERY = 0.5  # seconds
_KINDS = {"ok": "ok", "watch": "watch", "hold": "bad"}
_NAMES = tuple(one.name for one in fields(StandingRules)) + tuple(one.name for one in fields(CreditRules))


@dataclass
class RuleRow:
    """One rule as a field; an empty number is a rule that is off."""

    key: str
    label: str
    value: str
    hint: str
    is_number: bool = True
    most: int = 0


@dataclass
class MoveRow:
    """How many customers would move from one level to another."""

    before: str
    after: str
    count: str
    is_worse: bool


@dataclass
class WorseRow:
    """A customer that would stand worse, and why."""

    name: str
    code: str
    word: str
    kind: str
    why: str
    href: str


class CreditRulesState(SessionState):
    """The form, and what was wrong in it."""

    standing_rules: list[RuleRow] = []
    limit_rules: list[RuleRow] = []
    group: str = "tell"
    groups: list[Choice] = []
    error: str = ""
    version: int = 0
    is_shown: bool = False
    is_looking: bool = False
    preview_words: str = ""
    moves: list[MoveRow] = []
    worse: list[WorseRow] = []
    percent: int = 0
    _typed: dict[str, str] = {}
    _looking_at: str = ""

    @rx.event
    @allowed()
    def look(self) -> None:
        """Read the rules in force, for who may change them."""
        if self._may(Permission.EDIT_POLICY):
            self._read()

    @rx.event
    @allowed(Permission.EDIT_POLICY)
    def choose_group(self, means: str) -> None:
        """Choose what a member on hold means for the others."""
        if means in GROUP_MEANS:
            self.group = means
            self._forget_preview()

    @rx.event
    @allowed(Permission.EDIT_POLICY)
    def type_rule(self, key: str, value: str) -> None:
        """Remember what stands in a field, for a look at what it would do; what was looked at before is no more."""
        if key in _NAMES and self._typed.get(key) != value:
            self._typed = self._typed | {key: value[:200]}
            self._forget_preview()

    @rx.event(background=True)
    @allowed(Permission.EDIT_POLICY)
    async def look_ahead(self) -> None:
        """Say how many customers these rules would move, and where to; nothing is kept."""
        async with self:
            self.error = ""
            self._forget_preview()
            try:
                standing, _ = self._rules_of(self._typed)
            except CockpitError as error:
                self.error = self._refusal(error)
                return
            self.is_looking, self.percent, self._looking_at = True, 0, token_hex(8)
            actor, on, run = self.actor, self.as_of_date, self._looking_at
        progress = _Progress()
        work = asyncio.create_task(asyncio.to_thread(_preview, actor, standing, on, progress))
        while not work.done():
            await asyncio.wait({work}, timeout=_LOOK_EVERY)
            async with self:
                progress.is_wanted = self._looking_at == run
                self.percent = round(100 * progress.share) if progress.is_wanted else self.percent
        async with self:
            if self._looking_at == run:
                self._end_look(work)

    @rx.event
    @allowed(Permission.EDIT_POLICY)
    def stop_looking(self) -> None:
        """Give up what is being judged; the rules in the form stay as they are."""
        self._forget_preview()

    @rx.event
    @allowed(Permission.EDIT_POLICY)
    def save(self, form: dict[str, Any]) -> None:
        """Put the rules in force."""
        self.error = ""
        try:
            standing, credit = self._rules_of(form)
            with transaction() as session:
                rules.change(session, self.actor, standing, credit, seen=self.version, at=clock.now())
        except CockpitError as error:
            self.error = self._refusal(error)
            return
        self._notify("ok", self._say("credit.rules.saved"))
        self._read()

    def _rules_of(self, form: dict[str, Any]) -> tuple[StandingRules, CreditRules]:
        """Return the rules that a form tells of; raise ``InputError`` for what cannot be meant."""
        given = {key: self._value(key, form[key]) for key in _NAMES if key in form}
        standing = StandingRules(
            **{one.name: given[one.name] for one in fields(StandingRules) if one.name in given}, group=self.group
        )
        credit = CreditRules(**{one.name: given[one.name] for one in fields(CreditRules) if one.name in given})
        wrong = problems_of(standing)
        if wrong:
            key = next(iter(wrong))
            raise InputError(self._say("credit.rules.order", rule=self._say(f"credit.rule.{key}")))
        return standing, credit

    def _forget_preview(self) -> None:
        """Show nothing any more, and give up what is being judged by rules that are no longer the form's."""
        self.preview_words, self.moves, self.worse = "", [], []
        self.is_looking, self._looking_at = False, ""

    def _end_look(self, work: asyncio.Task[Preview]) -> None:
        self.is_looking, self._looking_at = False, ""
        try:
            found = work.result()
        except CockpitError as error:
            self.error = self._refusal(error)
            return
        self._draw_preview(found)

    def _draw_preview(self, found: Preview) -> None:
        language = self.language
        judged, moved = rows.number(found.judged, language), found.moved
        words = "rules_preview.none" if not moved else "rules_preview.some"
        self.preview_words = self._count(words, moved or found.judged, judged=judged)
        order = list(Level)
        listed = sorted(found.moves.items(), key=lambda one: (order.index(one[0][1]), order.index(one[0][0])))
        self.moves = [
            MoveRow(
                self._say(f"standing.level.{before.value}"),
                self._say(f"standing.level.{after.value}"),
                rows.number(count, language),
                worse(before.value, after.value),
            )
            for (before, after), count in reversed(listed)
        ]
        self.worse = [
            WorseRow(
                one.name,
                one.code,
                self._say(f"standing.level.{one.after.value}"),
                _KINDS[one.after.value],
                sentence(one.reason, language, STANDING),
                record_address(self, one.company_code, one.code),
            )
            for one in found.worse
        ]

    def _read(self) -> None:
        with reading() as session:
            standing, credit, self.version = rules.rules(session, self.actor)
            self.error = "" if policies.may_change(session, self.actor) else self._say("cadences.looks_only")
        self.standing_rules = [self._row(one.name, standing) for one in fields(standing) if one.name != "group"]
        self.limit_rules = [self._row(one.name, credit) for one in fields(credit)]
        self.group = standing.group
        self._typed = {row.key: row.value for row in [*self.standing_rules, *self.limit_rules]}
        self._forget_preview()
        self.groups = [Choice(means, self._say(f"credit.group.{means}")) for means in GROUP_MEANS]
        self.is_shown = True

    def _row(self, key: str, of: StandingRules | CreditRules) -> RuleRow:
        value = getattr(of, key)
        written = ", ".join(value) if isinstance(value, tuple) else "" if value is None else f"{value}"
        if key == "insolvency_tags":
            return RuleRow(key, self._say(f"credit.rule.{key}"), written, "", is_number=False)
        hint = self._say("credit.rules.no_bound") if key.endswith("_up_to") else self._say("credit.rules.off")
        is_number = not key.endswith("_up_to")
        return RuleRow(key, self._say(f"credit.rule.{key}"), written, hint, is_number, most_of(key))

    def _value(self, key: str, given: object) -> Any:
        written = str(given).strip()
        if key == "insolvency_tags":
            return tuple(word.strip() for word in written.split(",") if word.strip())
        if key.endswith("_up_to"):
            return self._amount(written) if written else None
        may_be_off = key in StandingRules.__dataclass_fields__
        if not written and may_be_off:
            return None
        least = 0 if may_be_off and not key.endswith(("_promises", "_unanswered")) else 1
        if not written.isdecimal() or not least <= int(written) <= most_of(key):
            label = self._say(f"credit.rule.{key}")
            raise InputError(self._say("credit.rules.number", rule=label, least=least, most=most_of(key)))
        return int(written)

    def _amount(self, written: str) -> Decimal:
        amount = read_amount(written, self.language)
        if amount < 0:
            raise InputError(f"{written[:40]!r} is not an amount.", "Write it as 1234.50.")
        return amount


@dataclass(slots=True)
class _Progress:
    """What the thread that judges and the screen tell each other."""

    share: float = 0.0
    is_wanted: bool = True

    def go_on(self, share: float) -> bool:
        self.share = share
        return self.is_wanted


def _preview(actor: Actor, standing: StandingRules, on: date, progress: _Progress) -> Preview:
    with reading() as session:
        return preview(session, actor, standing, on, progress.go_on)
