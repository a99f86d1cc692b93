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
    from ar_cockpit.services.figures.cash_ahead import CashAhead
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
    told = shown.outlook.forecast
    spans = (("day", told.days), ("week", told.weeks), ("sum", shown.cumulated))
    return [
        *(_spans(f"ahead.by.{key}", some, shown, wanted) for key, some in spans),
        _supposed(shown, wanted),
        _kinds(shown, wanted),
        _customers(shown, wanted),
        _places(shown, wanted),
        _judged(shown, wanted),
    ]


def _sheet(wanted: Wanted, title: str, keys: Sequence[str], rows: list[list[Cell]]) -> Sheet:
    return Sheet(wanted.say(title), [wanted.say(f"ahead.{key}") for key in keys], rows)


def _amounts(currency: str, *minor: int) -> list[Cell]:
    return [units(one, currency) for one in minor]


def _spans(title: str, some: Sequence[ExpectedCash], shown: CashAhead, wanted: Wanted) -> Sheet:
    code = shown.outlook.currency
    rows = [[one.start, code, *_amounts(code, one.expected, one.low, one.high)] for one in some]
    return _sheet(wanted, title, ("span", "currency", "expected", "low", "high"), rows)


def _supposed(shown: CashAhead, wanted: Wanted) -> Sheet:
    code = shown.outlook.currency
    rows = [
        [week.forecast.start, code, *_amounts(code, week.forecast.expected, week.supposed.expected, week.difference)]
        for week in shown.supposed
    ]
    return _sheet(wanted, "ahead.what_if", ("week_of", "currency", "forecast", "supposed", "difference"), rows)


def _kinds(shown: CashAhead, wanted: Wanted) -> Sheet:
    code = shown.outlook.currency
    rows = [
        [wanted.say(f"ahead.kind.{one.kind.value}"), one.count, code, *_amounts(code, one.open, one.expected)]
        for one in shown.kinds
    ]
    return _sheet(wanted, "ahead.kinds", ("kind", "invoices", "currency", "open", "in_quarter"), rows)


def _customers(shown: CashAhead, wanted: Wanted) -> Sheet:
    code, keys = shown.outlook.currency, ("open", "overdue", "agreed", "in_four", "in_quarter")
    rows = [
        [
            one.company,
            one.code,
            one.name,
            code,
            *_amounts(code, one.open, one.overdue, one.agreed, one.soon, one.quarter),
            round(one.share, 4),
        ]
        for one in shown.customers
    ]
    return _sheet(wanted, "ahead.customers", ("company", "code", "customer", "currency", *keys, "share"), rows)


def _places(shown: CashAhead, wanted: Wanted) -> Sheet:
    rows = []
    for one in shown.places:
        quarter = one.quarter
        figures = (one.open, one.overdue, one.within_30.expected, quarter.expected, quarter.low, quarter.high)
        rows.append([one.company.code, one.currency, *_amounts(one.currency, *figures)])
    keys = ("company", "currency", "open", "overdue", "in_30", "in_quarter", "low", "high")
    return _sheet(wanted, "ahead.places", keys, rows)


def _judged(shown: CashAhead, wanted: Wanted) -> Sheet:
    code = shown.outlook.currency
    rows = [
        [
            one.forecast.start,
            code,
            *_amounts(code, one.forecast.expected, one.forecast.low, one.forecast.high, one.came),
        ]
        for one in shown.outlook.last_quarter
    ]
    return _sheet(wanted, "ahead.judged", ("week_of", "currency", "forecast", "low", "high", "came"), rows)
