"""The second pass over a file: rows become records, or are set aside with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from ar_cockpit.domain.folded import taken
from ar_cockpit.importing.records import Batch, Decision, Defect, Reject
from ar_cockpit.importing.tabular.assemble import custom_fields, customers_of_rows, records
from ar_cockpit.importing.tabular.cells import CellReader, Rows, Values, by_column, faults, sort_out
from ar_cockpit.importing.tabular.columns import READ_AS, Holds
from ar_cockpit.importing.tabular.csv_file import CsvFile
from ar_cockpit.importing.tabular.csv_rows import Chunk, chunks, ends_whole, in_chunks
from ar_cockpit.importing.tabular.keys import Keys
from ar_cockpit.importing.tabular.survey import Decided, Survey, decide, remembered

ROWS_PER_BATCH = 5000


class CsvReader:
    """Reads one recognised file twice: once to decide what is ambiguous, once to deliver records."""

    def __init__(self, file: CsvFile) -> None:
        self.file = file
        self.row_count = 0
        self._keys = Keys(file)
        self._sheet = file.sheet_rows()
        self._cut: Defect | None = None
        decided = self._survey()
        self.decisions: tuple[Decision, ...] = decided.decisions
        self._repeated = self._keys.repeated()
        self._cells = CellReader(file, decided)
        self._seen_customers: set[tuple[str, str]] = set()

    @property
    def knows_repeated(self) -> bool:
        """Whether it can be told which rows have a key that occurs more than once."""
        return self._repeated is not None

    def close(self) -> None:
        """Nothing is held between two batches."""

    def batches(self, size: int = 0) -> Iterator[Batch[Any]]:
        """Yield the rows of the file in order, ``size`` at a time, or as many as a batch usually has."""
        self._seen_customers.clear()
        for chunk in self._chunks(size or ROWS_PER_BATCH):
            yield self._batch(chunk)

    def _chunks(self, size: int) -> Iterator[Chunk]:
        if self._sheet:
            return in_chunks(self._sheet.rows(), size)
        return chunks(self.file.path, self.file.facts.encoding, self.file.delimiter, size)

    def _survey(self) -> Decided:
        file = self.file
        survey = Survey.of(file.indices_holding(Holds.DATE), file.indices_holding(Holds.AMOUNT))
        last, ends_on = (0, ""), 0
        read_as = ""
        for chunk in self._chunks(ROWS_PER_BATCH):
            self.row_count += len(chunk.lines) + len(chunk.broken)
            found = sort_out(file, chunk, are_cleaned=self._keys.need_cleaning)
            ends_on = max([*found.lines[-1:], *(defect.line for defect, _ in found.broken)], default=ends_on)
            if not found.lines:
                continue
            written = by_column(found.written)
            survey.add(written)
            last = found.lines[-1], written[-1][-1]
            columns = by_column(found.clean)
            self._keys.add(columns)
            read_as = read_as or (columns[file.header.index(READ_AS)][0] if file.is_own_download else "")
        mapping = file.mapping
        date_format, mark = (mapping.date_format, mapping.decimal_mark) if mapping else ("auto", "auto")
        decided = decide(survey, file.header, file.delimiter, date_format, mark)
        if last[0] == ends_on:  # else the row that is cut off is none that can be read
            self._cut = self._where_cut(survey, decided, *last)
        return remembered(decided, file.header, read_as) if read_as else decided

    def _where_cut(self, survey: Survey, decided: Decided, line: int, cell: str) -> Defect | None:
        """Return the defect of a last row whose last cell is an amount that half a file ends with: 10 of 1049.00."""
        index = len(self.file.header) - 1
        if self._sheet or not line or index not in survey.shapes or ends_whole(self.file.path):
            return None
        if not survey.is_shorter_than_all(index, cell, decided.marks[index]):
            return None
        return Defect(line, self.file.header[index], cell, "The file ends in the midst of this amount")

    def _batch(self, chunk: Chunk) -> Batch[Any]:
        found = sort_out(self.file, chunk)
        rejects = [Reject(defect, cells, None, "", "") for defect, cells in found.broken]
        if not found.lines:
            return Batch([], [], rejects, found.warnings)
        columns = found.columns()
        values = self._cells.values(self.file.slots, columns, len(found.lines))
        bad, flaws = faults(self.file, values, found)
        if self._cut and found.lines[-1] == self._cut.line:
            bad.setdefault(len(found.lines) - 1, self._cut)
        rejects += [_reject(defect, found.written[place], values, place) for place, defect in sorted(bad.items())]
        bad_lines = {found.lines[place] for place in bad}
        warnings = [one for one in found.warnings if one.line not in bad_lines]
        warnings += [defect for place, defect in flaws if place not in bad]
        if bad:
            found, columns, values = _without(bad, found, columns, values)
        return self._assembled(found, columns, values, rejects, warnings)

    def _assembled(
        self, found: Rows, columns: list[Sequence[str]], values: Values, rejects: list[Reject], warnings: list[Defect]
    ) -> Batch[Any]:
        custom = custom_fields(self.file, self._cells, columns, len(found.lines))
        made = records(self.file, values, found, custom, warnings)
        customers = customers_of_rows(self.file, self._cells, columns, made, self._seen_customers)
        rejects.sort(key=lambda one: one.defect.line)
        warnings.sort(key=lambda one: one.line)
        suspects = self._keys.among(columns, self._repeated or ())
        return Batch(made, found.written, rejects, warnings, customers, suspects)


def _reject(defect: Defect, cells: Sequence[str], values: Values, place: int) -> Reject:
    def readable(target: str, kind: type) -> Any:
        value = values[target][place] if target in values else None
        return value if type(value) is kind else None

    amount: Decimal | None = readable("amount", Decimal)
    if amount is not None and readable("kind", str) == "credit_note":
        amount = -abs(amount)
    return Reject(defect, cells, amount, readable("currency", str) or "", readable("company", str) or "")


def _without(
    bad: dict[int, Defect], found: Rows, columns: list[Sequence[str]], values: Values
) -> tuple[Rows, list[Sequence[str]], Values]:
    keep = [place for place in range(len(found.lines)) if place not in bad]
    kept = Rows(taken(found.lines, keep), taken(found.written, keep))
    return (
        kept,
        [taken(column, keep) for column in columns],
        {target: taken(column, keep) for target, column in values.items()},
    )
