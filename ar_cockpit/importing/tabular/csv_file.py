"""One CSV file, recognised: which table it is, by which mapping, and where each canonical column comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.encoding import FileFacts, examine, fingerprint
from ar_cockpit.importing.records import Table
from ar_cockpit.importing.sheets.archive import is_workbook
from ar_cockpit.importing.sheets.workbook import SheetHead, SheetRows, tables_in
from ar_cockpit.importing.tabular.columns import COLUMNS, NOTE_COLUMNS, Column, Holds, canonical, table_of
from ar_cockpit.importing.tabular.csv_rows import header_of
from ar_cockpit.importing.tabular.mapping import FULL, Constant, Derived, Mapping, Source

_BY_NAME = {column.name: column for column in COLUMNS[Table.CUSTOMERS]}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one canonical column comes from: a column of the file, or a constant."""

    column: Column
    index: int | None
    constant: str = ""

    @property
    def is_present(self) -> bool:
        """Whether the file says anything about this column."""
        return self.index is not None or bool(self.constant)


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A recognised file, ready to be read."""

    path: Path
    name: str  # as its owner calls it; an upload's path is ours
    facts: FileFacts
    delimiter: str
    header: tuple[str, ...]
    table: Table
    slots: tuple[Slot, ...]
    mapping: Mapping | None = None
    custom: dict[str, int] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)
    customer: tuple[Slot, ...] = ()
    is_own_download: bool = False  # rows set aside, downloaded, corrected: their cells were neutralised
    sheet: SheetHead | None = None  # of a workbook
    _told: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note once which canonical columns the file says anything about: it is asked for every row."""
        told = frozenset(slot.column.name for slot in (*self.slots, *self.customer) if slot.is_present)
        object.__setattr__(self, "_told", told)

    @property
    def format(self) -> str:
        """What the file is: csv or xlsx."""
        return "xlsx" if self.sheet else "csv"

    @property
    def content(self) -> str:
        """Whether the file is its whole ledger or only what is open, as its mapping says."""
        return self.mapping.content if self.mapping else FULL

    def has(self, target: str) -> bool:
        """Whether the file says anything about the canonical column ``target``."""
        return target in self._told

    def source_of(self, target: str) -> tuple[str, int | None]:
        """Return the column of the file that is ``target``, as named in its header, and its index."""
        for slot in self.slots:
            if slot.column.name == target and slot.index is not None:
                return self.header[slot.index] or target, slot.index
        return target, None

    def indices_holding(self, holds: Holds) -> list[int]:
        """Return the columns of the file that hold dates or amounts."""
        slots = (*self.slots, *self.customer)
        found = {slot.index for slot in slots if slot.index is not None and slot.column.holds is holds}
        if holds is not Holds.WORDS:
            found |= {i for one in self.derived.values() if one.compared_as == _AS[holds] for i in self._compared(one)}
        return sorted(found)

    def sheet_rows(self) -> SheetRows | None:
        """Return the reader of the workbook's rows, or ``None`` for a text file."""
        if self.sheet is None:
            return None
        slots = [slot.index for slot in (*self.slots, *self.customer) if slot.index is not None]
        named = [self.header.index(name) for name in self.mapping.sources()] if self.mapping else []
        needed = {*slots, *self.custom.values(), *named}
        mark = "," if self.mapping and self.mapping.decimal_mark == "," else "."
        return SheetRows(self.path, self.name, self.sheet, needed, self.indices_holding(Holds.AMOUNT), mark)

    def _compared(self, derived: Derived) -> list[int]:
        return [self.header.index(derived.left), self.header.index(derived.right)]


