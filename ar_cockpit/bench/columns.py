"""What the benchmark's ledger is made of, drawn as whole columns: who was billed what, and when it was paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Rows = tuple[Sequence[str], Iterable[tuple[Any, ...]]]

CURRENCIES = ("EUR", "USD", "GBP", "JPY")
_COMPANIES = (("ALFA", "EUR"), ("BETA", "EUR"), ("GAMA", "USD"))
_SHARES = (0.7, 0.15, 0.1, 0.05)
COLLECTORS = 30
_YEARS = 3
_OPEN_END = "9999-12-31"
_TERMS = (30, 45, 60)


@dataclass(frozen=True, slots=True)
class Draw:
    """The columns that decide everything else; days are counted backwards from today."""

    days: list[str]  # by age, the youngest first; index 0 is today
    later: list[str]  # by days from today
    company: Ints  # of each customer
    currency: Ints
    terms: Ints
    owner: Ints  # of each invoice
    issued: Ints
    amount: Ints
    left: Ints
    closed: Ints
    paid_invoice: Ints  # of each allocation
    paid_age: Ints
    paid_amount: Ints


def draw(random: np.random.Generator, customers: int, invoices: int, open_invoices: int, today: date) -> Draw:
    """Return a ledger's columns: three years of documents, the open ones mostly young, some paid in two parts."""
    size = random.lognormal(0, 1, customers)
    owner = random.choice(customers, invoices, p=size / size.sum()).astype(np.int64)
    issued = np.sort(random.integers(0, 365 * _YEARS, invoices))[::-1].astype(np.int64)
    terms = random.choice(_TERMS, customers).astype(np.int64)
    amount = (random.lognormal(10.5, 1.2, invoices) + 100).astype(np.int64)
    amount[random.random(invoices) < 0.03] *= -1
    is_open = np.zeros(invoices, dtype=bool)
    is_open[np.argsort(issued - random.exponential(180, invoices))[:open_invoices]] = True
    late = issued - terms[owner] - random.normal(8, 15, invoices).astype(np.int64)
    paid_age = np.clip(late, 0, issued)
    first, first_age, part = _partial(random, amount, is_open, issued, paid_age)
    whole = np.flatnonzero(~is_open)
    rest = amount.copy()
    rest[first] -= part
    left = np.where(is_open, rest, 0)
    return Draw(
        days=[(today - timedelta(days=age)).isoformat() for age in range(365 * _YEARS + 1)],
        later=[(today + timedelta(days=ahead)).isoformat() for ahead in range(max(_TERMS) + 1)],
        company=random.integers(1, len(_COMPANIES) + 1, customers),
        currency=random.choice(len(CURRENCIES), customers, p=_SHARES).astype(np.int64),
        terms=terms,
        owner=owner,
        issued=issued,
        amount=amount,
        left=left,
        closed=np.where(is_open, -1, paid_age),
        paid_invoice=np.concatenate([first, whole]),
        paid_age=np.concatenate([first_age, paid_age[whole]]),
        paid_amount=np.concatenate([part, rest[whole]]),
    )


def _partial(
    random: np.random.Generator, amount: Ints, is_open: NDArray[np.bool_], issued: Ints, paid_age: Ints
) -> tuple[Ints, Ints, Ints]:
    """Return what was paid in a first part, some days before the rest: the invoice, the age and the amount."""
    chosen = random.random(len(amount)) < np.where(is_open, 0.25, 0.31)
    first = np.flatnonzero(chosen & (np.abs(amount) > 1) & (issued > paid_age))
    age = np.minimum(issued[first], paid_age[first] + 1 + random.integers(0, 20, len(first)))
    return first, age, amount[first] // 3


def companies() -> Rows:
    """Return the three companies."""
    names = ("id", "code", "name", "country", "currency", "timezone", "language", "targets", "is_demo", *_BLANK)
    rows = [
        (key, code, f"{code} SA", "FR", currency, "Europe/Paris", "en", "{}", False, *("" for _ in _BLANK))
        for key, (code, currency) in enumerate(_COMPANIES, 1)
    ]
    return names, rows


_BLANK = ("iban", "bic", "address", "phone", "mail_from", "mail_reply_to")


