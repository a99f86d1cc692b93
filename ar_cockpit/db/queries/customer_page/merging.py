"""What hangs on a customer, counted and moved to another: every table that names a customer, found by its key.

Where the other customer has such a row already (a contact of the same name, a message of the same day and address) the
row stays with the first one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    update,
)
from sqlmodel import Session, col

from ar_cockpit.db.metadata import metadata
from ar_cockpit.db.tables import (
    CustomerMergeRow,
    CustomerPriorityRow,
    CustomerRow,
    CustomerSegmentRow,
    DisputeRow,
    InvoiceRow,
    PaymentDriftRow,
    PaymentRow,
    PromiseRow,
)
from ar_cockpit.domain.calendar import OPEN_END

_OWN = "customer_id"
# Kept for one customer alone and made anew: of the first one nothing is left to say.
_DERIVED = (CustomerPriorityRow, CustomerSegmentRow, PaymentDriftRow)
_NOT_MOVED = {str(row.__tablename__) for row in _DERIVED} | {str(CustomerMergeRow.__tablename__)}
_QUIET = {"synchronize_session": False}


class Moves(NamedTuple):
    """How many rows of a table move, and how many stay."""

    moves: int
    stays: int


def open_items(session: Session, customer_id: int) -> int:
    """Return how many open documents, unapplied payments, open disputes and open promises a customer has."""
    questions = (
        select(func.count()).where(col(InvoiceRow.customer_id) == customer_id, col(InvoiceRow.closed_on) == OPEN_END),
        select(func.count()).where(col(PaymentRow.customer_id) == customer_id, col(PaymentRow.unapplied_minor) != 0),
        select(func.count()).where(col(DisputeRow.customer_id) == customer_id, col(DisputeRow.closed_on) == OPEN_END),
        select(func.count()).where(col(PromiseRow.customer_id) == customer_id, col(PromiseRow.state) == "open"),
    )
    return sum(int(session.execute(question).scalar_one()) for question in questions)


def merged_into(session: Session, customer_id: int) -> int | None:
    """Return the customer that one was merged into."""
    question = select(col(CustomerMergeRow.into_id)).where(col(CustomerMergeRow.from_id) == customer_id)
    return session.execute(question).scalar_one_or_none()


def counts(session: Session, source_id: int, target_id: int) -> dict[str, Moves]:
    """Return what of each table would move and what would stay."""
    found = {}
    for table in _tables():
        own = table.c[_OWN] == source_id
        whole = session.execute(select(func.count()).select_from(table).where(own)).scalar_one()
        moves = session.execute(
            select(func.count()).select_from(table).where(own, _is_free(table, target_id))
        ).scalar_one()
        found[table.name] = Moves(moves, whole - moves)
    return found


def move(session: Session, source_id: int, target_id: int) -> dict[str, int]:
    """Move every row and return how many of each table; what was derived of the source is deleted."""
    session.flush()
    moved = {}
    for table in _tables():
        changed = session.execute(
            update(table).where(table.c[_OWN] == source_id, _is_free(table, target_id)).values({_OWN: target_id}),
            execution_options=_QUIET,
        )
        if changed.rowcount:  # type: ignore[attr-defined]  # of an UPDATE there is one
            moved[table.name] = int(changed.rowcount)  # type: ignore[attr-defined]
    for row in _DERIVED:
        session.execute(delete(row).where(col(row.customer_id) == source_id), execution_options=_QUIET)
    earlier = update(CustomerMergeRow).where(col(CustomerMergeRow.into_id) == source_id)
    session.execute(earlier.values(into_id=target_id), execution_options=_QUIET)
    session.expire_all()
    return moved


def adopt_members(session: Session, company_id: int, source_code: str, target_code: str) -> None:
    """Let the customers whose parent was the source have the target as theirs."""
    row = CustomerRow
    members = (col(row.company_id) == company_id, col(row.parent_code) == source_code, col(row.code) != target_code)
    session.execute(update(row).where(*members).values(parent_code=target_code), execution_options=_QUIET)


def _tables() -> Iterator[Table]:
    """Yield the tables whose rows belong to a customer."""
    for table in metadata.sorted_tables:
        owner = table.c.get(_OWN)
        if owner is not None and table.name not in _NOT_MOVED and any(_is_owner(key) for key in owner.foreign_keys):
            yield table


def _is_owner(key: Any) -> bool:
    return bool(key.column.table.name == CustomerRow.__tablename__)


def _is_free(table: Table, target_id: int) -> ColumnElement[bool]:
    """Return whether the target has no such row, by each rule that a customer's rows differ by something."""
    rules = _rules(table)
    if not rules:
        return true()
    other = table.alias()
    same = [and_(true(), *(other.c[name] == table.c[name] for name in rule)) for rule in rules]
    return ~exists().where(other.c[_OWN] == target_id, or_(*same)).correlate(table)


def _rules(table: Table) -> list[list[str]]:
    """Return the columns by which the rows of one customer differ; none: there is one row for each customer.

    A rule for some rows alone (one limit in force) is taken for all: history then stays with the first one too.
    """
    unique: list[Any] = [
        rule for rule in table.constraints if isinstance(rule, UniqueConstraint | PrimaryKeyConstraint)
    ]
    unique += [index for index in table.indexes if index.unique]
    return [[column.name for column in rule.columns if column.name != _OWN] for rule in unique if _OWN in rule.columns]
