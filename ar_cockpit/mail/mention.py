"""The mail that tells a colleague of mentions: facts to subject, text and HTML in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import css_inline
from jinja2 import Environment, StrictUndefined, Template

from ar_cockpit.i18n import count, locale_of, say
from ar_cockpit.mail.compose import Composed, day, one_line

_MOST_NAMED = 20
_ASKED = ("ask", "answer")


@dataclass(frozen=True, slots=True)
class Named:
    """One note that names the reader."""

    by: str
    customer: str
    on: date
    text: str
    kind: str = "note"  # or ask, answer: between sales and the collector


def compose_mention(name: str, language: str, notes: Sequence[Named], inbox: str) -> Composed:
    """Return the mail that tells ``name`` of ``notes``; ``inbox`` is the address of the page that lists them."""
    values: dict[str, Any] = {
        "language": language,
        "subject": one_line(_subject(notes, language)),
        "greeting": say(language, "mention.greeting", name=one_line(name)),
        "intro": say(language, "question.intro" if _all_asked(notes) else "mention.intro"),
        "notes": [_told(one, language) for one in notes[:_MOST_NAMED]],
        "open": say(language, "mention.open"),
        "address": inbox,
        "foot": say(language, "mention.foot"),
    }
    text, html = _layouts()
    return Composed(values["subject"], values["intro"], text.render(values).strip() + "\n", html.render(values))


def _subject(notes: Sequence[Named], language: str) -> str:
    first = notes[0]
    values = {"name": one_line(first.by), "customer": one_line(first.customer)}
    if len(notes) == 1 and _all_asked(notes):
        return say(language, f"question.subject.{first.kind}", **values)
    return count(language, "mention.subject", len(notes), **values)


def _all_asked(notes: Sequence[Named]) -> bool:
    return all(one.kind in _ASKED for one in notes)


def _told(one: Named, language: str) -> dict[str, str]:
    on = day(one.on, str(locale_of(language)))
    key = f"question.line.{one.kind}" if one.kind in _ASKED else "mention.line"
    line = say(language, key, by=one_line(one.by), customer=one_line(one.customer), day=on)
    return {"line": line, "text": one.text.strip()}


@cache
def _layouts() -> tuple[Template, Template]:
    folder = files("ar_cockpit") / "mail" / "templates"
    plain = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 (plain text)
    marked = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=True)
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
    inlined = inliner.inline((folder / "mention.html").read_text(encoding="utf-8"))
    text = plain.from_string((folder / "mention.txt").read_text(encoding="utf-8"))
    return text, marked.from_string(inlined.replace("<!--%", "{%").replace("%-->", "%}"))
