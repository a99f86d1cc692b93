"""Marks of what changed since priorities were stored: whose they are, which a look has to judge, and their end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting.priorities import Reach
from ar_cockpit.db.tables import CustomerPriorityRow, CustomerRow, PriorityMarkRow

_MARKS_LOOKED_AT = 1_000  # an act leaves a few marks, a file thousands


class Marked(NamedTuple):
    """Customers of whom something changed since they were judged, the latest first, and whether these are all."""

    customers: tuple[int, ...]
    is_all: bool


def marked(session: Session, customers: ColumnElement[bool], reach: Reach, most: int) -> Marked:
    """Return up to ``most`` marked customers that are among ``customers`` now, or were when their task was kept.

    Only the latest marks are looked at, so that a file that left thousands costs no more than an act.
    """
    row = PriorityMarkRow
    latest = select(col(row.id), col(row.customer_id)).order_by(col(row.id).desc()).limit(_MARKS_LOOKED_AT).subquery()
    is_there = func.coalesce(col(CustomerRow.id), col(CustomerPriorityRow.customer_id)).is_not(None)
    question = (
        select(latest.c.customer_id, is_there)
        .outerjoin(CustomerRow, (col(CustomerRow.id) == latest.c.customer_id) & customers)
        .outerjoin(CustomerPriorityRow, (col(CustomerPriorityRow.customer_id) == latest.c.customer_id) & reach.clause)
        .order_by(latest.c.id.desc())
    )
    rows = session.execute(question).all()
    found = tuple(dict.fromkeys(customer for customer, is_there in rows if is_there))
    return Marked(found[:most], len(found) <= most and len(rows) < _MARKS_LOOKED_AT)


def changed(session: Session, customers: ColumnElement[bool], most: int) -> list[int]:
    """Return up to ``most`` of ``customers`` of whom something changed since."""
    question = (
        select(col(PriorityMarkRow.customer_id))
        .join(CustomerRow, col(CustomerRow.id) == col(PriorityMarkRow.customer_id))
        .where(customers)
        .distinct()
        .limit(most)
    )
    return list(session.execute(question).scalars())


def marked_on_page(
    session: Session, reach: Reach, state: str, wanted: ColumnElement[bool], span: slice, most: int
) -> list[int]:
    """Return the first ``most`` customers of a span of a tab of whom something changed since."""
    row, most_shown = CustomerPriorityRow, span.stop - span.start
    in_tab = select(col(row.customer_id), col(row.rank_key)).where(reach.clause, col(row.state) == state, wanted)
    shown = in_tab.order_by(col(row.rank_key)).offset(span.start).limit(most_shown).subquery()
    is_marked = exists().where(col(PriorityMarkRow.customer_id) == shown.c.customer_id)
    question = select(shown.c.customer_id).where(is_marked).order_by(shown.c.rank_key).limit(most)
    return list(session.execute(question).scalars())


def unmarked(session: Session, company_id: int) -> list[int]:
    """Return the customers of a company of whom nothing changed since their priority was stored."""
    marked_ = exists().where(col(PriorityMarkRow.customer_id) == col(CustomerRow.id)).correlate(CustomerRow)
    question = select(col(CustomerRow.id)).where(col(CustomerRow.company_id) == company_id, ~marked_)
    return list(session.execute(question.order_by(col(CustomerRow.id))).scalars())


def any_mark(session: Session) -> bool:
    """Return whether something changed of any customer."""
    return session.execute(select(col(PriorityMarkRow.id)).limit(1)).first() is not None


def marks(session: Session, company_id: int | None = None, most: int | None = None) -> list[tuple[int, int]]:
    """Return marks with their customers, oldest first: of one company, or up to ``most`` of all."""
    question = select(col(PriorityMarkRow.id), col(PriorityMarkRow.customer_id)).order_by(col(PriorityMarkRow.id))
    if company_id is not None:
        question = question.join(CustomerRow, col(CustomerRow.id) == col(PriorityMarkRow.customer_id))
        question = question.where(col(CustomerRow.company_id) == company_id)
    return [(mark, customer) for mark, customer in session.execute(question.limit(most))]


def forget(session: Session, mark_ids: Sequence[int]) -> None:
    """Take marks away, and no younger one of the same customers."""
    if mark_ids:
        session.execute(delete(PriorityMarkRow).where(among(session, col(PriorityMarkRow.id), mark_ids)))
