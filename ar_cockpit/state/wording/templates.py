"""The page of templates: which words, the editor with what is wrong, the preview, versions; drafts stay until saved."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.i18n import catalogue
from ar_cockpit.services import clock
from ar_cockpit.services.lists import search
from ar_cockpit.services.reminders import templates
from ar_cockpit.services.reminders.templates import (
    LANGUAGES,
    Place,
    TemplateWords,
    WordingError,
)
from ar_cockpit.settings import get_settings
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.wording.asking import Draft, find_customers, load_place, preview_of
from ar_cockpit.state.wording.rows import (
    CustomerItem,
    FieldItem,
    TemplateItem,
    VersionItem,
    field_items,
    problem_lines,
    template_items,
    template_name,
    version_items,
)

TEMPLATE, WORDS_LANGUAGE = "template", "in"
_EDIT = Permission.EDIT_POLICY
_PARTS = ("subject", "before", "after")
_NONE = -1


class TemplatesState(SessionState):
    """One template in one language, as it is in force or as it is being written."""

    is_loaded: bool = False
    listed: list[TemplateItem] = []
    field_list: list[FieldItem] = []
    owners: list[Choice] = []
    owner: str = ""
    template: str = "reminder"
    words_language: str = "en"
    title: str = ""
    languages: list[Choice] = []
    subject: str = ""
    before: str = ""
    after: str = ""
    subject_wrong: list[str] = []
    before_wrong: list[str] = []
    after_wrong: list[str] = []
    is_dirty: bool = False
    versions: list[VersionItem] = []
    restoring: int = _NONE
    restoring_words: str = ""
    # The preview
    html: str = ""
    text: str = ""
    shown_subject: str = ""
    recipient: str = ""
    customer: str = ""
    is_sample: bool = True
    preview_refusal: str = ""
    found: list[CustomerItem] = []
    nothing_found: str = ""
    width: str = "wide"
    part: str = "html"
    _drafts: dict[str, Draft] = {}
    _based_on: int = 0
    _own: set[tuple[str, str]] = set()
    _saved: tuple[str, str, str] = ("", "", "")

    @rx.event
    @allowed(_EDIT)
    async def load(self) -> None:
        """Open the template that the address names."""
        asked = self.params.get(TEMPLATE, ""), self.params.get(WORDS_LANGUAGE, "")
        self.template = asked[0] if templates.is_place(asked[0]) else "reminder"
        self.words_language = asked[1] if asked[1] in LANGUAGES else self.language
        self.found, self.nothing_found, self.restoring = [], "", _NONE
        await self._open()

    @rx.event
    @allowed(_EDIT)
    async def write(self, part: str, words: str) -> None:
        """Take what was typed into one part, and show what becomes of it."""
        if part not in _PARTS or not self.is_loaded:
            return
        setattr(self, part, words[:20_000])
        self._remember()
        await self._render()

    @rx.event
    @allowed(_EDIT)
    async def save(self) -> None:
        """Put the words in force from the next message on."""
        words = TemplateWords(self.subject, self.before, self.after)
        try:
            with transaction() as session:
                number = templates.save(
                    session, self.actor, self._place(), words, at=clock.now(), based_on=self._based_on
                )
        except WordingError as error:
            self._show_problems(error)
            return
        is_new = number != self._based_on
        self._forget()
        await self._open()
        self._notify("ok", self._say("templates.saved" if is_new else "templates.same", template=self.title))

    @rx.event
    @allowed(_EDIT)
    async def discard(self) -> None:
        """Go back to the words in force; what was typed can be had again while the notice stands."""
        typed = [self.subject, self.before, self.after]
        self._forget()
        await self._open()
        again = TemplatesState.take_up(self.template, self.words_language, typed)
        self._notify("ok", self._say("templates.discarded"), undo=again)

    @rx.event
    @allowed(_EDIT)
    async def take_up(self, template: str, language: str, typed: list[str]) -> None:
        """Bring back what was discarded, if the same template is still open."""
        if (template, language) != (self.template, self.words_language) or len(typed) != len(_PARTS):
            return
        self.subject, self.before, self.after = (str(part)[:20_000] for part in typed)
        self._remember()
        await self._render()

    @rx.event
    @allowed(_EDIT)
    def ask_restore(self, number: int) -> None:
        """Ask before an earlier version is put in force again; ``-1`` shuts the question."""
        titles = {one.number: one.title for one in self.versions}
        self.restoring = number if number in titles else _NONE
        key = "templates.restore.unsaved" if self.is_dirty else "templates.restore.text"
        self.restoring_words = self._say(key, version=titles.get(number, ""))

    @rx.event
    @allowed(_EDIT)
    async def restore(self) -> None:
        """Put the version that was asked about in force."""
        number, self.restoring = self.restoring, _NONE
        with transaction() as session:
            templates.restore(session, self.actor, self._place(), number, at=clock.now())
        self._forget()
        await self._open()
        self._notify("ok", self._say("templates.restored"))

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    async def search_customer(self, words: str) -> None:
        """Find the customers that the preview may be about."""
        found = await asyncio.to_thread(find_customers, self.actor, words, self.owner)
        self.found = [CustomerItem(hit.customer_code, hit.name, hit.note) for hit in found.customers]
        is_asked = len(words.strip()) >= search.LEAST_CHARACTERS
        self.nothing_found = self._say("templates.preview.nothing") if is_asked and not self.found else ""

    @rx.event
    @allowed(_EDIT)
    def choose_customer(self, code: str) -> Any:
        """Show the preview for one customer; an empty code goes back to the invented one."""
        self.found = []
        return rx.redirect(self._address(**{routes.CUSTOMER_PARAM: code, routes.COMPANY_PARAM: self.owner}))

    @rx.event
    @allowed(_EDIT)
    def choose_language_of_words(self, language: str) -> Any:
        """Open the same template in another language."""
        return rx.redirect(self._address(**{WORDS_LANGUAGE: language, TEMPLATE: self.template}))

    @rx.event
    @allowed(_EDIT)
    def choose_owner(self, company: str) -> Any:
        """Open the same template of another company."""
        return rx.redirect(self._address(**{routes.COMPANY_PARAM: company, routes.CUSTOMER_PARAM: ""}))

    @rx.event
    @allowed(_EDIT)
    def choose_width(self, width: str) -> None:
        """Show the mail as wide as on a desk, or as on a phone."""
        self.width = width if width in ("wide", "narrow") else "wide"

    @rx.event
    @allowed(_EDIT)
    def choose_part(self, part: str) -> None:
        """Show the HTML part or the text part."""
        self.part = part if part in ("html", "text") else "html"

    def _place(self) -> Place:
        return Place(self.owner, self.template, self.words_language)

    def _key(self) -> str:
        return "/".join(self._place())

    def _remember(self) -> None:
        """Keep what is typed beside the words in force: it survives looking at other templates and pages."""
        typed = (self.subject, self.before, self.after)
        kept = {key: one for key, one in self._drafts.items() if key != self._key()}
        was_dirty, self.is_dirty = self.is_dirty, typed != self._saved
        self._drafts = kept | {self._key(): Draft(*typed, self._based_on)} if self.is_dirty else kept
        if self.is_dirty != was_dirty:
            self._list()

    def _forget(self) -> None:
        self._drafts = {key: one for key, one in self._drafts.items() if key != self._key()}

    async def _open(self) -> None:
        found = await asyncio.to_thread(load_place, self.actor, Place(self.company, self.template, self.words_language))
        known = catalogue(self.language)
        self.owners, self.owner = found.companies, found.company
        name = template_name(self.template, self.language)
        self.title = f"{name} · {known.get(f'language.{self.words_language}', '')}"
        self.languages = [Choice(code, known.get(f"language.{code}", code)) for code in LANGUAGES]
        self.field_list = field_items(self.template, self.language)
        self._saved = (found.words.subject, found.words.before, found.words.after)
        newest = found.versions[0].number if found.versions else 0
        draft = self._drafts.get(self._key()) or Draft(*self._saved, newest)
        self.subject, self.before, self.after, self._based_on = draft
        self.is_dirty = draft.words != found.words
        self.versions = version_items(found.versions, self.language, get_settings().zone)
        self._own = found.own
        self._list()
        await self._render()
        self.is_loaded = True

    def _list(self) -> None:
        drafts = {tuple(key.split("/")[1:]) for key in self._drafts if key.split("/")[0] == self.owner}
        here = self.template, self.words_language
        self.listed = template_items(here, self._own, drafts, self.language, self._place_address)

    def _place_address(self, template: str, language: str) -> str:
        return self._address(routes.TEMPLATES, **{TEMPLATE: template, WORDS_LANGUAGE: language})

    async def _render(self) -> None:
        """Show the message as it would go; what keeps it from being saved stands at its part."""
        self.subject_wrong = self.before_wrong = self.after_wrong = []
        self.preview_refusal = ""
        draft = TemplateWords(self.subject, self.before, self.after) if self.is_dirty else None
        code = self.params.get(routes.CUSTOMER_PARAM, "") if self._may(Permission.VIEW_CUSTOMERS) else ""
        try:
            shown = await asyncio.to_thread(preview_of, self.actor, self._place(), code, self.as_of_date, draft)
        except WordingError as error:
            self._show_problems(error)
            return
        except RefusedError as error:
            self.html = self.text = ""
            self.preview_refusal = self._refusal(error)
            return
        self.html, self.text, self.shown_subject = shown.html, shown.text, shown.subject
        self.is_sample, self.customer = shown.is_sample, shown.customer_name
        self.recipient = f"{shown.contact_name} <{shown.recipient}>" if shown.contact_name else shown.recipient

    def _show_problems(self, error: WordingError) -> None:
        lines = {part: problem_lines(error.problems, part, self.language) for part in _PARTS}
        self.subject_wrong, self.before_wrong, self.after_wrong = (lines[part] for part in _PARTS)
