"""The documents that differ from what was reported, as a file."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services.figures import snapshots
from ar_cockpit.services.figures.snapshots import Compared, Differing, ReportedDay
from ar_cockpit.services.lists.exports import Cell, Sheet

router = APIRouter(prefix=routes.DOWNLOADS)
_AMOUNTS = frozenset({"receivables", "overdue", "credit_sales"})


@router.get("/reported.{ending}")
def download(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with every document that differs from what was reported of a day."""
    return file_of("reported", ending, reported_sheets, actor, wanted)


@router.get("/reported-days.{ending}")
def download_days(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the frozen days, as reported and as known today."""
    return file_of("reported-days", ending, day_sheets, actor, wanted)


def day_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the frozen days that the page lists, each figure in both readings."""
    actor.require(Permission.EXPORT)
    currency, lines = snapshots.reported(
        session,
        actor,
        as_of=wanted.as_of,
        company=wanted.params.get(routes.COMPANY_PARAM, ""),
        currency=wanted.currency,
        into=wanted.consolidate,
        every_day=wanted.params.get("days", "") == "every",
    )
    keys = ("receivables", "overdue", "credit_sales", "overdue_share", "dso_countback", "cei")
    heads = [wanted.say("snapshots.day"), wanted.say("snapshots.taken")]
    for key in keys:
        figure = wanted.say(f"snapshots.figure.{key}")
        heads += [f"{figure}, {wanted.say('snapshots.then')}", f"{figure}, {wanted.say('snapshots.now')}"]
    rows: list[list[Cell]] = [
        [line.day, line.taken_at.date(), *(cell for key in keys for cell in _both(line, key, currency))]
        for line in lines
    ]
    return [Sheet(f"{wanted.say('snapshots.title')} {currency}", heads, rows)]


def _both(line: ReportedDay, key: str, currency: str) -> list[Cell]:
    pair = snapshots.differences_of(line)[key]
    if key in _AMOUNTS:
        return [units(None if one is None else int(one), currency) for one in pair]
    return list(pair)


def reported_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the documents that differ; an unknown day has none."""
    actor.require(Permission.EXPORT)
    found = snapshots.compare(
        session,
        actor,
        wanted.day("day"),
        company=wanted.params.get(routes.COMPANY_PARAM, ""),
        currency=wanted.currency,
        into=wanted.consolidate,
        page=None,
    )
    keys = ("document", "customer", "company", "due.then", "due.now", "currency", "open.then", "open.now")
    heads = [wanted.say(f"snapshots.{key}") for key in (*keys, "change", "cause")]
    rows = [_row(one, found, wanted) for one in found.documents] if found else []
    return [Sheet(wanted.say("snapshots.title"), heads, rows)]


def _row(one: Differing, found: Compared, wanted: Wanted) -> list[Cell]:
    then, now = one.then, one.now
    return [
        one.number,
        one.customer_name,
        found.companies.get(one.company_id, ""),
        then.due_on if then else None,
        now.due_on if now else None,
        one.currency,
        units(then.open_minor if then else None, one.currency),
        units(now.open_minor if now else None, one.currency),
        units(one.change_minor, one.currency),
        wanted.say(f"snapshots.cause.{one.cause}"),
    ]
