"""A report made to measure as a file: what the address shows, every row, with the rights of who downloads it."""

from __future__ import annotations

import re

from babel.dates import format_date
from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.reports.definition import Row, Table
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.domain.reports.sources import Field, Kind
from ar_cockpit.i18n import locale_of
from ar_cockpit.mail.papers.press import printed_report
from ar_cockpit.mail.papers.report import report_sheet
from ar_cockpit.services.lists.exports import Cell, Sheet
from ar_cockpit.services.reports import kept
from ar_cockpit.services.reports.rows import Asked, table
from ar_cockpit.services.reports.values import printed
from ar_cockpit.services.reports.words import field_label, text_words

_NOT_IN_A_TITLE = re.compile(r"[\\/*?:\[\]]")  # of a sheet, for a spreadsheet

router = APIRouter(prefix=routes.DOWNLOADS)


@router.get("/report.pdf")
def download_pdf(actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the report on paper."""
    with reading() as session:
        actor.require(Permission.EXPORT)
        name, found = _found(session, actor, wanted)
    company = wanted.params.get(routes.COMPANY_PARAM, "") or wanted.say("reports.print.companies")
    day = format_date(wanted.as_of, "d MMM y", locale=locale_of(wanted.language))
    about = wanted.say("reports.print.about", company=company, day=day, currency=wanted.currency)
    content = printed_report(report_sheet(printed(found, name, about, wanted.language, wanted.as_of)), wanted.as_of)
    heads = {"Content-Disposition": f'attachment; filename="report-{wanted.as_of.isoformat()}.pdf"'}
    return Response(content, media_type="application/pdf", headers=heads)


def _found(session: Session, actor: Actor, wanted: Wanted) -> tuple[str, Table]:
    """Return the name and the rows of the report that the address asks for."""
    known = kept.reports(session, actor)
    chosen = wanted.params.get("report", "")
    own = next((one.name for one in known if f"{kept.OWN}{one.report_id}" == chosen), "")
    shipped = chosen if chosen in SHIPPED else next(iter(SHIPPED))
    asked = Asked(wanted.as_of, wanted.params.get(routes.COMPANY_PARAM, ""), wanted.currency)
    found = table(session, actor, kept.chosen_definition(wanted.params, known), asked)
    return own or wanted.say(f"reports.name.{shipped}"), found


@router.get("/report.{ending}")
def download(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the report."""
    return file_of("report", ending, report_sheets, actor, wanted)


def report_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the report as one sheet: amounts are numbers in major units, dates are dates."""
    actor.require(Permission.EXPORT)
    name, found = _found(session, actor, wanted)
    head = [field_label(one.key, wanted.language) for one in found.fields]
    rows = ([_cell(row, one, wanted) for one in found.fields] for row in found.rows)
    return [Sheet(_NOT_IN_A_TITLE.sub(" ", name), head, rows)]


def _cell(row: Row, one: Field, wanted: Wanted) -> Cell:
    value = row.get(one.key)
    if value is None:
        return None
    if one.kind is Kind.AMOUNT:
        return units(value, str(row.get("currency") or wanted.currency))
    return text_words(str(value), one, wanted.language) if one.kind is Kind.TEXT else value
