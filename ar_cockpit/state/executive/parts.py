"""Parts of the customers in words: what can be chosen, where the receivables lie, how few customers owe most of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ar_cockpit.domain.figures.concentration import TOPS
from ar_cockpit.domain.figures.kpis import ratio
from ar_cockpit.i18n import count, say
from ar_cockpit.services.figures.breakdown import By, PartLine
from ar_cockpit.services.figures.executive import Cockpit
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.titles import key_title
from ar_cockpit.state.frame.session import Choice
from ar_cockpit.state.lists.filters import country_name

Link = Callable[..., str]
EVERY = "all"  # the menu's entry for no choice


@dataclass
class PartItem:
    """A group of customers and what it owes; without a link where the list cannot be asked for it."""

    name: str
    href: str
    customers: str
    open: str
    open_href: str
    overdue: str
    overdue_href: str
    share: str
    width: float


@dataclass
class ConcentrationItem:
    """The share of the so many largest customers."""

    label: str
    share: str
    width: float


def choices(shown: Cockpit, key: str, language: str) -> list[Choice]:
    """Return a menu's entries, the one for all of them first; what the address asks for is among them."""
    given = list(shown.breakdown.choices[key])
    asked = str(getattr(shown.part, key))
    named = sorted(
        ((one, _name(shown, key, one, language)) for one in {*given, *([asked] if asked else [])}),
        key=lambda pair: pair[1].casefold(),
    )
    return [Choice(EVERY, say(language, f"parts.every.{key}")), *(Choice(one, name) for one, name in named)]


def part_items(shown: Cockpit, by: By, language: str, link: Link, invoices: Link) -> list[PartItem]:
    """Return where the receivables lie, the largest first."""
    lines = shown.breakdown.lines[by]
    largest = max((line.open_minor or 0 for line in lines), default=0)
    return [_item(line, shown, by, language, link, invoices, largest) for line in lines]


def _item(line: PartLine, shown: Cockpit, by: By, language: str, link: Link, invoices: Link, largest: int) -> PartItem:
    can_ask = bool(line.key) and by is not By.SCORE
    own = {by.value: line.key}
    return PartItem(
        name=_name(shown, by.value, line.key, language),
        href=link(**own) if can_ask else "",
        customers=rows.number(line.customers, language),
        open=rows.figure(line.open_minor, shown.currency, language),
        open_href=invoices(show="open", **own) if can_ask else "",
        overdue=rows.figure(line.overdue_minor, shown.currency, language),
        overdue_href=invoices(show="overdue", **own) if can_ask else "",
        share=rows.percent(ratio(line.overdue_minor, line.open_minor), language, 0),
        width=round(100 * max(0, line.open_minor or 0) / largest, 1) if largest else 0,
    )


def part_sums(shown: Cockpit, language: str) -> list[str]:
    """Return the foot of the table: customers, open, overdue and its share, as on the strip."""
    totals = shown.now.totals
    return [
        rows.number(shown.breakdown.customers, language),
        rows.figure(totals.receivables, shown.currency, language),
        rows.figure(totals.overdue, shown.currency, language),
        rows.percent(shown.now.overdue_share, language, 0),
    ]


def concentration_items(shown: Cockpit, language: str) -> list[ConcentrationItem]:
    """Return the shares of the largest debtors."""
    known = shown.breakdown.concentration
    return [
        ConcentrationItem(
            count(language, "parts.top", top),
            rows.percent(known.shares[top], language),
            round(100 * (known.shares[top] or 0), 1),
        )
        for top in TOPS
    ]


def concentration_note(shown: Cockpit, language: str) -> str:
    """Return how few debtors owe most of it."""
    known = shown.breakdown.concentration
    if not known.debtors:
        return say(language, "parts.nobody")
    values = {"total": rows.number(known.most_of_it, language), "all": rows.number(known.debtors, language)}
    return count(language, "parts.most_of_it", known.most_of_it, **values)


def _name(shown: Cockpit, key: str, value: str, language: str) -> str:
    if not value:
        return say(language, f"parts.none.{key}")
    if key == By.SEGMENT:
        return key_title(value, language)
    if key == By.COUNTRY:
        return country_name(value, language)
    if key == By.SCORE:
        return say(language, f"parts.score.{value}")
    return shown.breakdown.names.get(value, value)
