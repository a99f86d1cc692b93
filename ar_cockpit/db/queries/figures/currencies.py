"""Which currencies a ledger has, and how many open documents are in others than the one shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import and_, func, or_, select, union_all
from sqlalchemy.sql.selectable import CTE
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.tables import CompanyRow, InvoiceRow, PaymentRow


def held(session: Session, company_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return the currencies of the documents and payments of companies, of whatever day.

    A step of the index for each currency: a look at every document would take a second in a ledger of a million.
    """
    steps = [_steps(row, company_ids) for row in (InvoiceRow, PaymentRow)]
    found: dict[int, set[str]] = {}
    every = union_all(*(select(one.c.company_id, one.c.currency).where(one.c.currency.is_not(None)) for one in steps))
    for company_id, currency in session.execute(every):
        found.setdefault(company_id, set()).add(currency)
    return found


def _steps(row: type[InvoiceRow | PaymentRow], company_ids: Sequence[int]) -> CTE:
    company, currency = col(row.company_id), col(row.currency)
    least = select(func.min(currency)).where(company == col(CompanyRow.id)).correlate(CompanyRow).scalar_subquery()
    first = select(col(CompanyRow.id).label("company_id"), least.label("currency"))
    found = first.where(col(CompanyRow.id).in_(company_ids)).cte(f"{row.__tablename__}_steps", recursive=True)
    further = select(func.min(currency)).where(company == found.c.company_id, currency > found.c.currency)
    return found.union_all(
        select(found.c.company_id, further.correlate(found).scalar_subquery()).where(found.c.currency.is_not(None))
    )


def open_beside(session: Session, others: Mapping[int, Iterable[str]], as_of: date) -> dict[str, int]:
    """Return how many documents of companies are open on a day in some currencies, by currency."""
    pairs = [
        and_(col(InvoiceRow.company_id) == company_id, col(InvoiceRow.currency).in_(sorted(currencies)))
        for company_id, currencies in others.items()
        if currencies
    ]
    if not pairs:
        return {}
    question = (
        select(col(InvoiceRow.currency), func.count())
        .where(or_(*pairs), is_open_on(as_of))
        .group_by(col(InvoiceRow.currency))
        .order_by(col(InvoiceRow.currency))
    )
    return {currency: int(number) for currency, number in session.execute(question)}
