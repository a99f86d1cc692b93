"""The cash to come as a file: what the chart shows, and as a workbook all that the page says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.forecast.supposition import supposition
from ar_cockpit.services.lists.exports import Cell, Sheet

if TYPE_CHECKING:
    from ar_cockpit.services.figures.forecasting import ExpectedCash

router = APIRouter(prefix=routes.DOWNLOADS)


@router.get("/cash.{ending}")
def cash(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the days, weeks or sums of the chart; a workbook has them all, with what drives them."""
    return file_of("cash", ending, cash_sheets if ending == "xlsx" else chart_sheet, actor, wanted)


def chart_sheet(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return what the chart shows."""
    days, weeks, summed = cash_sheets(session, actor, wanted)[:3]
    return [{"day": days, "sum": summed}.get(wanted.params.get("by", ""), weeks)]


def cash_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return days, weeks, sums, what is supposed, why, customers, companies, and the quarter before."""
    from ar_cockpit.services.figures import cash_ahead  # noqa: PLC0415 (its libraries would double the start)

    actor.require(Permission.EXPORT)
    chosen = {"into": wanted.consolidate} if wanted.consolidate else {"currency": wanted.currency}
    company = wanted.params.get(routes.COMPANY_PARAM, "")
    asked = supposition(wanted.params)
    shown = cash_ahead.ahead(session, actor, as_of=wanted.as_of, company=company, asked=asked, **chosen)
    code = shown.outlook.currency

    def sheet(title: str, keys: Sequence[str], rows: list[list[Cell]]) -> Sheet:
        return Sheet(wanted.say(title), [wanted.say(f"ahead.{key}") for key in keys], rows)

    def spans(title: str, some: Sequence[ExpectedCash]) -> Sheet:
        rows: list[list[Cell]] = [
            [one.start, code, units(one.expected, code), units(one.low, code), units(one.high, code)] for one in some
        ]
        return sheet(title, ("span", "currency", "expected", "low", "high"), rows)

    supposed: list[list[Cell]] = [
        [
            week.forecast.start,
            code,
            *(units(minor, code) for minor in (week.forecast.expected, week.supposed.expected, week.difference)),
        ]
        for week in shown.supposed
    ]
    why: list[list[Cell]] = [
        [wanted.say(f"ahead.kind.{one.kind.value}"), one.count, code, units(one.open, code), units(one.expected, code)]
        for one in shown.kinds
    ]
    customers: list[list[Cell]] = [
        [
            one.company,
            one.code,
            one.name,
            code,
            *(units(minor, code) for minor in (one.open, one.overdue, one.agreed, one.soon, one.quarter)),
            round(one.share, 4),
        ]
        for one in shown.customers
    ]
    places: list[list[Cell]] = [
        [
            one.company.code,
            one.currency,
            *(units(minor, one.currency) for minor in (one.open, one.overdue, one.within_30.expected)),
            *(units(minor, one.currency) for minor in (one.quarter.expected, one.quarter.low, one.quarter.high)),
        ]
        for one in shown.places
    ]
    judged: list[list[Cell]] = [
        [
            week.forecast.start,
            code,
            *(
                units(minor, code)
                for minor in (week.forecast.expected, week.forecast.low, week.forecast.high, week.came)
            ),
        ]
        for week in shown.outlook.last_quarter
    ]
    amounts = ("open", "overdue", "agreed", "in_four", "in_quarter")
    return [
        spans("ahead.by.day", shown.outlook.forecast.days),
        spans("ahead.by.week", shown.outlook.forecast.weeks),
        spans("ahead.by.sum", shown.cumulated),
        sheet("ahead.what_if", ("week_of", "currency", "forecast", "supposed", "difference"), supposed),
        sheet("ahead.kinds", ("kind", "invoices", "currency", "open", "in_quarter"), why),
        sheet("ahead.customers", ("company", "code", "customer", "currency", *amounts, "share"), customers),
        sheet("ahead.places", ("company", "currency", "open", "overdue", "in_30", "in_quarter", "low", "high"), places),
        sheet("ahead.judged", ("week_of", "currency", "forecast", "low", "high", "came"), judged),
    ]
