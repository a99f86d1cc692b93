"""Changed rows in the words of the files: canonical columns, business keys, plain amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow, PaymentRow
from ar_cockpit.domain.money import decimal_string

# Database columns that files call otherwise.
_CALLED = {
    "due_on": "due_date",
    "invoice_on": "invoice_date",
    "paid_on": "payment_date",
    "allocated_on": "date",
    "amount_minor": "amount",
    "credit_limit_minor": "credit_limit",
    "segment_key": "segment",
    "sales_email": "sales_rep",
    "collector_email": "collector",
    "parent_code": "parent_customer_id",
    "closed_on": "disputed_until",
}
_SILENT = {"import_batch_id", "company_id"}
CREATED, CHANGED, REMOVED = "created", "changed", "removed"
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value before and after; both are what a file would hold."""

    field: str
    old: str
    new: str
    currency: str = ""  # of amounts


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of the ledger and what becomes of it."""

    outcome: str
    table: str
    company: str
    key: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One row as the database holds it, before and after."""

    table: str
    before: Document | None
    after: Document | None

    @property
    def outcome(self) -> str:
        """What became of the row."""
        return CREATED if self.before is None else REMOVED if self.after is None else CHANGED


def called(column: str) -> str:
    """Return what a file calls a column of the database."""
    return _CALLED.get(column, column)


def is_told(column: str) -> bool:
    """Whether a change of this column is worth a word."""
    return column not in _SILENT


class Teller:
    """Puts some changes into words, with everything they refer to read beforehand."""

    def __init__(self, session: Session, changes: Sequence[Change]) -> None:
        documents = [document for one in changes for document in (one.before, one.after) if document]
        self._companies = _names(session, CompanyRow, documents, "company_id", lambda row: row.code)
        self._customers = _names(session, CustomerRow, documents, "customer_id", lambda row: row.code)
        self._invoices = _names(session, InvoiceRow, documents, "invoice_id", lambda row: row.number)
        self._payments = _names(session, PaymentRow, documents, "payment_id", lambda row: row.number)
        self._currencies = _names(session, InvoiceRow, documents, "invoice_id", lambda row: row.currency)

    def tell(self, one: Change) -> RowChange:
        """Return the change in words."""
        known = one.after or one.before or {}
        before, after = one.before or {}, one.after or {}
        columns = [name for name in known if is_told(name) and _differs(before.get(name), after.get(name))]
        fields = tuple(field for name in columns for field in self._fields(name, before, after))
        company = self._companies.get(known.get("company_id"), str(known.get("code", "")))
        return RowChange(one.outcome, one.table, company, self._key(known), fields)

    def _key(self, row: Document) -> str:
        if "payment_id" in row:
            return f"{self._payments.get(row['payment_id'], '?')} > {self._invoices.get(row['invoice_id'], '?')}"
        if "invoice_id" in row:
            return self._invoices.get(row["invoice_id"], "?")
        own = row.get("number") or row.get("code")
        return str(own or self._customers.get(row.get("customer_id"), "?"))

    def _fields(self, name: str, before: Document, after: Document) -> Iterable[FieldChange]:
        old, new = before.get(name), after.get(name)
        if name == "custom":
            names = sorted({*(old or {}), *(new or {})})
            pairs = [(one, (old or {}).get(one), (new or {}).get(one)) for one in names]
            return [FieldChange(one, _plain(left), _plain(right)) for one, left, right in pairs if left != right]
        left, right = self._shown(name, old, before), self._shown(name, new, after)
        currency = self._currency(after or before) if _is_money(name) else ""
        return [FieldChange(called(name), left, right, currency)]

    def _shown(self, name: str, value: Any, row: Document) -> str:
        if value is None:
            return ""
        if _is_money(name):
            return decimal_string(int(value), self._currency(row))
        if name == "customer_id":
            return self._customers.get(value, "?")
        return _plain(value)

    def _currency(self, row: Document) -> str:
        return str(row.get("currency") or self._currencies.get(row.get("invoice_id"), "EUR"))


def _differs(old: Any, new: Any) -> bool:
    """Whether two values differ to a reader, to whom nothing and empty are the same."""
    return old != new and bool(old or new or 0 in (old, new))


def _is_money(name: str) -> bool:
    return name.endswith("_minor")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(str(one) for one in value)
    return "" if value is None else str(value)


def _names(
    session: Session, row_class: type[SQLModel], documents: Sequence[Document], key: str, name: Callable[[Any], Any]
) -> dict[Any, str]:
    ids = sorted({document[key] for document in documents if document.get(key) is not None})
    if not ids:
        return {}
    row: Any = row_class
    found = session.execute(select(row.id, name(row)).where(among(session, col(row.id), ids)))
    return {row_id: shown for row_id, shown in found}  # noqa: C416 (a row is no pair to the type checker)
