"""Groups of customers, told by their parents once a whole file is in: a parent may stand below its children."""

from __future__ import annotations

from sqlmodel import col, select

from ar_cockpit.db.bulk import among
from ar_cockpit.db.tables import CompanyRow, CustomerRow
from ar_cockpit.services.groups import assign_groups
from ar_cockpit.services.importing.loading.context import Loading


def finish_groups(loading: Loading) -> None:
    """Give the customers of the companies touched their groups, and warn of parents that lead nowhere or in circles."""
    told = loading.regroup | {company_id for company_id, _ in loading.parents}
    for company_id in sorted(told):
        found = assign_groups(loading.session, company_id)
        elsewhere = _companies_of(loading, company_id, set(found.unknown.values()))
        for code, parent in found.unknown.items():
            where = f"{parent} is a customer of {elsewhere[parent]}" if parent in elsewhere else f"No customer {parent}"
            _warn(loading, (company_id, code), f"{where}: the customer counts in no group through it")
        for circle in found.circles:
            path = " → ".join((*circle, circle[0]))
            for code in circle:
                _warn(loading, (company_id, code), f"Parents go round: {path}; {circle[0]} counts as the head")


def _companies_of(loading: Loading, company_id: int, codes: set[str]) -> dict[str, str]:
    """Return in which other company, that the actor may import into, a parent is a customer."""
    if not codes:
        return {}
    question = (
        select(col(CustomerRow.code), col(CompanyRow.id), col(CompanyRow.code))
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .where(among(loading.session, col(CustomerRow.code), codes), col(CompanyRow.id) != company_id)
        .order_by(col(CompanyRow.code).desc())
    )
    rows = loading.session.exec(question).all()
    return {code: company for code, other_id, company in rows if loading.may_import_into(other_id)}


def _warn(loading: Loading, key: tuple[int, str], reason: str) -> None:
    """Warn at the row that tells the parent; one told by an earlier file was warned of then."""
    place = loading.parents.get(key)
    if place:
        loading.tally.warnings.append(place._replace(reason=reason))
