"""Facts of what is said outside of the ladder: promises that broke and were named, payments to be thanked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import CTE, ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.conversation import DELIVERED
from ar_cockpit.db.queries.reminders.currencies import currencies_of_documents
from ar_cockpit.db.tables import CompanyRow, CustomerRow, DisputeRow, InvoiceRow, MessageItemRow, MessageRow
from ar_cockpit.domain.cadence.occasions import THANKED, Settled
from ar_cockpit.domain.policy.model import BROKEN_PROMISE, THANKS

THANKED_FOR = timedelta(days=5)  # a payment longer ago is not thanked for any more


def not_named(session: Session, broken: Mapping[int, date]) -> dict[int, date]:
    """Return those of the invoices, by the day their promise broke, that no message has named since."""
    if not broken:
        return {}
    item = MessageItemRow
    question = (
        select(col(item.invoice_id), func.max(col(item.business_on)))
        .join(MessageRow, col(MessageRow.id) == col(item.message_row_id))
        .where(among(session, col(item.invoice_id), broken), col(item.dropped) == "")
        .where(col(MessageRow.template) == BROKEN_PROMISE, col(MessageRow.state) != "cancelled")
        .group_by(col(item.invoice_id))
    )
    named = {one[0]: one[1] for one in session.execute(question)}
    return {key: on for key, on in broken.items() if key not in named or named[key] < on}


def settled(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, list[Settled]]:
    """Return the invoices paid lately that we had written about, by customer, each thanked for once at most.

    Customers who owe anything overdue, or dispute anything, are left out: thanks would sound like mockery.
    """
    row, lately = InvoiceRow, _settled_lately(session, as_of)
    question = (
        select(
            col(row.customer_id),
            col(row.id),
            col(row.number),
            col(row.currency),
            col(row.amount_minor),
            days_between(col(row.closed_on), col(row.due_on)),
        )
        .join(lately, lately.c.id == col(row.id))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(wanted, _was_written_about(), ~_was_thanked_for())
        .where(~_owes_overdue(as_of), ~_disputes(as_of))
        .order_by(col(row.customer_id), col(row.id))
    )
    found: dict[int, list[Settled]] = defaultdict(list)
    for customer_id, *facts in session.execute(question):
        found[customer_id].append(Settled(*facts))
    return found


def days_since_thanks(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[int, int]:
    """Return the days since each customer was last thanked."""
    question = (
        select(col(MessageRow.customer_id), days_between(as_of, func.max(col(MessageRow.business_on))))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(customers, col(MessageRow.template) == THANKS, col(MessageRow.state) != "cancelled")
        .where(col(MessageRow.business_on) <= as_of)
        .group_by(col(MessageRow.customer_id))
    )
    return {one[0]: one[1] for one in session.execute(question)}


def _settled_lately(session: Session, as_of: date) -> CTE:
    """Return the invoices settled lately, by the whole of the key that there is an index for.

    Found before anything else: PostgreSQL would begin with all that was ever written and look each invoice up.
    """
    row = InvoiceRow
    question = select(col(row.id)).where(
        col(row.company_id).in_(select(col(CompanyRow.id))),
        col(row.currency).in_(currencies_of_documents(session)),
        col(row.closed_on).between(as_of - THANKED_FOR, as_of),
        col(row.amount_minor) > 0,
        col(row.written_off_on).is_(None),
    )
    return question.cte("lately").prefix_with("MATERIALIZED", dialect="postgresql")


def _was_written_about() -> ColumnElement[bool]:
    item = aliased(MessageItemRow)
    return (
        exists()
        .where(
            and_(col(item.company_id) == col(InvoiceRow.company_id), col(item.invoice_id) == col(InvoiceRow.id)),
            col(item.dropped) == "",
            col(MessageRow.id) == col(item.message_row_id),
            col(MessageRow.channel) != "allocate",
            col(MessageRow.state).in_(DELIVERED),
        )
        .correlate(InvoiceRow)
    )


def _was_thanked_for() -> ColumnElement[bool]:
    item = aliased(MessageItemRow)
    return (
        exists()
        .where(
            col(item.company_id) == col(InvoiceRow.company_id),
            col(item.invoice_id) == col(InvoiceRow.id),
            col(item.step) == THANKED,
        )
        .correlate(InvoiceRow)
    )


def _owes_overdue(as_of: date) -> ColumnElement[bool]:
    owed = aliased(InvoiceRow)
    return (
        exists()
        .where(
            col(owed.customer_id) == col(CustomerRow.id),
            col(owed.closed_on) > as_of,
            col(owed.due_on) < as_of,
            col(owed.amount_minor) > 0,
        )
        .correlate(CustomerRow)
    )


def _disputes(as_of: date) -> ColumnElement[bool]:
    row = aliased(DisputeRow)
    return (
        exists()
        .where(col(row.customer_id) == col(CustomerRow.id), col(row.opened_on) <= as_of, col(row.closed_on) > as_of)
        .correlate(CustomerRow)
    )
