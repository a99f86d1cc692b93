"""The canonical columns of the four tables: what each holds, what is required, and which table a header is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ar_cockpit.importing.records import Table
from ar_cockpit.importing.values import texts

_FREE_TEXT = texts.text_reader()


class Holds(StrEnum):
    """What kind of value a column holds, where a whole-column decision is needed; words have their own reader."""

    AMOUNT = "amount"
    DATE = "date"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column."""

    name: str
    holds: Holds = Holds.WORDS
    reader: texts.Reader = _FREE_TEXT
    is_required: bool = False


def _key(name: str, *, required: bool = True) -> Column:
    return Column(name, reader=texts.text_reader(texts.KEY_LENGTH), is_required=required)


def _words(name: str, reader: texts.Reader | None = None, *, required: bool = False) -> Column:
    return Column(name, reader=reader or texts.text_reader(texts.NAME_LENGTH), is_required=required)


def _date(name: str, *, required: bool = False) -> Column:
    return Column(name, Holds.DATE, is_required=required)


def _amount(name: str, *, required: bool = True) -> Column:
    return Column(name, Holds.AMOUNT, is_required=required)


# In the order of the records' fields; the first three of documents and payments are keys.
COLUMNS: dict[Table, tuple[Column, ...]] = {
    Table.CUSTOMERS: (
        _key("customer_id"),
        _words("name", required=True),
        _key("company", required=False),
        _words("email", texts.read_emails),
        _words("contact_name"),
        _words("contact_role", texts.read_roles),
        _words("phone"),
        _words("language", texts.read_languages),
        _words("country", texts.read_countries),
        _words("currency", texts.read_currencies),
        _words("payment_terms_days", texts.read_days),
        _amount("credit_limit", required=False),
        _words("external_score", texts.read_integers),
        _key("segment", required=False),
        _words("sales_rep", texts.read_lower),
        _words("collector", texts.read_lower),
        _key("parent_customer_id", required=False),
        _words("registration_number"),
        _words("vat_number"),
        _words("tags", texts.read_tags),
        _words("city"),
    ),
    Table.INVOICES: (
        _key("invoice_number"),
        _key("customer_id"),
        _date("invoice_date", required=True),
        _date("due_date"),
        _amount("amount"),
        _words("currency", texts.read_currencies),
        _key("company", required=False),
        _words("kind", texts.read_kinds),
        _words("po_number"),
        Column("description"),
        _words("disputed", texts.read_flags),
        _date("settled_date"),
    ),
    Table.PAYMENTS: (
        _key("payment_id"),
        _key("customer_id"),
        _date("payment_date", required=True),
        _amount("amount"),
        _words("currency", texts.read_currencies),
        _key("company", required=False),
        _words("reference"),
        _words("method"),
    ),
    Table.ALLOCATIONS: (
        _key("payment_id"),
        _key("invoice_number"),
        _amount("amount"),
        _date("date"),
        _key("company", required=False),
    ),
}
# An invoice file may carry customers' names, a payment file invoice numbers: the richer table is tried first.
_RICHEST_FIRST = (Table.INVOICES, Table.PAYMENTS, Table.ALLOCATIONS, Table.CUSTOMERS)
# Told in a download of rows set aside; never data when it comes back.
READ_AS = "ar_read_as"  # date orders and decimal marks as they were decided for the whole file
NOTE_COLUMNS = ("ar_line", "ar_column", "ar_reason", READ_AS)


def canonical(name: str) -> str:
    """Return a header cell as it is compared: lower case, words joined by underscores."""
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


def names_of(table: Table) -> list[str]:
    """Return the canonical column names of ``table``."""
    return [column.name for column in COLUMNS[table]]


def required_of(table: Table) -> list[str]:
    """Return the names of the columns that ``table`` cannot do without."""
    return [column.name for column in COLUMNS[table] if column.is_required]


def table_of(header: Sequence[str], stem: str) -> tuple[Table | None, list[str]]:
    """Return the table that ``header`` is, or ``None`` with the required columns that the likeliest one lacks."""
    found = {canonical(name) for name in header}
    missing = {table: [name for name in required_of(table) if name not in found] for table in _RICHEST_FIRST}
    by_name = next((table for table in Table if table.value == stem.lower()), None)
    if by_name and not missing[by_name]:
        return by_name, []
    whole = next((table for table, lacks in missing.items() if not lacks), None)
    if whole:
        return whole, []
    likeliest = by_name or max(
        _RICHEST_FIRST, key=lambda table: (len(required_of(table)) - len(missing[table])) / len(required_of(table))
    )
    recognised = len(missing[likeliest]) < len(required_of(likeliest))
    return None, missing[likeliest] if recognised or by_name else []
