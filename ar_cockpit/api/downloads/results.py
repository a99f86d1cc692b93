"""Collectors' results of a month as a file."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services.collecting import results as service
from ar_cockpit.services.collecting.results import Result
from ar_cockpit.services.lists.exports import Cell, Sheet

router = APIRouter(prefix=routes.DOWNLOADS)
_HEADS = ("collector", "month", "currency", "touched", "collected", "promised", "kept", "decided", "overdue", "change")


@router.get("/results.{ending}")
def results(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with what the page shows: everybody's month, then one person's months."""
    return file_of("results", ending, result_sheets, actor, wanted)


def result_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the month of everybody the actor may see, and the months of the person chosen."""
    actor.require(Permission.EXPORT)
    found = service.results(
        session,
        actor,
        month=wanted.day("month"),
        as_of=wanted.as_of,
        currency=wanted.currency,
        company=wanted.params.get(routes.COMPANY_PARAM, ""),
        person=wanted.params.get("person", ""),
    )
    head = [wanted.say(f"queue.results.{key}") for key in (*_HEADS, "goal")]
    rows = [_row(one, found.currency) for one in found.people]
    rows += [_row(one, found.currency) for one in found.months[1:]]
    return [Sheet(wanted.say("queue.tab.results"), head, rows)]


def _row(one: Result, currency: str) -> list[Cell]:
    return [
        one.name,
        f"{one.month.start:%Y-%m}",
        currency,
        one.touched,
        units(one.collected_minor, currency),
        one.promised,
        one.kept,
        one.decided,
        units(one.overdue_minor, currency),
        units(one.overdue_change_minor, currency),
        None if one.goal_minor is None else units(one.goal_minor, currency),
    ]
