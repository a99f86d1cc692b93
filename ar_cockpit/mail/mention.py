"""The mail that tells a colleague of mentions: facts to parts, in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ar_cockpit.i18n import count, locale_of, say
from ar_cockpit.mail.colleague import ColleagueMail, Part, compose_for_colleague
from ar_cockpit.mail.compose import Composed, one_line
from ar_cockpit.mail.days import day

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
    return compose_for_colleague(
        ColleagueMail(
            language=language,
            name=name,
            subject=_subject(notes, language),
            intro=say(language, "question.intro" if _all_asked(notes) else "mention.intro"),
            parts=[_part(one, language) for one in notes[:_MOST_NAMED]],
            way=say(language, "mention.open"),
            address=inbox,
            foot=say(language, "mention.foot"),
        )
    )


def _subject(notes: Sequence[Named], language: str) -> str:
    first = notes[0]
    values = {"name": one_line(first.by), "customer": one_line(first.customer)}
    if len(notes) == 1 and _all_asked(notes):
        return say(language, f"question.subject.{first.kind}", **values)
    return count(language, "mention.subject", len(notes), **values)


def _all_asked(notes: Sequence[Named]) -> bool:
    return all(one.kind in _ASKED for one in notes)


def _part(one: Named, language: str) -> Part:
    on = day(one.on, str(locale_of(language)))
    key = f"question.line.{one.kind}" if one.kind in _ASKED else "mention.line"
    line = say(language, key, by=one_line(one.by), customer=one_line(one.customer), day=on)
    return Part(heading=line, prose=one.text.strip())
