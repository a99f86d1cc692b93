"""What became of a file's rows: counts, control totals, rows set aside; in = imported + quarantined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal

from ar_cockpit.domain.money import exponent
from ar_cockpit.importing.records import Defect, Table

_EXACT = Context(prec=200)  # absurd amounts are set aside, and still must add up


@dataclass(slots=True)
class Totals:
    """A number of rows and the sum of their amounts, by currency."""

    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, amount: Decimal | None, currency: str) -> None:
        """Count a row; an unreadable amount adds nothing."""
        self.count += 1
        if amount is not None:
            self.sums[currency] = _EXACT.add(self.sums.get(currency, Decimal(0)), amount)

    def strings(self) -> dict[str, str]:
        """Return the sums as plain decimals, with at least the currency's digits."""
        return {currency: _plain(self.sums[currency], currency) for currency in sorted(self.sums)}


def _plain(amount: Decimal, currency: str) -> str:
    least = Decimal(1).scaleb(-exponent(currency))
    stripped = amount.normalize(_EXACT)
    shown = (
        stripped if -int(stripped.as_tuple().exponent) > exponent(currency) else amount.quantize(least, context=_EXACT)
    )
    return f"{shown:f}"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A quarantined row: the defect, and the cells to correct and import again."""

    defect: Defect
    cells: Sequence[str]


@dataclass(slots=True)
class Tally:
    """Everything that is told about one file."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    total_in: Totals = field(default_factory=Totals)
    imported: Totals = field(default_factory=Totals)
    quarantined: Totals = field(default_factory=Totals)
    set_aside: list[SetAside] = field(default_factory=list)
    warnings: list[Defect] = field(default_factory=list)

    def read(self, amount: Decimal | None, currency: str) -> None:
        """Count a row that was read."""
        self.total_in.add(amount, currency)

    def quarantine(self, one: SetAside, amount: Decimal | None, currency: str) -> None:
        """Count a row that is set aside."""
        self.set_aside.append(one)
        self.quarantined.add(amount, currency)

    def take(self, table: Table, outcome: str, amount: Decimal | None, currency: str) -> None:
        """Count a row that is in the ledger now: ``created``, ``updated`` or ``unchanged``."""
        self.note(table, outcome)
        self.imported.add(amount, currency)

    def note(self, table: Table, outcome: str) -> None:
        """Count a record that a row brought along, such as the payment of a settled invoice."""
        getattr(self, outcome)[table.value] += 1

    @property
    def has_changed_anything(self) -> bool:
        """Whether the ledger is different now."""
        return bool(self.created.total() + self.updated.total())
