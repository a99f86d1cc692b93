"""What payer scores are made of, by one query; the formula is in :mod:`ar_cockpit.domain.figures.payer_score`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    ScalarSelect,
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
from ar_cockpit.db.tables import CustomerRow, DisputeRow, InvoiceRow, PromiseRow
from ar_cockpit.db.together import Day, earlier
from ar_cockpit.domain.figures.payer_score import QUARTER, UNPAID_AFTER_DAYS, YEAR, Behaviour, payer_score
from ar_cockpit.domain.figures.receivables import Kind

LONG_UNPAID = timedelta(days=UNPAID_AFTER_DAYS)
_FEW = 2000  # customers, of whom each has its documents by index


def payer_scores(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, int]:
    """Return the payer score of each of the ``wanted`` customers that has one."""
    if not _are_many(session, wanted):
        return scores_of(session.execute(payer_scores_question(wanted, as_of)))
    # No plain column, so that SQLite goes through the documents as they lie, and not through all of them in the order
    # of their customers to spare itself a sort.
    key = cast(col(InvoiceRow.customer_id) + literal_column("0"), Integer)
    scored = _scored(as_of, key.label("customer_id")).subquery()
    owner = col(CustomerRow.id)
    question = (
        select(*scored.c, _broken(as_of, owner), _unjustified(as_of, owner))
        .join(CustomerRow, owner == scored.c.customer_id)
        .where(wanted)
    )
    return scores_of(narrow(session, question))


def _are_many(session: Session, wanted: ColumnElement[bool]) -> bool:
    question = select(col(CustomerRow.id)).where(wanted).limit(1).offset(_FEW)
    return session.execute(question).first() is not None


def behaviours(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, Behaviour]:
    """Return what the score of each of the ``wanted`` customers is made of."""
    return {row[0]: _behaviour(row) for row in session.execute(payer_scores_question(wanted, as_of))}


def payer_scores_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`scores_of` reads the answer of."""
    owner = col(InvoiceRow.customer_id)
    scored = _scored(as_of, owner).add_columns(_broken(as_of, owner), _unjustified(as_of, owner))
    return scored.join(CustomerRow, col(CustomerRow.id) == owner).where(wanted)


def _scored(as_of: Day, owner: SQLColumnExpression[int]) -> Select[*tuple[Any, ...]]:
    """Return what the documents of each customer tell of how it pays."""
    row = InvoiceRow
    closed_on = col(row.closed_on)
    is_settled = closed_on <= as_of
    until = case((is_settled, closed_on), else_=literal(as_of) if isinstance(as_of, date) else as_of)
    late = days_between(until, col(row.due_on))
    due_on = col(row.due_on)
    is_lately, is_before = due_on > earlier(as_of, QUARTER), due_on <= earlier(as_of, QUARTER)
    settled_lately = and_(is_settled, closed_on > earlier(as_of, QUARTER))
    is_unpaid = and_(closed_on > as_of, col(row.due_on) < earlier(as_of, LONG_UNPAID))
    counts = or_(
        and_(due_on > earlier(as_of, YEAR), due_on <= as_of, col(row.invoice_on) <= as_of),
        and_(closed_on > as_of, col(row.invoice_on) <= as_of, col(row.due_on) < as_of),
    )
    return (
        select(
            owner,
            _average(late, None).label("late"),
            _average(late, is_lately).label("lately"),
            _average(late, is_before).label("before"),
            func.sum(case((and_(settled_lately, late > 0), 1), else_=0)).label("late_lately"),
            func.sum(case((is_unpaid, 1), else_=0)).label("unpaid"),
            _share(is_before).label("share_before"),
        )
        .where(col(row.kind) == Kind.INVOICE.value, col(row.amount_minor) > 0, counts)
        .group_by(owner)
    )


def scores_of(rows: Iterable[Sequence[Any]]) -> dict[int, int]:
    """Return the scores by customer."""
    return {row[0]: payer_score(_behaviour(row)).total for row in rows}


def _behaviour(row: Sequence[Any]) -> Behaviour:
    late, lately, before, late_lately, unpaid, share, broken, unjustified = row[1:9]
    return Behaviour(late, lately, before, int(late_lately), int(unpaid), float(share), int(broken), int(unjustified))


def _share(chosen: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return the part of the amounts that is ``chosen``."""
    weight: ColumnElement[float] = cast(col(InvoiceRow.amount_minor), Float)
    return func.sum(case((chosen, weight), else_=0.0)) / func.sum(weight)


def _average(late: ColumnElement[int], chosen: ColumnElement[bool] | None) -> ColumnElement[Any]:
    """Return the average days late, weighted by amount; a score is no money: floats do, and cannot overflow."""
    weight: ColumnElement[float] = cast(col(InvoiceRow.amount_minor), Float)
    if chosen is None:
        return func.sum(weight * late) / func.sum(weight)
    some = func.sum(case((chosen, weight), else_=0.0))
    return func.sum(case((chosen, weight * late), else_=0.0)) / func.nullif(some, 0.0)


def _broken(as_of: Day, owner: SQLColumnExpression[int]) -> ScalarSelect[int]:
    row = PromiseRow
    return (
        select(func.count())
        .select_from(row)
        .where(col(row.customer_id) == owner, col(row.state) == "broken")
        .where(col(row.decided_on) > earlier(as_of, YEAR), col(row.decided_on) <= as_of)
        .correlate(InvoiceRow, CustomerRow)
        .scalar_subquery()
    )


def _unjustified(as_of: Day, owner: SQLColumnExpression[int]) -> ScalarSelect[int]:
    row = DisputeRow
    return (
        select(func.count())
        .select_from(row)
        .where(col(row.customer_id) == owner, col(row.outcome) == "unjustified")
        .where(col(row.closed_on) > earlier(as_of, YEAR), col(row.closed_on) <= as_of)
        .correlate(InvoiceRow, CustomerRow)
        .scalar_subquery()
    )
