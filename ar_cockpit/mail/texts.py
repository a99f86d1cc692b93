"""The words of messages: one shipped file for each template and language, or a company's own in their place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import Environment, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ar_cockpit.domain.policy.model import TEMPLATES

LANGUAGES = ("en", "fr", "de", "es", "it", "nl")
FALLBACK = "en"
_PARTS = "\n---\n"
_OF_STEP = "@"

_TEXT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)


@dataclass(frozen=True, slots=True)
class TemplateWords:
    """The words of one template in one language as they are written, fields in ``{{ }}``."""

    subject: str
    before: str  # above the table
    after: str  # below it


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


def of_step(template: str, step: str) -> str:
    """Return under which name a step's own words for a template are kept, beside those of the template itself."""
    return f"{template}{_OF_STEP}{step}"


def template_and_step(name: str) -> tuple[str, str]:
    """Return the template that a name means, and the step whose own words it names, if it names one."""
    template, _, step = name.partition(_OF_STEP)
    return template, step


def language_for(wanted: Iterable[str]) -> str:
    """Return the first language of ``wanted`` that there are texts for, else English."""
    short = (one.replace("_", "-").split("-")[0].strip().lower() for one in wanted)
    return next((one for one in short if one in LANGUAGES), FALLBACK)


@cache
def shipped_words(template: str, language: str) -> TemplateWords:
    """Return the shipped words of ``template`` in ``language``; raise ``LookupError`` when there are none."""
    if template not in TEMPLATES or language not in LANGUAGES:
        raise LookupError(f"{template} in {language}")
    subject, before, after = (part.strip() for part in read_template(f"{language}/{template}.txt").split(_PARTS))
    return TemplateWords(subject, before, after)


@lru_cache(maxsize=1024)
def compiled(words: TemplateWords) -> Text:
    """Return ``words`` ready to be filled; those of people are checked before they are stored: ``mail/wording.py``."""
    return Text(*(template_of(_TEXT, part) for part in (words.subject, words.before, words.after)))


def template_of(environment: Environment, source: str) -> Template:
    """Return a template that is filled quickly: its globals lie in one dict, not in a chain that each filling walks."""
    made = environment.from_string(source)
    made.globals = dict(made.globals)
    return made


@cache
def labels_of(language: str) -> Labels:
    """Return the shared words of ``language``."""
    words = tomllib.loads(read_template(f"{language}/labels.toml"))
    return Labels(words, {key: template_of(_TEXT, value) for key, value in words.items()}, words["locale"])


def read_template(name: str) -> str:
    """Return a shipped file of the folder of templates."""
    return _read(_folder() / name)


def _folder() -> Traversable:
    return files("ar_cockpit") / "mail" / "templates"


def _read(path: Traversable) -> str:
    return path.read_text(encoding="utf-8")
