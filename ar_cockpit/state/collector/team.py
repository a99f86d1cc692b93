"""Whose customers are whose: rules, customers of nobody, and who is away."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import CockpitError, InputError
from ar_cockpit.domain.money import to_minor
from ar_cockpit.services import clock
from ar_cockpit.services.collecting.sharing import absences, portfolios
from ar_cockpit.services.collecting.sharing.absences import Absence
from ar_cockpit.services.collecting.sharing.portfolios import Orphan, Rule
from ar_cockpit.state.collector.rows import task_key
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.display.days import read_day
from ar_cockpit.state.display.titles import key_title
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.navigation import address
from ar_cockpit.state.frame.session import Choice, SessionState

_VIEW, _LEAD = Permission.VIEW_QUEUE, Permission.LEAD_TEAM


@dataclass
class RuleItem:
    """A rule in words."""

    key: int
    place: str
    who: str
    what: str
    is_first: bool
    is_last: bool


@dataclass
class OrphanItem:
    """A customer whom nobody looks after."""

    key: str
    name: str
    href: str
    place: str
    open: str
    why: str


@dataclass
class AbsenceItem:
    """An absence in words."""

    key: int
    who: str
    cover: str
    span: str
    note: str
    may_cancel: bool


class TeamState(SessionState):
    """The page of the team."""

    team: list[Choice] = []
    rules: list[RuleItem] = []
    orphans: list[OrphanItem] = []
    orphan_words: str = ""
    away: list[AbsenceItem] = []
    leads: bool = False
    needs_company: bool = False
    is_loaded: bool = False
    rule_who: str = ""
    rule_error: str = ""
    absent: str = ""
    cover: str = ""
    absence_error: str = ""
    is_applying: bool = False
    everybody: bool = False
    consequences: str = ""

    @rx.event
    @allowed(_VIEW)
    async def load(self) -> None:
        """Fill the page."""
        await self._load()

    @rx.event
    @allowed(_VIEW)
    def choose(self, name: str, value: str) -> None:
        """Choose a person in one of the forms."""
        if name in {"rule_who", "absent", "cover"} and value in {one.value for one in self.team}:
            setattr(self, name, value)

    @rx.event
    @allowed(_LEAD)
    async def add_rule(self, form: dict[str, Any]) -> None:
        """Put a rule behind the others."""
        self.rule_error = ""
        try:
            rule = self._rule(form)
            with transaction() as session:
                portfolios.add_rule(session, self.actor, self._company(), rule)
        except CockpitError as error:
            self.rule_error = self._refusal(error)
            return
        self._notify("ok", self._say("queue.rule.added"))
        await self._load()

    @rx.event
    @allowed(_LEAD)
    async def remove_rule(self, key: int) -> None:
        """Take a rule away."""
        with transaction() as session:
            gone, ahead = portfolios.remove_rule(session, self.actor, self._company(), int(key))
        told = {name: getattr(gone, name) for name in Rule.__dataclass_fields__}
        back = TeamState.put_rule_back(told, self._company(), ahead)
        self._notify("ok", self._say("queue.rule.removed"), undo=back)
        await self._load()

    @rx.event
    @allowed(_LEAD)
    async def move_rule(self, key: int, up: bool) -> None:
        """Let a rule decide before the one above it, or after the one below."""
        with transaction() as session:
            portfolios.move_rule(session, self.actor, self._company(), int(key), up=bool(up))
        await self._load()

    @rx.event
    @allowed(_LEAD)
    async def put_rule_back(self, told: dict[str, Any], company: str, ahead: int) -> None:
        """Undo the removal of a rule: it comes back to its company and place, whatever is on screen by now."""
        given = {name: value for name, value in dict(told).items() if name in Rule.__dataclass_fields__}
        with transaction() as session:
            portfolios.add_rule(session, self.actor, company, Rule(**given), before=int(ahead))
        self._notify("ok", self._say("shell.undone"))
        await self._load()

    @rx.event
    @allowed(_LEAD)
    async def ask_apply(self, everybody: bool) -> None:
        """Say what applying the rules does before it is done."""
        self.everybody = bool(everybody)
        moves = await asyncio.to_thread(self._preview)
        names = {one.value: one.label for one in self.team}
        told = [
            self._say("queue.rule.gets", name=names.get(email, email), n=rows.number(number, self.language))
            for email, number in sorted(moves.by_collector.items())
        ]
        sums = self._say(
            "queue.rule.sums",
            left=rows.number(moves.left, self.language),
            unchanged=rows.number(moves.unchanged, self.language),
        )
        self.consequences = " ".join([*told, sums]) if moves.total else self._say("queue.rule.no_move", sums=sums)
        self.is_applying = True

    @rx.event
    @allowed(_LEAD)
    def cancel_apply(self) -> None:
        """Leave everybody where they are."""
        self.is_applying = False

    @rx.event
    @allowed(_LEAD)
    async def apply(self) -> None:
        """Give customers the collector that the rules name."""
        self.is_applying = False
        moves = await asyncio.to_thread(self._apply)
        self._notify("ok", self._count("queue.rule.applied", moves.total))
        await self._load()

    @rx.event
    @allowed(_VIEW)
    async def add_absence(self, form: dict[str, Any]) -> None:
        """Say that somebody is away, and who covers."""
        self.absence_error = ""
        try:
            span = (read_day(form.get("from")), read_day(form.get("to")))
            who = self.absent if self.leads else self.actor.email
            with transaction() as session:
                absences.add(session, self.actor, who, self.cover, span, str(form.get("note", "")), at=clock.now())
        except CockpitError as error:
            self.absence_error = self._refusal(error)
            return
        self._notify("ok", self._say("queue.absence.added"))
        await self._load()

    @rx.event
    @allowed(_VIEW)
    async def cancel_absence(self, key: int) -> None:
        """Cancel an absence, or end it now."""
        with transaction() as session:
            absences.cancel(session, self.actor, int(key), at=clock.now())
        self._notify("ok", self._say("queue.absence.cancelled"), undo=TeamState.put_absence_back(int(key)))
        await self._load()

    @rx.event
    @allowed(_VIEW)
    async def put_absence_back(self, key: int) -> None:
        """Undo a cancellation."""
        with transaction() as session:
            absences.put_back(session, self.actor, int(key))
        await self._load()

    def _company(self) -> str:
        return self.company or (self.companies[0].value if len(self.companies) == 1 else "")

    def _rule(self, form: dict[str, Any]) -> Rule:
        words = {name: str(form.get(name, "")) for name in ("country", "segment", "name_from", "name_to")}
        amounts = {name: str(form.get(name, "")).strip() for name in ("least", "most")}
        minor = {
            f"{name}_minor": to_minor(read_amount(text, self.language), self.currency) if text else None
            for name, text in amounts.items()
        }
        if not self.rule_who:
            raise InputError("Nobody is chosen.", "Choose who gets the customers.")
        return Rule(self.rule_who, **words, **minor, currency=self.currency)

    def _preview(self) -> portfolios.Moves:
        with reading() as session:
            return portfolios.preview(session, self.actor, self._company(), everybody=self.everybody)

    def _apply(self) -> portfolios.Moves:
        with transaction() as session:
            return portfolios.apply(session, self.actor, self._company(), everybody=self.everybody)

    async def _load(self) -> None:
        self.leads = self._may(_LEAD)
        self.needs_company = self.leads and not self._company()
        team, rules, (total, orphans), away = await asyncio.to_thread(self._ask)
        self.team = [Choice(email, name) for email, name in team]
        names = dict(team)
        if self.cover not in names:
            self.cover = ""
        self.rules = [self._rule_item((place, len(rules)), *told, names) for place, told in enumerate(rules, 1)]
        self.orphans = [self._orphan(one) for one in orphans]
        self.orphan_words = self._count("queue.orphans", total) if total else ""
        self.away = [self._absence(one, names) for one in away]
        self.is_loaded = True

    def _ask(self) -> tuple[Any, Any, Any, Any]:
        with reading() as session:
            team = portfolios.team(session, self.actor, self.company)
            away = absences.coming(session, self.actor, on=self.as_of_date)
            if not self.leads:
                return team, [], (0, []), away
            rules = portfolios.rules(session, self.actor, self._company()) if self._company() else []
            return team, rules, portfolios.orphans(session, self.actor, self.company), away

    def _rule_item(self, place: tuple[int, int], key: int, rule: Rule, names: dict[str, str]) -> RuleItem:
        number, last = place
        parts = []
        if rule.country:
            parts.append(self._say("queue.rule.country.is", country=rule.country))
        if rule.segment:
            parts.append(self._say("queue.rule.segment.is", segment=key_title(rule.segment, self.language)))
        if rule.name_from or rule.name_to:
            first, last = (rule.name_from or "a").capitalize(), (rule.name_to or "z").capitalize()
            parts.append(self._say("queue.rule.names.are", first=first, last=last))
        for name, minor in (("least", rule.least_minor), ("most", rule.most_minor)):
            if minor is not None:
                amount = rows.money(minor, rule.currency or self.currency, self.language)
                parts.append(self._say(f"queue.rule.{name}.is", amount=amount))
        what = ", ".join(parts) or self._say("queue.rule.everybody")
        who = names.get(rule.collector_email, rule.collector_email)
        return RuleItem(key, str(number), who, what, number == 1, number == last)

    def _orphan(self, one: Orphan) -> OrphanItem:
        key = task_key(one.company_code, one.code)
        why = self._say("queue.orphan.gone", email=one.collector_email) if one.collector_email else ""
        return OrphanItem(
            key=key,
            name=one.name,
            href=address(routes.COLLECTOR, {routes.CUSTOMER_PARAM: key, "who": "all"}),
            place=f"{one.company_code} {one.code} {one.country}".strip(),
            open=rows.money(one.open_minor, one.currency, self.language),
            why=why or self._say("queue.orphan.none"),
        )

    def _absence(self, one: Absence, names: dict[str, str]) -> AbsenceItem:
        first, last = (rows.weekday(day, self.language) for day in (one.from_on, one.to_on))
        return AbsenceItem(
            key=one.absence_id,
            who=names.get(one.collector_email, one.collector_email),
            cover=names.get(one.cover_email, one.cover_email),
            span=self._say("queue.absence.span", first=first, last=last),
            note=one.note,
            may_cancel=self.leads or one.collector_email == self.actor.email,
        )
