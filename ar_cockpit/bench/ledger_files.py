"""A ledger as a folder of canonical CSV files, of any size, the same for the same seed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

from ar_cockpit.importing.records import Table

HEADERS = {
    Table.CUSTOMERS: (
        *("customer_id", "name", "company", "email", "contact_name", "country", "currency", "payment_terms_days"),
        "credit_limit",
    ),
    Table.INVOICES: (
        *("invoice_number", "customer_id", "invoice_date", "due_date", "amount", "currency", "company", "po_number"),
        "description",
    ),
    Table.PAYMENTS: (
        *("payment_id", "customer_id", "payment_date", "amount", "currency", "company", "reference", "method"),
    ),
    Table.ALLOCATIONS: ("payment_id", "invoice_number", "amount", "date", "company"),
}
KEYS = {
    Table.CUSTOMERS: ("company", "customer_id"),
    Table.INVOICES: ("company", "invoice_number"),
    Table.PAYMENTS: ("company", "payment_id"),
    Table.ALLOCATIONS: ("company", "payment_id", "invoice_number", "date"),
}
_COMPANIES = (("ALFA", "EUR"), ("BETA", "EUR"), ("GAMA", "GBP"))
_FIRST_DAY, _DAYS = date(2024, 1, 1), 730
_INVOICES_OF_A_CUSTOMER = 20
_PAID = 0.8


def write(folder: Path, invoices: int, seed: int = 1) -> dict[Table, Path]:
    """Write the four files, customers by the twentieth of ``invoices``; return where they are."""
    paths = {table: folder / f"{table.value}.csv" for table in Table}
    streams = {table: path.open("w", newline="", encoding="utf-8") for table, path in paths.items()}
    try:
        writers = {table: csv.writer(stream) for table, stream in streams.items()}
        for table, header in HEADERS.items():
            writers[table].writerow(header)
        for table, row in _rows(invoices, Random(seed)):  # noqa: S311 (an invented ledger guards no secret)
            writers[table].writerow(row)
    finally:
        for stream in streams.values():
            stream.close()
    return paths


def _rows(invoices: int, rng: Random) -> Iterator[tuple[Table, tuple[object, ...]]]:
    customers = max(1, invoices // _INVOICES_OF_A_CUSTOMER)
    for number in range(customers):
        company, currency = _COMPANIES[number % len(_COMPANIES)]
        contact = (f"ap@c{number}.example", f"Contact {number}", "FR")
        yield Table.CUSTOMERS, (f"C{number:06d}", f"Customer {number}", company, *contact, currency, 30, "50000.00")
    days = [_FIRST_DAY + timedelta(days=day) for day in range(_DAYS + 120)]
    for number in range(invoices):
        customer = rng.randrange(customers)
        company, currency = _COMPANIES[customer % len(_COMPANIES)]
        issued = number * _DAYS // invoices
        amount = f"{rng.randint(1_000, 9_000_000) / 100:.2f}"
        invoice, payment, debtor = f"F{number:07d}", f"P{number:07d}", f"C{customer:06d}"
        order = f"PO-{rng.randrange(10**6):06d}"
        told = (days[issued], days[issued + 30], amount, currency, company, order, "Goods and services")
        yield Table.INVOICES, (invoice, debtor, *told)
        if rng.random() < _PAID:
            paid_on = days[issued + rng.randint(5, 90)]
            yield Table.PAYMENTS, (payment, debtor, paid_on, amount, currency, company, invoice, "transfer")
            yield Table.ALLOCATIONS, (payment, invoice, amount, paid_on, company)