_AS = {Holds.DATE: "date", Holds.AMOUNT: "number"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the one who imports says of the file: its format (auto, csv, xlsx) and, of a workbook, the sheet."""

    format: str = "auto"
    sheet: str = ""


ANYTHING = Asked()


def recognise(
    path: Path, mapping: Mapping | None = None, known: Sequence[Mapping] = (), name: str = "", asked: Asked = ANYTHING
) -> CsvFile:
    """Return the file at ``path`` with its table and columns found.

    ``mapping`` is the one asked for; else of ``known`` the one made for this header. Raises ``InputError`` when the
    file is unreadable or is no table of a ledger.
    """
    file = opened(path, name or path.name, asked, mapping, known)
    mapping = mapping or fitting(file.header, known)
    return with_mapping(file, mapping) if mapping else _canonical(file)


def opened(
    path: Path, name: str, asked: Asked = ANYTHING, mapping: Mapping | None = None, known: Sequence[Mapping] = ()
) -> CsvFile:
    """Return the file with its header, before anybody knows what its columns are."""
    if asked.format == "xlsx" or (asked.format == "auto" and is_workbook(path, name)):
        heads = tables_in(path, name)
        made = [mapping] if mapping else known
        head = _sheet(heads, asked.sheet, name) if asked.sheet else _likeliest(heads, made)
        delimiter, header, facts = ",", list(head.header), fingerprint(path, name)
    else:
        head, facts = None, examine(path, name)
        delimiter, header = header_of(path, name, facts.encoding)
    file = CsvFile(path, name, facts, delimiter, tuple(header), Table.INVOICES, (), sheet=head)
    return replace(file, is_own_download=set(NOTE_COLUMNS) <= set(header))


def fitting(header: Sequence[str], known: Sequence[Mapping]) -> Mapping | None:
    """Return the mapping that was made for this header."""
    return next((one for one in known if one.fits(set(header) - set(NOTE_COLUMNS))), None)


def _sheet(heads: Sequence[SheetHead], title: str, name: str) -> SheetHead:
    found = next((head for head in heads if head.title == title), None)
    if found is None:
        titles = ", ".join(head.title for head in heads)
        raise InputError(f"{name} has no table on a sheet called {title!r}.", f"Tables are on: {titles}.")
    return found


def _likeliest(heads: Sequence[SheetHead], known: Sequence[Mapping]) -> SheetHead:
    """Return the sheet that a mapping was made for, else the first with known columns, else the first table."""
    made = {head.title: fitting(head.header, known) for head in heads}
    wanted = (head for head in heads if (found := made[head.title]) and found.sheet == head.title)
    is_known = (head for head in heads if made[head.title] or table_of(head.header, head.title)[0])
    return next(wanted, next(is_known, heads[0]))


def with_mapping(file: CsvFile, mapping: Mapping) -> CsvFile:
    """Return ``file`` with its columns found as ``mapping`` says; raise ``InputError`` for one it does not have."""
    header = file.header
    mapping.check_against(header)
    return replace(
        file,
        table=mapping.table,
        slots=tuple(_slot(column, mapping.columns.get(column.name), header) for column in COLUMNS[mapping.table]),
        mapping=mapping,
        custom={key: header.index(one) for key, one in mapping.custom.items() if isinstance(one, str)},
        derived={key: one for key, one in mapping.custom.items() if isinstance(one, Derived)},
        customer=tuple(_slot(_BY_NAME[target], source, header) for target, source in mapping.customer.items()),
    )


def _slot(column: Column, source: Source | None, header: Sequence[str]) -> Slot:
    if isinstance(source, Constant):
        return Slot(column, None, source.value)
    return Slot(column, None if source is None else header.index(source))


def _canonical(file: CsvFile) -> CsvFile:
    header = file.header
    table, missing = table_of(header, Path(file.name).stem)
    if table is None:
        raise _unrecognised(file.name, header, missing)
    names = [canonical(name) for name in header]
    twice = next((name for name, count in Counter(filter(None, names)).items() if count > 1), "")
    if twice:
        raise InputError(f"{file.name} has two columns named {twice!r}.", "Rename or remove one of them.")
    where = {name: index for index, name in enumerate(names)}
    known = {column.name for column in COLUMNS[table]} | {"", *NOTE_COLUMNS}
    return replace(
        file,
        table=table,
        slots=tuple(Slot(column, where.get(column.name)) for column in COLUMNS[table]),
        custom={header[index]: index for name, index in where.items() if name not in known},
    )


def _unrecognised(name: str, header: Sequence[str], missing: Sequence[str]) -> InputError:
    if missing:
        return InputError(
            f"{name} lacks the required column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
            "Add it, or say with a mapping which column it is.",
        )
    shown = ", ".join(column for column in header[:6])[:120]
    return InputError(
        f"{name} is no table of a ledger: no known header ({shown}).",
        "Use the canonical columns (docs/importing.md), or say with a mapping which column is which.",
    )
