"""What collectors look after, collect and do, by their e-mail; customers of nobody stand under an empty one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_with, paid_later
from ar_cockpit.db.queries.figures import parts
from ar_cockpit.db.queries.figures.debtors import Balance
from ar_cockpit.db.queries.figures.sums import Slice, is_about
from ar_cockpit.db.streaming import stream
from ar_cockpit.db.tables import AllocationRow, CustomerRow, InvoiceRow, TouchpointRow
from ar_cockpit.domain.calendar import Period

# What counts as a contact with the customer; money coming in and internal marks do not.
TOUCHES = ("reminder", "call", "reply", "note", "promise", "dispute")


def portfolios(owed: Iterable[Balance], owners: Mapping[int, str]) -> dict[str, tuple[int, int]]:
    """Return the open and the overdue amount by collector, given the collectors of customers."""
    found: dict[str, tuple[int, int]] = {}
    for customer_id, whole, late, _ in owed:
        email = owners.get(customer_id, "")
        before = found.get(email, (0, 0))
        found[email] = (before[0] + whole, before[1] + late)
    return found


def falling_due(
    session: Session, about: Slice, owners: Mapping[int, str], opening: date, until: date
) -> dict[str, int]:
    """Return what was open on ``opening`` and due by ``until``, by collector: what a month's goal is shared by."""
    later = paid_later(opening, about.company_ids)
    documents = (
        select(col(InvoiceRow.customer_id), open_with(later).label("open_minor"))
        .outerjoin(later, later.c.invoice_id == col(InvoiceRow.id))
        .where(is_about(about, InvoiceRow), is_open_on(opening), col(InvoiceRow.due_on) <= until)
        .subquery("documents")
    )
    question = select(documents.c.customer_id, func.sum(documents.c.open_minor)).group_by(documents.c.customer_id)
    found: Counter[str] = Counter()
    for customer_id, minor in stream(session, question):
        found[owners.get(customer_id, "")] += int(minor)
    return dict(found)


def collected(session: Session, about: Slice, period: Period) -> dict[str, int]:
    """Return what was applied to documents in ``period``, by collector."""
    collector = col(CustomerRow.collector_email)
    question = (
        select(collector, func.sum(col(AllocationRow.amount_minor)))
        .join(InvoiceRow, col(InvoiceRow.id) == col(AllocationRow.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(is_about(about, InvoiceRow), _in(period, col(AllocationRow.allocated_on)))
        .where(col(AllocationRow.company_id).in_(about.company_ids))
        .group_by(collector)
    )
    return {email: int(minor) for email, minor in session.execute(question)}


def touches(session: Session, about: Slice, period: Period) -> dict[str, int]:
    """Return how many contacts with their customers happened in ``period``, by collector; undone ones left out."""
    collector = col(CustomerRow.collector_email)
    question = (
        select(collector, func.count())
        .select_from(TouchpointRow)
        .join(CustomerRow, col(CustomerRow.id) == col(TouchpointRow.customer_id))
        .where(col(TouchpointRow.company_id).in_(about.company_ids), col(TouchpointRow.kind).in_(TOUCHES))
        .where(
            col(CustomerRow.currency) == about.currency,
            _in(period, col(TouchpointRow.happened_on)),
            col(TouchpointRow.undone_at).is_(None),
            *parts.conditions(about.part),
        )
        .group_by(collector)
    )
    return {key: value for key, value in session.execute(question)}  # noqa: C416 (a row is no tuple to mypy)


def collectors_of(session: Session, about: Slice) -> dict[int, str]:
    """Return the collector of every customer that has one."""
    question = select(col(CustomerRow.id), col(CustomerRow.collector_email)).where(
        col(CustomerRow.company_id).in_(about.company_ids), col(CustomerRow.collector_email) != ""
    )
    return {key: value for key, value in stream(session, question)}  # noqa: C416 (a row is no tuple to mypy)


def _in(period: Period, day: SQLColumnExpression[date]) -> ColumnElement[bool]:
    return day.between(period.start, period.end)
