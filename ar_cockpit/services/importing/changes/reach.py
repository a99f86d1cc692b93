"""Which past imports an actor may look into and take back: those of companies all of which are within reach."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.tables import CompanyRow, ImportBatchRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services.importing import history


def batch_within_reach(session: Session, actor: Actor, batch_id: int) -> ImportBatchRow:
    """Return the import; raise ``NotFoundError`` or ``ForbiddenError`` when a company it touched is out of reach."""
    history.past_import(session, actor, batch_id)
    batch = session.get_one(ImportBatchRow, batch_id)
    codes = batch.report.get("companies", [])
    companies = session.execute(select(col(CompanyRow.id)).where(col(CompanyRow.code).in_(codes))).scalars()
    for company_id in companies.all():
        actor.require(Permission.IMPORT_LEDGER, company_id)
    return batch
