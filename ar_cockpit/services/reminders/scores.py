"""The payer scores of many customers: as kept, where nothing changed since, else from the ledger."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting import priorities as kept
from ar_cockpit.db.queries.collecting import priority_marks
from ar_cockpit.db.queries.reminders import kept_scores
from ar_cockpit.db.queries.reminders.payer_scores import payer_scores
from ar_cockpit.db.tables import CustomerRow

_MOST_ASIDE = 2_000  # customers changed since: looked up one by one; beyond that all documents are summed up


def of_all(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, int]:
    """Return the payer score of each of the ``wanted`` customers that has one on ``as_of``."""
    companies = kept.every(session)
    are_kept, any_mark = kept.kept_on(session, companies, as_of) if companies else (False, False)
    # Marks are read first: one that is taken away meanwhile belongs to a score that is newer still.
    aside = priority_marks.changed(session, wanted, _MOST_ASIDE + 1) if are_kept and any_mark else []
    if are_kept and len(aside) <= _MOST_ASIDE:
        scores = kept_scores.of_day(session, wanted, as_of)
        if kept.are_of(session, companies, as_of):  # nobody began to judge another day meanwhile
            return _with(session, wanted, as_of, scores, aside)
    return payer_scores(session, wanted, as_of)


def _with(
    session: Session, wanted: ColumnElement[bool], as_of: date, scores: dict[int, int], aside: list[int]
) -> dict[int, int]:
    for customer_id in aside:
        scores.pop(customer_id, None)
    if aside:
        scores |= payer_scores(session, and_(wanted, among(session, col(CustomerRow.id), aside)), as_of)
    return scores
