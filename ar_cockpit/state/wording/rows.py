"""Templates, fields, versions and problems as the page draws them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import tzinfo

from ar_cockpit.i18n import catalogue, say
from ar_cockpit.mail.texts import template_and_step
from ar_cockpit.services.reminders.templates import LANGUAGES, TEMPLATES, Problem, TemplateVersion, fields_of
from ar_cockpit.state.display import rows


@dataclass
class PlaceItem:
    """One language of a template in the list; ``mark`` is own, unsaved or nothing."""

    code: str
    href: str
    is_here: bool
    mark: str
    label: str


@dataclass
class TemplateItem:
    """A template in the list."""

    key: str
    label: str
    is_here: bool
    places: list[PlaceItem]


@dataclass
class FieldItem:
    """A field that words may name: as it is written, and what it holds."""

    name: str
    about: str


@dataclass
class VersionItem:
    """One version of the words, and whether it may be put in force again."""

    number: int
    title: str
    about: str
    is_in_force: bool


@dataclass
class CustomerItem:
    """A customer found for the preview."""

    code: str
    name: str
    note: str


def template_items(
    here: tuple[str, str],
    own: Collection[tuple[str, str]],
    drafts: Collection[tuple[str, str]],
    language: str,
    address: Callable[[str, str], str],
) -> list[TemplateItem]:
    """Return the list of every template in every language; ``address`` says where a place is."""
    known = catalogue(language)
    listed = []
    of_steps = sorted({one for one, _ in (here, *own, *drafts)} - set(TEMPLATES))
    for template in (*TEMPLATES, *of_steps):
        name = template_name(template, language)
        places = []
        for code in LANGUAGES:
            place = (template, code)
            mark = "unsaved" if place in drafts else "own" if place in own else ""
            words = [name, known.get(f"language.{code}", code)]
            words += [known[f"templates.mark.{mark}"]] if mark else []
            places.append(PlaceItem(code.upper(), address(*place), place == here, mark, ", ".join(words)))
        listed.append(TemplateItem(template, name, template == here[0], places))
    return listed


def template_name(template: str, language: str) -> str:
    """Return what a template is called; of a step's own words, with the step's key."""
    name, step = template_and_step(template)
    said = catalogue(language)[f"template.{name}"]
    return f"{said} · {step}" if step else said


def field_items(template: str, language: str) -> list[FieldItem]:
    """Return every field that the words of a template may name, with what it holds."""
    known = fields_of(template_and_step(template)[0])
    return [FieldItem(name, say(language, f"templates.field.{name}")) for name in known]


def problem_lines(found: Iterable[Problem], part: str, language: str) -> list[str]:
    """Return what is wrong with one part, each with its line and the mend."""
    return [
        " ".join(
            (
                say(language, "templates.line", line=one.line) if part != "subject" else "",
                say(language, f"templates.problem.{one.code}", **one.values),
                say(language, f"templates.problem.{one.code}.mend", **one.values),
            )
        ).strip()
        for one in found
        if one.part == part
    ]


def version_items(found: list[TemplateVersion], language: str, zone: tzinfo) -> list[VersionItem]:
    """Return the versions, the newest first, and below them the words that came with the product."""
    listed = []
    for place, one in enumerate(found):
        when = rows.day(one.saved_at.astimezone(zone).date(), language)
        key = "templates.version.shipped" if one.is_shipped else "templates.version"
        again = "templates.version.again" if one.restored_number else key
        title = say(language, again, number=one.number, again=one.restored_number)
        listed.append(VersionItem(one.number, title, f"{when} · {one.saved_by}", place == 0))
    about = say(language, "templates.version.product")
    listed.append(VersionItem(0, say(language, "templates.version.original"), about, not found or found[0].is_shipped))
    return listed
