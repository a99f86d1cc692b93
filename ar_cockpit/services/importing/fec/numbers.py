"""The numbers under which documents stand in the ledger: their reference, unless another document has it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from ar_cockpit.db.queries.loading import rows_by_key
from ar_cockpit.db.tables import InvoiceRow
from ar_cockpit.importing.fec.reader import SET_APART, Posting


class _Known(NamedTuple):
    """Whose number it is in the ledger."""

    customer_id: int
    invoice_on: date
    amount_minor: int
    import_batch_id: int | None


class Numbering:
    """Gives each document of a file its number: the same each time the file, or a longer one, is imported."""

    def __init__(self, customers: Mapping[str, int], same_year: Collection[int], adopted: Mapping[int, str]) -> None:
        self._customers, self._same_year = customers, set(same_year)
        self.numbers: dict[int, str] = dict(adopted)
        self._taken = set(adopted.values())
        self._known: dict[str, _Known] = {}

    def number(self, session: Session, company_id: int, documents: Sequence[Posting]) -> None:
        """Number the documents: as the ledger has them, else by their reference, else with what tells them apart."""
        missing = [one for one in documents if one.line.line not in self.numbers]
        wanted = [name for one in missing for name in _candidates(one)]
        found = rows_by_key(session, InvoiceRow, "number", wanted, _Known._fields)
        self._known = {number: _Known(*row) for (company, number), row in found.items() if company == company_id}
        for is_mine in (self._has_its_day, self._has_its_amount):
            for posting in missing:
                self._take(posting, [name for name in _candidates(posting) if is_mine(name, posting)])
        for posting in missing:
            names = _candidates(posting)
            self._take(posting, [name for name in names if name not in self._known] or names[-1:])

    def _take(self, posting: Posting, names: Sequence[str]) -> None:
        line = posting.line.line
        name = next((name for name in names if name not in self._taken), "")
        if name and line not in self.numbers:
            self.numbers[line] = name
            self._taken.add(name)

    def _has_its_day(self, name: str, posting: Posting) -> bool:
        known = self._known.get(name)
        return known is not None and known[:2] == (self._customers[posting.line.customer], posting.line.piece_on)

    def _has_its_amount(self, name: str, posting: Posting) -> bool:
        """Whether it is this year's document whose date someone corrected."""
        known, line = self._known.get(name), posting.line
        return (
            known is not None
            and known.import_batch_id in self._same_year
            and (known.customer_id, known.amount_minor) == (self._customers[line.customer], line.minor)
        )


def _candidates(one: Posting) -> list[str]:
    apart = f"{one.number}{SET_APART}{one.line.piece_on:%Y%m%d}"
    if one.ordinal > 1:
        apart = f"{apart}-{one.ordinal}"
        return [apart, f"{apart} {one.line.customer}"]
    return [one.number, apart, f"{apart} {one.line.customer}"]
