"""Mappings: a TOML file that says which source column (or constant) is which canonical column."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.records import Table
from ar_cockpit.importing.tabular.columns import names_of, required_of

DATE_FORMATS = ("auto", "yyyy-mm-dd", "yyyymmdd", "dd/mm/yyyy", "mm/dd/yyyy")
DECIMAL_MARKS = ("auto", ".", ",")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
COMPARED_AS = ("text", "date", "number")
# What the file is of its ledger: everything that was ever issued, or what is open on the day of the export.
FULL, OPEN_ITEMS = CONTENTS = ("full", "open_items")
_TOP = {
    "version",
    "name",
    "title",
    "table",
    "content",
    "sheet",
    "header",
    "date_format",
    "decimal_mark",
    "round_amounts",
    "whole_numbers",
    "columns",
    "custom",
    "customer",
}
# What may be told about a customer on the rows of its invoices.
CUSTOMER_TARGETS = tuple(name for name in names_of(Table.CUSTOMERS) if name not in ("customer_id", "company", "tags"))


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stands for every row."""

    value: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A custom column told from two others: ``then`` where the comparison holds, ``otherwise`` where not."""

    left: str
    comparison: str
    right: str
    compared_as: str
    then: str
    otherwise: str


Source = str | Constant


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the columns of one kind of file become canonical ones; source columns not named are left out."""

    name: str
    table: Table
    columns: dict[str, Source]
    text: str = ""
    header: tuple[str, ...] = ()
    custom: dict[str, str | Derived] = field(default_factory=dict)
    customer: dict[str, Source] = field(default_factory=dict)
    date_format: str = "auto"
    decimal_mark: str = "auto"
    round_amounts: bool = False
    whole_numbers: tuple[str, ...] = ()
    content: str = FULL
    sheet: str = ""  # of a workbook; empty: the first that holds a table

    def fits(self, header: Iterable[str]) -> bool:
        """Whether ``header`` is the one this mapping was made for, in whatever order."""
        return bool(self.header) and sorted(self.header) == sorted(header)

    def sources(self) -> list[str]:
        """Return every source column that is named."""
        derived = [one for one in self.custom.values() if isinstance(one, Derived)]
        named = [*self.columns.values(), *self.customer.values(), *self.custom.values()]
        return [
            *(one for one in named if isinstance(one, str)),
            *(one.left for one in derived),
            *(one.right for one in derived),
            *self.whole_numbers,
        ]

    def check_against(self, header: Sequence[str]) -> None:
        """Raise ``InputError`` for a source column that the file does not have, naming the nearest it has."""
        for name in self.sources():
            if name not in header:
                near = difflib.get_close_matches(name, header, 1, 0.0)
                raise InputError(
                    f"The mapping {self.name} names the column {name!r}, which the file does not have.",
                    f"The nearest column is {near[0]!r}." if near else "",
                )


