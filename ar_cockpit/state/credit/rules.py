"""The rules of standing and of limits as a form: numbers, off where nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import CockpitError, InputError
from ar_cockpit.domain.policy.credit_rules import GROUP_MEANS, CreditRules, StandingRules, most_of, problems_of
from ar_cockpit.services import clock
from ar_cockpit.services.limits import rules
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState

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


class CreditRulesState(SessionState):
    """The form, and what was wrong in it."""

    standing_rules: list[RuleRow] = []
    limit_rules: list[RuleRow] = []
    group: str = "tell"
    groups: list[Choice] = []
    error: str = ""
    version: int = 0
    is_shown: bool = False

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

    @rx.event
    @allowed(Permission.EDIT_POLICY)
    def save(self, form: dict[str, Any]) -> None:
        """Put the rules in force."""
        self.error = ""
        try:
            given = {key: self._value(key, form[key]) for key in _NAMES if key in form}
            standing = StandingRules(
                **{one.name: given[one.name] for one in fields(StandingRules) if one.name in given}, group=self.group
            )
            credit = CreditRules(**{one.name: given[one.name] for one in fields(CreditRules) if one.name in given})
            wrong = problems_of(standing)
            if wrong:
                key = next(iter(wrong))
                raise InputError(self._say("credit.rules.order", rule=self._say(f"credit.rule.{key}")))
            with transaction() as session:
                rules.change(session, self.actor, standing, credit, seen=self.version, at=clock.now())
        except CockpitError as error:
            self.error = self._refusal(error)
            return
        self._notify("ok", self._say("credit.rules.saved"))
        self._read()

    def _read(self) -> None:
        with reading() as session:
            standing, credit, self.version = rules.rules(session, self.actor)
        self.standing_rules = [self._row(one.name, standing) for one in fields(standing) if one.name != "group"]
        self.limit_rules = [self._row(one.name, credit) for one in fields(credit)]
        self.group = standing.group
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
