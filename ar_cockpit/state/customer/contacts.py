"""Contacts on screen: added, changed, marked as left and brought back."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.customers.contacts import ROLES, ContactDraft
from ar_cockpit.domain.errors import CockpitError, NotFoundError
from ar_cockpit.services.customers import contacts
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.frame.access import allowed

LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")
_WORK = Permission.WORK_CUSTOMERS
_NEW = "new"


class ContactForm(CustomerMore):
    """The dialog with one contact."""

    editing: str = ""  # the contact's key, ``new``, or nothing
    draft_name: str = ""
    draft_email: str = ""
    draft_phone: str = ""
    draft_role: str = ROLES[0]
    draft_language: str = "-"
    draft_primary: bool = False
    draft_reminders: bool = True
    contact_error: str = ""
    shows_left: bool = False

    @rx.event
    @allowed(_WORK)
    def ask_contact(self, key: str) -> None:
        """Open the form of a contact, or an empty one for a new one; an empty key shuts it."""
        draft = ContactDraft()
        if key and key != _NEW:
            with reading() as session:
                draft = contacts.draft_of(session, self.actor, _number(key))
        self.editing, self.contact_error = key, ""
        self.draft_name, self.draft_email, self.draft_phone = draft.name, draft.email, draft.phone
        self.draft_role, self.draft_language = draft.role, draft.language or "-"
        self.draft_primary, self.draft_reminders = draft.is_primary, draft.gets_reminders

    @rx.event
    @allowed(_WORK)
    def choose_contact(self, name: str, value: str) -> None:
        """Choose the role or the language."""
        if name == "role":
            self.draft_role = value[:40]
        elif name == "language":
            self.draft_language = value if value in LANGUAGES else "-"

    @rx.event
    @allowed(_WORK)
    def tick_contact(self, name: str, is_on: bool) -> None:
        """Tick who is written to first, or who gets reminders."""
        if name == "primary":
            self.draft_primary = is_on
        elif name == "reminders":
            self.draft_reminders = is_on

    @rx.event
    @allowed(_WORK)
    def save_contact(self, form: dict[str, Any]) -> Any:
        """Keep the contact; what is wrong with it is said in the form."""
        self.draft_name, self.draft_email, self.draft_phone = (
            str(form.get(name, "")) for name in ("name", "email", "phone")
        )
        draft = ContactDraft(
            self.draft_name,
            self.draft_email,
            self.draft_phone,
            self.draft_role,
            "" if self.draft_language == "-" else self.draft_language,
            self.draft_primary,
            self.draft_reminders,
        )
        self._when()
        try:
            with transaction() as session:
                if self.editing == _NEW:
                    contacts.add_contact(session, self.actor, self._opened(), draft)
                else:
                    contacts.change_contact(session, self.actor, _number(self.editing), draft)
        except CockpitError as error:
            self.contact_error = self._refusal(error)
            return None
        self.editing = ""
        self._notify("ok", self._say("record.contact.kept", name=draft.name or draft.email))
        return self._again()

    @rx.event
    @allowed(_WORK)
    def contact_left(self, key: str) -> Any:
        """Mark a contact as left, with undo."""
        with transaction() as session:
            name = contacts.mark_left(session, self.actor, _number(key), self._when().on)
        self.editing = ""
        self._notify("ok", self._say("record.contact.left.done", name=name), undo=ContactForm.contact_back(key))
        return self._again()

    @rx.event
    @allowed(_WORK)
    def contact_back(self, key: str) -> Any:
        """Take back that a contact left."""
        with transaction() as session:
            name = contacts.bring_back(session, self.actor, _number(key))
        self._notify("ok", self._say("record.contact.back.done", name=name))
        return self._again()

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def show_left(self) -> None:
        """Show who is no longer there, or hide them."""
        self.shows_left = not self.shows_left


def _number(key: str) -> int:
    if not key.isascii() or not key.isdigit():
        raise NotFoundError("There is no such contact.")
    return int(key)
