"""A day's plan as a file: every open invoice once, with its message or task, or why it waits."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.i18n import catalogue
from ar_cockpit.services.lists.exports import Cell, Sheet
from ar_cockpit.services.reminders import day_view
from ar_cockpit.services.reminders.day_view import DayFilter, DayView

router = APIRouter(prefix=routes.DOWNLOADS)
_HEADS = ("company", "code", "customer", "collector", "segment", "cadence", "invoice", "currency", "open")
_MORE = ("days", "part", "reason", "step", "channel", "recipient")


@router.get("/reminders.{ending}")
def reminders(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the day as the page shows it, whole."""
    return file_of("reminders", ending, day_sheets, actor, wanted)


def day_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the day's plan, one row for each open invoice."""
    actor.require(Permission.EXPORT)
    on = wanted.as_of + timedelta(days=1 if wanted.params.get("day") == "tomorrow" else 0)
    found = day_view.view(session, actor, on, company=wanted.params.get(routes.COMPANY_PARAM, ""))
    given = {
        name: wanted.params.get(name, "") for name in ("reason", "segment", "cadence", "step", "collector", "small")
    }
    asked = DayFilter(text=wanted.params.get("q", "").strip(), **given)
    head = [wanted.say(f"review.export.{key}") for key in (*_HEADS, *_MORE)]
    rows = [row for entry in day_view.export_rows(found, asked) for row in _rows(found, entry, wanted)]
    return [Sheet(wanted.say("review.export.title"), head, rows)]


def _rows(found: DayView, entry: day_view.Exported, wanted: Wanted) -> list[list[Cell]]:
    part, touch, held, who = entry
    choice = found.looked.choice(who.customer_id)
    first: list[Cell] = [who.company, who.code, who.name, who.collector, choice.segment.key, choice.cadence.key]
    label = wanted.say(f"review.part.{part}")
    if held is not None:
        reason = catalogue(wanted.language).get(f"review.held.{held.reason.value}", held.reason.value)
        amount = units(held.open_minor, held.currency)
        return [[*first, held.number, held.currency, amount, held.days, label, reason, "", "", ""]]
    assert touch is not None  # noqa: S101 (an entry has one of the two)
    to = found.looked.customers[who.customer_id].email if touch.is_message else ""
    days = {row[0]: row[4] for row in found.looked.owed[who.customer_id]}
    return [
        [
            *first,
            item.number,
            touch.currency,
            units(item.open_minor, touch.currency),
            days[item.invoice_id],
            label,
            "",
            item.step.key,
            touch.channel.value,
            to,
        ]
        for item in touch.items
    ]
