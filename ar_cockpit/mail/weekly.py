"""A sales owner's mail of a week's changes: facts to parts, in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ar_cockpit.i18n import count, say
from ar_cockpit.mail.colleague import ColleagueMail, Part, compose_for_colleague
from ar_cockpit.mail.compose import Composed, one_line

STANDING, LIMITS, DISPUTES, OVERDUE = "standing", "limits", "disputes", "overdue"
SUBJECTS = (STANDING, LIMITS, DISPUTES, OVERDUE)  # in the order in which they are told
_SHOWN, _SHOWN_OVERDUE = 12, 5  # of each subject, and of the largest amounts


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened: the customer, and what of it in words."""

    customer: str
    text: str


@dataclass(frozen=True, slots=True)
class WeekOfNews:
    """Everything of a week by subject, and how many customers it is about."""

    news: dict[str, list[News]] = field(default_factory=dict)
    customers: int = 0
    worse: int = 0  # customers whose standing is worse than a week before


def compose_weekly(name: str, language: str, week: WeekOfNews, cockpit: str) -> Composed:
    """Return the mail that tells ``name`` of a week; ``cockpit`` is the address of the sales screen."""
    key = "weekly.subject_worse" if week.worse else "weekly.subject"
    return compose_for_colleague(
        ColleagueMail(
            language=language,
            name=name,
            subject=count(language, key, week.worse or week.customers),
            intro=say(language, "weekly.intro"),
            parts=[_part(subject, week.news[subject], language) for subject in SUBJECTS if week.news.get(subject)],
            way=say(language, "weekly.cockpit"),
            address=cockpit,
            foot=say(language, "weekly.foot"),
        )
    )


def _part(subject: str, news: Sequence[News], language: str) -> Part:
    shown = _SHOWN_OVERDUE if subject == OVERDUE else _SHOWN
    left = len(news) - shown
    return Part(
        heading=say(language, f"weekly.{subject}"),
        prose="\n".join(f"{one_line(one.customer)}: {one_line(one.text)}" for one in news[:shown]),
        more=count(language, "weekly.more", left) if left > 0 else "",
    )
