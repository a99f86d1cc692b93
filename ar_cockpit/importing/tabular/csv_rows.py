"""The rows of a CSV file with their physical lines; a row whose quotation marks do not pair costs only itself."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.folded import ByRow
from ar_cockpit.importing.tabular.plain_lines import cut

DELIMITERS = (",", ";", "\t", "|")
_MOST_COLUMNS = 1000
_ROWS_AT_ONCE = 5000
_LONGEST_HEADER = 1_000_000
_MOST_RESTARTS = 100  # each reads the file again from its start; a file with more is no CSV


class Row(NamedTuple):
    """A row, the physical line it begins on, and what is wrong with it as a whole or with its cell ``at``."""

    line: int
    cells: list[str]
    fault: str
    at: int | None = None


def header_of(path: Path, name: str, encoding: str) -> tuple[str, list[str]]:
    """Return the delimiter and the header cells; raise ``InputError`` when the first line is no header."""
    with path.open(encoding=encoding, newline="") as stream:
        first = stream.readline(_LONGEST_HEADER + 1)
    if len(first) > _LONGEST_HEADER:
        raise InputError(f"The first line of {name} is endless; it should name the columns.", "Export it again.")
    found = [(len(cells), delimiter, cells) for delimiter in DELIMITERS if (cells := _split(first, delimiter))]
    if not found:
        raise InputError(f"The header of {name} cannot be read.", "Line 1 names the columns.")
    count, delimiter, cells = max(found, key=lambda one: (one[0], -DELIMITERS.index(one[1])))
    if count > _MOST_COLUMNS:
        raise InputError(f"{name} has {count} columns; at most {_MOST_COLUMNS} are read.")
    return delimiter, [cell.strip() for cell in cells]


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True), [])
    except csv.Error:
        return []


class Chunk(NamedTuple):
    """Some rows in order: the lines they begin on beside their cells, and those whose quotation marks do not pair.

    Rows that were cut by column hold their cells so too, and say whether none needs to be stripped or cleaned.
    """

    lines: Sequence[int]
    cells: Sequence[list[str]]
    broken: list[Row]
    columns: Sequence[list[str]] = ()
    is_tidy: bool = False


NO_ROWS = Chunk([], [], [])


def ends_whole(path: Path) -> bool:
    """Whether the last line has its end, as nearly every program writes it and half a file has it by chance."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4))
        return bool({*b"\r\n"} & {*stream.read().rstrip(b"\0")[-1:]})


def rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows below the header, blank lines left out."""
    for chunk in chunks(path, encoding, delimiter, _ROWS_AT_ONCE):
        whole = (Row(line, cells, "") for line, cells in zip(chunk.lines, chunk.cells, strict=True))
        yield from sorted((*whole, *chunk.broken))


def chunks(path: Path, encoding: str, delimiter: str, size: int) -> Iterator[Chunk]:
    """Yield the rows below the header, ``size`` at a time: a row object for each would cost as much as reading it."""
    stopped = yield from _plain_chunks(path, encoding, delimiter, size)
    if stopped is None:
        return
    after, begun = stopped, _Unfinished()
    for _ in range(_MOST_RESTARTS):
        stopped, begun = yield from _chunks_until_fault(path, encoding, delimiter, (after, size, begun))
        if stopped is None:
            if begun.lines or begun.broken:
                yield begun.chunk()
            return
        after = stopped
    raise InputError("The file has too many quotation marks that do not pair.", "Export it again.")


def in_chunks(found: Iterable[Row], size: int) -> Iterator[Chunk]:
    """Yield rows that come one by one, ``size`` at a time."""
    stream = iter(found)
    while some := list(islice(stream, size)):
        whole = [row for row in some if not row.fault]
        yield Chunk([row.line for row in whole], [row.cells for row in whole], [row for row in some if row.fault])


def _plain_chunks(path: Path, encoding: str, delimiter: str, size: int) -> Generator[Chunk, None, int | None]:
    """Yield chunks while every row is one line that says something, as in nearly every file, without a look at each.

    Returns the line to go on after more carefully, or ``None`` at the end.
    """
    with path.open(encoding=encoding, newline="") as stream:
        next(stream, "")
        after = 1
        while lines := list(islice(stream, size)):
            found = _cut(lines, after + 1, delimiter) or _parted(lines, after + 1, delimiter)
            if found is None:
                return after
            yield found
            after += len(lines)
    return None


def _cut(lines: list[str], first: int, delimiter: str) -> Chunk | None:
    """Return the rows cut at each delimiter, if no more than that has to be done: it is done by column then."""
    found = cut(lines, delimiter)
    return found and Chunk(range(first, first + len(lines)), ByRow(found.columns), [], *found)


def _parted(lines: list[str], first: int, delimiter: str) -> Chunk | None:
    """Return the rows with their quotation marks taken off, if each is one line and says something."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        cells = list(reader)
    except csv.Error:
        return None
    if not len(cells) == len(lines) == reader.line_num or not all(map(any, cells)):
        return None
    return Chunk(range(first, first + len(lines)), cells, [])


@dataclass(slots=True)
class _Unfinished:
    """A chunk that rows are still added to."""

    lines: list[int] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    broken: list[Row] = field(default_factory=list)

    def chunk(self) -> Chunk:
        """Return what there is."""
        return Chunk(self.lines, self.cells, self.broken)


def _chunks_until_fault(
    path: Path, encoding: str, delimiter: str, where: tuple[int, int, _Unfinished]
) -> Generator[Chunk, None, tuple[int | None, _Unfinished]]:
    """Yield full chunks; return the line to go on after (``None`` at the end), and the chunk that is not full."""
    after, size, chunk = where
    with path.open(encoding=encoding, newline="") as stream:
        reader = csv.reader(islice(stream, after, None), delimiter=delimiter, strict=True, skipinitialspace=True)
        line = after + 1
        while True:
            try:
                for cells in reader:
                    if any(cells):  # spreadsheets end files with rows of nothing
                        chunk.lines.append(line)
                        chunk.cells.append(cells)
                        if len(chunk.lines) >= size:
                            yield chunk.chunk()
                            chunk = _Unfinished()
                    line = after + reader.line_num + 1
            except csv.Error:
                written = _physical_line(path, encoding, line)
                chunk.broken.append(Row(line, [written], _fault(written)))
                if after + reader.line_num > line:
                    return line, chunk  # the open quotation mark swallowed good lines: read them again
                line = after + reader.line_num + 1
            else:
                return None, chunk


def _fault(line: str) -> str:
    longest = csv.field_size_limit()
    if '"' not in line and len(line) > longest:
        return f"A cell of this row is longer than {longest} characters"
    return "The quotation marks of this row do not pair"


def _physical_line(path: Path, encoding: str, line: int) -> str:
    with path.open(encoding=encoding, newline="") as stream:
        return next(islice(stream, line - 1, line), "").rstrip("\r\n")
