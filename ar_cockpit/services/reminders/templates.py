"""A company's own words for the shipped templates: looked at, checked, saved as versions, taken back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import wording
from ar_cockpit.db.tables import TemplateVersionRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.domain.policy.model import ATTACHMENTS, STEP_TEMPLATES, TEMPLATES, Channel
from ar_cockpit.i18n import say
from ar_cockpit.mail.texts import LANGUAGES, TemplateWords, shipped_words, template_and_step
from ar_cockpit.mail.wording import Problem, fields_of, problems
from ar_cockpit.services import audit, reach
from ar_cockpit.services.people.companies import CompanySummary, visible_companies
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.template_preview import TemplatePreview, Wish, for_customer, for_sample

__all__ = [
    "LANGUAGES",
    "TEMPLATES",
    "Place",
    "Problem",
    "TemplatePreview",
    "TemplateVersion",
    "TemplateWords",
    "WordingError",
    "companies",
    "customer_for_preview",
    "fields_of",
    "history",
    "is_place",
    "own",
    "preview",
    "restore",
    "save",
    "words_in_force",
]

_STEP_KEY = re.compile(r"[\w.-]{1,60}")


class WordingError(InputError):
    """Words that cannot be kept, with everything that is wrong with them."""

    def __init__(self, found: list[Problem]) -> None:
        first = found[0]
        super().__init__(
            say("en", f"templates.problem.{first.code}", **first.values),
            say("en", f"templates.problem.{first.code}.mend", **first.values),
        )
        self.problems = found


class Place(NamedTuple):
    """Whose words, of which template, in which language; an empty company is the first that may be changed."""

    company: str
    template: str
    language: str


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """One version of a template's words; ``is_shipped`` when it went back to those of the product."""

    number: int
    is_shipped: bool
    words: TemplateWords
    restored_number: int | None
    saved_at: datetime
    saved_by: str


def preview(  # noqa: PLR0913 (a call in one line for those who show a step's message)
    session: Session,
    actor: Actor,
    template: str,
    language: str,
    customer_id: int | None,
    as_of: date,
    *,
    draft: TemplateWords | None = None,
    attach: tuple[str, ...] = (),
    interest: bool = False,
    company: str = "",
    channel: Channel | None = None,
) -> TemplatePreview:
    """Return a template as it would go to a customer in ``language`` (empty: the contact's); changes nothing.

    Without a customer it goes to an invented one of ``company`` (empty: the first one), and says so. ``draft`` are
    words that are not saved yet: raises ``WordingError`` when they could not be. ``attach`` and ``interest`` are those
    of a step, ``channel`` its channel (else that of the step in force whose own words they are).
    """
    actor.require(Permission.EDIT_POLICY)
    _known(template, language or LANGUAGES[0])
    name, step = template_and_step(template)
    if draft is not None and (found := problems(draft, name)):
        raise WordingError(found)
    papers = tuple(one for one in ATTACHMENTS if one in attach)
    wish = Wish(name, language, as_of, draft, attach=papers, interest=interest, step=step)
    wish = wish._replace(is_short=(channel or _channel_of(session, step)) is Channel.SMS)
    if customer_id is not None:
        return for_customer(session, actor, customer_id, wish)
    return for_sample(session, _company_id(session, actor, company), wish)


def _channel_of(session: Session, key: str) -> Channel | None:
    """Return the channel of a step of the policy in force, if there is one of that key."""
    cadences = policies.in_force(session).policy.cadences.values() if key else ()
    return next((step.channel for cadence in cadences for step in cadence.steps if step.key == key), None)


def customer_for_preview(session: Session, actor: Actor, place: Place, code: str, as_of: date) -> int | None:
    """Return the customer ``code`` of the company, or without a code one that such a message would be about.

    ``None`` when there is none, or when the actor may see no customers: the preview is then of an invented one.
    """
    company_id = _checked(session, actor, place)
    if not actor.may(Permission.VIEW_CUSTOMERS, company_id):
        return None
    if code:
        (company,) = (one.code for one in companies(session, actor) if one.company_id == company_id)
        return reach.customer_coded(session, actor, Permission.VIEW_CUSTOMERS, code, company).customer_id
    return wording.somebody_owing(session, company_id, as_of, is_due=template_and_step(place.template)[0] != "courtesy")


def companies(session: Session, actor: Actor) -> list[CompanySummary]:
    """Return the companies whose words and looks the actor may change."""
    return visible_companies(session, actor, Permission.EDIT_POLICY)


def own(session: Session, actor: Actor, company: str) -> set[tuple[str, str]]:
    """Return the templates and languages in which a company has words of its own."""
    company_id = _company_id(session, actor, company)
    return {(template, language) for _, template, language in wording.own_words(session, [company_id])}


def words_in_force(session: Session, actor: Actor, place: Place) -> TemplateWords:
    """Return the words that messages are written in now."""
    company_id = _checked(session, actor, place)
    found = wording.own_words(session, [company_id]).get((company_id, place.template, place.language))
    return TemplateWords(*found) if found else _usual(session, company_id, place)


