"""The mail that tells a colleague of mentions: facts to parts, in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ar_cockpit.i18n import count, locale_of, say
from ar_cockpit.mail.colleague import ColleagueMail, Part, compose_for_colleague
from ar_cockpit.mail.compose import Composed, day, one_line

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Named:
    """One note that names the reader."""

    by: str
    customer: str
    on: date
    text: str


def compose_mention(name: str, language: str, notes: Sequence[Named], inbox: str) -> Composed:
    """Return the mail that tells ``name`` of ``notes``; ``inbox`` is the address of the page that lists them."""
    first = notes[0]
    who, where = one_line(first.by), one_line(first.customer)
    return compose_for_colleague(
        ColleagueMail(
            language=language,
            name=name,
            subject=count(language, "mention.subject", len(notes), name=who, customer=where),
            intro=say(language, "mention.intro"),
            parts=[_part(one, language) for one in notes[:_MOST_NAMED]],
            way=say(language, "mention.open"),
            address=inbox,
            foot=say(language, "mention.foot"),
        )
    )


def _part(one: Named, language: str) -> Part:
    on = day(one.on, str(locale_of(language)))
    line = say(language, "mention.line", by=one_line(one.by), customer=one_line(one.customer), day=on)
    return Part(heading=line, prose=one.text.strip())
