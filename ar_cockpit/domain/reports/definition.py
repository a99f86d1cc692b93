"""A report's definition as data: columns, grouping, filters and order, checked when it is built. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.figures.consolidation import Conversion, MissingRate
from ar_cockpit.domain.reports.filters import read
from ar_cockpit.domain.reports.one_currency import PARTS, amounts, summed
from ar_cockpit.domain.reports.sources import OF_DAYS, SOURCES, Field, Kind, field

OPERATORS = ("is", "is_not", "contains", "at_least", "at_most")
MOST_FILTERS = 6
_BETWEEN = "~"  # the parts of a filter in an address
_MAY_LACK = frozenset({"goal"})  # amounts that a row may go without: nobody set one
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
    """A report's rows, each with a value for every field, and the sums of what adds up (one currency only).

    Of several currencies as one: at which rates, and which were missing for amounts that are not available.
    """

    fields: tuple[Field, ...]
    rows: Sequence[Row]
    sums: Row
    conversion: Conversion | None = None
    missing: tuple[MissingRate, ...] = ()


def shape(
    rows: Iterable[Row], definition: Definition, units: Mapping[str, int], conversion: Conversion | None = None
) -> Table:
    """Return the rows filtered, grouped and in order; ``units`` are the minor units of a major one, by currency.

    A filter whose value cannot be read is refused: an empty report would look like an answer. Rows that were converted
    (``conversion``) are summed in each currency and converted once.
    """
    tests = [read(one, definition.source) for one in definition.filters]
    kept = [row for row in rows if all(one.holds(row, units) for one in tests)]
    shown = _grouped(kept, definition, conversion) if definition.group else kept
    key = definition.sort
    if key and (not definition.group or key in {one.key for one in definition.fields}):
        known = sorted((row for row in shown if row.get(key) is not None), key=lambda row: _order(row[key]))
        unknown = [row for row in shown if row.get(key) is None]
        shown = [*(reversed(known) if definition.descending else known), *unknown]
    single = len({row.get("currency") for row in shown}) <= 1
    sums: dict[str, Any] = {}
    if shown and definition.source not in OF_DAYS:
        sums = _added(kept, [one for one in definition.fields if one.adds_up], conversion)
        sums = {key: sums[key] for key in sums if single or field(definition.source, key).kind is Kind.COUNT}
    sums |= {"currency": shown[0].get("currency")} if shown and single else {}
    return Table(definition.fields, shown, sums, conversion)


def _grouped(rows: Sequence[Row], definition: Definition, conversion: Conversion | None) -> list[Row]:
    """Return a row for each group and currency: amounts of several currencies are never added."""
    groups: dict[tuple[Any, Any], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.get(definition.group), row.get("currency")), []).append(row)
    adding = [one for one in definition.fields if one.adds_up]
    return [
        {definition.group: key, "currency": currency, **_added(members, adding, conversion)}
        for (key, currency), members in groups.items()
    ]


def _added(rows: Sequence[Row], adding: Sequence[Field], conversion: Conversion | None) -> dict[str, Any]:
    """Return what rows are together; an amount that lacks a rate makes the sum one that lacks it."""
    found: dict[str, Any] = {one.key: sum(row.get(one.key) or 0 for row in rows) for one in adding}
    if conversion is None:
        return found
    if all(PARTS in row for row in rows):
        told = amounts(summed(rows), conversion)
        return found | {key: told[key] for key in found if key in told}
    lost = {one.key for one in adding for row in rows if row.get(one.key, 0) is None and one.key not in _MAY_LACK}
    return found | dict.fromkeys(lost)


def _order(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
