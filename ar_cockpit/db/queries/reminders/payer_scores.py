"""What payer scores are made of, by one query; the formula is in :mod:`ar_cockpit.domain.figures.payer_score`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, ScalarSelect, Select, and_, case, cast, func, literal, or_, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.tables import CustomerRow, DisputeRow, InvoiceRow, PromiseRow
from ar_cockpit.db.together import Day, earlier
from ar_cockpit.domain.figures.payer_score import UNPAID_AFTER_DAYS, Behaviour, payer_score
from ar_cockpit.domain.figures.receivables import Kind

YEAR, QUARTER, LONG_UNPAID = timedelta(days=365), timedelta(days=91), timedelta(days=UNPAID_AFTER_DAYS)


def payer_scores(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, int]:
    """Return the payer score of each of the ``wanted`` customers that has one."""
    return scores_of(session.execute(payer_scores_question(wanted, as_of)))


def behaviours(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, Behaviour]:
    """Return what the score of each of the ``wanted`` customers is made of."""
    return {row[0]: _behaviour(row) for row in session.execute(payer_scores_question(wanted, as_of))}


def payer_scores_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`scores_of` reads the answer of."""
    row = InvoiceRow
    closed_on = col(row.closed_on)
    is_settled = closed_on <= as_of
    until = case((is_settled, closed_on), else_=literal(as_of) if isinstance(as_of, date) else as_of)
    late = days_between(until, col(row.due_on))
    is_lately = and_(is_settled, closed_on > earlier(as_of, QUARTER))
    is_before = closed_on <= earlier(as_of, QUARTER)
    is_unpaid = and_(closed_on > as_of, col(row.due_on) < earlier(as_of, LONG_UNPAID))
    counts = or_(
        and_(is_settled, closed_on > earlier(as_of, YEAR)),
        and_(closed_on > as_of, col(row.invoice_on) <= as_of, col(row.due_on) < as_of),
    )
    return (
        select(
            col(row.customer_id),
            _average(late, None),
            _average(late, is_lately),
            _average(late, is_before),
            func.sum(case((and_(is_lately, late > 0), 1), else_=0)),
            func.sum(case((is_unpaid, 1), else_=0)),
            _broken(as_of),
            _unjustified(as_of),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(wanted, col(row.kind) == Kind.INVOICE.value, col(row.amount_minor) > 0, counts)
        .group_by(col(row.customer_id))
    )


def scores_of(rows: Iterable[Sequence[Any]]) -> dict[int, int]:
    """Return the scores by customer."""
    return {row[0]: payer_score(_behaviour(row)).total for row in rows}


def _behaviour(row: Sequence[Any]) -> Behaviour:
    return Behaviour(*row[1:4], *(int(value) for value in row[4:]))


def _average(late: ColumnElement[int], chosen: ColumnElement[bool] | None) -> ColumnElement[Any]:
    """Return the average days late, weighted by amount; a score is no money: floats do, and cannot overflow."""
    weight: ColumnElement[float] = cast(col(InvoiceRow.amount_minor), Float)
    if chosen is None:
        return func.sum(weight * late) / func.sum(weight)
    some = func.sum(case((chosen, weight), else_=0.0))
    return func.sum(case((chosen, weight * late), else_=0.0)) / func.nullif(some, 0.0)


def _broken(as_of: Day) -> ScalarSelect[int]:
    row = PromiseRow
    return (
        select(func.count())
        .select_from(row)
        .where(col(row.customer_id) == col(InvoiceRow.customer_id), col(row.state) == "broken")
        .where(col(row.decided_on) > earlier(as_of, YEAR), col(row.decided_on) <= as_of)
        .correlate(InvoiceRow)
        .scalar_subquery()
    )


def _unjustified(as_of: Day) -> ScalarSelect[int]:
    row = DisputeRow
    return (
        select(func.count())
        .select_from(row)
        .where(col(row.customer_id) == col(InvoiceRow.customer_id), col(row.outcome) == "unjustified")
        .where(col(row.closed_on) > earlier(as_of, YEAR), col(row.closed_on) <= as_of)
        .correlate(InvoiceRow)
        .scalar_subquery()
    )
