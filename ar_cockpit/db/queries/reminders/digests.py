"""Sales owners' digests in SQL: who is told, what of, and whether the pause was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting.open_items import open_on
from ar_cockpit.db.queries.reminders.steps_done import TOLD
from ar_cockpit.db.tables import (
    CompanyRow,
    CustomerRow,
    InvoiceRow,
    RoleGrantRow,
    SalesDigestLineRow,
    SalesDigestRow,
    TouchpointRow,
    UserRow,
)

_QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Owner:
    """The active user who is a customer's sales owner, and how that company writes."""

    user_id: int
    email: str
    company_id: int
    mail_from: str
    mail_reply_to: str


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A customer's coming step, as it was recorded."""

    line_id: int
    user_id: int
    company_id: int
    customer_id: int
    customer_code: str
    customer_name: str
    company_name: str
    sales_email: str
    step: str
    template: str
    channel: str
    comes_on: date
    invoice_ids: tuple[int, ...]
    told_on: date
    paused_at: datetime | None
    paused_until: date | None


@dataclass(frozen=True, slots=True)
class Owing:
    """An open invoice of a line."""

    invoice_id: int
    number: str
    due_on: date
    open_minor: int
    currency: str


def owners(session: Session, customer_ids: Sequence[int]) -> dict[int, Owner]:
    """Return the sales owners who are active users, by customer."""
    question = (
        select(
            col(CustomerRow.id),
            col(UserRow.id),
            col(UserRow.email),
            col(CompanyRow.id),
            col(CompanyRow.mail_from),
            col(CompanyRow.mail_reply_to),
        )
        .join(UserRow, col(UserRow.email) == col(CustomerRow.sales_email))
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .where(among(session, col(CustomerRow.id), customer_ids), col(UserRow.is_active))
    )
    return {one[0]: Owner(*one[1:]) for one in session.execute(question)}


def grants(session: Session, user_ids: Sequence[int]) -> dict[int, list[tuple[str, int | None]]]:
    """Return the roles of users and the companies they hold them for."""
    row = RoleGrantRow
    question = select(col(row.user_id), col(row.role), col(row.company_id)).where(col(row.user_id).in_(user_ids))
    found: dict[int, list[tuple[str, int | None]]] = {}
    for user_id, role, company_id in session.execute(question):
        found.setdefault(user_id, []).append((role, company_id))
    return found


def insert_digests(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Insert digests and return the row ids by user; whoever has one of that day is passed over."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(SalesDigestRow).on_conflict_do_nothing()
    told = statement.returning(col(SalesDigestRow.user_id), col(SalesDigestRow.id))
    return dict(session.execute(told, list(rows)).all())


def lines(session: Session, *, digest_id: int = 0, line_id: int = 0) -> list[DigestLine]:
    """Return the lines of a digest, or the one line asked for, by customer."""
    line, digest = SalesDigestLineRow, SalesDigestRow
    question = (
        select(
            col(line.id),
            col(digest.user_id),
            col(line.company_id),
            col(line.customer_id),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(CompanyRow.name),
            col(CustomerRow.sales_email),
            col(line.step),
            col(line.template),
            col(line.channel),
            col(line.comes_on),
            col(line.invoice_ids),
            col(digest.business_on),
            col(line.paused_at),
            col(line.paused_until),
        )
        .join(digest, col(digest.id) == col(line.digest_id))
        .join(CustomerRow, col(CustomerRow.id) == col(line.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(line.company_id))
        .where(col(line.digest_id) == digest_id if digest_id else col(line.id) == line_id)
        .order_by(col(line.comes_on), col(CustomerRow.name), col(line.id))
    )
    found = [DigestLine(*one) for one in session.execute(question)]
    return [replace(one, invoice_ids=tuple(one.invoice_ids)) for one in found]


def owing(session: Session, invoice_ids: Sequence[int], as_of: date) -> dict[int, Owing]:
    """Return those of the invoices that are open on ``as_of``, by id."""
    row, open_minor = InvoiceRow, open_on(as_of)
    question = select(col(row.id), col(row.number), col(row.due_on), open_minor, col(row.currency)).where(
        among(session, col(row.id), invoice_ids), open_minor > 0
    )
    return {one[0]: Owing(one[0], one[1], one[2], int(one[3]), one[4]) for one in session.execute(question)}


def waiting_steps(session: Session, customer_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Return the steps by customer that a digest names which has yet to go."""
    line, digest = SalesDigestLineRow, SalesDigestRow
    question = (
        select(col(line.customer_id), col(line.step))
        .join(digest, col(digest.id) == col(line.digest_id))
        .where(
            among(session, col(line.customer_id), customer_ids), col(digest.state).in_(("queued", "claimed", "sending"))
        )
    )
    return {(customer_id, step) for customer_id, step in session.execute(question)}


def not_gone(session: Session, user_id: int, customer_id: int, on: date) -> list[tuple[str, list[int]]]:
    """Return step and invoices of what a user's digests up to a day name of a customer and that did not go."""
    line, digest = SalesDigestLineRow, SalesDigestRow
    question = (
        select(col(line.step), col(line.invoice_ids))
        .join(digest, col(digest.id) == col(line.digest_id))
        .where(col(line.customer_id) == customer_id, col(digest.user_id) == user_id)
        .where(col(digest.state) != "sent", col(digest.business_on) <= on)
    )
    return [(step, invoice_ids) for step, invoice_ids in session.execute(question)]


@dataclass(frozen=True, slots=True)
class StuckDigest:
    """A digest that did not reach its reader, or of which nobody knows."""

    recipient: str
    business_on: date
    state: str
    error: str


def stuck(session: Session, wanted: ColumnElement[bool], since: date, most: int) -> list[StuckDigest]:
    """Return the digests about ``wanted`` customers that failed or are unknown, the newest first."""
    line, digest = SalesDigestLineRow, SalesDigestRow
    about = (
        exists()
        .where(col(line.digest_id) == col(digest.id), col(line.customer_id) == col(CustomerRow.id), wanted)
        .correlate(digest)
    )
    question = (
        select(col(digest.recipient), col(digest.business_on), col(digest.state), col(digest.error))
        .where(col(digest.state).in_(("failed", "unknown")), col(digest.business_on) >= since, about)
        .order_by(col(digest.business_on).desc(), col(digest.id))
        .limit(most)
    )
    return [StuckDigest(*one) for one in session.execute(question)]


def hear_on(session: Session, digest_id: int, customer_ids: Sequence[int], on: date) -> None:
    """Let what a digest tells count from the day on which it goes, where that is a later one."""
    row = TouchpointRow
    question = select(col(row.id), col(row.facts)).where(
        among(session, col(row.customer_id), customer_ids), col(row.kind) == TOLD, col(row.happened_on) < on
    )
    ids = [key for key, facts in session.execute(question) if facts.get("digest_id") == digest_id]
    if ids:
        session.execute(update(row).where(col(row.id).in_(ids)).values(happened_on=on), execution_options=_QUIET)


def use_line(session: Session, line_id: int, until: date, at: datetime) -> bool:
    """Mark a line's pause as used; return whether it was not used before."""
    row = SalesDigestLineRow
    marked = session.execute(
        update(row)
        .where(col(row.id) == line_id, col(row.paused_at).is_(None))
        .values(paused_at=at, paused_until=until)
        .returning(col(row.id)),
        execution_options=_QUIET,
    )
    return marked.scalar_one_or_none() is not None
