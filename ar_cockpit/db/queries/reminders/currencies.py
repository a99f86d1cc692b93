"""Which currencies there are documents in: asked so that indexes which begin with company and currency serve."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import Session, col

from ar_cockpit.db.tables import CompanyRow, InvoiceRow


def currencies_of_documents(session: Session) -> list[str]:
    """Return the currencies of documents, from one to the next by the index: there are few."""
    company, row = CompanyRow, InvoiceRow
    first = select(func.min(col(row.currency))).where(col(row.company_id) == col(company.id)).scalar_subquery()
    known = select(col(company.id).label("company_id"), first.label("currency")).cte("known", recursive=True)
    following = (
        select(func.min(col(row.currency)))
        .where(col(row.company_id) == known.c.company_id, col(row.currency) > known.c.currency)
        .scalar_subquery()
    )
    known = known.union_all(select(known.c.company_id, following).where(known.c.currency.is_not(None)))
    return sorted({one for one in session.execute(select(known.c.currency)).scalars() if one})
