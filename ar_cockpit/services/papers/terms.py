"""What a company claims on late payments: by law, or at the rate that its terms of sale say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlmodel import Session

from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.services import audit
from ar_cockpit.services.papers.laws import law_book
from ar_cockpit.services.people.companies import chosen_companies

_HUNDREDTHS = 100
_MOST_PERCENT = 100


@dataclass(frozen=True, slots=True)
class LateTerms:
    """The law of a company, the rate it agreed on if it did, and what is claimed on a day, in percent a year."""

    company: str
    law: str
    source: str
    agreed: Decimal | None
    rate: Decimal


def late_terms(session: Session, actor: Actor, company: str, on: date) -> LateTerms:
    """Return what a company claims on debts due the day before; raise ``UnknownRateError`` when that is not known."""
    row = _company(session, actor, company)
    begins = on - timedelta(days=1)
    law = law_book().law_for(row.country, begins)
    agreed = _percent(row.late_rate_bp)
    return LateTerms(row.code, law.key, law.source, agreed, law.rate(on, begins, agreed))


def set_late_rate(session: Session, actor: Actor, company: str, percent: Decimal | None) -> None:
    """Note the rate that a company's terms of sale say, or (``None``) that the law's own counts."""
    row = _company(session, actor, company)
    before, row.late_rate_bp = row.late_rate_bp, rate_in_hundredths(percent)
    session.flush()
    if before != row.late_rate_bp:
        told = {"late_rate_bp": row.late_rate_bp}
        audit.record(session, actor, "company.late_rate", ("company", row.code), {"late_rate_bp": before}, told)


def rate_in_hundredths(percent: Decimal | None) -> int | None:
    """Return a rate in percent a year as it is kept; raise ``InputError`` for what is none."""
    if percent is None:
        return None
    if not percent.is_finite() or not 0 <= percent <= _MOST_PERCENT:
        raise InputError(f"{percent} is no rate in percent a year.", "Give one from 0 to 100, such as 12.5.")
    hundredths = percent * _HUNDREDTHS
    if hundredths != hundredths.to_integral_value():
        raise InputError(f"{percent} has more than two decimals.", "Round it as your terms of sale do.")
    return int(hundredths)


def _company(session: Session, actor: Actor, code: str) -> CompanyRow:
    if not code:
        raise InputError("No company is named.", "Name one by its code.")
    (company_id,) = chosen_companies(session, actor, Permission.SET_CREDIT, code)
    return session.get_one(CompanyRow, company_id)


def _percent(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths) / _HUNDREDTHS
