"""What is known of a person at the customer, checked once before it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ar_cockpit.domain.errors import InputError

ROLES = ("accounts_payable", "buyer", "manager", "other")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_LANGUAGE = re.compile(r"[a-z]{2}")
_PHONE = re.compile(r"[0-9+() ./-]{3,40}")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A contact as somebody wants it: whom to call or write to, in which language, and for what."""

    name: str = ""
    email: str = ""
    phone: str = ""
    role: str = "accounts_payable"
    language: str = ""
    is_primary: bool = False
    gets_reminders: bool = True


def checked(draft: ContactDraft) -> ContactDraft:
    """Return ``draft`` without blanks around its words; raise ``InputError`` for what cannot be written to or called.

    A contact needs a name or an address; who gets reminders needs an address.
    """
    tidy = replace(
        draft,
        name=_one_line(draft.name),
        email=_one_line(draft.email),
        phone=_one_line(draft.phone),
        role=draft.role.strip() or "accounts_payable",
        language=draft.language.strip().lower(),
    )
    if not tidy.name and not tidy.email:
        raise InputError("A contact needs a name or an e-mail address.", "Give at least one of them.")
    if max(len(tidy.name), len(tidy.email)) > _LONGEST:
        raise InputError(f"A name or an address of over {_LONGEST} characters is none.", "Shorten it.")
    if tidy.email and not _EMAIL.fullmatch(tidy.email):
        raise InputError(f"{tidy.email!r} is not an e-mail address.")
    if tidy.phone and not _PHONE.fullmatch(tidy.phone):
        raise InputError(f"{tidy.phone!r} is not a phone number.", "Use digits, blanks and a + in front.")
    if tidy.language and not _LANGUAGE.fullmatch(tidy.language):
        raise InputError(f"{tidy.language!r} is no language.", "Use two letters, such as fr.")
    return tidy


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
