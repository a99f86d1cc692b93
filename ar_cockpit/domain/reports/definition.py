"""A report's definition as data: columns, grouping, filters and order, checked when it is built. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.reports.filters import read
from ar_cockpit.domain.reports.sources import OF_DAYS, SOURCES, Field, Kind, field

OPERATORS = ("is", "is_not", "contains", "at_least", "at_most")
MOST_FILTERS = 6
_BETWEEN = "~"  # the parts of a filter in an address
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Keep the rows whose column compares with a value; amounts are typed in major units."""

    key: str
    operator: str
    value: str

    def told(self) -> str:
        """Return it as it stands in an address."""
        return _BETWEEN.join((self.key, self.operator, self.value))


@dataclass(frozen=True, slots=True)
class Definition:
    """What a report shows of its source."""

    source: str
    columns: tuple[str, ...]
    group: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = False

    def __post_init__(self) -> None:
        """Refuse what the source does not have."""
        known = {one.key for one in SOURCES.get(self.source, ())}
        asked = {*self.columns, *(one.key for one in self.filters)} | ({self.group, self.sort} - {""})
        if not known or not self.columns or not asked <= known:
            raise InputError("There is no such report.", "Choose a subject and at least one of its columns.")
        if len(self.filters) > MOST_FILTERS or any(one.operator not in OPERATORS for one in self.filters):
            raise InputError("There is no such filter.", f"At most {MOST_FILTERS} filters, each of the menu.")

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns shown, in order; a grouped report shows its group first and only what adds up."""
        chosen = [field(self.source, key) for key in self.columns]
        if not self.group:
            return tuple(chosen)
        return (field(self.source, self.group), *(one for one in chosen if one.adds_up))

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "source": self.source,
            "columns": list(self.columns),
            "group": self.group,
            "filters": [one.told() for one in self.filters],
            "sort": self.sort,
            "descending": self.descending,
        }


def from_json(kept: Mapping[str, Any]) -> Definition:
    """Return a stored definition; raise ``InputError`` for one that is none."""
    return Definition(
        str(kept.get("source", "")),
        tuple(kept.get("columns", ())),
        str(kept.get("group", "")),
        read_filters(kept.get("filters", ())),
        str(kept.get("sort", "")),
        bool(kept.get("descending", False)),
    )


def read_filters(told: Iterable[str]) -> tuple[Filter, ...]:
    """Return filters as they stand in an address."""
    return tuple(Filter(*parts) for one in told if len(parts := str(one).split(_BETWEEN, 2)) == 3)


def with_choices(one: Definition, params: Mapping[str, str]) -> Definition:
    """Return the definition with what the address changes of it; what it says wrongly counts as not said."""
    known = {each.key for each in SOURCES[one.source]}
    columns = tuple(dict.fromkeys(key for key in params.get("cols", "").split(",") if key in known))
    group, sort = params.get("group", one.group), params.get("order", "")
    filters = one.filters
    if "where" in params:
        filters = tuple(each for each in read_filters(params["where"].split("|")) if each.key in known)
    return replace(
        one,
        columns=columns or one.columns,
        group=group if group in known else "",
        filters=tuple(each for each in filters if each.operator in OPERATORS)[:MOST_FILTERS],
        sort=sort.removeprefix("-") if sort.removeprefix("-") in known else one.sort,
        descending=sort.startswith("-") if sort.removeprefix("-") in known else one.descending,
    )


@dataclass(frozen=True, slots=True)
class Table:
    """A report's rows, each with a value for every field, and the sums of what adds up (one currency only)."""

    fields: tuple[Field, ...]
    rows: Sequence[Row]
    sums: Row


def shape(rows: Iterable[Row], definition: Definition, units: Mapping[str, int]) -> Table:
    """Return the rows filtered, grouped and in order; ``units`` are the minor units of a major one, by currency.

    A filter whose value cannot be read is refused: an empty report would look like an answer.
    """
    tests = [read(one, definition.source) for one in definition.filters]
    kept = [row for row in rows if all(one.holds(row, units) for one in tests)]
    shown = _grouped(kept, definition) if definition.group else kept
    key = definition.sort
    if key and (not definition.group or key in {one.key for one in definition.fields}):
        known = sorted((row for row in shown if row.get(key) is not None), key=lambda row: _order(row[key]))
        unknown = [row for row in shown if row.get(key) is None]
        shown = [*(reversed(known) if definition.descending else known), *unknown]
    single = len({row.get("currency") for row in shown}) <= 1
    adds_up = shown and definition.source not in OF_DAYS
    sums = {
        one.key: sum(row[one.key] or 0 for row in shown)
        for one in definition.fields
        if one.adds_up and adds_up and (single or one.kind is Kind.COUNT)
    }
    return Table(definition.fields, shown, sums | ({"currency": shown[0].get("currency")} if shown and single else {}))


def _grouped(rows: Sequence[Row], definition: Definition) -> list[Row]:
    """Return a row for each group and currency: amounts of several currencies are never added."""
    sums: dict[tuple[Any, Any], dict[str, Any]] = {}
    adding = [one.key for one in definition.fields if one.adds_up]
    for row in rows:
        key = row.get(definition.group), row.get("currency")
        one = sums.setdefault(key, {definition.group: key[0], "currency": key[1], **dict.fromkeys(adding, 0)})
        for name in adding:
            one[name] += row.get(name) or 0
    return list(sums.values())


def _order(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
