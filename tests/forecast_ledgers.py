"""Ledgers for the forecast's tests: a dull one and a sparse synthetic one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ar_cockpit.domain.forecast.history import day_number, prepared

FIRST = date(2025, 1, 1)
DAY = np.timedelta64(1, "D")


def day(text: str) -> int:
    """Return the number of an ISO date."""
    return day_number(date.fromisoformat(text))


def an_open_item(**more: Any) -> dict[str, Any]:
    """Return an invoice as the forecast's frame has it."""
    defaults: dict[str, Any] = {
        "company": "ALFA",
        "invoice_number": "N-1",
        "customer": "C1",
        "currency": "EUR",
        "issued_on": FIRST,
        "due_on": FIRST + timedelta(days=30),
        "amount": 10_000.0,
        "settled_on": None,
    }
    return defaults | more


def a_ledger(count: int = 300, customers: int = 20, *, seed: int = 1) -> pd.DataFrame:
    """Return invoices over a year of customers who each pay some days late of their own."""
    random = np.random.default_rng(seed)
    habit = random.normal(6, 8, customers)
    rows = []
    for number in range(count):
        customer = int(random.integers(customers))
        issued = FIRST + timedelta(days=int(random.integers(360)))
        late = round(float(habit[customer] + random.normal(0, 4)))
        rows.append(
            an_open_item(
                invoice_number=f"N-{number:04d}",
                customer=f"C{customer:02d}",
                issued_on=issued,
                due_on=issued + timedelta(days=30),
                amount=float(random.integers(1_000, 90_000)),
                settled_on=issued + timedelta(days=max(1, 30 + late)),
            )
        )
    return pd.DataFrame(rows)


def sparse_ledger(seed: int = 1, customers: int = 6_000, invoices: int = 6_500) -> pd.DataFrame:
    """Return a ledger of customers mostly seen once, who pay late and in runs, three in four after the due date."""
    random = np.random.default_rng(seed)
    often = np.minimum(random.pareto(1.0, customers) + 0.3, 200.0)
    who = random.choice(customers, invoices, p=often / often.sum())
    segment = random.choice(4, customers, p=[0.3, 0.2, 0.3, 0.2])
    issued = np.datetime64("2023-01-01") + np.sort(random.integers(0, 700, invoices)) * DAY
    terms = random.choice([14, 30, 45, 60], customers, p=[0.2, 0.5, 0.2, 0.1])[who]
    habit = random.normal(0, 10, customers) + np.array([4.0, 18.0, 10.0, 6.0])[segment]
    spread = random.gamma(4, 2.2, customers) + 2
    product = random.choice(3, invoices, p=[0.5, 0.3, 0.2])
    late = habit[who] + np.array([0.0, 3.0, -2.0])[product] + spread[who] * random.standard_t(4, invoices)
    stuck = np.where(random.random(invoices) < 0.04, random.exponential(60, invoices), 0)
    ready = issued + np.round(terms + np.maximum(late + stuck, 2 - terms)) * DAY
    settled = _next_run(ready, random.choice(4, customers, p=[0.35, 0.25, 0.25, 0.15])[who])
    frame = pd.DataFrame(
        {
            "company": "ALFA",
            "invoice_number": [f"S-{number:05d}" for number in range(invoices)],
            "customer": [f"C{number:04d}" for number in who],
            "currency": "EUR",
            "issued_on": issued,
            "due_on": issued + terms * DAY,
            "amount": np.round(np.exp(random.normal(6, 1.2, invoices)) * 100),
            "settled_on": settled,
            "custom.product": np.array(["a", "b", "c"])[product],
            "custom.segment": np.array(["retail", "public", "industry", "services"])[segment[who]],
        }
    )
    return prepared(frame)


def _next_run(ready: Any, kind: Any) -> Any:
    """Return the first day on or after ``ready`` on which a payer of ``kind`` pays."""
    paid, done = ready.copy(), np.zeros(len(ready), dtype=bool)
    for ahead in range(40):
        today = ready + ahead * DAY
        weekday = (today.astype("datetime64[D]").astype(int) + 3) % 7
        in_month = (today - today.astype("datetime64[M]").astype("datetime64[D]")) / DAY + 1
        is_last = (today + DAY).astype("datetime64[M]") != today.astype("datetime64[M]")
        runs = np.select(
            [kind == 0, kind == 1, kind == 2],
            [weekday < 5, np.isin(weekday, (1, 4)), _is_tenth_or_25th(in_month, weekday)],
            default=(in_month == 15) | is_last,
        )
        now = runs.astype(bool) & ~done
        paid, done = np.where(now, today, paid), done | now
    return paid


def _is_tenth_or_25th(in_month: Any, weekday: Any) -> Any:
    """Return the 10th and the 25th, moved from a weekend to Monday."""
    moved = (weekday == 0) & np.isin(in_month, (11, 12, 26, 27))
    return (np.isin(in_month, (10, 25)) & (weekday < 5)) | moved
