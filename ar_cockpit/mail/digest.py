"""A sales owner's digest as a mail: facts to parts, in the reader's language. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ar_cockpit.i18n import catalogue, count, locale_of, say
from ar_cockpit.mail.amounts import amount
from ar_cockpit.mail.colleague import ColleagueMail, Part, compose_for_colleague
from ar_cockpit.mail.compose import Composed, one_line
from ar_cockpit.mail.days import day

_NAMED = 2  # customers in the subject
_MOST_INVOICES = 12


@dataclass(frozen=True, slots=True)
class Owed:
    """One invoice that the step is about."""

    number: str
    due_on: date
    open_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Coming:
    """One customer's coming step; ``link`` leads to the page that pauses it."""

    customer: str
    company: str
    template: str
    channel: str
    comes_on: date
    invoices: Sequence[Owed]
    link: str = ""


def compose_digest(name: str, language: str, coming: Sequence[Coming], cockpit: str) -> Composed:
    """Return the mail that tells ``name`` of the ``coming`` steps; ``cockpit`` is the address of the sales screen."""
    companies = {one.company for one in coming}
    return compose_for_colleague(
        ColleagueMail(
            language=language,
            name=name,
            subject=_subject(coming, language),
            intro=say(language, "digest.intro"),
            parts=[_part(one, language, with_company=len(companies) > 1) for one in coming],
            remark=say(language, "digest.links") if any(one.link for one in coming) else "",
            way=say(language, "digest.cockpit"),
            address=cockpit,
            foot=say(language, "digest.foot"),
        )
    )


def step_words(template: str, channel: str, language: str) -> str:
    """Return how a step is called: ``Formal notice by letter``."""
    known = catalogue(language)
    named = known.get(f"template.{template}", template)
    key = f"timeline.upcoming.{channel}"
    return say(language, key if key in known else "timeline.upcoming.email", template=named)


def sums(invoices: Sequence[Owed], language: str) -> str:
    """Return the total of invoices, one amount for each currency."""
    totals: Counter[str] = Counter()
    for one in invoices:
        totals[one.currency] += one.open_minor
    return " + ".join(amount(totals[code], code, _locale(language)) for code in sorted(totals))


def _subject(coming: Sequence[Coming], language: str) -> str:
    names = list(dict.fromkeys(one.customer for one in coming))
    told = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return (
        count(language, "digest.subject_more", more, names=told)
        if more > 0
        else say(language, "digest.subject", names=told)
    )


def _part(one: Coming, language: str, *, with_company: bool) -> Part:
    locale = _locale(language)
    shown = one.invoices[:_MOST_INVOICES]
    left = len(one.invoices) - len(shown)
    step = step_words(one.template, one.channel, language)
    what = say(language, "digest.what", step=step, day=day(one.comes_on, locale, "full"))
    return Part(
        heading=one_line(one.customer),
        aside=one_line(one.company) if with_company else "",
        prose=f"{what}:",
        strong=sums(one.invoices, language),
        head=[say(language, f"digest.{key}") for key in ("invoice", "due", "open")],
        rows=[
            (one_line(owed.number), day(owed.due_on, locale), amount(owed.open_minor, owed.currency, locale))
            for owed in shown
        ],
        more=count(language, "digest.more", left) if left else "",
        link=one.link,
        link_words=say(language, "digest.pause"),
    )


def _locale(language: str) -> str:
    return str(locale_of(language))
