"""What the law adds to invoices: each by its own open amount of each day, or the reason why it is not known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from ar_cockpit.db.queries import letters as stored
from ar_cockpit.db.queries.letters import StoredDebt
from ar_cockpit.domain.late_payment.claim import Claim, Debt, claim
from ar_cockpit.domain.late_payment.law import LawBook, UnknownRateError
from ar_cockpit.mail.compose import InterestClaim
from ar_cockpit.services.papers.laws import law_book

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims on overdue invoices up to a day, and for those that cannot be computed the sentence that says why."""

    until: date
    by_invoice: Mapping[int, Claim] = field(default_factory=dict)
    problems: Mapping[int, str] = field(default_factory=dict)

    def problem(self, invoice_ids: Collection[int]) -> str:
        """Return why no claim can be made about all of these invoices together, or nothing."""
        return next((self.problems[one] for one in invoice_ids if one in self.problems), "")

    def of(self, invoice_ids: Collection[int]) -> list[Claim]:
        """Return the claims on those of the invoices that are overdue; none when any of them is not known."""
        if self.problem(invoice_ids):
            return []
        return [self.by_invoice[one] for one in invoice_ids if one in self.by_invoice]

    def doubt(self, invoice_ids: Collection[int]) -> str:
        """Return the sentence that names the rate to be confirmed which the claims rest on, or nothing."""
        rate = next((found.doubt for found in self.of(invoice_ids) if found.doubt), "")
        return f"The rate {rate} is to be confirmed." if rate else ""

    def rate(self, invoice_ids: Collection[int]) -> Decimal:
        """Return the percent a year that is named: the lowest, where interest began under several."""
        return min(one.rate for one in self.of(invoice_ids))

    def together(self, invoice_ids: Collection[int]) -> InterestClaim | None:
        """Return what one message claims for all its invoices, or ``None`` when there is nothing to claim.

        It may rest on a rate that is to be confirmed: whoever shows it asks for the :meth:`doubt`, too.
        """
        found = self.of(invoice_ids)
        if not found:
            return None
        interest, fixed = sum(one.interest_minor for one in found), sum(one.fixed_minor for one in found)
        return InterestClaim(self.rate(invoice_ids), interest, fixed, self.until)


def claims(session: Session, invoice_ids: Collection[int], until: date) -> Claims:
    """Return what the law adds to these invoices up to and including ``until``."""
    if not invoice_ids:
        return Claims(until)
    book = law_book()
    known: dict[int, Claim] = {}
    problems: dict[int, str] = {}
    for invoice_id, debt in stored.debts(session, invoice_ids).items():
        try:
            found = _claim(book, debt, until)
        except UnknownRateError as error:
            problems[invoice_id] = str(error)
        else:
            if found:
                known[invoice_id] = found
    return Claims(until, known, problems)


def _claim(book: LawBook, debt: StoredDebt, until: date) -> Claim | None:
    agreed = debt.late_rate_bp * _HUNDREDTH if debt.late_rate_bp is not None else None
    owed = Debt(debt.due_on, debt.currency, debt.amount_minor, debt.paid)
    return claim(book, debt.country, owed, until, agreed=agreed)
