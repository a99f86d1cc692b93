"""Whose books a FEC is."""

from __future__ import annotations

from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.importing.fec.header import FecFile
from ar_cockpit.importing.fec.lines import CURRENCY
from ar_cockpit.services.importing.loading.context import Company, Loading

_COUNTRY = "FR"


def company_of(loading: Loading, file: FecFile) -> Company:
    """Return the company a FEC belongs to: the one asked for, else by the number in its name, else the default one."""
    code = loading.chosen_company or file.siren or loading.defaults.company
    if not loading.chosen_company and file.siren and code not in loading.companies:
        establishments = [known for known in sorted(loading.companies) if known.startswith(file.siren)]
        code = establishments[0] if len(establishments) == 1 else code
    is_new = code not in loading.companies
    company = loading.company(code, CURRENCY)
    row = loading.session.get(CompanyRow, company.company_id) if is_new else None
    if row:
        row.country = _COUNTRY
        loading.session.add(row)
        loading.session.flush()
    return company
