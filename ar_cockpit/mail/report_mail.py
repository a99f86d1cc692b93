"""The mail around a report: facts to words, in the reader's language; the report itself is its attachment. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ar_cockpit.i18n import count, say, shown
from ar_cockpit.mail.colleague import ColleagueMail, Part, compose_for_colleague
from ar_cockpit.mail.compose import Composed, one_line


@dataclass(frozen=True, slots=True)
class Mailed:
    """A report that goes to a reader: of which day, how many rows, who had it sent, and where it stands on screen."""

    name: str
    reported_on: date
    row_count: int
    owner: str
    address: str


def compose_report(name: str, language: str, told: Mailed) -> Composed:
    """Return the mail that brings ``name`` a report."""
    report, day = one_line(told.name), shown.day(told.reported_on, language)
    total = shown.number(told.row_count, language)
    prose = count(language, "mailed.mail.intro", told.row_count, total=total)
    if not told.row_count:
        prose = say(language, "mailed.mail.empty")
    return compose_for_colleague(
        ColleagueMail(
            language=language,
            name=name,
            subject=say(language, "mailed.mail.subject", report=report, day=day),
            parts=[Part(heading=report, aside=day, prose=prose)],
            way=say(language, "mailed.mail.way"),
            address=told.address,
            foot=say(language, "mailed.mail.foot", owner=one_line(told.owner)),
        )
    )
