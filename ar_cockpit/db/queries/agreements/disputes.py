"""Disputes as listed: what is disputed, who answers by when, how old each is; and how fast they were settled."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, and_, case, func, literal, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.agreements.listed import Judged
from ar_cockpit.db.queries.collecting.open_items import is_disputed_on, is_open_on, open_on
from ar_cockpit.db.tables import CompanyRow, CustomerRow, DisputeCaseRow, DisputeRow, InvoiceRow
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.collecting.listing import ListQuestion


def judged(reached: ColumnElement[bool], asked: ListQuestion) -> Judged:
    """Return the disputes that are ``reached``, opened by the day."""
    rows = _rows(reached, asked)
    c = rows.c
    standing = c.state != "closed"
    shown = {
        "open": standing,
        "late": c.state == "late",
        "answered": c.state == "answered",
        "closed": c.state == "closed",
        "all": c.id.is_not(None),
    }
    sorts = {
        "answer_due_on": c.answer_due_on,
        "customer": func.lower(c.customer_name),
        "invoice": c.invoice,
        "opened_on": c.opened_on,
        "amount": c.amount_minor,
        "age": c.age,
    }
    return Judged(rows, shown, standing & c.opened_on_is_known, (c.amount_minor, c.open_minor), sorts)


def _rows(reached: ColumnElement[bool], asked: ListQuestion) -> Subquery:
    row, case_row, as_of = DisputeRow, DisputeCaseRow, asked.as_of
    is_open = col(row.closed_on) > as_of
    still_owed = case((is_open_on(as_of), open_on(as_of)), else_=0)
    usual = case((is_open, still_owed), else_=col(InvoiceRow.amount_minor))
    answered = and_(col(case_row.answered_on).is_not(None), col(case_row.answered_on) <= as_of)
    age = days_between(case((is_open, literal(as_of)), else_=col(row.closed_on)), col(row.opened_on))
    left = days_between(
        col(row.answer_due_on),
        case((answered, col(case_row.answered_on)), (is_open, literal(as_of)), else_=col(row.closed_on)),
    )
    state = case((~is_open, "closed"), (answered, "answered"), (left < 0, "late"), else_="open")
    return (
        select(
            col(row.id),
            col(CompanyRow.code).label("company"),
            col(CustomerRow.code).label("customer"),
            col(CustomerRow.name).label("customer_name"),
            col(row.owner_email).label("owner"),
            col(InvoiceRow.number).label("invoice"),
            col(InvoiceRow.id).label("invoice_id"),
            col(InvoiceRow.currency).label("currency"),
            col(row.reason),
            col(row.note),
            col(row.opened_on),
            col(row.opened_on_is_known),
            col(row.answer_due_on),
            col(row.closed_on),
            col(row.outcome),
            func.coalesce(col(case_row.amount_minor), usual).label("amount_minor"),
            still_owed.label("open_minor"),
            func.coalesce(col(case_row.answer), "").label("answer"),
            func.coalesce(col(case_row.resolution), "").label("resolution"),
            state.label("state"),
            age.label("age"),
            left.label("days_left"),
        )
        .join(InvoiceRow, col(InvoiceRow.id) == col(row.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .outerjoin(case_row, col(case_row.dispute_id) == col(row.id))
        .where(reached, col(InvoiceRow.currency) == asked.currency)
        .where(col(row.opened_on) <= as_of, col(row.outcome) != "undone")
        .subquery("judged")
    )


def cycle(session: Session, reached: ColumnElement[bool], currency: str, period: Period) -> tuple[int, float | None]:
    """Return how many disputes were closed in ``period``, of those whose first day is known, and their average days."""
    row = DisputeRow
    days = days_between(col(row.closed_on), col(row.opened_on))
    question = (
        select(func.count(), func.avg(days))
        .select_from(row)
        .join(InvoiceRow, col(InvoiceRow.id) == col(row.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(reached, col(InvoiceRow.currency) == currency, col(row.opened_on_is_known))
        .where(col(row.closed_on).between(period.start, period.end), col(row.outcome) != "undone")
    )
    count, average = session.execute(question).one()
    return int(count), None if average is None else float(average)


def overdue_share(session: Session, reached: ColumnElement[bool], asked: ListQuestion) -> tuple[int, int]:
    """Return what is disputed of the overdue, and what is overdue, in minor units.

    Of an invoice that is disputed in part, that part counts, as far as it is still open.
    """
    as_of = asked.as_of
    open_minor, part_of = open_on(as_of), _disputed_part(as_of)
    part = func.coalesce(part_of, open_minor)
    disputed = case((~is_disputed_on(as_of), 0), (part < open_minor, part), else_=open_minor)
    question = (
        select(func.sum(disputed), func.sum(open_minor))
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(reached, col(InvoiceRow.currency) == asked.currency, is_open_on(as_of))
        .where(col(InvoiceRow.due_on) < as_of, col(InvoiceRow.amount_minor) > 0)
    )
    some, whole = session.execute(question).one()
    return int(some or 0), int(whole or 0)


def _disputed_part(as_of: date) -> ScalarSelect[int]:
    """Return what of an invoice is disputed on a day; nothing where it is all of it."""
    row, told = DisputeRow, DisputeCaseRow
    return (
        select(func.max(col(told.amount_minor)))
        .join(row, col(row.id) == col(told.dispute_id))
        .where(col(row.invoice_id) == col(InvoiceRow.id), col(row.opened_on) <= as_of, col(row.closed_on) > as_of)
        .correlate(InvoiceRow)
        .scalar_subquery()
    )
