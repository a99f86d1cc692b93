"""Short messages that a person sends by telephone: written as things stand today, to whom they were meant for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col

from ar_cockpit.db.queries import letters as stored
from ar_cockpit.db.queries.letters import StoredLetter
from ar_cockpit.db.queries.reminders import short_messages
from ar_cockpit.db.tables import CustomerRow, MessageRow
from ar_cockpit.domain.cadence.stops import Stops
from ar_cockpit.mail.short import compose_short
from ar_cockpit.services.reminders.facts import stops
from ar_cockpit.services.reminders.outgoing import Manner, Papers, gather, letter_of

WAITING = "to_do"


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """One that waits, and the number it goes to; with nothing left to ask for it has no text."""

    message_row_id: int
    business_on: date
    template: str
    language: str
    text: str
    phone: str


def still_asked(letter: StoredLetter, papers: Papers, stopped: Stops) -> list[int]:
    """Return the invoices that are open; while the message waits, without what was disputed, promised or held since."""
    without: Collection[int] = ()
    if letter.state == WAITING:
        without = letter.invoice_ids if letter.customer_id in stopped.customers else stopped.invoices
    found = [papers.lines[one] for one in letter.invoice_ids if one in papers.lines]
    return [line.invoice_id for line in found if line.open_minor > 0 and line.invoice_id not in without]


def waiting_short(session: Session, customer_id: int, as_of: date) -> list[ShortMessage]:
    """Return a customer's short messages that wait on a day, the newest first."""
    row = MessageRow
    which = (col(row.customer_id) == customer_id) & (col(row.state) == WAITING) & (col(row.business_on) <= as_of)
    found = stored.letters(session, which, stored.SMS)
    if not found:
        return []
    found.sort(key=lambda one: one.business_on, reverse=True)
    invoice_ids = sorted({key for one in found for key in one.invoice_ids})
    contact_ids = [one.contact_id for one in found if one.contact_id]
    papers = gather(session, as_of, [customer_id], invoice_ids, contact_ids)
    stopped = stops(session, col(CustomerRow.id) == customer_id, as_of)
    phones = short_messages.phones(session, customer_id)
    first = next(iter(phones.values()), "")
    return [
        ShortMessage(
            one.message_row_id,
            one.business_on,
            one.template,
            one.language,
            _text(one, papers, stopped),
            phones.get(one.contact_id or 0, first),
        )
        for one in found
    ]


def _text(one: StoredLetter, papers: Papers, stopped: Stops) -> str:
    left = still_asked(one, papers, stopped)
    if not left:
        return ""
    name = papers.names.get(one.contact_id or 0, "")
    manner = Manner(one.template, one.language, name, one.currency, step=one.step, is_short=True)
    return compose_short(letter_of(papers, papers.writers[one.customer_id], left, manner)).text.strip()
