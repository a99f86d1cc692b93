"""Promises, disputes and payment plans as files: the same questions as the pages ask, answered whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.listing import DISPUTES, PLANS, PROMISES, Listing, list_question
from ar_cockpit.services.lists import agreements
from ar_cockpit.services.lists.exports import Cell, Sheet

router = APIRouter(prefix=routes.DOWNLOADS)
_FIRST = ("company", "code", "customer", "owner")


@router.get("/promises.{ending}")
def promises(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with every promise of the list."""
    return file_of("promises", ending, promise_sheets, actor, wanted)


@router.get("/disputes.{ending}")
def disputes(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with every dispute of the list."""
    return file_of("disputes", ending, dispute_sheets, actor, wanted)


@router.get("/plans.{ending}")
def plans(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with every payment plan of the list."""
    return file_of("plans", ending, plan_sheets, actor, wanted)


def promise_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the promises of the list."""
    heads = ("made_on", "promised_for", "currency", "amount", "received", "state", "note")
    return _sheets(session, actor, wanted, PROMISES, heads, _promise)


def dispute_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the disputes of the list."""
    dates = ("opened_on", "answer_by", "closed_on")
    heads = ("invoice", "dispute_reason", *dates, "currency", "disputed", "open", "state", "outcome", "note", "answer")
    return _sheets(session, actor, wanted, DISPUTES, (*heads, "resolution"), _dispute)


def plan_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the plans of the list."""
    heads = ("made_on", "next_on", "last_on", "instalments", "currency", "amount", "interest", "received", "state")
    return _sheets(session, actor, wanted, PLANS, (*heads, "note"), _plan)


def _sheets(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    listing: Listing,
    heads: tuple[str, ...],
    row: Callable[[Any, Wanted], list[Cell]],
) -> list[Sheet]:
    actor.require(Permission.EXPORT)
    asked = list_question(listing, wanted.params, wanted.as_of, wanted.currency)
    head = [wanted.say(f"agreements.export.{key}") for key in (*_FIRST, *heads)]
    found = agreements.export(session, actor, asked)
    return [Sheet(wanted.say("agreements.nav"), head, _rows(found, wanted, row))]


def _rows(found: Iterator[Any], wanted: Wanted, row: Callable[[Any, Wanted], list[Cell]]) -> Iterator[list[Cell]]:
    for one in found:
        yield [one.company, one.customer, one.customer_name, one.owner, *row(one, wanted)]


def _promise(one: Any, wanted: Wanted) -> list[Cell]:
    amounts = [units(minor, one.currency) for minor in (one.amount_minor, one.received)]
    state = wanted.say(f"agreements.promise.{one.state}")
    return [one.made_on, one.promised_for, one.currency, *amounts, state, one.note]


def _dispute(one: Any, wanted: Wanted) -> list[Cell]:
    closed_on = None if one.closed_on == OPEN_END else one.closed_on
    amounts = [units(minor, one.currency) for minor in (one.amount_minor, one.open_minor)]
    outcome = wanted.say(f"dispute.outcome.{one.outcome}") if one.outcome and one.state == "closed" else ""
    reason = wanted.say(f"dispute.{one.reason or 'other'}")
    dates = [one.opened_on if one.opened_on_is_known else None, one.answer_due_on, closed_on]
    state = wanted.say(f"agreements.dispute.{one.state}")
    said = [one.note, one.answer, one.resolution]
    return [one.invoice, reason, *dates, one.currency, *amounts, state, outcome, *said]


def _plan(one: Any, wanted: Wanted) -> list[Cell]:
    amounts = [units(minor, one.currency) for minor in (one.principal, one.interest, one.received)]
    state = wanted.say(f"agreements.plan.{one.state}")
    return [one.made_on, one.next_on, one.last_on, one.count, one.currency, *amounts, state, one.note]
