"""Every chart of a screen as a picture: what the address shows, with the rights of who downloads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Wanted, WantedNow, refusals
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.db.session import reading_one_state
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.domain.figures.listing import PARTS, part_of
from ar_cockpit.i18n.shown import day
from ar_cockpit.services.collecting import customer_record
from ar_cockpit.services.customers import page
from ar_cockpit.services.figures import changes, consolidated_cockpit, executive
from ar_cockpit.services.figures.changes import FIGURES, Moved
from ar_cockpit.services.figures.executive import Cockpit

if TYPE_CHECKING:
    from ar_cockpit.charts.converter import Picture

router = APIRouter(prefix=routes.DOWNLOADS)
Chart = Literal["ageing", "dso", "cash", "change", "late"]
Format = Literal["svg", "png"]


@router.get("/chart-{chart}.{ending}")
def download(chart: Chart, ending: Format, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the chart as a file, in the light theme."""
    # Altair and the converter take half a second to load: not before somebody asks.
    from ar_cockpit.charts.converter import MEDIA_TYPES, converted  # noqa: PLC0415

    with refusals(wanted.language):
        with reading_one_state() as session:
            actor.require(Permission.EXPORT)
            picture = _MAKE[chart](session, actor, wanted)
        content = converted(picture, ending)
    heads = {"Content-Disposition": f'attachment; filename="{chart}-{wanted.as_of.isoformat()}.{ending}"'}
    return Response(content, media_type=MEDIA_TYPES[ending], headers=heads)


def _cockpit(session: Session, actor: Actor, wanted: Wanted) -> Cockpit:
    about: dict[str, Any] = {"as_of": wanted.as_of, "company": _company(wanted), "part": part_of(wanted.params)}
    if wanted.consolidate:
        return consolidated_cockpit.cockpit(session, actor, into=wanted.consolidate, **about)
    return executive.cockpit(session, actor, currency=wanted.currency, **about)


def _ageing(session: Session, actor: Actor, wanted: Wanted) -> Picture:
    from ar_cockpit.drawn.cockpit import ageing_spec  # noqa: PLC0415 (as above)

    spec, counted = ageing_spec(_cockpit(session, actor, wanted), wanted.language, with_legend=True)
    return _picture(spec, wanted, "executive.ageing", f"{counted}, {wanted.say('executive.ageing.note')}")


def _dso(session: Session, actor: Actor, wanted: Wanted) -> Picture:
    from ar_cockpit.drawn.cockpit import dso_spec  # noqa: PLC0415 (as above)

    spec = dso_spec(_cockpit(session, actor, wanted), wanted.language)
    return _picture(spec, wanted, "executive.dso.title", wanted.say("executive.dso.note"))


def _cash(session: Session, actor: Actor, wanted: Wanted) -> Picture:
    from ar_cockpit.drawn.cockpit import cash_spec  # noqa: PLC0415 (as above)
    from ar_cockpit.services.figures import cash_outlook, consolidated_cash  # noqa: PLC0415 (as above)

    about: dict[str, Any] = {"as_of": wanted.as_of, "company": _company(wanted)}
    cash_outlook.make_ready(actor, **about)
    about["part"] = part_of(wanted.params)
    if wanted.consolidate:
        told = consolidated_cash.outlook(session, actor, into=wanted.consolidate, **about)
    else:
        told = cash_outlook.outlook(session, actor, currency=wanted.currency, **about)
    if told.missing:
        raise NotFoundError("There is no forecast without the exchange rates.")
    spec, counted = cash_spec(told, wanted.language)
    legend = f"{wanted.say('executive.legend.forecast_then.note')}. {wanted.say('executive.legend.band.note')}."
    return _picture(spec, wanted, "executive.cash", counted, legend)


def _change(session: Session, actor: Actor, wanted: Wanted) -> Picture:
    from ar_cockpit.drawn.changes import change_spec  # noqa: PLC0415 (as above)

    figure = wanted.params.get("figure", "")
    asked = Moved(figure if figure in FIGURES else FIGURES[0], since_of(wanted), wanted.as_of)
    into = wanted.consolidate
    found = changes.change(
        session, actor, asked, company=_company(wanted), currency="" if into else wanted.currency, into=into
    )
    return _picture(change_spec(found, wanted.language), wanted, f"targets.figure.{found.figure}")


def since_of(wanted: Wanted) -> date:
    """Return the first of the two days that an address compares; a wrong one counts as not said."""
    usual = reporting_period(wanted.as_of).day_before
    try:
        given = date.fromisoformat(wanted.params.get("since", ""))
    except ValueError:
        return usual
    return given if given < wanted.as_of else usual


def _late(session: Session, actor: Actor, wanted: Wanted) -> Picture:
    from ar_cockpit.drawn.behaviour import behaviour_spec  # noqa: PLC0415 (as above)

    code = wanted.params.get(routes.CUSTOMER_PARAM, "")
    who = customer_record.find(session, actor, code, _company(wanted))
    found = page.more(session, actor, who, wanted.as_of)
    return _picture(behaviour_spec(found.distribution, wanted.language), wanted, "record.behaviour", who.name)


def _picture(spec: dict[str, Any], wanted: Wanted, title: str, *about: str) -> Picture:
    from ar_cockpit.charts.converter import Picture  # noqa: PLC0415 (as above)

    if not spec:
        raise NotFoundError("There is nothing to draw.")
    told = wanted.say(
        "charts.about.converted" if wanted.consolidate else "reports.print.about",
        company=_company(wanted) or wanted.say("reports.print.companies"),
        day=day(wanted.as_of, wanted.language),
        currency=wanted.currency,
    )
    chosen = [value for value in (wanted.params.get(name, "") for name in PARTS) if value]
    part = [wanted.say("charts.about.part", what=", ".join(chosen))] if chosen else []
    return Picture(spec, wanted.language, wanted.say(title), (told, *part, *about))


def _company(wanted: Wanted) -> str:
    return wanted.params.get(routes.COMPANY_PARAM, "")


_MAKE: dict[str, Callable[[Session, Actor, Wanted], Picture]] = {
    "ageing": _ageing,
    "dso": _dso,
    "cash": _cash,
    "change": _change,
    "late": _late,
}
