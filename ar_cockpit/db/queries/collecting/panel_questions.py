"""What is asked about one customer's open documents and history, for :mod:`customer_panel` to put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CTE, Select, and_, case, func, or_, select
from sqlmodel import col

from ar_cockpit.db.queries import customers
from ar_cockpit.db.queries.collecting import promises
from ar_cockpit.db.queries.collecting.conversation import DELIVERED, QUIET_TEMPLATES
from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_on
from ar_cockpit.db.queries.documents import current_document
from ar_cockpit.db.queries.figures import foreseen, habits
from ar_cockpit.db.queries.reminders.membership import segment_question
from ar_cockpit.db.tables import (
    AllocationRow,
    CustomerRow,
    DisputeCaseRow,
    DisputeRow,
    InvoiceForecastRow,
    InvoiceRow,
    MessageItemRow,
    MessageRow,
    PaymentRow,
    TouchpointRow,
    UserRow,
)
from ar_cockpit.db.together import AS_OF, CUSTOMER, earlier

MOST_ENTRIES = 60  # of each kind at first: what is older is a press away, and a large customer has hundreds
MOST_OF_HISTORY = 5_000  # of each kind, when somebody searches
# Promises, disputes and messages are told from their own rows, which know more than the touchpoint does.
TOLD_BY_TOUCHPOINTS = (
    "call",
    "reply",
    "auto_reply",
    "bounce",
    "note",
    "ask",
    "snooze",
    "hold",
    "release",
    "pause",
    "done",
    "handover",
    "statement",
    "promise_ended",
    "reminder",
    "sales_told",
    "segment",
    "manual",
    "skip",
    "archived",
    "unarchived",
    "merged",
    "onboarded",
    "answer",
    "plan",
    "plan_proposed",
    "plan_cancelled",
    "dispute_answered",
    "dispute_handed",
    "hold_proposed",
    "write_off_proposed",
    "proposal_accepted",
    "proposal_refused",
)


def questions() -> Mapping[str, Select[*tuple[Any, ...]]]:
    """Return every question by its name."""
    return {
        "invoices": _invoices(),
        "reminded": _reminded(),
        **_history(MOST_ENTRIES),
        "months": habits.months_question(CUSTOMER, AS_OF),
        "contacts": customers.contacts_question(CUSTOMER),
        "segment": segment_question(CUSTOMER),
    }


def whole_history() -> Mapping[str, Select[*tuple[Any, ...]]]:
    """Return the questions about everything that ever happened."""
    return _history(MOST_OF_HISTORY)


def _history(most: int) -> dict[str, Select[*tuple[Any, ...]]]:
    latest = _latest_payments(most)
    return {
        "said": _said(most),
        "mailed": _mailed(most),
        **promises.questions((col(CustomerRow.id) == CUSTOMER,), AS_OF),
        "disputed": _disputed(most),
        "paid": _paid(latest),
        "applied_to": _applied_to(latest),
        "people": _people(),
    }


def _invoices() -> Select[*tuple[Any, ...]]:
    told = InvoiceForecastRow
    reason = (
        select(func.max(func.coalesce(func.nullif(col(DisputeRow.reason), ""), "other")))
        .where(col(DisputeRow.invoice_id) == col(InvoiceRow.id))
        .where(col(DisputeRow.opened_on) <= AS_OF, col(DisputeRow.closed_on) > AS_OF)
        .correlate(InvoiceRow)
        .scalar_subquery()
    )
    return (
        select(
            col(InvoiceRow.id),
            col(InvoiceRow.number),
            col(InvoiceRow.kind),
            col(InvoiceRow.invoice_on),
            col(InvoiceRow.due_on),
            col(InvoiceRow.currency),
            col(InvoiceRow.amount_minor),
            open_on(AS_OF),
            func.coalesce(reason, ""),
            current_document(),
            col(told.expected_on),
            col(told.paid_30),
        )
        .outerjoin(
            told,
            and_(
                col(told.invoice_id) == col(InvoiceRow.id),
                col(told.forecast_on) <= AS_OF,
                col(told.forecast_on) > earlier(AS_OF, foreseen.VALID),
            ),
        )
        .where(col(InvoiceRow.customer_id) == CUSTOMER, is_open_on(AS_OF))
        .order_by(col(InvoiceRow.due_on), col(InvoiceRow.id))
    )


def _said(most: int) -> Select[*tuple[Any, ...]]:
    """Return the latest touchpoints that were not undone, newest first."""
    row = TouchpointRow
    return (
        select(
            col(row.id),
            col(row.kind),
            col(row.happened_on),
            col(row.happened_at),
            col(row.actor_email),
            col(row.text),
            col(row.facts),
            col(row.finance_only),
        )
        .where(col(row.customer_id) == CUSTOMER, col(row.happened_on) <= AS_OF, col(row.undone_at).is_(None))
        .where(col(row.kind).in_(TOLD_BY_TOUCHPOINTS))
        .where(or_(col(row.kind) != "bounce", col(row.message_row_id).is_(None)))  # a message tells that it came back
        .order_by(col(row.happened_at).desc(), col(row.id).desc())
        .limit(most)
    )


def _mailed(most: int) -> Select[*tuple[Any, ...]]:
    """Return the latest messages to the customer, newest first."""
    row = MessageRow
    items = (
        select(func.count())
        .select_from(MessageItemRow)
        .where(col(MessageItemRow.message_row_id) == col(row.id), col(MessageItemRow.dropped).in_(("", "bounced")))
        .correlate(row)
        .scalar_subquery()
    )
    return (
        select(
            col(row.id),
            col(row.message_id),
            col(row.business_on),
            col(row.channel),
            col(row.recipient),
            col(row.state),
            col(row.template),
            col(row.tone),
            col(row.subject),
            items,
            col(row.total_minor),
            col(row.currency),
            col(row.error),
            case((and_(col(row.state) == "queued", col(row.origin) == "person"), col(row.next_attempt_at))),
        )
        .where(col(row.customer_id) == CUSTOMER, col(row.business_on) <= AS_OF)
        .order_by(col(row.business_on).desc(), col(row.id).desc())
        .limit(most)
    )


def _disputed(most: int) -> Select[*tuple[Any, ...]]:
    """Return the customer's disputes that were ever open by the day, newest first."""
    row = DisputeRow
    return (
        select(
            col(InvoiceRow.number),
            col(row.reason),
            col(row.owner_email),
            col(row.opened_on),
            col(row.opened_on_is_known),
            col(row.answer_due_on),
            col(row.closed_on),
            col(row.outcome),
            col(row.note),
            func.coalesce(col(DisputeCaseRow.resolution), ""),
        )
        .join(InvoiceRow, col(InvoiceRow.id) == col(row.invoice_id))
        .outerjoin(DisputeCaseRow, col(DisputeCaseRow.dispute_id) == col(row.id))
        .where(col(row.customer_id) == CUSTOMER, col(row.opened_on) <= AS_OF, col(row.outcome) != "undone")
        .order_by(col(row.opened_on).desc(), col(row.id).desc())
        .limit(most)
    )


