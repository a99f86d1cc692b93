"""What moved a figure between two days, as a file: every customer, not the largest alone."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.charts import since_of
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services.figures import changes
from ar_cockpit.services.figures.changes import FIGURES, Change, Moved
from ar_cockpit.services.lists.exports import Cell, Sheet

router = APIRouter(prefix=routes.DOWNLOADS)
_AMOUNTS = frozenset({"overdue", "receivables"})
_EVERY = 10**9  # customers


@router.get("/changes.{ending}")
def download(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with every customer's part of the change."""
    return file_of("changes", ending, change_sheets, actor, wanted)


def change_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the change as rows that add up to it: the first day, the pace of sales, the customers, the last day."""
    actor.require(Permission.EXPORT)
    figure = wanted.params.get("figure", "")
    asked = Moved(figure if figure in FIGURES else FIGURES[0], since_of(wanted), wanted.as_of)
    into = wanted.consolidate
    company = wanted.params.get(routes.COMPANY_PARAM, "")
    currency = "" if into else wanted.currency
    found = changes.change(session, actor, asked, company=company, currency=currency, into=into, most=_EVERY)
    heads = [wanted.say(f"targets.changes.{key}") for key in ("who", "before", "after", "part")]
    code, name = wanted.say("executive.export.code"), wanted.say("executive.column.company")
    title = f"{wanted.say(f'targets.figure.{found.figure}')} {found.currency}"
    return [Sheet(title, [heads[0], code, name, *heads[1:]], _rows(found, wanted))]


def _rows(found: Change, wanted: Wanted) -> list[list[Cell]]:
    one = found.waterfall
    if one is None:
        return []
    rows = [_end(found, found.since, one.before)]
    if one.pace:
        rows.append([wanted.say("targets.cause.pace"), None, None, None, None, _value(found, one.pace)])
    for step in one.steps:
        who = found.customers[step.customer_id]
        balances = (units(minor, found.currency) for minor in (step.before_minor, step.after_minor))
        rows.append([who.name, who.code, who.company, *balances, _value(found, step.part)])
    return [*rows, _end(found, found.until, one.after)]


def _end(found: Change, day: date, value: float) -> list[Cell]:
    return [day, None, None, None, None, _value(found, value)]


def _value(found: Change, value: float) -> Cell:
    return units(round(value), found.currency) if found.figure in _AMOUNTS else round(value, 4)
