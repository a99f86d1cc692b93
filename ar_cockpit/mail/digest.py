"""A sales owner's digest as a mail: facts to subject, text and HTML in the reader's language. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import css_inline
from jinja2 import Environment, StrictUndefined, Template

from ar_cockpit.i18n import catalogue, count, locale_of, say
from ar_cockpit.mail.amounts import amount
from ar_cockpit.mail.compose import Composed, day, one_line

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
    shown = [_coming(one, language, with_company=len(companies) > 1) for one in coming]
    values: dict[str, Any] = {
        "language": language,
        "subject": one_line(_subject(coming, language)),
        "greeting": say(language, "digest.greeting", name=one_line(name)),
        "intro": say(language, "digest.intro"),
        "coming": shown,
        "pause": say(language, "digest.pause"),
        "labels": {key: say(language, f"digest.{key}") for key in ("invoice", "due", "open")},
        "about_links": say(language, "digest.links") if any(one.link for one in coming) else "",
        "cockpit": say(language, "digest.cockpit"),
        "address": cockpit,
        "foot": say(language, "digest.foot"),
    }
    text, html = _layouts()
    return Composed(values["subject"], values["intro"], text.render(values).strip() + "\n", html.render(values))


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


def _coming(one: Coming, language: str, *, with_company: bool) -> dict[str, Any]:
    locale = _locale(language)
    shown = one.invoices[:_MOST_INVOICES]
    left = len(one.invoices) - len(shown)
    return {
        "customer": one_line(one.customer),
        "company": one_line(one.company) if with_company else "",
        "what": say(
            language,
            "digest.what",
            step=step_words(one.template, one.channel, language),
            day=day(one.comes_on, locale, "full"),
        ),
        "total": sums(one.invoices, language),
        "invoices": [
            {
                "number": one_line(owed.number),
                "due": day(owed.due_on, locale),
                "amount": amount(owed.open_minor, owed.currency, locale),
            }
            for owed in shown
        ],
        "more": count(language, "digest.more", left) if left else "",
        "link": one.link,
    }


def _locale(language: str) -> str:
    return str(locale_of(language))


@cache
def _layouts() -> tuple[Template, Template]:
    folder = files("ar_cockpit") / "mail" / "templates"
    plain = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 (plain text)
    marked = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=True)
    # Loops are written as comments in the file: the inliner parses HTML, where bare words in a table would be moved.
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
    inlined = inliner.inline((folder / "digest.html").read_text(encoding="utf-8"))
    text = plain.from_string((folder / "digest.txt").read_text(encoding="utf-8"))
    return text, marked.from_string(inlined.replace("<!--%", "{%").replace("%-->", "%}"))
