"""How figures of several currencies became one, as the command line and the API tell it."""

from __future__ import annotations

from typing import Any

from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services.figures.reporting import CompanyAmounts, Consolidation


def conversion_told(how: Consolidation, currency: str) -> dict[str, Any]:
    """Return the rates with their days, each company's part, and what could not be converted and why."""
    day = how.conversion.rate_date
    return {
        "rate_date": day.isoformat() if day else None,
        "rates": [
            {"currency": rate.source, "rate": str(rate.told), "date": rate.published_on.isoformat()}
            for rate in how.conversion.used
        ],
        "companies": [_company(line, currency) for line in how.beside],
        "errors": [
            {
                "figure": error.figure,
                "currency": error.missing.currency,
                "date": error.missing.on.isoformat(),
                "message": error.missing.sentence,
            }
            for error in how.errors
        ],
    }


def _company(line: CompanyAmounts, currency: str) -> dict[str, Any]:
    return {
        "company": line.company.code,
        "name": line.company.name,
        "by_currency": {
            own: {name: decimal_string(minor, own) for name, minor in amounts.items()}
            for own, amounts in line.by_currency.items()
        },
        "consolidated": {
            name: None if minor is None else decimal_string(minor, currency) for name, minor in line.converted.items()
        },
    }
