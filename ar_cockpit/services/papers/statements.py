"""Statements of account: the sheet of each customer in one currency, as of a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from ar_cockpit.db.queries import letters as stored
from ar_cockpit.db.queries.letters import OpenDocument, Parties
from ar_cockpit.db.tables import TouchpointRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.mail.papers.press import printed
from ar_cockpit.mail.papers.statement import OpenLine, Statement, statement_sheet
from ar_cockpit.mail.papers.wording import words_of
from ar_cockpit.mail.texts import language_for
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.papers.logos import logos
from ar_cockpit.services.papers.parties import recipient_of, seller_of
from ar_cockpit.services.reminders.looks import Looks, looks_of

STATEMENT = "statement"  # the kind of its touchpoint


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper ready to be saved."""

    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StatementBook:
    """What statements of some customers are made of on a day: one question for each kind of fact."""

    on: date
    parties: dict[int, Parties]
    documents: dict[int, list[OpenDocument]]
    unapplied: dict[tuple[int, str], int]
    looks: Looks

    def statement(self, customer_id: int, currency: str, language: str, person: str = "") -> Statement:
        """Return a customer's statement in one currency."""
        known = self.parties[customer_id]
        lines = [
            OpenLine(one.number, one.invoice_on, one.due_on, one.amount_minor, one.open_minor, one.is_disputed)
            for one in self.documents.get(customer_id, ())
            if one.currency == currency
        ]
        held = max(0, self.unapplied.get((customer_id, currency), 0))
        seller = seller_of(known, self.looks.brand(known.company_id))
        return Statement(language, self.on, seller, recipient_of(known, person), currency, lines, held)

    def sheet(self, customer_id: int, currency: str, language: str, person: str = "") -> dict[str, Any]:
        """Return the sheet of a customer's statement: plain values, fit to be kept."""
        return statement_sheet(self.statement(customer_id, currency, language, person))


def statement_book(session: Session, customer_ids: Collection[int], on: date) -> StatementBook:
    """Return what the statements of these customers are made of."""
    parties = stored.parties(session, customer_ids)
    return StatementBook(
        on,
        parties,
        stored.open_documents(session, customer_ids, on),
        stored.unapplied(session, customer_ids, on),
        looks_of(session, {known.company_id for known in parties.values()}),
    )


def statement_name(language: str, code: str, on: date) -> str:
    """Return the file name of a statement, in the reader's language."""
    words = words_of(language)
    subject = words.say("statement_subject", date=on.isoformat())
    return f"{subject} - {code}.pdf"


def statement_pdf(
    session: Session, actor: Actor, customer_id: int, on: date, *, currency: str = "", language: str = ""
) -> Printed:
    """Return a customer's statement as PDF: in its own currency and language unless told otherwise."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    book = statement_book(session, [customer_id], on)
    known = book.parties[customer_id]
    speaks = language_for((language or known.language, known.company_language))
    sheet = book.sheet(customer_id, currency or line.currency, speaks)
    return Printed(statement_name(speaks, line.code, on), printed(sheet, on, logos(session, [sheet])))


def note_drawn(session: Session, actor: Actor, customer_id: int, currency: str, when: Moment) -> int | None:
    """Write down that a statement of account was drawn, once a day for each person and currency."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    code = currency or line.currency
    row = TouchpointRow
    today = select(row).where(
        col(row.customer_id) == customer_id,
        col(row.kind) == STATEMENT,
        col(row.happened_on) == when.on,
        col(row.actor_email) == actor.email,
    )
    if any(one.facts.get("currency") == code for one in session.exec(today)):
        return None
    return touchpoints.write(session, actor, line, STATEMENT, when, currency=code)
