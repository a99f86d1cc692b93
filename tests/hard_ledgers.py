"""Ledgers as they come: what is missing, odd or one-sided in each is what its function is named after."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from tests.forecast_ledgers import FIRST, a_ledger, an_open_item, day

AS_OF = day("2026-02-01")


def an_open_half(ledger: pd.DataFrame) -> pd.DataFrame:
    """Leave every fifth invoice open."""
    return ledger.assign(settled_on=ledger["settled_on"].where(np.arange(len(ledger)) % 5 > 0, None))


def one_each() -> pd.DataFrame:
    ledger = a_ledger(160, 20)
    return an_open_half(ledger.assign(customer=[f"C{n}" for n in range(len(ledger))]))


def all_open() -> pd.DataFrame:
    return a_ledger(160, 20).assign(settled_on=None)


def odd_amounts() -> pd.DataFrame:
    ledger = an_open_half(a_ledger(160, 20))
    return ledger.assign(amount=np.where(np.arange(len(ledger)) % 7 == 0, 0.0, ledger["amount"] * -1.0))


def due_before_issue() -> pd.DataFrame:
    ledger = an_open_half(a_ledger(160, 20))
    return ledger.assign(due_on=[one - timedelta(days=40) for one in ledger["issued_on"]])


def outliers() -> pd.DataFrame:
    ledger = an_open_half(a_ledger(160, 20))
    early = ledger["issued_on"].map(lambda one: one - timedelta(days=1200))
    is_odd = np.arange(len(ledger)) % 11 == 1
    return ledger.assign(
        issued_on=early.where(is_odd, ledger["issued_on"]), due_on=early.where(is_odd, ledger["due_on"])
    )


def a_month_without_payments() -> pd.DataFrame:
    ledger = an_open_half(a_ledger(160, 20))
    in_month = ledger["settled_on"].map(lambda one: one is not None and one.month == 11)
    return ledger.assign(settled_on=ledger["settled_on"].where(~in_month, None))


def a_currency_that_vanished() -> pd.DataFrame:
    ledger = an_open_half(a_ledger(160, 20))
    return ledger.assign(currency=np.where(np.arange(len(ledger)) < 60, "DEM", "EUR"))


def one_customer_is_half() -> pd.DataFrame:
    ledger = an_open_half(a_ledger(160, 20))
    is_half = np.arange(len(ledger)) % 2 == 0
    amount = np.where(is_half, ledger["amount"] * 100, ledger["amount"])
    return ledger.assign(customer=np.where(is_half, "GIANT", ledger["customer"]), amount=amount)


def nobody_varies() -> pd.DataFrame:
    rows = [
        an_open_item(
            invoice_number=f"N{n}",
            issued_on=FIRST + timedelta(days=n),
            due_on=FIRST + timedelta(days=n + 30),
            settled_on=FIRST + timedelta(days=n + 30) if n < 150 else None,
        )
        for n in range(160)
    ]
    return pd.DataFrame(rows)


HARD = [
    one_each,
    all_open,
    odd_amounts,
    due_before_issue,
    outliers,
    a_month_without_payments,
    a_currency_that_vanished,
    one_customer_is_half,
    nobody_varies,
]
