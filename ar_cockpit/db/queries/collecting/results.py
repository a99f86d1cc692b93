"""What collectors did in a span of days and what came of it, in narrow rows; and the goals of a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, select, union_all
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_with, paid_later
from ar_cockpit.db.queries.figures.sums import Slice, is_about
from ar_cockpit.db.streaming import stream
from ar_cockpit.db.tables import (
    AllocationRow,
    CollectorGoalRow,
    CustomerRow,
    InvoiceRow,
    MessageRow,
    PaymentPlanRow,
    PromiseRow,
    TouchpointRow,
)
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.collecting.results import Contact, Receipt

# What a person did towards a customer; notes, snoozes and marks are no contact.
CONTACTS = ("call", "promise", "dispute", "plan", "plan_proposed")
_WRITTEN = ("queued", "claimed", "sending", "sent", "failed", "unknown", "bounced")


def contacts(session: Session, company_ids: Sequence[int], span: Period) -> list[Contact]:
    """Return who contacted whom and when: calls, promises, plans and disputes taken down, and mails written by hand."""
    touch, mail = TouchpointRow, MessageRow
    spoke = select(col(touch.customer_id), col(touch.happened_on), func.lower(col(touch.actor_email))).where(
        col(touch.company_id).in_(company_ids),
        col(touch.kind).in_(CONTACTS),
        col(touch.undone_at).is_(None),
        col(touch.happened_on).between(span.start, span.end),
    )
    wrote = select(col(mail.customer_id), col(mail.business_on), func.lower(col(mail.created_by))).where(
        col(mail.company_id).in_(company_ids),
        col(mail.channel) == "email",  # with the states what the index of the outbox begins with
        col(mail.state).in_(_WRITTEN),
        col(mail.origin) == "person",
        col(mail.business_on).between(span.start, span.end),
    )
    return [Contact(*row) for row in session.execute(union_all(spoke, wrote))]


def money(session: Session, about: Slice, span: Period) -> list[Receipt]:
    """Return what was applied to documents in ``span``, by customer and day."""
    day = col(AllocationRow.allocated_on)
    question = (
        select(col(InvoiceRow.customer_id), day, func.sum(col(AllocationRow.amount_minor)))
        .join(InvoiceRow, col(InvoiceRow.id) == col(AllocationRow.invoice_id))
        .where(is_about(about, InvoiceRow), day.between(span.start, span.end))
        .where(col(AllocationRow.company_id).in_(about.company_ids))
        .group_by(col(InvoiceRow.customer_id), day)
    )
    return [Receipt(key, on, int(minor)) for key, on, minor in stream(session, question)]


def promises(session: Session, about: Slice, span: Period) -> dict[str, tuple[int, int, int]]:
    """Return by who took them down: promises made in ``span``, and of those decided in it the kept and all.

    A payment plan is one promise, whatever the number of its instalments: kept when it is paid, broken when one is.
    """
    row, plan = PromiseRow, PaymentPlanRow
    single = select(
        func.lower(col(row.made_by)).label("person"), col(row.made_on), col(row.decided_on), col(row.state)
    ).where(
        col(row.company_id).in_(about.company_ids),
        col(row.currency) == about.currency,
        col(row.plan_id).is_(None),
        col(row.state) != "cancelled",
        _in(span, col(row.made_on)) | _in(span, col(row.decided_on)),
    )
    became = case((col(plan.state) == "completed", "kept"), (col(plan.state) == "broken", "broken"), else_="open")
    plans = select(func.lower(col(plan.made_by)), col(plan.made_on), col(plan.state_on), became).where(
        col(plan.company_id).in_(about.company_ids),
        col(plan.currency) == about.currency,
        col(plan.state).in_(("active", "broken", "completed")),
        _in(span, col(plan.made_on)) | _in(span, col(plan.state_on)),
    )
    c = union_all(single, plans).subquery("promised").c
    made, decided = _in(span, c.made_on), and_(_in(span, c.decided_on), c.state.in_(("kept", "broken")))
    question = select(
        c.person,
        func.sum(case((made, 1), else_=0)),
        func.sum(case((and_(decided, c.state == "kept"), 1), else_=0)),
        func.sum(case((decided, 1), else_=0)),
    ).group_by(c.person)
    return {email: (int(n), int(kept), int(all_)) for email, n, kept, all_ in session.execute(question)}


def overdue(session: Session, about: Slice, on: date) -> dict[str, int]:
    """Return what is overdue on a day, by today's collector; credit notes left out."""
    later = paid_later(on, about.company_ids)
    collector = func.lower(col(CustomerRow.collector_email))
    question = (
        select(collector, func.sum(open_with(later)))
        .select_from(InvoiceRow)
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .outerjoin(later, later.c.invoice_id == col(InvoiceRow.id))
        .where(is_about(about, InvoiceRow), is_open_on(on), col(InvoiceRow.due_on) < on)
        .where(col(InvoiceRow.amount_minor) > 0)
        .group_by(collector)
    )
    return {email: int(minor) for email, minor in session.execute(question)}


def goals(session: Session, about: Slice, month_on: date) -> dict[str, int]:
    """Return the goals of a month by collector, over the companies asked for."""
    row = CollectorGoalRow
    question = (
        select(col(row.collector_email), func.sum(col(row.amount_minor)))
        .where(col(row.company_id).in_(about.company_ids), col(row.currency) == about.currency)
        .where(col(row.month_on) == month_on)
        .group_by(col(row.collector_email))
    )
    return {email: int(minor) for email, minor in session.execute(question)}


def _in(span: Period, day: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return day.between(span.start, span.end)
