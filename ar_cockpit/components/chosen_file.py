"""A button to choose one small file, which the browser reads and hands over as an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import reflex as rx


def _chosen(content: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (content,)


class _ChosenFile(rx.Component):
    """The button in ``assets/chosen_file.js``."""

    library = "$/public/chosen_file.js"
    tag = "ChosenFile"
    accept: rx.Var[str]
    most: rx.Var[int]
    words: rx.Var[dict[str, str]]
    on_chosen: rx.EventHandler[_chosen]


def chosen_file(accept: str, most: Any, words: Mapping[str, Any], on_chosen: Any) -> rx.Component:
    """Return the button; ``on_chosen`` gets the file in base64, at most ``most`` bytes of it before that.

    ``words`` are choose, size and unread: the button's, and what is wrong.
    """
    return _ChosenFile.create(accept=accept, most=most, words=dict(words), on_chosen=on_chosen)
