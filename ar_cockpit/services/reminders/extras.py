"""What a message carries besides its words: papers, what the law adds, and the call it follows up.

Everything is decided when the message is recorded, and frozen with it: which invoices' files by their content, and
what a statement says. So a message that is tried again is the same message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlmodel import Session

from ar_cockpit.db.queries.letters import INVOICE, STATEMENT
from ar_cockpit.db.queries.reminders import papers as stored
from ar_cockpit.db.queries.reminders.messages import InvoiceLine
from ar_cockpit.db.queries.reminders.papers import Call, InvoiceFile
from ar_cockpit.domain.collecting.commitments import CallOutcome
from ar_cockpit.domain.policy.model import Step
from ar_cockpit.mail.compose import InterestClaim, Letter
from ar_cockpit.mail.enclosures import Enclosures
from ar_cockpit.services.papers.claims import Claims, claims
from ar_cockpit.services.papers.statements import StatementBook, statement_book, statement_name

MOST_BYTES = 8 * 2**20  # of all papers of a message: many mail servers take no more than ten megabytes, encoded
ROOM_FOR_A_STATEMENT = 256 * 1024
_SPOKE = frozenset(outcome.value for outcome in CallOutcome if outcome.has_reached)
INVOICES = "invoices"  # what a step calls them; the rows call each an invoice


@dataclass(frozen=True, slots=True)
class Wish:
    """What one message is to carry."""

    customer_id: int
    invoice_ids: Sequence[int]
    attach: Collection[str] = ()
    interest: bool = False
    asks_for_money: bool = True


def wish_of(customer_id: int, invoice_ids: Sequence[int], step: Step) -> Wish:
    """Return what a step's message is to carry."""
    return Wish(customer_id, invoice_ids, step.attach, step.interest, not step.is_quiet)


@dataclass(frozen=True, slots=True)
class Extras:
    """What the messages of a day can carry: one question for each kind of fact, whatever their number."""

    on: date
    claims: Claims
    calls: dict[int, Call] = field(default_factory=dict)
    files: dict[int, InvoiceFile] = field(default_factory=dict)
    statements: StatementBook | None = None

    def added_to(self, letter: Letter, wish: Wish, lines: Sequence[InvoiceLine]) -> tuple[Letter, list[dict[str, Any]]]:
        """Return the letter that says what it carries, and the rows of its papers but for the message's key."""
        call = self.calls.get(wish.customer_id) if wish.asks_for_money else None
        enclosures, papers = self._papers(letter, wish, lines)
        told = replace(
            letter,
            interest=self._claim(wish.invoice_ids) if wish.interest else None,
            spoke_on=call.on if call else None,
            spoke_with=call.name if call else "",
            enclosures=enclosures,
        )
        return told, papers

    def _claim(self, invoice_ids: Sequence[int]) -> InterestClaim | None:
        """Return what is claimed; nobody looks at a mail before it goes: a rate to be confirmed is left out of it."""
        return None if self.claims.doubt(invoice_ids) else self.claims.together(invoice_ids)

    def _papers(
        self, letter: Letter, wish: Wish, lines: Sequence[InvoiceLine]
    ) -> tuple[Enclosures, list[dict[str, Any]]]:
        has_statement = STATEMENT in wish.attach and self.statements is not None
        papers = [self._statement(letter, wish.customer_id)] if has_statement else []
        left = MOST_BYTES - (ROOM_FOR_A_STATEMENT if has_statement else 0)
        enclosed, left_out = [], []
        for line in lines if INVOICES in wish.attach else ():
            file = self.files.get(line.invoice_id)
            if file is None or file.size_bytes > left:
                left_out.append(line.number)
                continue
            left -= file.size_bytes
            enclosed.append(line.number)
            papers.append(_invoice(line, file))
        # Where no invoice has a file at all, nobody is told that none is enclosed.
        is_told = any(line.invoice_id in self.files for line in lines)
        return Enclosures(has_statement, enclosed, left_out if is_told else ()), papers

    def _statement(self, letter: Letter, customer_id: int) -> dict[str, Any]:
        assert self.statements is not None, "asked for by the wish"  # noqa: S101 (a slip of ours)
        sheet = self.statements.sheet(customer_id, letter.currency, letter.language, letter.contact_name)
        name = statement_name(letter.language, letter.customer_code, self.on)
        facts = {"sheet": sheet, "on": self.on.isoformat()}
        company_id = self.statements.parties[customer_id].company_id
        return _row(company_id, STATEMENT, name, facts=facts)


def extras_for(session: Session, on: date, wishes: Iterable[Wish]) -> Extras:
    """Return what the messages with these ``wishes`` can carry on a day."""
    some = list(wishes)
    talking = [one.customer_id for one in some if one.asks_for_money]
    listing = [one.customer_id for one in some if STATEMENT in one.attach]
    named = [invoice_id for one in some if INVOICES in one.attach for invoice_id in one.invoice_ids]
    claimed = [invoice_id for one in some if one.interest for invoice_id in one.invoice_ids]
    return Extras(
        on,
        claims(session, claimed, on),
        stored.last_calls(session, talking, on, _SPOKE) if talking else {},
        stored.invoice_files(session, named) if named else {},
        statement_book(session, listing, on) if listing else None,
    )


def _invoice(line: InvoiceLine, file: InvoiceFile) -> dict[str, Any]:
    name = f"{line.number.replace('/', '-')}.pdf"
    row = _row(line.company_id, INVOICE, name, invoice_id=line.invoice_id)
    return row | {"sha256": file.sha256, "size_bytes": file.size_bytes}


def _row(
    company_id: int, kind: str, name: str, *, invoice_id: int | None = None, facts: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "company_id": company_id,
        "kind": kind,
        "invoice_id": invoice_id,
        "file_name": name,
        "sha256": "",
        "size_bytes": 0,
        "facts": facts or {},
    }