def customers(draw: Draw) -> Rows:
    """Return the customers, each with a collector and a sales owner."""
    names = ("id", "company_id", "code", "name", "city", "country", "language", "currency", "payment_terms_days")
    more = ("credit_limit_minor", "sales_email", "collector_email", "tags", "custom", *_CUSTOMER_BLANK)
    columns = zip(draw.company.tolist(), draw.currency.tolist(), draw.terms.tolist(), strict=True)
    rows = (
        (
            key,
            company,
            f"C{key:06}",
            f"Customer {key}",
            "Lyon",
            "FR",
            "en",
            CURRENCIES[currency],
            terms,
            5000000,
            f"sales{key % 20}@bench.example",
            collector(key),
            "[]",
            "{}",
            "",
            "",
            "",
            "",
        )
        for key, (company, currency, terms) in enumerate(columns, 1)
    )
    return (*names, *more), rows


_CUSTOMER_BLANK = ("segment_key", "parent_code", "registration_number", "vat_number")


def collector(customer: int) -> str:
    """Return the collector of a customer."""
    return f"collector{customer % COLLECTORS}@bench.example"


def contacts(draw: Draw) -> Rows:
    """Return one contact for each customer."""
    names = ("id", "company_id", "customer_id", "name", "email", "phone", "role", "language", "is_primary")
    rows = (
        (key, company, key, "", f"pay@c{key}.example", "", "accounts_payable", "en", True)
        for key, company in enumerate(draw.company.tolist(), 1)
    )
    return names, rows


def invoices(draw: Draw) -> Rows:
    """Return the documents, the oldest first."""
    names = ("id", "company_id", "customer_id", "number", "kind", "invoice_on", "due_on", "amount_minor")
    more = ("open_minor", "closed_on", "currency", "po_number", "description", "custom")
    owner, due = draw.owner, draw.issued - draw.terms[draw.owner]
    columns = zip(
        owner.tolist(),
        draw.company[owner].tolist(),
        draw.currency[owner].tolist(),
        draw.issued.tolist(),
        due.tolist(),
        draw.amount.tolist(),
        draw.left.tolist(),
        draw.closed.tolist(),
        strict=True,
    )
    rows = (
        (
            key,
            company,
            customer + 1,
            f"F{key:07}",
            "invoice" if amount > 0 else "credit_note",
            draw.days[age],
            _day(draw, due_age),
            amount,
            left,
            _OPEN_END if closed < 0 else draw.days[closed],
            CURRENCIES[currency],
            "",
            "",
            "{}",
        )
        for key, (customer, company, currency, age, due_age, amount, left, closed) in enumerate(columns, 1)
    )
    return (*names, *more), rows


def payments(draw: Draw) -> Rows:
    """Return one payment for each allocation; one in fifty brought more than was applied."""
    names = ("id", "company_id", "customer_id", "number", "paid_on", "amount_minor", "unapplied_minor")
    owner = draw.owner[draw.paid_invoice]
    columns = zip(
        owner.tolist(),
        draw.company[owner].tolist(),
        draw.currency[owner].tolist(),
        draw.paid_age.tolist(),
        draw.paid_amount.tolist(),
        strict=True,
    )
    rows = (
        (
            key,
            company,
            customer + 1,
            f"P{key:07}",
            draw.days[age],
            amount + (0 if key % 50 else 1000),
            0 if key % 50 else 1000,
            CURRENCIES[currency],
            "",
            "",
        )
        for key, (customer, company, currency, age, amount) in enumerate(columns, 1)
    )
    return (*names, "currency", "reference", "method"), rows


def allocations(draw: Draw) -> Rows:
    """Return what each payment was applied to."""
    names = ("id", "company_id", "payment_id", "invoice_id", "amount_minor", "allocated_on")
    columns = zip(
        draw.company[draw.owner[draw.paid_invoice]].tolist(),
        draw.paid_invoice.tolist(),
        draw.paid_amount.tolist(),
        draw.paid_age.tolist(),
        strict=True,
    )
    rows = (
        (key, company, key, invoice + 1, amount, draw.days[age])
        for key, (company, invoice, amount, age) in enumerate(columns, 1)
    )
    return names, rows


def _day(draw: Draw, age: int) -> str:
    return draw.days[age] if age >= 0 else draw.later[-age]
