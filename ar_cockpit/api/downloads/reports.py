"""A report made to measure as a file: what the address shows, every row, with the rights of who downloads it."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, refusals
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.db.session import reading_one_state
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services import clock
from ar_cockpit.services.lists.exports import Sheet
from ar_cockpit.services.reports import files, kept, ready
from ar_cockpit.services.reports.files import ReportFile, Wish
from ar_cockpit.services.reports.rows import Asked, table

router = APIRouter(prefix=routes.DOWNLOADS)


@router.get("/report.pdf")
def download_pdf(actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the report on paper, with its charts."""
    # Altair and what draws take half a second to load: not before somebody asks.
    from ar_cockpit.drawn.reports import report_charts  # noqa: PLC0415

    with refusals(wanted.language), reading_one_state() as session:
        made = files.make(session, actor, _wish(session, actor, wanted), "pdf", draw=report_charts)
    return _file(made)


@router.get("/report-file/{mark}")
def download_made(mark: str, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with a file that was made aside for whoever asks."""
    with refusals(wanted.language), reading_one_state() as session:
        made = ready.fetch(session, actor, mark, at=clock.now())
    return _file(made)


@router.get("/report.{ending}")
def download(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the report."""
    make = partial(report_sheets, with_about=ending == "xlsx")  # a CSV is one table
    return file_of("report", ending, make, actor, wanted)


def _file(made: ReportFile) -> Response:
    heads = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, media_type=made.media_type, headers=heads)


def report_sheets(session: Session, actor: Actor, wanted: Wanted, *, with_about: bool = False) -> list[Sheet]:
    """Return the report as a sheet, and beside it what it leaves out: amounts are numbers, dates are dates."""
    actor.require(Permission.EXPORT)
    wish = _wish(session, actor, wanted)
    (part,) = wish.parts
    found = table(session, actor, part.definition, wish.asked)
    made = files.sheet_of(part, found, wish.asked, wish.language)
    if not with_about:
        return [made]
    return [made, *files.about_sheet(wish.asked, files.remark(session, actor, wish, [found]), wish.language)]


def _wish(session: Session, actor: Actor, wanted: Wanted) -> Wish:
    """Return the report that the address asks for."""
    part = kept.chosen(wanted.params, kept.reports(session, actor))
    asked = Asked(wanted.as_of, wanted.params.get(routes.COMPANY_PARAM, ""), wanted.currency, bool(wanted.consolidate))
    return Wish([part], asked, wanted.language)
