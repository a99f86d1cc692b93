"""The control of a FEC: the balance of its customers' accounts beside what the ledger has of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.tables import InvoiceRow, PaymentRow
from ar_cockpit.importing.fec.accounts import RECEIVABLE
from ar_cockpit.importing.fec.letters import in_euros
from ar_cockpit.importing.fec.lines import CURRENCY
from ar_cockpit.importing.fec.reader import Year
from ar_cockpit.importing.fec.values import EXPONENT
from ar_cockpit.services.importing.loading.tally import Tally, Totals


@dataclass(frozen=True, slots=True)
class Control:
    """All in cents: the file's balance, what of it was set aside, and receivables less unapplied cash of the rest."""

    file: int
    set_aside: int
    imported: int

    @property
    def difference(self) -> int:
        """What nobody accounts for; other than zero only where years do not follow each other."""
        return self.file - self.set_aside - self.imported

    def document(self) -> dict[str, Any]:
        """Return the control as plain values, for JSON."""
        return {
            "accounts": list(RECEIVABLE),
            "currency": CURRENCY,
            "file": in_euros(self.file),
            "set_aside": in_euros(self.set_aside),
            "imported": in_euros(self.imported),
            "difference": in_euros(self.difference),
        }


def in_ledger(session: Session, company_id: int, documents: Collection[str], payments: Collection[str]) -> int:
    """Return the documents less the payments of these numbers, as the ledger has them."""
    total = 0
    for row, numbers, sign in ((InvoiceRow, documents, 1), (PaymentRow, payments, -1)):
        amount = func.coalesce(func.sum(col(row.amount_minor)), 0)
        question = select(amount).where(
            col(row.company_id) == company_id, among(session, col(row.number), list(numbers))
        )
        total += sign * int(session.execute(question).scalar_one())
    return total


def set_totals(tally: Tally, year: Year) -> int:
    """Count every line of the file, add up its customers' balance; return what of it was set aside, in cents."""
    aside = sum(_balance(year, one.defect.line) for one in tally.set_aside)
    count = len(tally.set_aside)
    tally.total_in = _totals(year.line_count, year.balance)
    tally.quarantined = _totals(count, aside)
    tally.imported = _totals(year.line_count - count, year.balance - aside)
    return aside


def _totals(count: int, minor: int) -> Totals:
    found = Totals()
    found.add(Decimal(minor).scaleb(-EXPONENT), CURRENCY)
    found.count = count
    return found


def _balance(year: Year, line: int) -> int:
    posting = year.by_line.get(line)
    return posting.line.minor if posting else year.unread.get(line, 0)