def parse(text: str, name: str) -> Mapping:
    """Return the mapping in ``text``; raise ``InputError`` naming what is wrong and the mend."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The mapping {name} is not valid TOML: {error}.") from error
    return _Parser(given, given.get("name") or name, text).mapping()


def load(name_or_path: str) -> Mapping | None:
    """Return the shipped mapping of that name, or the one in that file, or ``None`` when there is neither."""
    found = next((one for one in shipped() if one.name == name_or_path), None)
    path = Path(name_or_path)
    if found or not path.is_file():
        return found
    try:
        return parse(path.read_text(encoding="utf-8-sig"), path.stem)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The mapping {path.name} cannot be read.", "It is a TOML file in UTF-8.") from error


def shipped() -> list[Mapping]:
    """Return the mappings that come with the product."""
    folder = resources.files("ar_cockpit.importing") / "mappings"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return [parse(one.read_text(encoding="utf-8"), one.name.removesuffix(".toml")) for one in files]


class _Parser:
    """Checks one mapping from top to bottom."""

    def __init__(self, given: dict[str, Any], name: str, text: str) -> None:
        self._given, self._name, self._text = given, str(name), text

    def mapping(self) -> Mapping:
        """Return what was written; raise ``InputError`` at the first thing that is wrong."""
        table = Table(self._one_of("table", [one.value for one in Table], "invoices"))
        date_format = self._one_of("date_format", DATE_FORMATS, "auto")
        decimal_mark = self._one_of("decimal_mark", DECIMAL_MARKS, "auto")
        columns = self._columns(table)
        missing = [name for name in required_of(table) if name not in columns]
        if missing:
            raise self._refusal(f"does not say which column is {missing[0]!r}", "Every required column needs one.")
        return Mapping(
            self._name,
            table,
            columns,
            self._text,
            tuple(self._strings("header")),
            {key: self._custom(key, value) for key, value in self._section("custom").items()},
            self._customer(),
            date_format,
            decimal_mark,
            bool(self._given.get("round_amounts", False)),
            tuple(self._strings("whole_numbers")),
            self._content(table),
            str(self._given.get("sheet", "")),
        )

    def _content(self, table: Table) -> str:
        content = self._one_of("content", CONTENTS, FULL)
        if content == OPEN_ITEMS and table is not Table.INVOICES:
            raise self._refusal(f"says that a file of {table.value} holds open items", "Only invoices are open items.")
        return content

    def _columns(self, table: Table) -> dict[str, Source]:
        """Gather the targets, which may stand under ``[columns]`` or at the top."""
        targets = names_of(table)
        at_top = {key: value for key, value in self._given.items() if key not in _TOP}
        given = at_top | self._section("columns")
        for target in given:
            self._require_known(target, targets)
        return {target: self._source(target, value) for target, value in given.items()}

    def _customer(self) -> dict[str, Source]:
        given = self._section("customer")
        for target in given:
            self._require_known(target, CUSTOMER_TARGETS)
        if given and "name" not in given:
            raise self._refusal("makes customers without a name", 'Add name = "<source column>" under [customer].')
        return {target: self._source(target, value) for target, value in given.items()}

    def _require_known(self, target: str, targets: Sequence[str]) -> None:
        if target not in targets:
            near = difflib.get_close_matches(target, [*targets, *_TOP], 1, 0.0)
            raise self._refusal(f"has an unknown target column {target!r}", f"The nearest is {near[0]!r}.")

    def _source(self, target: str, value: Any) -> Source:
        if isinstance(value, str):
            return value
        if isinstance(value, dict) and set(value) == {"constant"}:
            return Constant(str(value["constant"]))
        raise self._refusal(
            f"has no source for {target!r}", f'Write {target} = "Source column" or {{ constant = "…" }}.'
        )

    def _custom(self, key: str, value: Any) -> str | Derived:
        if isinstance(value, str):
            return value
        value = value if isinstance(value, dict) else {}
        when = value.get("when", [])
        well_formed = isinstance(when, list) and len(when) == 3 and all(isinstance(part, str) for part in when)
        if not well_formed or set(value) - {"when", "as", "then", "else"} or "then" not in value:
            raise self._refusal(f"has a custom column {key!r} that is neither a source column nor when, then and else")
        compared_as = str(value.get("as", "text"))
        if when[1] not in COMPARISONS or compared_as not in COMPARED_AS:
            choices = f"Comparisons: {' '.join(COMPARISONS)}; as: {' '.join(COMPARED_AS)}."
            raise self._refusal(f"compares wrongly in the custom column {key!r}", choices)
        return Derived(when[0], when[1], when[2], compared_as, str(value["then"]), str(value.get("else", "")))

    def _one_of(self, key: str, choices: Sequence[str], default: str) -> str:
        value = self._given.get(key, default)
        if value not in choices:
            raise self._refusal(f"has {key} = {value!r}", f"It can be {', '.join(choices)}.")
        return str(value)

    def _section(self, key: str) -> dict[str, Any]:
        value = self._given.get(key, {})
        if isinstance(value, dict):
            return value
        raise self._refusal(f"has {key!r} that is no table")

    def _strings(self, key: str) -> list[str]:
        value = self._given.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return value
        raise self._refusal(f"has {key!r} that is no list of words")

    def _refusal(self, what: str, mend: str = "") -> InputError:
        return InputError(f"The mapping {self._name} {what}.", mend)
