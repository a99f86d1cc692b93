"""What became of a file's rows: counts, control totals, rows set aside; in = imported + quarantined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext

from ar_cockpit.domain.money import exponent
from ar_cockpit.importing.records import Defect, Table

EXACT = Context(prec=200)  # absurd amounts are set aside, and still must add up
_ADDED_AT_ONCE = 10_000
MOST_TOLD = 10_000  # of rows set aside and of warnings in a report; all of them are kept with the import


@dataclass(slots=True)
class Totals:
    """A number of rows and the sum of their amounts, by currency."""

    count: int = 0
    _sums: dict[str, Decimal] = field(default_factory=dict)
    _waiting: dict[str, list[Decimal]] = field(default_factory=dict)  # added up together: that is much cheaper

    def add(self, amount: Decimal | None, currency: str) -> None:
        """Count a row; an unreadable amount adds nothing."""
        self.count += 1
        if amount is not None:
            waiting = self._waiting.get(currency)
            if waiting is None:
                waiting = self._waiting[currency] = []
            waiting.append(amount)
            if len(waiting) >= _ADDED_AT_ONCE:
                self._add_up()

    def put(self, count: int, sums: dict[str, Decimal]) -> None:
        """Take over a count and sums that were made elsewhere."""
        self.count, self._sums = count, sums
        self._waiting.clear()

    def add_all(self, count: int, total: Decimal, currency: str) -> None:
        """Count many rows with readable amounts, which are ``total`` together."""
        self.count += count
        self._waiting.setdefault(currency, []).append(total)

    @property
    def sums(self) -> dict[str, Decimal]:
        """The sum of the amounts in each currency."""
        self._add_up()
        return self._sums

    def _add_up(self) -> None:
        with localcontext(EXACT):
            for currency, amounts in self._waiting.items():
                self._sums[currency] = sum(amounts, self._sums.get(currency, Decimal(0)))
        self._waiting.clear()

    def strings(self) -> dict[str, str]:
        """Return the sums as plain decimals, with at least the currency's digits."""
        sums = self.sums
        return {currency: _plain(sums[currency], currency) for currency in sorted(sums)}


def _plain(amount: Decimal, currency: str) -> str:
    least = Decimal(1).scaleb(-exponent(currency))
    stripped = amount.normalize(EXACT)
    shown = (
        stripped if -int(stripped.as_tuple().exponent) > exponent(currency) else amount.quantize(least, context=EXACT)
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
    # The two lists hold what was not written down yet and, for the report, the first ones; the counts are of all.
    written: dict[str, int] = field(default_factory=lambda: {"set_aside": 0, "warnings": 0})
    left_off: dict[str, int] = field(default_factory=lambda: {"set_aside": 0, "warnings": 0})

    @property
    def set_aside_count(self) -> int:
        """How many rows were set aside."""
        return len(self.set_aside) + self.left_off["set_aside"]

    @property
    def warning_count(self) -> int:
        """How many warnings there are."""
        return len(self.warnings) + self.left_off["warnings"]

    def unwritten(self) -> tuple[list[SetAside], list[Defect]]:
        """Return what was set aside and told since the last time, and hold on to the first of all only."""
        fresh = self.set_aside[self.written["set_aside"] :], self.warnings[self.written["warnings"] :]
        for name, held in (("set_aside", self.set_aside), ("warnings", self.warnings)):
            self.left_off[name] += max(0, len(held) - MOST_TOLD)
            del held[MOST_TOLD:]
            self.written[name] = len(held)
        return fresh

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

    def take_all(self, sums: Mapping[str, tuple[int, Decimal]]) -> None:
        """Count rows that were read and are taken: how many of each currency, and the sum of their amounts."""
        for currency, (count, total) in sums.items():
            self.total_in.add_all(count, total, currency)
            self.imported.add_all(count, total, currency)

    def note(self, table: Table, outcome: str, count: int = 1) -> None:
        """Count records that rows brought along, such as the payments of settled invoices."""
        getattr(self, outcome)[table.value] += count

    def note_all(self, table: Table, outcomes: Iterable[str]) -> None:
        """Count what became of each of many records."""
        for outcome, count in Counter(outcomes).items():
            self.note(table, outcome, count)

    @property
    def has_changed_anything(self) -> bool:
        """Whether the ledger is different now."""
        return bool(self.created.total() + self.updated.total())
