"""The first rows of a file as a mapping will read them: each cell's value or reason, and the totals so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from ar_cockpit.domain.money import exponent
from ar_cockpit.importing.recognition.propose import CUSTOMER, targets_of
from ar_cockpit.importing.recognition.sample import Sample, without_fault
from ar_cockpit.importing.records import Flawed, Reason
from ar_cockpit.importing.tabular.cells import CellReader, Rows, sort_out
from ar_cockpit.importing.tabular.columns import Holds
from ar_cockpit.importing.tabular.csv_file import CsvFile, Slot, with_mapping
from ar_cockpit.importing.tabular.csv_rows import NO_ROWS, in_chunks
from ar_cockpit.importing.tabular.mapping import Mapping
from ar_cockpit.importing.tabular.survey import Survey, decide

ROWS_SHOWN, FAULTY_SHOWN = 6, 4
_EXACT = Context(prec=200)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is written, what it is read as, and why it cannot be read."""

    written: str
    value: Any
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row; ``fault`` when the row as a whole cannot be read."""

    line: int
    cells: tuple[Cell, ...]
    fault: str = ""

    @property
    def is_good(self) -> bool:
        """Whether every cell could be read."""
        return not self.fault and not any(cell.reason for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Preview:
    """The rows that were looked at: the first ones and the first faulty ones, how many are good, and their sums."""

    targets: tuple[str, ...]
    lines: tuple[Line, ...]
    read: int = 0
    good: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)  # by target: cells that cannot be read
    is_whole: bool = True


def preview(sample: Sample, mapping: Mapping, default_currency: str) -> Preview:
    """Return how ``mapping``, which may not be complete yet, reads the rows of ``sample``.

    Rows that name no currency are taken to be in ``default_currency``; their company's may be another.
    """
    file = with_mapping(sample.file, mapping)
    slots = {slot.column.name: slot for slot in file.slots} | {CUSTOMER + one.column.name: one for one in file.customer}
    targets = tuple(target for target in targets_of(file.table) if target in slots and slots[target].is_present)
    rows = [without_fault(row) for row in sample.rows]
    found = sort_out(file, next(in_chunks(rows, len(rows) or 1), NO_ROWS))
    faults: dict[tuple[int, int | None], str] = {
        (row.line, row.at): row.fault for row in sample.rows if row.at is not None
    }
    columns = found.columns() if found.lines else [[] for _ in file.header]
    reader = CellReader(file, decide(_surveyed(file, columns), file.header, file.delimiter, *_fixed(mapping)))
    read = {target: _values(reader, slots[target], columns, len(found.lines)) for target in targets}
    _require_decimals(mapping, read, default_currency)
    lines = _lines(found, slots, read, faults)
    broken = [
        Line(defect.line, (Cell(defect.value, None, defect.reason),), defect.reason) for defect, _ in found.broken
    ]
    every = sorted([*lines, *broken], key=lambda one: one.line)
    shown = [*every[:ROWS_SHOWN], *[one for one in every[ROWS_SHOWN:] if not one.is_good][:FAULTY_SHOWN]]
    return Preview(
        targets,
        tuple(shown),
        len(every),
        sum(one.is_good for one in lines),
        _sums(read, lines, default_currency),
        {target: sum(type(value) is Reason for value in values) for target, values in read.items()},
        sample.is_whole,
    )


def _fixed(mapping: Mapping) -> tuple[str, str]:
    return mapping.date_format, mapping.decimal_mark


def _surveyed(file: CsvFile, columns: Sequence[Sequence[str]]) -> Survey:
    survey = Survey.of(file.indices_holding(Holds.DATE), file.indices_holding(Holds.AMOUNT))
    survey.add(columns)
    return survey


def _values(reader: CellReader, slot: Slot, columns: Sequence[Sequence[str]], count: int) -> list[Any]:
    return list(reader.values([slot], columns, count)[slot.column.name])


def _require_decimals(mapping: Mapping, read: dict[str, list[Any]], default: str) -> None:
    """Refuse or round amounts with more decimals than their currency has, as loading will."""
    if "amount" not in read:
        return
    amounts = read["amount"]
    currencies = read.get("currency") or [""] * len(amounts)
    for place, (amount, currency) in enumerate(zip(amounts, currencies, strict=True)):
        if not isinstance(amount, Decimal):
            continue
        named = currency if currency and type(currency) is str else default
        digits = exponent(named)
        if -int(amount.normalize(_EXACT).as_tuple().exponent) > digits:
            least = Decimal(1).scaleb(-digits)
            amounts[place] = (
                amount.quantize(least, ROUND_HALF_EVEN, _EXACT)
                if mapping.round_amounts
                else Reason(f"More decimals than {named} has ({digits})")
            )


def _lines(
    found: Rows, slots: dict[str, Slot], read: dict[str, list[Any]], faults: dict[tuple[int, int | None], str]
) -> list[Line]:
    return [
        Line(
            line,
            tuple(
                _cell(
                    slots[target], target, found.written[place], values[place], faults.get((line, slots[target].index))
                )
                for target, values in read.items()
            ),
        )
        for place, line in enumerate(found.lines)
    ]


def _cell(slot: Slot, target: str, written: Sequence[str], value: Any, fault: str | None) -> Cell:
    text = written[slot.index] if slot.index is not None else slot.constant
    if fault:
        return Cell(text, None, fault)
    if isinstance(value, Flawed):
        return Cell(text, value.value)
    if isinstance(value, Reason):
        # A customer made in passing never sets its invoice aside: what cannot be read of it is left out.
        return Cell(text, None, "" if target.startswith(CUSTOMER) else str(value))
    return Cell(text, value)


def _sums(read: dict[str, list[Any]], lines: Sequence[Line], default: str) -> dict[str, Decimal]:
    """Return the sum of the good rows by currency."""
    amounts = read.get("amount")
    if amounts is None:
        return {}
    currencies, kinds = read.get("currency"), read.get("kind")
    sums: dict[str, Decimal] = {}
    for place, line in enumerate(lines):
        if line.is_good and amounts[place] is not None:
            code = (currencies[place] if currencies else "") or default
            amount = -abs(amounts[place]) if kinds and kinds[place] == "credit_note" else amounts[place]
            sums[code] = _EXACT.add(sums.get(code, Decimal(0)), amount)
    return sums
