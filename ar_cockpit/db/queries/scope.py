"""Rights as SQL: what an actor's permission reaches, as a clause of the query itself."""

from __future__ import annotations

from sqlalchemy import ColumnElement, SQLColumnExpression, false, or_, select, true
from sqlmodel import col

from ar_cockpit.db.tables import CompanyRow, CustomerRow
from ar_cockpit.domain.access import Scope


def company_clause(scope: Scope, company_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return the rows of the companies that ``scope`` reaches wholly (own-customer reach excluded)."""
    if scope.company_ids is None:
        return true()
    return company_id.in_(scope.company_ids) if scope.company_ids else false()


def in_any_company(company_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return what holds of every row: the index of a number begins with the company, and is used if one is named."""
    return company_id.in_(select(col(CompanyRow.id)).correlate(None))


def customer_clause(scope: Scope, email: str) -> ColumnElement[bool]:
    """Return the customers that ``scope`` reaches: whole companies, or those whose sales owner is ``email``."""
    whole = company_clause(scope, col(CustomerRow.company_id))
    if scope.own_only_ids == frozenset():
        return whole
    own = col(CustomerRow.sales_email) == email
    if scope.own_only_ids is not None:
        own &= col(CustomerRow.company_id).in_(scope.own_only_ids)
    return or_(whole, own)


def any_reach(scope: Scope, company_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return the rows of the companies that ``scope`` reaches in some way, wholly or for own customers only."""
    if scope.company_ids is None or scope.own_only_ids is None:
        return true()
    ids = scope.company_ids | scope.own_only_ids
    return company_id.in_(ids) if ids else false()
