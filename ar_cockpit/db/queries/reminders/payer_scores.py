"""The payer score: 0 to 100 from a customer's own behaviour, by one query.

Score = 100 − 2 × the average days late, weighted by amount, over the invoices settled in the year to the day and those
overdue on it (their days late so far): 100 pays on time or early, 50 is 25 days late, 0 is 50 days late or more.
A customer with neither settled nor overdue invoices has no score.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.streaming import narrow
from ar_cockpit.db.tables import CustomerRow, InvoiceRow
from ar_cockpit.db.together import Day, earlier
from ar_cockpit.domain.figures.receivables import Kind

YEAR = timedelta(days=365)
POINTS_A_DAY = 2
_FEW = 2000  # customers, of whom each has its documents by index


def payer_scores(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, int]:
    """Return the payer score of each of the ``wanted`` customers that has one."""
    if not _are_many(session, wanted):
        return scores_of(session.execute(payer_scores_question(wanted, as_of)))
    # No plain column, so that SQLite goes through the documents as they lie, and not through all of them in the order
    # of their customers to spare itself a sort.
    key = cast(col(InvoiceRow.customer_id) + literal_column("0"), Integer)
    scored = _scored(as_of, key.label("customer_id")).subquery()
    question = select(*scored.c).join(CustomerRow, col(CustomerRow.id) == scored.c.customer_id).where(wanted)
    return scores_of(narrow(session, question))


def _are_many(session: Session, wanted: ColumnElement[bool]) -> bool:
    question = select(col(CustomerRow.id)).where(wanted).limit(1).offset(_FEW)
    return session.execute(question).first() is not None


def payer_scores_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`scores_of` reads the answer of."""
    owner = col(InvoiceRow.customer_id)
    return _scored(as_of, owner).join(CustomerRow, col(CustomerRow.id) == owner).where(wanted)


def _scored(as_of: Day, owner: SQLColumnExpression[int]) -> Select[*tuple[Any, ...]]:
    """Return the average days late by customer."""
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
        select(owner, late.label("days_late"))
        .where(col(row.kind) == Kind.INVOICE.value, col(row.amount_minor) > 0, counts)
        .group_by(owner)
    )


def scores_of(rows: Iterable[Sequence[Any]]) -> dict[int, int]:
    """Return the scores by customer."""
    return {customer_id: _score(days) for customer_id, days in rows}


def _score(days_late: float) -> int:
    return min(100, max(0, round(100 - POINTS_A_DAY * days_late)))
