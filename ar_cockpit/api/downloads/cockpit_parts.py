"""More of the executive's tables as sheets: companies side by side, where it lies, concentration, the cash to come."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Wanted, units
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.figures.concentration import TOPS
from ar_cockpit.domain.figures.listing import part_of
from ar_cockpit.i18n import count
from ar_cockpit.services.figures.breakdown import By
from ar_cockpit.services.figures.executive import Cockpit
from ar_cockpit.services.lists.exports import Cell, Sheet
from ar_cockpit.services.reports.words import coded_words


def companies(shown: Cockpit, wanted: Wanted) -> Sheet:
    """Return the companies side by side, each in its own currency."""
    rows: list[list[Cell]] = [
        [
            line.company.code,
            line.company.name,
            line.company.currency,
            units(line.figures.totals.receivables, line.company.currency),
            units(line.figures.totals.overdue, line.company.currency),
            line.figures.overdue_share,
            line.figures.dso_countback,
            line.figures.cei,
            line.average_days_late,
            units(line.converted_minor, shown.currency),
        ]
        for line in shown.companies
    ]
    keys = ("receivables", "overdue", "dso", "cei", "late")
    receivables, overdue, *ratios = (wanted.say(f"executive.company.{key}") for key in keys)
    heads = [wanted.say("executive.export.code"), wanted.say("executive.column.company")]
    heads += [wanted.say("consolidation.export.currency"), receivables, overdue, f"{overdue} %", *ratios]
    converted = wanted.say("consolidation.export.converted", currency=shown.currency)
    return Sheet(wanted.say("executive.export.beside"), [*heads, converted], rows)


def where(shown: Cockpit, wanted: Wanted) -> Sheet:
    """Return where the receivables lie, by each grouping; the rows of a grouping add up to all receivables."""
    rows: list[list[Cell]] = [
        [
            wanted.say(f"parts.by.{by}"),
            _name(shown, by, line.key, wanted),
            line.customers,
            units(line.open_minor, shown.currency),
            units(line.overdue_minor, shown.currency),
        ]
        for by in By
        for line in shown.breakdown.lines[by]
    ]
    heads = [wanted.say(key) for key in ("parts.where", "parts.group", "parts.customers", *_AMOUNTS)]
    return Sheet(wanted.say("parts.where"), heads, rows)


def concentration(shown: Cockpit, wanted: Wanted) -> Sheet:
    """Return how much the largest debtors owe of it all."""
    known = shown.breakdown.concentration
    rows: list[list[Cell]] = [[count(wanted.language, "parts.top", top), known.shares[top]] for top in TOPS]
    heads = [wanted.say("parts.largest"), wanted.say("parts.share")]
    return Sheet(wanted.say("parts.concentration"), heads, rows)


def cash_weeks(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the cash to come by week with its 80 % band; no sheet without the exchange rates."""
    # The forecast's libraries would double the start.
    from ar_cockpit.services.figures import cash_outlook, consolidated_cash  # noqa: PLC0415

    about: dict[str, Any] = {"as_of": wanted.as_of, "company": wanted.params.get(routes.COMPANY_PARAM, "")}
    about["part"] = part_of(wanted.params)
    if wanted.consolidate:
        told = consolidated_cash.outlook(session, actor, into=wanted.consolidate, **about)
    else:
        told = cash_outlook.outlook(session, actor, currency=wanted.currency, **about)
    if told.missing:
        return []
    rows: list[list[Cell]] = [
        [week.start, *(units(minor, told.currency) for minor in (week.expected, week.low, week.high))]
        for week in told.forecast.weeks
    ]
    heads = [wanted.say(f"reports.field.{key}") for key in ("week", "expected", "low", "high")]
    return [Sheet(f"{wanted.say('executive.cash')} {told.currency}", heads, rows)]


def _name(shown: Cockpit, by: By, key: str, wanted: Wanted) -> str:
    if not key:
        return wanted.say(f"parts.none.{by}")
    if by is By.SCORE:
        return wanted.say(f"parts.score.{key}")
    return coded_words("segment", key, wanted.language) if by is By.SEGMENT else shown.breakdown.names.get(key, key)


_AMOUNTS = ("executive.receivables", "executive.overdue")
