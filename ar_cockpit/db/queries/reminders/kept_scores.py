"""Payer scores kept beside the ledger, of the same day and under the same marks as the kept tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.sql.elements import True_
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among, upsert
from ar_cockpit.db.packing import numbers, packed, packed_numbers
from ar_cockpit.db.tables import CustomerRow, KeptPayerScoreRow

_COLUMNS = ("customer_id", "judged_on", "score")


def of_day(session: Session, wanted: ColumnElement[bool], day: date) -> dict[int, int]:
    """Return the scores kept for ``day`` of the ``wanted`` customers, whatever changed since."""
    row = KeptPayerScoreRow
    columns = (packed_numbers(session, column) for column in (col(row.customer_id), col(row.score)))
    question = select(*columns).where(col(row.judged_on) == day)
    if not isinstance(wanted, True_):
        question = question.join(CustomerRow, col(CustomerRow.id) == col(row.customer_id)).where(wanted)
    found: dict[int, int] = {}
    for ids, scores in packed(session, question):
        found |= zip(numbers([ids]).tolist(), numbers([scores]).tolist(), strict=True)
    return found


def replace(session: Session, customer_ids: Sequence[int], scores: Mapping[int, int], day: date) -> None:
    """Store the scores of these customers, who have no others."""
    row = KeptPayerScoreRow
    session.execute(delete(row).where(among(session, col(row.customer_id), customer_ids)))
    upsert(session, row, _COLUMNS, [(customer_id, day, score) for customer_id, score in scores.items()])
