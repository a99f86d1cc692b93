"""The shipped texts: one file for each template and language, in a bounded sandbox, an unknown name being an error."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import css_inline
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ar_cockpit.domain.policy.model import TEMPLATES

LANGUAGES = ("en", "fr", "de", "es", "it", "nl")
FALLBACK = "en"
_PARTS = "\n---\n"

_TEXT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)
_HTML = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, autoescape=True)


@dataclass(frozen=True)
class Text:
    """The words of one template in one language: the subject, and the prose before and after the table."""

    subject: Template
    before: Template
    after: Template


@dataclass(frozen=True)
class Labels:
    """The words that every mail of a language shares, and the locale its figures are written in."""

    words: Mapping[str, str]
    sentences: Mapping[str, Template]
    locale: str


def language_for(wanted: Iterable[str]) -> str:
    """Return the first language of ``wanted`` that there are texts for, else English."""
    short = (one.replace("_", "-").split("-")[0].strip().lower() for one in wanted)
    return next((one for one in short if one in LANGUAGES), FALLBACK)


@cache
def text_of(template: str, language: str) -> Text:
    """Return the words of ``template`` in ``language``; both are among those shipped."""
    if template not in TEMPLATES or language not in LANGUAGES:
        raise LookupError(f"{template} in {language}")
    parts = _read(_folder() / language / f"{template}.txt").split(_PARTS)
    subject, before, after = (_TEXT.from_string(part.strip()) for part in parts)
    return Text(subject, before, after)


@cache
def labels_of(language: str) -> Labels:
    """Return the shared words of ``language``."""
    words = tomllib.loads(_read(_folder() / language / "labels.toml"))
    return Labels(words, {key: _TEXT.from_string(value) for key, value in words.items()}, words["locale"])


@cache
def text_layout() -> Template:
    """Return the frame of the text part."""
    return _TEXT.from_string(_read(_folder() / "layout.txt"))


@cache
def html_layout() -> Template:
    """Return the frame of the HTML part, its styles inlined once.

    Loops are written as comments in the file: the inliner parses HTML, where bare words inside a table would be moved.
    """
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
    inlined = inliner.inline(_read(_folder() / "layout.html"))
    return _HTML.from_string(inlined.replace("<!--%", "{%").replace("%-->", "%}"))


def _folder() -> Traversable:
    return files("ar_cockpit") / "mail" / "templates"


def _read(path: Traversable) -> str:
    return path.read_text(encoding="utf-8")
