"""The language of the whole page, which its frame alone cannot say: a title stands outside of it."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.state.frame.session import SessionState


class _Spoken(rx.Component):
    """The effect in ``assets/spoken.js``."""

    library = "$/public/spoken.js"
    tag = "Spoken"
    language: rx.Var[str]


def spoken() -> rx.Component:
    """Return what lets the document follow the language of who is here."""
    return _Spoken.create(language=SessionState.language)
