"""Messages and their items: what a message is written from, and recording it so that no step is done twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among, insert_and_tell
from ar_cockpit.db.queries.collecting.open_items import is_note, is_open_on, open_on
from ar_cockpit.db.queries.reminders.papers import forget_papers
from ar_cockpit.db.queries.unapplied import unapplied_cash
from ar_cockpit.db.tables import (
    CompanyRow,
    ContactRow,
    CustomerRow,
    InvoiceRow,
    MessageEventRow,
    MessageItemRow,
    MessageRow,
    UserRow,
)
from ar_cockpit.domain.cadence.shapes import ALLOCATE

_STANDING = ("message_row_id", "invoice_id")
_RUN_LOCK = 4_102_002  # any constant: two runs of one day would plan the same messages


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """An invoice as a message lists it."""

    invoice_id: int
    number: str
    invoice_on: date
    due_on: date
    open_minor: int
    currency: str
    po_number: str
    company_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Who writes to whom: the company, the customer, the collector who answers questions."""

    customer_id: int
    company_id: int
    company_code: str
    company_name: str
    company_address: str
    company_phone: str
    iban: str
    bic: str
    mail_from: str
    mail_reply_to: str
    customer_code: str
    customer_name: str
    collector_name: str
    collector_phone: str


def serialise_runs(session: Session) -> None:
    """Let one run plan and record at a time; on SQLite the transaction itself does."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _RUN_LOCK})


def invoice_lines(session: Session, invoice_ids: Sequence[int], as_of: date) -> dict[int, InvoiceLine]:
    """Return the invoices as they stand on ``as_of``, by id."""
    row = InvoiceRow
    question = select(
        col(row.id),
        col(row.number),
        col(row.invoice_on),
        col(row.due_on),
        open_on(as_of),
        col(row.currency),
        col(row.po_number),
        col(row.company_id),
        col(row.amount_minor),
    ).where(among(session, col(row.id), invoice_ids))
    return {
        one[0]: InvoiceLine(one[0], one[1], one[2], one[3], int(one[4]), *one[5:]) for one in session.execute(question)
    }


def correspondences(session: Session, customer_ids: Sequence[int]) -> dict[int, Correspondence]:
    """Return who writes to whom, by customer."""
    question = (
        select(
            col(CustomerRow.id),
            col(CompanyRow.id),
            col(CompanyRow.code),
            col(CompanyRow.name),
            col(CompanyRow.address),
            col(CompanyRow.phone),
            col(CompanyRow.iban),
            col(CompanyRow.bic),
            col(CompanyRow.mail_from),
            col(CompanyRow.mail_reply_to),
            col(CustomerRow.code),
            col(CustomerRow.name),
            func.coalesce(col(UserRow.name), ""),
            func.coalesce(col(UserRow.phone), ""),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .outerjoin(UserRow, col(UserRow.email) == col(CustomerRow.collector_email))
        .where(among(session, col(CustomerRow.id), customer_ids))
    )
    return {one[0]: Correspondence(*one) for one in session.execute(question)}


def contact_names(session: Session, contact_ids: Collection[int]) -> dict[int, str]:
    """Return the names of contacts, by id."""
    question = select(col(ContactRow.id), col(ContactRow.name)).where(among(session, col(ContactRow.id), contact_ids))
    return dict(session.execute(question).all())


def credit_notes(
    session: Session, customer_ids: Sequence[int], as_of: date
) -> dict[tuple[int, str], list[tuple[str, int]]]:
    """Return number and open amount (positive) of open credit notes, by customer and currency, oldest first."""
    row = InvoiceRow
    question = (
        select(col(row.customer_id), col(row.currency), col(row.number), open_on(as_of))
        .where(among(session, col(row.customer_id), customer_ids), is_open_on(as_of), is_note())
        .order_by(col(row.invoice_on), col(row.id))
    )
    found: dict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
    for customer_id, currency, number, minor in session.execute(question):
        if minor < 0:
            found[customer_id, currency].append((number, -int(minor)))
    return found


def unapplied(session: Session, customer_ids: Sequence[int], as_of: date) -> dict[tuple[int, str], int]:
    """Return the money received and not applied, by customer and currency."""
    return unapplied_cash(session, among(session, col(CustomerRow.id), customer_ids), as_of)


def insert_messages(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Insert messages and return the row ids by Message-ID; those of a day that has one already are passed over."""
    return dict(insert_and_tell(session, MessageRow, rows, " ON CONFLICT DO NOTHING", ("message_id", "id")))


def insert_items(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[tuple[int, int]]:
    """Insert items and return (message row, invoice) of those that stand; a step that was done is passed over.

    An item that was dropped unsent is taken over: its step was not done.
    """
    taken_over = ("message_row_id", "step_offset", "business_on", "open_minor", "dropped", "firmness")
    conflict = (
        " ON CONFLICT (company_id, invoice_id, step) DO UPDATE SET"
        f" {', '.join(f'{name} = excluded.{name}' for name in taken_over)} WHERE message_item.dropped != ''"
    )
    return {(row[0], row[1]) for row in insert_and_tell(session, MessageItemRow, rows, conflict, _STANDING)}


def proposed_among(session: Session, invoice_ids: Sequence[int]) -> frozenset[int]:
    """Return those of some invoices that a task to allocate names, on whatever day, open or closed."""
    if not invoice_ids:
        return frozenset()
    item = MessageItemRow
    named = (among(session, col(item.invoice_id), invoice_ids), col(item.step) == ALLOCATE, col(item.dropped) == "")
    return frozenset(session.execute(select(col(item.invoice_id)).where(*named)).scalars())


def delete_messages(session: Session, row_ids: Sequence[int]) -> None:
    """Take back messages that never left, with their items, their papers and what was noted of them."""
    forget_papers(session, row_ids)
    session.execute(delete(MessageEventRow).where(col(MessageEventRow.message_row_id).in_(row_ids)))
    session.execute(MessageItemRow.__table__.delete().where(col(MessageItemRow.message_row_id).in_(row_ids)))  # type: ignore[attr-defined]  # SQLModel hides the table
    session.execute(MessageRow.__table__.delete().where(col(MessageRow.id).in_(row_ids)))  # type: ignore[attr-defined]  # SQLModel hides the table


def set_reminded_on(session: Session, customer_ids: Sequence[int], day: date) -> None:
    """Start the spacing of customers on ``day``."""
    if customer_ids:
        later = col(CustomerRow.last_reminded_on).is_(None) | (col(CustomerRow.last_reminded_on) < day)
        session.execute(
            update(CustomerRow)
            .where(col(CustomerRow.id).in_(customer_ids), later)
            .values(last_reminded_on=bindparam("day", day)),
            execution_options={"synchronize_session": False},
        )
