"""One customer's open invoices as a file, for whoever may see its standing: sales export no lists, but these."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.domain.access import Actor
from ar_cockpit.i18n.documents import invoice_state
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import customer_record
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.services.lists.exports import Cell, Sheet

router = APIRouter(prefix=routes.DOWNLOADS)
_HEAD = ("invoice", "date", "due", "days_overdue", "open_amount", "currency", "state")


@router.get("/open-invoices.{ending}")
def download(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the customer's open invoices and their state."""
    return file_of("open-invoices", ending, _sheets, actor, wanted)


def _sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    code, company = wanted.params.get(routes.CUSTOMER_PARAM, ""), wanted.params.get(routes.COMPANY_PARAM, "")
    line = customer_record.find(session, actor, code, company)
    found = customer_record.record(session, actor, line, as_of=wanted.as_of, at=clock.now())
    head = [wanted.say(f"collector.{key}") for key in _HEAD]
    return [Sheet(wanted.say("collector.invoices"), head, _rows(found, wanted))]


def _rows(found: CustomerRecord, wanted: Wanted) -> Iterator[list[Cell]]:
    for one in found.invoices:
        document = one.invoice
        yield [
            document.number,
            document.invoice_on,
            document.due_on,
            one.days_overdue,
            units(document.open_minor, document.currency),
            document.currency,
            invoice_state(one.state, wanted.language, date.isoformat),
        ]
