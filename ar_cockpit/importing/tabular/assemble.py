"""Columns of values become records of their table, with custom fields and the customers that rows bring along."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from ar_cockpit.domain.folded import Amounts, Coded, different
from ar_cockpit.importing.records import (
    AllocationRecord,
    ByColumn,
    CustomerRecord,
    Defect,
    Flawed,
    InvoiceRecord,
    PaymentRecord,
    Reason,
    Table,
)
from ar_cockpit.importing.tabular.cells import CellReader, Rows, Values
from ar_cockpit.importing.tabular.columns import COLUMNS, Column, Holds
from ar_cockpit.importing.tabular.csv_file import CsvFile
from ar_cockpit.importing.tabular.mapping import Derived

_RECORDS: dict[Table, type[tuple[Any, ...]]] = {
    Table.CUSTOMERS: CustomerRecord,
    Table.INVOICES: InvoiceRecord,
    Table.PAYMENTS: PaymentRecord,
    Table.ALLOCATIONS: AllocationRecord,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARED = {
    "date": Column("compared", Holds.DATE),
    "number": Column("compared", Holds.AMOUNT),
    "text": Column("compared"),
}


def custom_fields(
    file: CsvFile, cells: CellReader, columns: Sequence[Sequence[str]], count: int
) -> Sequence[dict[str, str]]:
    """Return the custom fields of each row; empty ones are left out."""
    named = {name: columns[index] for name, index in file.custom.items()}
    named |= {name: _derived(file, cells, columns, one) for name, one in file.derived.items()}
    if not named:
        return Coded.same({}, count)  # one for all: records are never changed
    names = list(named)
    return [
        {name: value for name, value in zip(names, row, strict=True) if value}
        for row in zip(*named.values(), strict=True)
    ]


def _derived(file: CsvFile, cells: CellReader, columns: Sequence[Sequence[str]], derived: Derived) -> list[str]:
    compare, as_column = _COMPARE[derived.comparison], _COMPARED[derived.compared_as]
    left, right = (cells.column(file.header.index(name), columns, as_column) for name in (derived.left, derived.right))
    missing = (Reason, type(None))
    return [
        "" if type(a) in missing or type(b) in missing else derived.then if compare(a, b) else derived.otherwise
        for a, b in zip(left, right, strict=True)
    ]


def records(
    file: CsvFile, values: Values, rows: Rows, custom: Sequence[dict[str, str]], warnings: list[Defect]
) -> Sequence[Any]:
    """Return one record for each row, in order; defects that do not set a row aside are added to ``warnings``."""
    if file.table is Table.INVOICES:
        _sign_credit_notes(file, values, rows, warnings)
        _warn_of_early_due_dates(file, values, rows, warnings)
    columns = [values[column.name] for column in COLUMNS[file.table]]
    return ByColumn(_RECORDS[file.table], [rows.lines, *columns, custom])


def _sign_credit_notes(file: CsvFile, values: Values, rows: Rows, warnings: list[Defect]) -> None:
    told = values["amount"]
    # Signs are the same in whole numbers of the last digit.
    amounts: list[Any] = list(told.scaled if isinstance(told, Amounts) else told)
    if "credit_note" not in different(values["kind"]) and min(amounts, default=0) >= 0:
        values["kind"] = Coded.same("invoice", len(amounts))
        return
    kinds = list(values["kind"])
    for place, (kind, amount) in enumerate(zip(kinds, amounts, strict=True)):
        if kind == "credit_note":
            amounts[place] = -abs(amount)
        elif amount < 0:
            kinds[place] = "credit_note"
            if kind == "invoice":
                name, index = file.source_of("amount")
                written = rows.written[place][index] if index is not None else ""
                reason = "Negative on an invoice; taken as a credit note"
                warnings.append(Defect(rows.lines[place], name, written, reason))
        else:
            kinds[place] = "invoice"
    values["kind"] = kinds
    values["amount"] = told.instead(amounts) if isinstance(told, Amounts) else amounts


def _warn_of_early_due_dates(file: CsvFile, values: Values, rows: Rows, warnings: list[Defect]) -> None:
    name, index = file.source_of("due_date")
    due, issued = values["due_date"], values["invoice_date"]
    if index is None or not any(_is_early(*pair) for pair in _different_pairs(due, issued)):
        return
    for place, pair in enumerate(zip(due, issued, strict=True)):
        if _is_early(*pair):
            days = (pair[1] - pair[0]).days
            reason = f"{days} day{'s' if days > 1 else ''} before the invoice date"
            warnings.append(Defect(rows.lines[place], name, rows.written[place][index], reason))


def _different_pairs(some: Sequence[Any], others: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    """Return every different pair of values that stand beside each other."""
    if isinstance(some, Coded) and isinstance(others, Coded):
        pairs = set(zip(some.codes, others.codes, strict=True))
        return [(some.values[one], others.values[other]) for one, other in pairs]
    return set(zip(some, others, strict=True))


def _is_early(due: date | None, issued: date) -> bool:
    return due is not None and due < issued


def customers_of_rows(
    file: CsvFile, cells: CellReader, columns: Sequence[Sequence[str]], made: Sequence[Any], seen: set[tuple[str, str]]
) -> list[CustomerRecord]:
    """Return the customers that a mapping makes from the rows of their documents, each at its first row."""
    if not file.customer:
        return []
    places = []
    for place, record in enumerate(made):
        key = (record.company, record.customer)
        if key not in seen:
            seen.add(key)
            places.append(place)
    if not places:
        return []
    first_rows = [[column[place] for place in places] for column in columns]
    values = cells.values(file.customer, first_rows, len(places))
    fields = {_FIELDS[target]: [_plain(value) for value in column] for target, column in values.items()}
    return [
        _customer(made[place], {name: column[n] for name, column in fields.items()}) for n, place in enumerate(places)
    ]


def _customer(record: Any, told: dict[str, Any]) -> CustomerRecord:
    name = told.pop("name", None) or record.customer
    currency = told.pop("currency", None) or record.currency
    return CustomerRecord(record.line, record.customer, name, record.company, currency=currency, **told)


def _plain(value: Any) -> Any:
    """Return what can be used of a cell: a customer made in passing never sets its invoice aside."""
    if isinstance(value, Flawed):
        return value.value
    return None if isinstance(value, Reason) else value


_FIELDS = dict(
    zip(
        (column.name for column in COLUMNS[Table.CUSTOMERS]),
        CustomerRecord._fields[1:],
        strict=False,
    )
)
