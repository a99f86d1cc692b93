"""Claimed messages as they were frozen: what a sender and its last look read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from ar_cockpit.db.tables import ContactRow, MessageItemRow, MessageRow


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed message, as it was frozen."""

    row_id: int
    customer_id: int
    message_id: str
    origin: str
    cadence: str
    step: str
    template: str
    language: str
    sender: str
    reply_to: str
    recipient: str
    contact_id: int | None
    contact_name: str
    subject: str
    text: str
    html: str
    images: str
    currency: str
    is_notice: bool
    business_on: date


@dataclass(frozen=True, slots=True)
class ClaimedItem:
    """One invoice of a claimed message, as it was listed."""

    item_id: int
    message_row_id: int
    invoice_id: int
    step: str
    step_offset: int
    open_minor: int


def claimed_messages(session: Session, row_ids: Sequence[int]) -> list[Claimed]:
    """Return claimed messages in the order of their ids."""
    row, item = MessageRow, MessageItemRow
    of_this = (col(item.message_row_id) == col(row.id), col(item.dropped) == "", col(item.step_offset) >= 0)
    is_due = exists().where(*of_this).correlate(row)
    question = (
        select(
            col(row.id),
            col(row.customer_id),
            col(row.message_id),
            col(row.origin),
            col(row.cadence),
            col(row.step),
            col(row.template),
            col(row.language),
            col(row.sender),
            col(row.reply_to),
            col(row.recipient),
            col(row.contact_id),
            func.coalesce(col(ContactRow.name), ""),
            col(row.subject),
            col(row.text_body),
            col(row.html_body),
            col(row.images),
            col(row.currency),
            ~is_due,
            col(row.business_on),
        )
        .outerjoin(ContactRow, col(ContactRow.id) == col(row.contact_id))
        .where(col(row.id).in_(row_ids))
        .order_by(col(row.id))
    )
    return [Claimed(*one) for one in session.execute(question)]


def claimed_items(session: Session, row_ids: Sequence[int]) -> dict[int, list[ClaimedItem]]:
    """Return what claimed messages list, by message, in the order of listing."""
    row = MessageItemRow
    question = (
        select(
            col(row.id),
            col(row.message_row_id),
            col(row.invoice_id),
            col(row.step),
            col(row.step_offset),
            col(row.open_minor),
        )
        .where(col(row.message_row_id).in_(row_ids), col(row.dropped) == "")
        .order_by(col(row.id))
    )
    found: dict[int, list[ClaimedItem]] = defaultdict(list)
    for one in session.execute(question):
        found[one[1]].append(ClaimedItem(*one))
    return found


def threads(session: Session, row_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the Message-IDs sent before to the same address about the same invoices, by message, oldest first."""
    now, before, item, earlier = aliased(MessageRow), aliased(MessageRow), MessageItemRow, aliased(MessageItemRow)
    question = (
        select(col(now.id), col(before.message_id))
        .join(item, col(item.message_row_id) == col(now.id))
        .join(
            earlier,
            and_(col(earlier.company_id) == col(item.company_id), col(earlier.invoice_id) == col(item.invoice_id)),
        )
        .join(before, col(before.id) == col(earlier.message_row_id))
        .where(
            col(now.id).in_(row_ids),
            col(before.id) < col(now.id),
            col(before.state) == "sent",
            col(before.recipient) == col(now.recipient),
        )
        .group_by(col(now.id), col(before.id), col(before.message_id))
        .order_by(col(now.id), col(before.id))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row_id, message_id in session.execute(question):
        found[row_id].append(message_id)
    return found
