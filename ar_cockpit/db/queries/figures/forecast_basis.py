"""A mark of everything a forecast learns from, found without reading it."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from ar_cockpit.db.tables import AuditRow, CustomerRow, FiguresStateRow, ImportBatchRow, InvoiceRow


def basis_mark(session: Session, company_id: int) -> str | None:
    """Return a mark that changes with whatever a fit looks at; ``None`` while nobody would notice a change.

    The triggers count what changes documents' amounts and days and what is applied to them, from the moment the sums
    by day are built. Beside it stand the files (taken back too) and pushes, which alone write custom columns, whose
    customers the documents are, what is written off, and the customers' own traits.
    """
    state, invoice, batch = FiguresStateRow, InvoiceRow, ImportBatchRow
    counted = session.execute(
        select(col(state.writes)).where(col(state.company_id) == company_id, col(state.flows_are_built))
    ).scalar_one_or_none()
    if counted is None:
        return None
    gone = case((col(invoice.written_off_on).is_not(None), col(invoice.id)), else_=0)
    documents = select(func.count(), func.sum(col(invoice.customer_id)), func.sum(gone))
    files = select(col(batch.state), func.count(), func.max(col(batch.id))).group_by(col(batch.state))
    pushes = select(func.max(col(AuditRow.id))).where(col(AuditRow.object_type) == "api_batch")
    facts: list[Any] = [
        counted,
        *(int(value or 0) for value in session.execute(documents.where(col(invoice.company_id) == company_id)).one()),
        sorted(tuple(row) for row in session.execute(files)),
        session.execute(pushes).scalar(),
    ]
    mark = hashlib.sha256(repr(facts).encode())
    for row in session.execute(_traits(company_id)):
        mark.update(repr(tuple(row)).encode())
    return mark.hexdigest()[:32]


def _traits(company_id: int) -> Any:
    row = CustomerRow
    listed = select(col(row.id), col(row.code), col(row.country), col(row.segment_key))
    return listed.where(col(row.company_id) == company_id).order_by(col(row.id))