def _latest_payments(most: int) -> CTE:
    """Return the customer's latest payments, which two questions are about and PostgreSQL looks up once."""
    row = PaymentRow
    return (
        select(col(row.id), col(row.paid_on), col(row.amount_minor), col(row.currency), col(row.number))
        .where(col(row.customer_id) == CUSTOMER, col(row.paid_on) <= AS_OF)
        .order_by(col(row.paid_on).desc(), col(row.id).desc())
        .limit(most)
        .cte("latest_payments")
    )


def _paid(latest: CTE) -> Select[*tuple[Any, ...]]:
    """Return the payments, newest first."""
    return select(*latest.c).order_by(latest.c.paid_on.desc(), latest.c.id.desc())


def _reminded() -> Select[*tuple[Any, ...]]:
    """Return the documents of every reminder that was delivered, with its tone, oldest first."""
    row = MessageRow
    return (
        select(col(MessageItemRow.invoice_id), col(row.tone))
        .join(row, col(row.id) == col(MessageItemRow.message_row_id))
        .where(col(row.customer_id) == CUSTOMER, col(row.business_on) <= AS_OF, col(MessageItemRow.dropped) == "")
        .where(col(row.state).in_(DELIVERED), col(row.template).not_in(QUIET_TEMPLATES), col(row.channel) != "call")
        .order_by(col(row.business_on), col(row.id))
    )


def _applied_to(latest: CTE) -> Select[*tuple[Any, ...]]:
    """Return the numbers of the documents that each of the payments was applied to."""
    return (
        select(col(AllocationRow.payment_id), col(InvoiceRow.number))
        .select_from(latest)
        .join(AllocationRow, col(AllocationRow.payment_id) == latest.c.id)
        .join(InvoiceRow, col(InvoiceRow.id) == col(AllocationRow.invoice_id))
        .where(col(AllocationRow.allocated_on) <= AS_OF)
        .order_by(col(InvoiceRow.due_on), col(InvoiceRow.id))
    )


def _people() -> Select[*tuple[Any, ...]]:
    """Return those of ours who look after the customer or did something with it."""
    email = col(UserRow.email)
    owner, touch = CustomerRow, TouchpointRow
    return select(email, col(UserRow.name), col(UserRow.phone)).where(
        or_(
            *(
                email == select(column).where(col(owner.id) == CUSTOMER).scalar_subquery()
                for column in (col(owner.collector_email), col(owner.sales_email))
            ),
            email.in_(select(col(touch.actor_email)).where(col(touch.customer_id) == CUSTOMER)),
        )
    )
