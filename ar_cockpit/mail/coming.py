"""What is listed apart from a demand: invoices that have a step of the day but are not due yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

from babel.lists import format_list

from ar_cockpit.domain.policy.model import INSTALMENT, THANKS
from ar_cockpit.mail.amounts import amount
from ar_cockpit.mail.days import day
from ar_cockpit.mail.texts import Labels

_MOST = 8  # named one by one
_TELLS_NO_DUE_DATE = frozenset({THANKS, INSTALMENT})


class _Due(Protocol):
    @property
    def number(self) -> str: ...
    @property
    def due_on(self) -> date: ...
    @property
    def open_minor(self) -> int: ...


Listed = TypeVar("Listed", bound=_Due)


def apart(lines: Sequence[Listed], on: date, template: str) -> tuple[list[Listed], list[Listed]]:
    """Return the invoices that a message asks for, and those that are only told of; a courtesy asks for none."""
    coming = [line for line in lines if line.due_on > on]
    if template in _TELLS_NO_DUE_DATE or len(coming) == len(lines):
        return list(lines), []
    return [line for line in lines if line.due_on <= on], coming


def coming_words(coming: Sequence[_Due], currency: str, labels: Labels) -> str:
    """Return the sentence that names them, empty when there are none."""
    if not coming:
        return ""
    one, all_of = labels.sentences["coming_one"], labels.sentences["coming"]
    named = [
        one.render(
            number=line.number,
            amount=amount(line.open_minor, currency, labels.locale),
            due=day(line.due_on, labels.locale),
        )
        for line in coming[:_MOST]
    ]
    more = ["…"] if len(coming) > _MOST else []
    return all_of.render(coming=", ".join([*named, *more]) if more else format_list(named, locale=labels.locale))
