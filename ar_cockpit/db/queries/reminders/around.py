"""What stands around a claimed message: the others of its customer, and addresses that bounced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.queries.customers import has_bounced
from ar_cockpit.db.tables import ContactRow, InvoiceRow, MessageItemRow, MessageRow
from ar_cockpit.domain.cadence.overtaking import Mail
from ar_cockpit.domain.policy.model import INSTALMENT, THANKS

_WAITS = ("queued", "claimed")
_IS_OUT = ("sending", "sent", "unknown", "bounced")
_LOOKED_BACK = timedelta(days=400)


def mails_of(session: Session, customer_ids: Sequence[int], as_of: date) -> dict[int, list[Mail]]:
    """Return the mails of customers that wait or left, of a year and a bit, without thanks and words of a plan."""
    row, item = MessageRow, MessageItemRow
    question = (
        select(
            col(row.id),
            col(row.customer_id),
            col(row.currency),
            col(row.business_on),
            col(row.state).in_(_IS_OUT),
            func.max(col(item.step_offset)) >= 0,
            func.coalesce(func.max(col(item.went_on)), col(row.business_on)),
            col(row.queued_at),
            col(row.sent_at),
        )
        .join(item, col(item.message_row_id) == col(row.id))
        .where(
            col(row.customer_id).in_(customer_ids),
            col(row.business_on) > as_of - _LOOKED_BACK,
            col(row.channel) == "email",
            col(row.state).in_(_WAITS + _IS_OUT),
            col(row.template).not_in((THANKS, INSTALMENT)),
            col(item.dropped) == "",
        )
        .group_by(col(row.id))
    )
    found: dict[int, list[Mail]] = defaultdict(list)
    for one in session.execute(question):
        found[one[1]].append(Mail._make(one))
    return found


def oldest_days(session: Session, customer_ids: Sequence[int], as_of: date) -> dict[int, int]:
    """Return how many days the oldest open invoice of customers is overdue."""
    row = InvoiceRow
    question = (
        select(col(row.customer_id), days_between(as_of, func.min(col(row.due_on))))
        .where(col(row.customer_id).in_(customer_ids), is_open_on(as_of), col(row.open_minor) > 0)
        .group_by(col(row.customer_id))
    )
    return dict(session.execute(question).all())


def bounced_addresses(session: Session, customer_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Return customer and address, in small letters, of contacts whose address bounced."""
    row = ContactRow
    question = select(col(row.customer_id), func.lower(col(row.email)))
    found = session.execute(question.where(col(row.customer_id).in_(customer_ids), has_bounced(row)))
    return {(customer_id, address) for customer_id, address in found}


def set_went_on(session: Session, row_ids: Sequence[int], on: date) -> None:
    """Let what messages say count from the day on which they go, where that is after the day they are of."""
    if row_ids:
        session.execute(
            update(MessageItemRow)
            .where(col(MessageItemRow.message_row_id).in_(row_ids), col(MessageItemRow.business_on) < on)
            .values(went_on=on),
            execution_options={"synchronize_session": False},
        )
