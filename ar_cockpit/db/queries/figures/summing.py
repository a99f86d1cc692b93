"""Summing a company up while others go on writing: what was read counts only if nobody wrote to its ledger meanwhile.

A company that is to be summed up is watched first. Whoever writes to its ledger from then on takes the watch away, by
the triggers of :mod:`ar_cockpit.db.marks`, in the writer's own transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from ar_cockpit.db import bulk
from ar_cockpit.db.queries.figures import applied, flows
from ar_cockpit.db.tables import AppliedFlowRow, FiguresStateRow, LedgerFlowRow

Sums = Mapping[tuple[Any, ...], Any]


def watch(session: Session, company_id: int) -> int:
    """Notice from now on whether anybody writes to a company's ledger, whose sums are out of date.

    The number of writes turns negative until the next one; it goes on growing, so that no state of the ledger is ever
    told by the number of another. Return it.
    """
    row = FiguresStateRow
    of_company = (col(row.company_id) == company_id, col(row.flows_are_built).is_(False))
    session.execute(update(row).where(*of_company).values(writes=-func.abs(col(row.writes)) - 1))
    return int(session.execute(select(col(row.writes)).where(col(row.company_id) == company_id)).scalar_one())


def was_left_alone(session: Session, company_id: int, number: int) -> bool:
    """Return whether nobody wrote since it is watched, and keep others from it to the end of the transaction."""
    row = FiguresStateRow
    writes = select(col(row.writes)).where(col(row.company_id) == company_id).with_for_update()
    return number < 0 and session.execute(writes).scalar() == number


def put(session: Session, company_id: int, sums: Sums, sums_applied: Sums) -> None:
    """Keep these sums of a company in place of those before."""
    told = [(*key, *amounts) for key, amounts in sums.items()]
    told_applied = [(*key, minor) for key, minor in sums_applied.items()]
    session.execute(delete(LedgerFlowRow).where(col(LedgerFlowRow.company_id) == company_id))
    bulk.upsert(session, LedgerFlowRow, flows.COLUMNS, told)
    session.execute(delete(AppliedFlowRow).where(col(AppliedFlowRow.company_id) == company_id))
    bulk.upsert(session, AppliedFlowRow, applied.COLUMNS, told_applied)
