"""A collector's own reminder: chosen, previewed as it will go, edited, confirmed, sent; taken back while it waits."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.i18n import catalogue
from ar_cockpit.services import clock
from ar_cockpit.services.reminders import manual as manual_reminders
from ar_cockpit.services.reminders import withdrawing
from ar_cockpit.services.reminders.manual import LANGUAGES, TEMPLATES, Draft, Wording
from ar_cockpit.services.sending import outbox
from ar_cockpit.settings import get_settings
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice

_WORK = Permission.WORK_CUSTOMERS
USUAL = "*"  # whoever gets the reminders; a menu's entry may not be empty


class CollectorMail(CollectorState):
    """The mail that is being written."""

    template: str = "reminder"
    templates: list[Choice] = []
    mail_language: str = ""
    mail_languages: list[Choice] = []
    mail_contact: str = USUAL
    mail_contacts: list[Choice] = []
    recipient: str = ""
    subject: str = ""
    body: str = ""
    html: str = ""
    attach_statement: bool = False
    attach_invoices: bool = False
    later: str = ""  # the moment to send it at, as the field writes it; empty: now
    checks: list[str] = []
    mail_error: str = ""
    can_send: bool = False
    is_confirming: bool = False
    written_for: str = ""  # the customer that the mail is to
    consequences: str = ""
    _is_own_text: bool = False

    @rx.event
    @allowed(_WORK)
    async def prepare_mail(self) -> None:
        """Write a mail to the customer that is open; one that is being written to the same customer stays."""
        known = catalogue(self.language)
        self.templates = [Choice(key, known.get(f"template.{key}", key)) for key in TEMPLATES]
        self.mail_languages = [Choice(key, known.get(f"language.{key}", key)) for key in LANGUAGES]
        if self.written_for != self.current:
            self.written_for, self._is_own_text, self.is_confirming = self.current, False, False
            self.template, self.mail_language = self._proposed_template(), ""
            self.attach_statement = self.attach_invoices = False
            self.later, self.mail_contact = "", USUAL
        theirs = [Choice(one.key, one.name or one.email) for one in self.contacts if one.email and not one.has_bounced]
        self.mail_contacts = [Choice(USUAL, self._say("collector.mail.usual_contact")), *theirs]
        await self._render()

    @rx.event
    @allowed(_WORK)
    async def choose_contact(self, key: str) -> None:
        """Write to another of the customer's contacts, in that contact's language."""
        self.mail_contact = key if key in {one.value for one in self.mail_contacts} else USUAL
        self.mail_language = ""
        await self._render()

    @rx.event
    @allowed(_WORK)
    async def render_mail(self) -> None:
        """Show the mail with the invoices that are selected now."""
        await self._render()

    @rx.event
    @allowed(_WORK)
    async def choose_template(self, template: str) -> None:
        """Take another template, with its own words."""
        self.template, self._is_own_text = template, False
        await self._render()

    @rx.event
    @allowed(_WORK)
    async def choose_mail_language(self, language: str) -> None:
        """Write in another language, with the template's own words."""
        self.mail_language, self._is_own_text = language, False
        await self._render()

    @rx.event
    @allowed(_WORK)
    async def write_subject(self, subject: str) -> None:
        """Change the subject."""
        self.subject, self._is_own_text = subject, True
        await self._render()

    @rx.event
    @allowed(_WORK)
    async def write_body(self, body: str) -> None:
        """Change the words above the invoices."""
        self.body, self._is_own_text = body, True
        await self._render()

    @rx.event
    @allowed(_WORK)
    async def attach(self, what: str, is_wanted: bool) -> None:
        """Send the statement of account, or the invoices' documents, with the mail."""
        if what == "statement":
            self.attach_statement = is_wanted
        elif what == "invoices":
            self.attach_invoices = is_wanted
        await self._render()

    @rx.event
    @allowed(_WORK)
    def choose_moment(self, written: str) -> None:
        """Choose when the mail goes; an empty field means now."""
        self.later = str(written)[:16]

    @rx.event
    @allowed(_WORK)
    def confirm(self) -> None:
        """Say what will happen before the mail goes; pressed again (Ctrl Enter), send it."""
        if not self.can_send or self.written_for != self.current:
            return
        manual_reminders.check_moment(moment_of(self.later), clock.now())
        self.consequences = self._say(
            "agreements.mail.later" if self.later else "collector.mail.consequences",
            moment=self._moment_words(),
            recipient=self.recipient,
            invoices=self._count("timeline.invoices", len(self.selected)),
            total=self.selection_total,
        )
        self.is_confirming = True

    @rx.event
    @allowed(_WORK)
    def cancel(self) -> None:
        """Go back to writing."""
        self.is_confirming = False

    @rx.event
    @allowed(_WORK)
    def on_send_key(self, _key: str) -> Any:
        """Ctrl Enter: ask first; in the dialog, send."""
        return CollectorMail.send if self.is_confirming else CollectorMail.confirm

    @rx.event
    @allowed(_WORK)
    def send(self) -> Any:
        """Put the mail into the outbox; until it leaves it can be taken back."""
        self.is_confirming = False
        if self.written_for != self.current:  # pressed twice: the next customer's mail is not on the screen yet
            return None
        ids, when = [int(key) for key in self.selected], self._when()
        later = moment_of(self.later)
        wording = replace(self._wording(), later=later)
        with transaction() as session:
            message_id = manual_reminders.send_manual(
                session, self.actor, self._customer_id, ids, wording, as_of=when.on, at=when.at
            )
        here = self._address(customer=self.current, act="")
        told = "agreements.mail.waits" if later else "collector.mail.queued"
        moment = self._moment_words()
        sentence = self._say(told, customer=self.record.name, recipient=self.recipient, moment=moment)
        self._notify("ok", sentence, undo=CollectorMail.take_mail_back(message_id, here))
        self._forget_day()
        self.written_for = ""
        return self._leave()

    @rx.event
    @allowed(_WORK)
    def take_mail_back(self, message_id: str, address: str) -> Any:
        """Withdraw a mail that still waits."""
        with transaction() as session:
            withdrawing.withdraw(session, self.actor, message_id, at=clock.now())
        self._forget_day()
        self.written_for = self._left = ""
        self._notify("ok", self._say("collector.mail.withdrawn"))
        return self._go(address)

    @rx.event
    @allowed(_WORK)
    def resolve(self, message_id: str, as_sent: bool) -> Any:
        """Say of a mail of which nobody knows whether it went: it did, or send it again under the same id."""
        with transaction() as session:
            outbox.resolve(session, self.actor, message_id, as_sent=as_sent, at=clock.now())
        self._forget_day()
        self._notify("ok", self._say("collector.mail.resolved" if as_sent else "collector.mail.again"))
        return self._anew()

    def _wording(self) -> Wording:
        own = (self.subject, self.body) if self._is_own_text else ("", "")
        chosen = {"statement": self.attach_statement, "invoices": self.attach_invoices}
        papers = tuple(what for what, is_wanted in chosen.items() if is_wanted)
        contact = None if self.mail_contact == USUAL else int(self.mail_contact)
        return Wording(self.template, self.mail_language, *own, attach=papers, contact_id=contact)

    def _moment_words(self) -> str:
        moment = moment_of(self.later)
        if moment is None:
            return ""
        local = moment.astimezone(get_settings().zone)
        return f"{rows.weekday(local.date(), self.language)}, {local:%H:%M}"

    def _proposed_template(self) -> str:
        """Return the template that fits what is selected: a broken promise, or how often it was asked for."""
        states = {line.state_icon for line in self.invoices if line.key in self.selected}
        if "x" in states and "broken_promise" in TEMPLATES:
            return "broken_promise"
        return "reminder"

    async def _render(self) -> None:
        self.can_send, self.mail_error = False, ""
        if not self.has_record or not self.selected:
            self.html, self.checks = "", []
            self.mail_error = self._say("collector.mail.choose") if self.has_record else ""
            return
        ids = [int(key) for key in self.selected]
        try:
            draft = await asyncio.to_thread(
                _draft, self.actor, self._customer_id, ids, self._wording(), self.as_of_date
            )
        except RefusedError as error:
            self.html, self.checks, self.mail_error = "", [], self._refusal(error)
            return
        self._show(draft)

    def _show(self, draft: Draft) -> None:
        self.recipient = draft.recipient if not draft.contact_name else f"{draft.contact_name} <{draft.recipient}>"
        self.mail_language = draft.language
        if not self._is_own_text:
            self.subject, self.body = draft.subject, draft.body
        self.html, self.can_send = draft.html, True
        known = catalogue(self.language)
        self.checks = [known.get(f"check.{code}", code) for code in draft.warnings]
        self.consequences = rows.money_cents(draft.total_minor, draft.currency, self.language)


def moment_of(written: str) -> datetime | None:
    """Return the moment that a field wrote in the house's time zone, or nothing; raise ``InputError`` for nonsense."""
    if not written.strip():
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=get_settings().zone).astimezone(UTC)
    except ValueError as error:
        raise InputError(f"{written!r} is not a moment.", "Choose one in the calendar.") from error


def _draft(actor: Actor, customer_id: int, ids: list[int], wording: Wording, as_of: Any) -> Draft:
    with reading() as session:
        return manual_reminders.preview(session, actor, customer_id, ids, wording, as_of=as_of)
