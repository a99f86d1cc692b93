"""A sales owner's mail of a week's changes: facts to subject, text and HTML in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import css_inline
from jinja2 import Environment, StrictUndefined, Template

from ar_cockpit.i18n import count, say
from ar_cockpit.mail.compose import Composed, one_line

STANDING, LIMITS, DISPUTES, OVERDUE = "standing", "limits", "disputes", "overdue"
SUBJECTS = (STANDING, LIMITS, DISPUTES, OVERDUE)  # in the order in which they are told
_SHOWN, _SHOWN_OVERDUE = 12, 5  # of each subject, and of the largest amounts


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened: the customer, what of it in words, and where it is looked at."""

    customer: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class WeekOfNews:
    """Everything of a week by subject, and how many customers it is about."""

    news: dict[str, list[News]] = field(default_factory=dict)
    customers: int = 0
    worse: int = 0  # customers whose standing is worse than a week before


def compose_weekly(name: str, language: str, week: WeekOfNews, cockpit: str) -> Composed:
    """Return the mail that tells ``name`` of a week; ``cockpit`` is the address of the sales screen."""
    key = "weekly.subject_worse" if week.worse else "weekly.subject"
    values: dict[str, Any] = {
        "language": language,
        "subject": one_line(count(language, key, week.worse or week.customers)),
        "greeting": say(language, "weekly.greeting", name=one_line(name)),
        "intro": say(language, "weekly.intro"),
        "parts": [_part(subject, week.news[subject], language) for subject in SUBJECTS if week.news.get(subject)],
        "cockpit": say(language, "weekly.cockpit"),
        "address": cockpit,
        "foot": say(language, "weekly.foot"),
    }
    text, html = _layouts()
    return Composed(values["subject"], values["intro"], text.render(values).strip() + "\n", html.render(values))


def _part(subject: str, news: Sequence[News], language: str) -> dict[str, Any]:
    shown = _SHOWN_OVERDUE if subject == OVERDUE else _SHOWN
    left = len(news) - shown
    return {
        "title": say(language, f"weekly.{subject}"),
        "news": [
            {"customer": one_line(one.customer), "text": one_line(one.text), "link": one.link} for one in news[:shown]
        ],
        "more": count(language, "weekly.more", left) if left > 0 else "",
    }


@cache
def _layouts() -> tuple[Template, Template]:
    folder = files("ar_cockpit") / "mail" / "templates"
    plain = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 (plain text)
    marked = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=True)
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
    inlined = inliner.inline((folder / "weekly.html").read_text(encoding="utf-8"))
    text = plain.from_string((folder / "weekly.txt").read_text(encoding="utf-8"))
    return text, marked.from_string(inlined.replace("<!--%", "{%").replace("%-->", "%}"))
