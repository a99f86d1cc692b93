"""A mail to one of our own people: parts under headings, then where to read on. Pure: facts to text and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ar_cockpit.i18n import say
from ar_cockpit.mail.compose import Composed, one_line
from ar_cockpit.mail.layout import colleague_frame, colleague_text


@dataclass(frozen=True, slots=True)
class Part:
    """What a mail tells under one heading; whatever is empty is left out."""

    heading: str
    aside: str = ""  # beside the heading, quieter
    prose: str = ""  # its line ends are kept
    strong: str = ""  # behind the prose: the amount or the sentence that matters
    before: str = ""  # small, above the rows
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()  # the last column is a number
    more: str = ""  # small, below the rows
    link: str = ""
    link_words: str = ""

    def told(self, row: Sequence[str]) -> str:
        """Return a row as one line of the text part."""
        if not self.head:
            return ": ".join(row)
        named = [f"{head} {cell}" for head, cell in zip(self.head[:-1], row[:-1], strict=True)]
        return ", ".join([*named, row[-1]])


@dataclass(frozen=True, slots=True)
class ColleagueMail:
    """What a mail tells whom; ``way`` are the words before ``address``, where there is more to read."""

    language: str
    name: str
    subject: str
    parts: Sequence[Part]
    way: str
    address: str
    foot: str  # why the reader gets it
    intro: str = ""
    remark: str = ""  # about the links of the parts


def compose_for_colleague(mail: ColleagueMail) -> Composed:
    """Return the finished mail."""
    subject = one_line(mail.subject)
    values = {
        "subject": subject,
        "greeting": say(mail.language, "colleague.greeting", name=one_line(mail.name)),
        "intro": mail.intro,
        "parts": mail.parts,
        "remark": mail.remark,
        "way": mail.way,
        "address": mail.address,
        "foot": mail.foot,
    }
    text = colleague_text().render(values).strip() + "\n"
    return Composed(subject, mail.intro, text, colleague_frame(mail.language).render(values))
