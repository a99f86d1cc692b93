"""Papers of messages, and what a message may refer to: the call before it, invoices' documents with their sizes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.tables import DocumentRow, MessagePaperRow, TouchpointRow, UserRow

REMEMBERED_FOR = timedelta(days=7)  # a call longer ago is no longer what a message follows up


@dataclass(frozen=True, slots=True)
class Call:
    """The last call in which a customer spoke to us, and who of us it was."""

    on: date
    name: str


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """The document of an invoice that is shown now."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """A paper of a message; a statement's content is not there until it is drawn for the first time."""

    paper_id: int
    message_row_id: int
    kind: str
    file_name: str
    sha256: str
    size_bytes: int
    facts: Mapping[str, Any]


def last_calls(session: Session, customer_ids: Collection[int], on: date, outcomes: Collection[str]) -> dict[int, Call]:
    """Return the last call of the days before ``on`` that ended with one of ``outcomes``, by customer."""
    row = TouchpointRow
    question = (
        select(col(row.customer_id), col(row.happened_on), func.coalesce(col(UserRow.name), ""), col(row.facts))
        .outerjoin(UserRow, col(UserRow.email) == col(row.actor_email))
        .where(among(session, col(row.customer_id), customer_ids))
        .where(col(row.kind) == "call", col(row.undone_at).is_(None))
        .where(col(row.happened_on).between(on - REMEMBERED_FOR, on))
        .order_by(col(row.happened_at), col(row.id))
    )
    rows = session.execute(question)
    return {one[0]: Call(one[1], one[2]) for one in rows if (one[3] or {}).get("outcome") in outcomes}


def invoice_files(session: Session, invoice_ids: Collection[int]) -> dict[int, InvoiceFile]:
    """Return the documents that are shown of these invoices."""
    row = DocumentRow
    question = select(col(row.invoice_id), col(row.sha256), col(row.size_bytes)).where(
        among(session, col(row.invoice_id), invoice_ids), col(row.is_current)
    )
    return {one[0]: InvoiceFile(one[1], one[2]) for one in session.execute(question)}


def replace_papers(session: Session, rows_by_message: Mapping[int, Sequence[Mapping[str, Any]]]) -> None:
    """Make these the papers of messages, and nothing else."""
    if not rows_by_message:
        return
    forget_papers(session, list(rows_by_message))
    rows = [
        {**row, "message_row_id": message, "place": place}
        for message, some in rows_by_message.items()
        for place, row in enumerate(some)
    ]
    if rows:
        session.execute(insert(MessagePaperRow), rows)


def forget_papers(session: Session, message_row_ids: Collection[int]) -> None:
    """Take the papers of messages away."""
    table = MessagePaperRow.__table__  # type: ignore[attr-defined]  # SQLModel hides the table
    session.execute(table.delete().where(among(session, table.c.message_row_id, message_row_ids)))


def papers_of(session: Session, message_row_ids: Collection[int]) -> dict[int, list[StoredPaper]]:
    """Return what goes with messages, by message, in order."""
    row = MessagePaperRow
    question = (
        select(
            col(row.id),
            col(row.message_row_id),
            col(row.kind),
            col(row.file_name),
            col(row.sha256),
            col(row.size_bytes),
            col(row.facts),
        )
        .where(among(session, col(row.message_row_id), message_row_ids))
        .order_by(col(row.message_row_id), col(row.place))
    )
    found: dict[int, list[StoredPaper]] = defaultdict(list)
    for one in session.execute(question):
        found[one[1]].append(StoredPaper(*one))
    return found


def note_drawn(session: Session, paper_id: int, sha256: str, size_bytes: int) -> None:
    """Note which file a statement became; from then on it is that one."""
    fixed = update(MessagePaperRow).where(col(MessagePaperRow.id) == paper_id, col(MessagePaperRow.sha256) == "")
    session.execute(
        fixed.values(sha256=sha256, size_bytes=size_bytes), execution_options={"synchronize_session": False}
    )
