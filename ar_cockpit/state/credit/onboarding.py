"""The form for a new customer: each field answered as it is left, likely doubles beside it, then taken in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import reflex as rx
from babel import Locale
from babel.core import get_global

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.customers import numbers
from ar_cockpit.domain.customers.contacts import ContactDraft
from ar_cockpit.domain.customers.numbers import Checked
from ar_cockpit.domain.errors import CockpitError, InputError
from ar_cockpit.i18n import locale_of
from ar_cockpit.services import clock
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import onboarding
from ar_cockpit.services.customers.onboarding import Double, Newcomer, Owners
from ar_cockpit.services.people.companies import CompanySummary
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.display.days import read_day_if_any
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.lists.filters import customer_address

_MAY = Permission.ONBOARD_CUSTOMERS
NOBODY = "-"  # a menu's entry may not be empty
LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")
_CHECKED = ("code", *numbers.KINDS, "limit")
_OF_DOUBLES = frozenset({"code", "name", *numbers.KINDS})
_MENUS = ("company", "country", "sales", "collector", "language")
_ANY = frozenset({"checksum", "too_long"})  # what is wrong in the same way with every kind of number
_USUAL_TERMS = "30"
_SHOWN = 8  # doubles


@dataclass
class DoubleRow:
    """A customer that may be the same, and why."""

    code: str
    name: str
    place: str
    why: str
    href: str
    is_certain: bool


class OnboardingState(SessionState):
    """What is chosen, what is said of each field, and who may be the same."""

    sellers: list[Choice] = []
    countries: list[Choice] = []
    sales_people: list[Choice] = []
    collectors: list[Choice] = []
    chosen: dict[str, str] = dict.fromkeys(_MENUS, "")
    said: dict[str, str] = dict.fromkeys(_CHECKED, "")
    said_kind: dict[str, str] = dict.fromkeys(_CHECKED, "")  # ok, watch or bad
    usual_currency: str = ""
    doubles: list[DoubleRow] = []
    more_doubles: str = ""
    none_of_these: bool = False
    error: str = ""
    is_ready: bool = False
    form_key: int = 0
    _typed: dict[str, str] = {}

    @rx.event
    @allowed(_MAY)
    def load(self) -> None:
        """Begin with an empty form for the company that is looked at."""
        with reading() as session:
            found = onboarding.companies(session, self.actor)
        self.sellers = [Choice(one.code, one.name) for one in found]
        names = Locale.parse(str(locale_of(self.language))).territories
        known = sorted((code for code in get_global("territory_zones") if code in names), key=lambda one: names[one])
        self.countries = [Choice(code, names[code]) for code in known]
        company = next((one for one in found if one.code == self.company), found[0] if len(found) == 1 else None)
        self._typed, self.doubles, self.more_doubles, self.error = {}, [], "", ""
        self.said, self.said_kind = dict.fromkeys(_CHECKED, ""), dict.fromkeys(_CHECKED, "")
        self.none_of_these, self.form_key = False, self.form_key + 1
        self.chosen = dict.fromkeys(_MENUS, NOBODY) | {"company": company.code if company else "", "country": ""}
        if company:
            self._of_company(company)
        self.is_ready = True

    @rx.event
    @allowed(_MAY)
    async def choose(self, menu: str, value: str) -> None:
        """Choose the company, the country, the owners or the language."""
        if menu not in _MENUS:
            return
        self.chosen = self.chosen | {menu: value[:100]}
        if menu == "company":
            with reading() as session:
                found = {one.code: one for one in onboarding.companies(session, self.actor)}
            if value in found:
                self._of_company(found[value])
        if menu in {"company", "country"}:
            self._say_numbers()
            await self._look_for_doubles()

    @rx.event
    @allowed(_MAY)
    async def look(self, name: str, value: str) -> None:
        """Say at once what there is to say of a field that was left."""
        self._typed = self._typed | {name[:20]: value.strip()[:400]}
        if name in numbers.KINDS:
            self._say_numbers()
        elif name == "limit":
            self._say_limit()
        if name in _OF_DOUBLES:
            await self._look_for_doubles()

    @rx.event
    @allowed(_MAY)
    def deny(self, is_on: bool) -> None:
        """Say that none of those who are named is the new customer."""
        self.none_of_these = is_on

    @rx.event
    @allowed(_MAY)
    async def save(self, form: dict[str, Any]) -> Any:
        """Take the customer in, ask for its first limit, and open its page; what is wrong is said in the form."""
        self.error = ""
        self._typed = {name: str(value).strip() for name, value in form.items()}
        self._say_numbers()
        if any(self.said_kind[kind] == "bad" for kind in numbers.KINDS):
            self.error = self._say("onboarding.wrong_numbers")
            return None
        await self._look_for_doubles()
        seen = [one.code for one in self.doubles] if self.none_of_these else []
        when = Moment(date.fromisoformat(self.today), clock.now())
        try:
            newcomer = self._newcomer()
            with transaction() as session:
                done = onboarding.onboard(session, self.actor, newcomer, when, seen=seen)
        except CockpitError as error:
            self.error = self._refusal(error)
            return None
        said = {"": "onboarding.done", "approved": "onboarding.done_with_limit"}
        self._notify("ok", self._say(said.get(done.limit, "onboarding.done_and_asked"), name=done.customer.name))
        return rx.redirect(customer_address(self, done.customer.company_code, done.customer.code))

    def _of_company(self, company: CompanySummary) -> None:
        with reading() as session:
            found: Owners = onboarding.owners(session, self.actor, company.code)
        self.usual_currency = company.currency
        nobody, rules = self._say("onboarding.nobody"), self._say("onboarding.by_rules")
        self.sales_people = [Choice(NOBODY, nobody), *(Choice(*one) for one in found.sales)]
        self.collectors = [Choice(NOBODY, rules), *(Choice(*one) for one in found.collectors)]
        self.chosen = self.chosen | {"sales": NOBODY, "collector": NOBODY}

    def _newcomer(self) -> Newcomer:
        typed, chosen = self._typed, {name: value.strip(NOBODY) for name, value in self.chosen.items()}
        limit, until = typed.get("limit", ""), typed.get("limit_until", "")
        contact = ContactDraft(
            typed.get("contact_name", ""),
            typed.get("contact_email", ""),
            typed.get("contact_phone", ""),
            language=chosen["language"],
        )
        return Newcomer(
            company=chosen["company"],
            code=typed.get("code", ""),
            name=typed.get("name", ""),
            country=chosen["country"],
            city=typed.get("city", ""),
            **{kind: typed.get(kind, "") for kind in numbers.KINDS},  # type: ignore[arg-type]  # each a text
            currency=typed.get("currency", ""),
            terms_days=_days(typed.get("terms", "") or _USUAL_TERMS),
            language=chosen["language"],
            sales_email=chosen["sales"],
            collector_email=chosen["collector"],
            contact=contact,
            limit=read_amount(limit, self.language) if limit else None,
            limit_until=read_day_if_any(until),
            limit_reason=typed.get("limit_reason", ""),
        )

    def _say_numbers(self) -> None:
        """Answer each number that was typed; the VAT number is held against the SIREN."""
        country = self.chosen["country"]
        registration = numbers.check(numbers.REGISTRATION, self._typed.get(numbers.REGISTRATION, ""), country)
        siren = registration.value if country == "FR" and registration.is_good else ""
        for kind in numbers.KINDS:
            checked = numbers.check(kind, self._typed.get(kind, ""), country, siren)
            self._tell(kind, *self._words(kind, checked))

    def _words(self, kind: str, checked: Checked) -> tuple[str, str]:
        if not checked.code:
            return "", ""
        if not checked.is_good:
            own = checked.code not in _ANY and kind != numbers.VAT
            key = f"{checked.code}.{kind}" if own else checked.code
            return "bad", self._say(f"onboarding.bad.{key}", **checked.facts)
        level = "watch" if checked.code in {"abroad", "unchecked"} else "ok"
        return level, self._say(f"onboarding.good.{checked.code}", **checked.facts)

    def _say_limit(self) -> None:
        written = self._typed.get("limit", "")
        try:
            amount: Decimal | None = read_amount(written, self.language) if written else None
        except InputError as error:
            self._tell("limit", "bad", self._refusal(error))
            return
        if amount is None:
            self._tell("limit", "", "")
            return
        with reading() as session:
            roles = onboarding.approving(session, self.actor, amount)
        told = ", ".join(self._say(f"onboarding.role.{role}") for role in roles)
        self._tell("limit", "ok", self._say("onboarding.limit.steps", roles=told))

    def _tell(self, field: str, kind: str, words: str) -> None:
        self.said, self.said_kind = self.said | {field: words}, self.said_kind | {field: kind}

    async def _look_for_doubles(self) -> None:
        typed, chosen = self._typed, self.chosen
        before = [one.code for one in self.doubles]
        if not chosen["company"]:
            return
        sought = Newcomer(
            company=chosen["company"],
            code=typed.get("code", ""),
            name=typed.get("name", ""),
            country=chosen["country"],
            **{kind: typed.get(kind, "") for kind in numbers.KINDS},  # type: ignore[arg-type]  # each a text
        )
        found = await asyncio.to_thread(_doubles, self.actor, sought)
        self.doubles = [self._double(one, chosen["company"]) for one in found]
        more = len(found) - _SHOWN
        self.more_doubles = self._count("onboarding.doubles.more", more) if more > 0 else ""
        self.none_of_these = self.none_of_these and {one.code for one in found} <= set(before)
        taken = any("code" in one.by for one in found)
        code = typed.get("code", "")
        words = "onboarding.code.taken" if taken else "onboarding.code.free"
        self._tell("code", ("bad" if taken else "ok") if code else "", self._say(words, code=code) if code else "")

    def _double(self, one: Double, company: str) -> DoubleRow:
        why = ", ".join(self._say(f"onboarding.by.{by}") for by in one.by)
        place = f"{one.code} {one.city}".strip()
        href = customer_address(self, company, one.code)
        archived = self._say("onboarding.archived") if one.is_archived else ""
        return DoubleRow(one.code, one.name, place, f"{why} {archived}".strip(), href, one.by != ("name",))


def _doubles(actor: Actor, sought: Newcomer) -> list[Double]:
    with reading() as session:
        return onboarding.doubles(session, actor, sought)


def _days(written: str) -> int:
    if not written.isascii() or not written.isdecimal() or len(written) > len("3650"):
        raise InputError(f"{written[:20]!r} is no number of days.", "Write whole days, such as 30.")
    return int(written)
