"""What is measured on both sides of a copy: rows, sums of money by company and currency, the audit chain's head."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlmodel import col

from ar_cockpit.db.moving.target import count, tables_in_order
from ar_cockpit.db.tables import AllocationRow, AuditRow, CompanyRow, InvoiceRow, PaymentRow
from ar_cockpit.domain.money import decimal_string

Measures = dict[tuple[str, str], str]  # (what, of which) -> the value as text


def measure(connection: Connection) -> Measures:
    """Return every measure of a database, as one transaction sees it."""
    found: Measures = {("rows", table.name): str(count(connection, table)) for table in tables_in_order()}
    for what, question in _sums().items():
        for company, currency, *totals in connection.execute(question):
            for name, total in zip(what, totals, strict=True):
                found[name, f"{company} {currency}"] = decimal_string(int(total or 0), currency)
    found["audit chain", "head"] = audit_head(connection)
    return found


def audit_head(connection: Connection) -> str:
    """Return the hash of the last audit entry; empty when there is none."""
    last = select(col(AuditRow.hash)).order_by(col(AuditRow.id).desc()).limit(1)
    return connection.execute(last).scalar() or ""


def _sums() -> dict[tuple[str, ...], Select[Any]]:
    invoice, payment = InvoiceRow, PaymentRow
    allocated = (
        select(col(CompanyRow.code), col(invoice.currency), func.sum(col(AllocationRow.amount_minor)))
        .select_from(AllocationRow)
        .join(invoice, col(invoice.id) == col(AllocationRow.invoice_id))
        .join(CompanyRow, col(CompanyRow.id) == col(AllocationRow.company_id))
        .group_by(col(CompanyRow.code), col(invoice.currency))
    )
    return {
        ("invoiced", "open"): _by_currency(invoice, col(invoice.amount_minor), col(invoice.open_minor)),
        ("paid", "unapplied"): _by_currency(payment, col(payment.amount_minor), col(payment.unapplied_minor)),
        ("allocated",): allocated,
    }


def _by_currency(row: Any, *amounts: Any) -> Select[Any]:
    return (
        select(col(CompanyRow.code), col(row.currency), *(func.sum(amount) for amount in amounts))
        .select_from(row)
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .group_by(col(CompanyRow.code), col(row.currency))
    )
