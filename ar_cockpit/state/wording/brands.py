"""The page of brands: a company's logo, colour, signature, small print and account, with the mail beside it."""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.i18n import catalogue, say
from ar_cockpit.services import clock
from ar_cockpit.services.people.companies import visible_companies
from ar_cockpit.services.reminders import brands
from ar_cockpit.services.reminders.brands import LANGUAGES, MOST_BYTES, BrandError, BrandSettings
from ar_cockpit.services.reminders.template_preview import TemplatePreview
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState

_EDIT = Permission.EDIT_POLICY
_WORDS = ("accent", "signature", "sender_name", "sender_address", "reply_to", "iban", "bic", "address", "phone")
_LONGEST_TYPED = 5000
_MOST_BASE64 = MOST_BYTES * 4 // 3 + 8


class _Found(NamedTuple):
    """What the services say of a company."""

    companies: list[Choice]
    company: str
    settings: BrandSettings


class BrandsState(SessionState):
    """One company's look as it is being changed; ``problems`` stand at their fields."""

    is_loaded: bool = False
    owners: list[Choice] = []
    owner: str = ""
    values: dict[str, str] = {}
    logo: str = ""
    logo_address: str = ""
    shows_qr: bool = False
    small_print: dict[str, str] = {}
    small_print_language: str = ""
    languages: list[Choice] = []
    problems: dict[str, str] = {}
    is_dirty: bool = False
    most_bytes: int = MOST_BYTES
    html: str = ""
    shown_subject: str = ""
    recipient: str = ""
    width: str = "wide"
    _seen: BrandSettings = BrandSettings()

    @rx.event
    @allowed(_EDIT)
    async def load(self) -> None:
        """Open the brand of the company that is chosen; what is being typed for the same one stays."""
        if self.is_dirty and self.company in ("", self.owner):
            await self._render()
            return
        await self._open()

    @rx.event
    @allowed(_EDIT)
    async def write(self, name: str, value: str) -> None:
        """Take what was typed into one field."""
        if name in _WORDS and self.is_loaded:
            self.values = self.values | {name: value[:_LONGEST_TYPED]}
            await self._changed()

    @rx.event
    @allowed(_EDIT)
    async def write_small_print(self, words: str) -> None:
        """Take the small print of the language that is open."""
        if self.is_loaded:
            self.small_print = self.small_print | {self.small_print_language: words[:_LONGEST_TYPED]}
            await self._changed()

    @rx.event
    @allowed(_EDIT)
    async def choose_small_print(self, language: str) -> None:
        """Open the small print of another language, and show the mail in it."""
        if language in LANGUAGES:
            self.small_print_language = language
            await self._render()

    @rx.event
    @allowed(_EDIT)
    async def choose_qr(self, wanted: bool) -> None:
        """Show a code to scan, or none."""
        if self.is_loaded:
            self.shows_qr = bool(wanted)
            await self._changed()

    @rx.event
    @allowed(_EDIT)
    async def take_logo(self, content: str) -> None:
        """Take in a picture, in base64; nothing shows it before the brand is saved."""
        try:
            if len(content) > _MOST_BASE64:
                raise ValueError(len(content))  # noqa: TRY301 (too long and no base64 end alike)
            picture = base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            picture = b"\x00" * (MOST_BYTES + 1) if len(content) > _MOST_BASE64 else b""
        try:
            with transaction() as session:
                self.logo = brands.add_logo(session, self.actor, picture, at=clock.now())
        except BrandError as error:
            self._show_problems(error)
            return
        await self._changed()

    @rx.event
    @allowed(_EDIT)
    async def drop_logo(self) -> None:
        """Show the company's name in the logo's place."""
        self.logo = ""
        await self._changed()

    @rx.event
    @allowed(_EDIT)
    async def save(self) -> None:
        """Put the brand in force for the messages written from now on."""
        try:
            with transaction() as session:
                brands.save(session, self.actor, self.owner, self._wanted(), at=clock.now(), seen=self._seen)
        except BrandError as error:
            self._show_problems(error)
            return
        await self._open()
        self._notify("ok", self._say("brands.saved"))

    @rx.event
    @allowed(_EDIT)
    async def discard(self) -> None:
        """Go back to the brand in force."""
        await self._open()
        self._notify("ok", self._say("brands.discarded"))

    @rx.event
    @allowed(_EDIT)
    def choose_owner(self, company: str) -> Any:
        """Open another company's brand."""
        if self.is_dirty:
            self._notify("watch", self._say("brands.unsaved.first"), mend=self._say("brands.unsaved.mend"))
            return None
        return rx.redirect(self._address(**{routes.COMPANY_PARAM: company}))

    @rx.event
    @allowed(_EDIT)
    def choose_width(self, width: str) -> None:
        """Show the mail as wide as on a desk, or as on a phone."""
        self.width = width if width in ("wide", "narrow") else "wide"

    def _wanted(self) -> BrandSettings:
        return replace(self._seen, **self.values, logo=self.logo, shows_qr=self.shows_qr, legal=dict(self.small_print))

    async def _open(self) -> None:
        found = await asyncio.to_thread(_load, self.actor, self.company)
        known = catalogue(self.language)
        self.owners, self.owner, self._seen = found.companies, found.company, found.settings
        self.values = {name: getattr(found.settings, name) for name in _WORDS}
        self.logo, self.shows_qr = found.settings.logo, found.settings.shows_qr
        self.small_print = {code: found.settings.legal.get(code, "") for code in LANGUAGES}
        self.languages = [Choice(code, known.get(f"language.{code}", code)) for code in LANGUAGES]
        self.small_print_language = self.small_print_language or self.language
        self.is_dirty = False
        await self._render()
        self.is_loaded = True

    async def _changed(self) -> None:
        wanted = self._wanted()
        self.is_dirty = replace(wanted, legal={code: one for code, one in wanted.legal.items() if one}) != self._seen
        await self._render()

    async def _render(self) -> None:
        self.problems = {}
        wanted = self._wanted()
        try:
            shown, self.logo_address = await asyncio.to_thread(
                _preview, self.actor, self.owner, self.small_print_language, self.as_of_date, wanted
            )
        except BrandError as error:
            self._show_problems(error)
            return
        self.html, self.shown_subject, self.recipient = shown.html, shown.subject, shown.recipient

    def _show_problems(self, error: BrandError) -> None:
        told = {
            one.name: " ".join(
                say(self.language, f"brands.problem.{one.code}{ending}", **one.values) for ending in ("", ".mend")
            )
            for one in reversed(error.problems)
        }
        legal = next((words for name, words in told.items() if name.startswith("legal_")), "")
        self.problems = told | ({"legal": legal} if legal else {})


def _load(actor: Actor, company: str) -> _Found:
    with reading() as session:
        companies = visible_companies(session, actor, _EDIT)
        codes = [one.code for one in companies]
        chosen = company if company in codes else next(iter(codes), "")
        choices = [Choice(one.code, one.name) for one in companies]
        return _Found(choices, chosen, brands.load(session, actor, chosen))


def _preview(
    actor: Actor, company: str, language: str, as_of: date, draft: BrandSettings
) -> tuple[TemplatePreview, str]:
    with reading() as session:
        shown = brands.preview(session, actor, company, language, as_of, draft)
        return shown, brands.logo_address(session, actor, draft.logo)
