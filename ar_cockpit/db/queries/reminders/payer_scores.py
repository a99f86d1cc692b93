"""What the payer score is made of, by one query: ``domain/cadence/scores.py`` says what it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, case, cast, func, literal, or_, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.streaming import stream
from ar_cockpit.db.tables import CustomerRow, InvoiceRow
from ar_cockpit.db.together import Day, earlier
from ar_cockpit.domain.cadence.scores import Settled, Weighed, score
from ar_cockpit.domain.figures.receivables import Kind

YEAR = timedelta(days=365)


def payer_scores(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, int]:
    """Return the payer score of each of the ``wanted`` customers that has one."""
    return scores_of(session.execute(payer_scores_question(wanted, as_of)))


def payer_scores_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`scores_of` reads the answer of."""
    row = InvoiceRow
    is_settled = col(row.closed_on) <= as_of
    until = case((is_settled, col(row.closed_on)), else_=literal(as_of) if isinstance(as_of, date) else as_of)
    # A score is no money: its weights may be floats, and cannot overflow.
    weight = cast(col(row.amount_minor), Float)
    late = func.sum(weight * days_between(until, col(row.due_on))) / func.sum(weight)
    counts = or_(
        and_(is_settled, col(row.closed_on) > earlier(as_of, YEAR)),
        and_(col(row.closed_on) > as_of, col(row.invoice_on) <= as_of, col(row.due_on) < as_of),
    )
    return (
        select(col(row.customer_id), late)
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(wanted, col(row.kind) == Kind.INVOICE.value, col(row.amount_minor) > 0, counts)
        .group_by(col(row.customer_id))
    )


def scores_of(rows: Iterable[Sequence[Any]]) -> dict[int, int]:
    """Return the scores by customer."""
    return {customer_id: score(days) for customer_id, days in rows}


def settled(session: Session, wanted: ColumnElement[bool], as_of: date, days: int) -> dict[int, Settled]:
    """Return what each customer settled in the year to ``as_of``, and what leaves that year in the next ``days``."""
    row = InvoiceRow
    weight = cast(col(row.amount_minor), Float)
    late = weight * days_between(col(row.closed_on), col(row.due_on))
    in_year = and_(col(row.closed_on) <= as_of, col(row.closed_on) > as_of - YEAR)
    counts = (wanted, col(row.kind) == Kind.INVOICE.value, col(row.amount_minor) > 0, in_year)
    leaves = col(row.closed_on) <= as_of - YEAR + timedelta(days=days)
    question = (
        select(col(row.customer_id), case((leaves, col(row.closed_on))), func.sum(late), func.sum(weight))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(*counts)
        .group_by(col(row.customer_id), case((leaves, col(row.closed_on))))
    )
    found: dict[int, Settled] = {}
    for customer_id, closed_on, some_late, some_weight in stream(session, question):
        one = found.setdefault(customer_id, Settled())
        one.late += some_late
        one.weight += some_weight
        if closed_on is not None:
            one.leaving.append(((closed_on - as_of + YEAR).days, some_late, some_weight))
    return found


def weighed(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, list[Weighed]]:
    """Return the invoices open on ``as_of`` by customer, as the score weighs them."""
    row = InvoiceRow
    question = (
        select(
            col(row.customer_id),
            col(row.id),
            days_between(literal(as_of), col(row.due_on)),
            cast(col(row.amount_minor), Float),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(
            wanted,
            col(row.kind) == Kind.INVOICE.value,
            col(row.amount_minor) > 0,
            col(row.closed_on) > as_of,
            col(row.invoice_on) <= as_of,
        )
    )
    found: dict[int, list[Weighed]] = {}
    for customer_id, *one in stream(session, question):
        found.setdefault(customer_id, []).append(Weighed(*one))
    return found
