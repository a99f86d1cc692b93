"""Words of the screens, and what a person may see of them."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.domain.access import Permission
from ar_cockpit.state.frame.session import SessionState


def t(key: str | rx.Var[str]) -> rx.Var[str]:
    """Return the sentence ``key`` in the reader's language; it changes live with the language."""
    return SessionState.t[key]


def may(permission: Permission) -> rx.Var[bool]:
    """Return whether the reader holds ``permission`` anywhere: to hide what would be refused, never to protect it."""
    return SessionState.permissions.contains(permission.value)


def pick(english: str, french: str) -> rx.Var[str]:
    """Return one of two values by the reader's language, for what is no sentence (formats, locales)."""
    return rx.cond(SessionState.language == "fr", french, english)