def _usual(session: Session, company_id: int, place: Place) -> TemplateWords:
    """Return the words where a place has none of its own: for a step the template's, else the shipped ones."""
    template, step = template_and_step(place.template)
    found = wording.own_words(session, [company_id]).get((company_id, template, place.language)) if step else None
    return TemplateWords(*found) if found else shipped_words(template, place.language)


def history(session: Session, actor: Actor, place: Place) -> list[TemplateVersion]:
    """Return every version of a template's words, the newest first; none when they were never changed."""
    company_id = _checked(session, actor, place)
    shipped = _usual(session, company_id, place)
    return [
        TemplateVersion(
            one.number,
            one.is_shipped,
            shipped if one.is_shipped else TemplateWords(*one.words),
            one.restored_number,
            one.saved_at,
            one.saved_by,
        )
        for one in wording.versions(session, company_id, place.template, place.language)
    ]


def save(
    session: Session, actor: Actor, place: Place, words: TemplateWords, *, at: datetime, based_on: int | None = None
) -> int:
    """Keep ``words`` as the version in force and return its number; the same words again change nothing.

    Raises ``WordingError`` with every problem, and ``RefusedError`` when somebody saved after version ``based_on``.
    """
    company_id = _checked(session, actor, place)
    words = TemplateWords(*(_clean(part) for part in (words.subject, words.before, words.after)))
    if found := problems(words, template_and_step(place.template)[0]):
        raise WordingError(found)
    is_shipped = words == _usual(session, company_id, place)
    return _add(session, actor, place, _Version(words, is_shipped, based_on=based_on), at)


def restore(session: Session, actor: Actor, place: Place, number: int, *, at: datetime) -> int:
    """Put an earlier version (0: the shipped words) in force again, as a new version, and return that one's number."""
    if number == 0:
        shipped = _usual(session, _checked(session, actor, place), place)
        return _add(session, actor, place, _Version(shipped, is_shipped=True), at)
    for one in history(session, actor, place):
        if one.number == number:
            return _add(session, actor, place, _Version(one.words, one.is_shipped, restored_number=number), at)
    raise NotFoundError("There is no such version.", "Choose one from the list.")


@dataclass(frozen=True, slots=True)
class _Version:
    """A version that is about to be kept."""

    words: TemplateWords
    is_shipped: bool
    restored_number: int | None = None
    based_on: int | None = None


def _add(session: Session, actor: Actor, place: Place, new: _Version, at: datetime) -> int:
    company_id = _checked(session, actor, place)
    wording.lock_words(session, company_id)
    known = history(session, actor, place)
    newest = known[0].number if known else 0
    if new.based_on is not None and new.based_on != newest:
        who = known[0].saved_by if known else "Somebody"
        raise RefusedError(
            f"{who} changed these words in the meantime.", "Look at the newest version, then save again."
        )
    before = known[0].words if known else _usual(session, company_id, place)
    if new.words == before and new.is_shipped == (known[0].is_shipped if known else True):
        return newest
    held = TemplateWords("", "", "") if new.is_shipped else new.words
    session.add(
        TemplateVersionRow(
            company_id=company_id,
            template=place.template,
            language=place.language,
            number=newest + 1,
            is_shipped=new.is_shipped,
            subject=held.subject,
            before=held.before,
            after=held.after,
            restored_number=new.restored_number,
            saved_at=at,
            saved_by=actor.email,
        )
    )
    session.flush()
    thing = ("template", "/".join(place))
    audit.record(session, actor, "template.save", thing, _told(newest, before), _told(newest + 1, new.words))
    return newest + 1


def _told(number: int, words: TemplateWords) -> dict[str, object]:
    return {"number": number, "subject": words.subject, "before": words.before, "after": words.after}


def _clean(part: str) -> str:
    return part.replace("\r\n", "\n").replace("\r", "\n").strip()


def _checked(session: Session, actor: Actor, place: Place) -> int:
    """Return the company's key if the actor may change its words and there are such."""
    _known(place.template, place.language)
    return _company_id(session, actor, place.company)


def _known(template: str, language: str) -> None:
    if not is_place(template):
        raise InputError(f"There is no template {template!r}.", f"Use one of: {', '.join(TEMPLATES)}.")
    if language not in LANGUAGES:
        raise InputError(f"There are no texts in {language!r}.", f"Use one of: {', '.join(LANGUAGES)}.")


def is_place(name: str) -> bool:
    """Return whether words can be kept under ``name``: a template's, or a step's own for one that steps use."""
    template, step = template_and_step(name)
    if name == template:
        return template in TEMPLATES
    return template in STEP_TEMPLATES and _STEP_KEY.fullmatch(step) is not None


def _company_id(session: Session, actor: Actor, company: str) -> int:
    found = [one.company_id for one in companies(session, actor) if company in ("", one.code)]
    if not found and company:
        raise NotFoundError(f"There is no company {company}.", "Choose one from the list.")
    if not found:
        raise NotFoundError("There is no company yet.", "Import a ledger first: it brings the companies.")
    return found[0]
