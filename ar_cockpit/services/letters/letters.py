"""Letters that a person sends: drawn as things stand today, kept as they were printed last."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from ar_cockpit.db.queries import letters as stored
from ar_cockpit.db.queries.letters import LETTER, Parties, StoredLetter
from ar_cockpit.db.queries.reminders.messages import InvoiceLine
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow, MessagePaperRow, MessageRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.stops import Stops
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.domain.late_payment.claim import Claim
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.mail.coming import apart
from ar_cockpit.mail.compose import compose, interest_words
from ar_cockpit.mail.papers.notice import Claimed, Notice, NoticeLine, Prose, notice_sheet
from ar_cockpit.mail.papers.press import Sheet, printed
from ar_cockpit.mail.papers.wording import words_of
from ar_cockpit.mail.texts import labels_of
from ar_cockpit.services import reach
from ar_cockpit.services.documents.attach import OpenSession, lock_store
from ar_cockpit.services.documents.storage import Store
from ar_cockpit.services.letters.short import WAITING, ShortMessage, still_asked, waiting_short
from ar_cockpit.services.papers.claims import Claims, claims
from ar_cockpit.services.papers.logos import logos
from ar_cockpit.services.papers.parties import is_deliverable, postal_lines, recipient_of, seller_of
from ar_cockpit.services.papers.statements import Printed
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.facts import stops
from ar_cockpit.services.reminders.outgoing import Manner, Papers, gather, letter_of

FORMAL = "formal_notice"
NO_ADDRESS, NO_INTEREST, UNCONFIRMED = "address_missing", "interest_unknown", "rate_unconfirmed"


@dataclass(frozen=True, slots=True)
class DrawnLetter:
    """A letter as it would be printed on a day, with codes of what is missing; nothing left to ask for: no sheet."""

    letter: StoredLetter
    on: date
    customer: str
    file_name: str
    sheet: Sheet | None
    invoices: tuple[str, ...]
    total_minor: int
    missing: tuple[str, ...] = ()
    why: str = ""  # the sentence that says why interest is not known, or what it rests on is to be confirmed


def waiting(
    session: Session, actor: Actor, as_of: date, company_ids: Collection[int] | None = None
) -> list[DrawnLetter]:
    """Return the letters that wait for a person on ``as_of``, drawn as of that day."""
    which = _reached(actor) & (col(MessageRow.state) == WAITING) & (col(MessageRow.business_on) <= as_of)
    if company_ids is not None:
        which &= col(MessageRow.company_id).in_(company_ids)
    return _drawn(session, stored.letters(session, which), as_of)


@dataclass(frozen=True, slots=True)
class Desk:
    """The letters of one customer that wait, where they go, whether that is enough to arrive, and short messages."""

    waiting: list[DrawnLetter]
    address: str
    is_deliverable: bool
    short: list[ShortMessage]


def desk(session: Session, actor: Actor, customer_id: int, as_of: date) -> Desk:
    """Return what a person who writes to one customer on paper looks at; raise ``NotFoundError`` out of reach."""
    reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    which = (col(MessageRow.customer_id) == customer_id) & (col(MessageRow.state) == WAITING)
    found = stored.letters(session, which & (col(MessageRow.business_on) <= as_of))
    known = stored.parties(session, [customer_id])[customer_id]
    texts = waiting_short(session, customer_id, as_of)
    return Desk(_drawn(session, found, as_of), "\n".join(postal_lines(known)), is_deliverable(known), texts)


def draw(session: Session, actor: Actor, message_row_id: int, as_of: date) -> DrawnLetter:
    """Return one letter; one that was sent is drawn as of the day it was closed. Raises ``NotFoundError``."""
    found = stored.letters(session, _reached(actor) & (col(MessageRow.id) == message_row_id))
    if not found:
        raise NotFoundError("There is no such letter.")
    (letter,) = found
    closed_on = letter.closed_at.date() if letter.closed_at else as_of
    (drawn,) = _drawn(session, [letter], max(letter.business_on, closed_on))
    return drawn


def letter_pdf(open_session: OpenSession, actor: Actor, store: Store, message_row_id: int, as_of: date) -> Printed:
    """Return a letter as PDF and keep it; what was sent already comes as it was printed last.

    Raises ``NotFoundError``, and ``RefusedError`` when nothing on it is to be asked for any more.
    """
    with open_session() as session:
        drawn = draw(session, actor, message_row_id, as_of)
        kept = stored.kept_letter(session, message_row_id)
        is_open = drawn.letter.state == WAITING
        pictures = logos(session, [drawn.sheet])
        held = (kept.file_name, kept.sha256, kept.size_bytes) if kept and not is_open else None
    if held:
        with store.open(held[1], held[2]) as file:
            return Printed(held[0], file.read())
    if drawn.sheet is None:
        raise RefusedError("Nothing on this letter is to be asked for any more.", "Mark the customer as done.")
    paper = Printed(drawn.file_name, printed(drawn.sheet, drawn.on, pictures))
    keep_letters(open_session, store, [(drawn, paper)])
    return paper


def keep_letters(open_session: OpenSession, store: Store, papers: Sequence[tuple[DrawnLetter, Printed]]) -> None:
    """Keep letters as they were printed: the file first, then the row that names it."""
    for _, paper in papers:
        store.put(_sha256(paper), io.BytesIO(paper.content))
    with open_session() as session:
        lock_store(session, shared=True)
        for drawn, paper in papers:
            # Behind the lock no sweep runs any more; one that ran just before may have taken the file for an orphan.
            if not store.holds(_sha256(paper)):
                store.put(_sha256(paper), io.BytesIO(paper.content))
            letter = drawn.letter
            row = stored.kept_letter(session, letter.message_row_id) or MessagePaperRow(
                company_id=letter.company_id,
                message_row_id=letter.message_row_id,
                place=0,
                kind=LETTER,
                file_name=paper.file_name,
            )
            row.file_name, row.sha256, row.size_bytes = paper.file_name, _sha256(paper), len(paper.content)
            session.add(row)


def _sha256(paper: Printed) -> str:
    return hashlib.sha256(paper.content).hexdigest()


def _reached(actor: Actor) -> ColumnElement[bool]:
    return customer_clause(actor.scope(Permission.WORK_CUSTOMERS), actor.email)


def _drawn(session: Session, letters: Sequence[StoredLetter], on: date) -> list[DrawnLetter]:
    """Return letters as of one day: one question for each kind of fact, whatever their number."""
    if not letters:
        return []
    customer_ids = sorted({letter.customer_id for letter in letters})
    invoice_ids = sorted({one for letter in letters for one in letter.invoice_ids})
    contact_ids = [letter.contact_id for letter in letters if letter.contact_id]
    known = _Known(
        on,
        gather(session, on, customer_ids, invoice_ids, contact_ids),
        stored.parties(session, customer_ids),
        claims(session, invoice_ids, on),
        stops(session, col(CustomerRow.id).in_(customer_ids), on),
        policies.in_force(session).policy,
    )
    return [known.drawn(letter) for letter in letters]


@dataclass(frozen=True, slots=True)
class _Known:
    """What letters of one day are written from."""

    on: date
    papers: Papers
    parties: dict[int, Parties]
    claims: Claims
    stopped: Stops
    policy: Policy

    def drawn(self, letter: StoredLetter) -> DrawnLetter:
        """Return a letter with what is left on it."""
        lines, coming = apart(self._left(letter), self.on, letter.template)
        ids = [line.invoice_id for line in lines]
        known = self.parties[letter.customer_id]
        names_interest = self._names_interest(letter)
        why = self.claims.problem(ids) if names_interest else ""
        doubt = self.claims.doubt(ids) if names_interest else ""
        notice = self._notice(letter, lines, coming)
        name = words_of(letter.language).say("file_notice" if letter.template == FORMAL else "file_letter")
        return DrawnLetter(
            letter,
            self.on,
            known.code,
            f"{name} - {known.code} - {self.on.isoformat()}.pdf",
            notice_sheet(notice) if lines else None,
            tuple(line.number for line in [*lines, *coming]),
            notice.total_minor,
            (
                *(() if is_deliverable(known) else (NO_ADDRESS,)),
                *((NO_INTEREST,) if why else ()),
                *((UNCONFIRMED,) if doubt else ()),
            ),
            why or doubt,
        )

    def _left(self, letter: StoredLetter) -> list[InvoiceLine]:
        return [self.papers.lines[one] for one in still_asked(letter, self.papers, self.stopped)]

    def _notice(self, letter: StoredLetter, lines: Sequence[InvoiceLine], coming: Sequence[InvoiceLine]) -> Notice:
        known, ids = self.parties[letter.customer_id], [line.invoice_id for line in lines]
        person = self.papers.names.get(letter.contact_id or 0, "")
        is_formal = letter.template == FORMAL
        claimed = self.claims.of(ids) if is_formal else []
        return Notice(
            language=letter.language,
            on=self.on,
            seller=seller_of(known, self.papers.looks.brand(letter.company_id)),
            recipient=recipient_of(known, person),
            currency=letter.currency,
            lines=[_line(line, self.claims.by_invoice.get(line.invoice_id) if claimed else None) for line in lines],
            coming=[_line(line, None) for line in coming],
            claimed=Claimed(claimed[0].law.key, self.claims.rate(ids)) if claimed else None,
            prose=self._prose(letter, person, ids) if lines else None,
            is_formal=is_formal,
        )

    def _names_interest(self, letter: StoredLetter) -> bool:
        """Return whether a letter says what the law adds: a formal notice always does, another if its step asks it."""
        cadence = self.policy.cadences.get(letter.cadence)
        steps = cadence.steps if cadence else ()
        return letter.template == FORMAL or any(step.key == letter.step and step.interest for step in steps)

    def _prose(self, letter: StoredLetter, person: str, invoice_ids: Sequence[int]) -> Prose | None:
        """Return the step's words; of a formal notice only the company's own, the usual ones stand on paper already."""
        manner = Manner(letter.template, letter.language, person, letter.currency, step=letter.step)
        written = letter_of(self.papers, self.papers.writers[letter.customer_id], invoice_ids, manner)
        if letter.template == FORMAL:
            if written.words is None:
                return None
            said, added = compose(written, with_html=False), ""
        else:
            claimed = self.claims.together(invoice_ids) if self._names_interest(letter) else None
            written = replace(written, interest=claimed)
            said, added = compose(written, with_html=False), interest_words(written, labels_of(letter.language))
        return Prose(said.subject, _paragraphs(said.body), [*_paragraphs(said.after), *([added] if added else [])])


def _line(line: InvoiceLine, claim: Claim | None) -> NoticeLine:
    adds = (claim.interest_minor, claim.fixed_minor) if claim else (0, 0)
    return NoticeLine(line.number, line.invoice_on, line.due_on, line.open_minor, *adds)


def _paragraphs(prose: str) -> list[str]:
    return [one.strip() for one in prose.split("\n\n") if one.strip()]
