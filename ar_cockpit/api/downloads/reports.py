"""A report made to measure as a file: what the address shows, every row, with the rights of who downloads it."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.reports.definition import Row
from ar_cockpit.domain.reports.sources import Field, Kind
from ar_cockpit.services.lists.exports import Cell, Sheet
from ar_cockpit.services.reports import kept
from ar_cockpit.services.reports.rows import Asked, table
from ar_cockpit.services.reports.words import field_label, text_words

router = APIRouter(prefix=routes.DOWNLOADS)


@router.get("/report.{ending}")
def download(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the report."""
    return file_of("report", ending, report_sheets, actor, wanted)


def report_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the report as one sheet: amounts are numbers in major units, dates are dates."""
    actor.require(Permission.EXPORT)
    definition = kept.chosen_definition(wanted.params, kept.reports(session, actor))
    asked = Asked(wanted.as_of, wanted.params.get(routes.COMPANY_PARAM, ""), wanted.currency)
    found = table(session, actor, definition, asked)
    head = [field_label(one.key, wanted.language) for one in found.fields]
    rows = ([_cell(row, one, wanted) for one in found.fields] for row in found.rows)
    return [Sheet(wanted.say("reports.sheet"), head, rows)]


def _cell(row: Row, one: Field, wanted: Wanted) -> Cell:
    value = row.get(one.key)
    if value is None:
        return None
    if one.kind is Kind.AMOUNT:
        return units(value, str(row.get("currency") or wanted.currency))
    return text_words(str(value), one, wanted.language) if one.kind is Kind.TEXT else value
