"""Dates and chances of one invoice: given that it is unpaid today, by its promise, later when disputed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast.fitted import FittedForecast
from ar_cockpit.domain.forecast.history import prepared
from tests.forecast_ledgers import a_ledger, an_open_item, day

AS_OF = day("2026-01-15")


@pytest.fixture(scope="module")
def fitted() -> FittedForecast:
    """A forecast fitted on a dull ledger."""
    return forecast.fit(prepared(a_ledger()), AS_OF)


def predicted(fitted: FittedForecast, **more: Any) -> Any:
    item = an_open_item(customer="C03", issued_on=date(2025, 12, 20), due_on=date(2026, 1, 19), **more)
    return forecast.predict(fitted, prepared(pd.DataFrame([item]))).iloc[0]


def test_dates_are_in_order_and_chances_grow_with_time(fitted: FittedForecast) -> None:
    row = predicted(fitted)
    assert AS_OF < row["p10"] <= row["p50"] <= row["p90"]
    assert row["expected"] == row["p50"]
    assert 0 <= row["p_paid_30"] <= row["p_paid_60"] <= row["p_paid_90"] <= 1


def test_an_invoice_long_overdue_is_never_expected_in_the_past(fitted: FittedForecast) -> None:
    item = an_open_item(customer="C03", issued_on=date(2024, 6, 1), due_on=date(2024, 7, 1))
    row = forecast.predict(fitted, prepared(pd.DataFrame([item]))).iloc[0]
    assert row["p10"] > AS_OF
    assert row["p_late"] == 1.0
    assert row["p90"] - row["p10"] > 14, "a year late, tomorrow is not a sure thing"


def test_a_planned_invoice_is_forecast_from_its_issue(fitted: FittedForecast) -> None:
    item = an_open_item(customer="C03", issued_on=date(2026, 3, 1), due_on=date(2026, 3, 31))
    row = forecast.predict(fitted, prepared(pd.DataFrame([item]))).iloc[0]
    assert row["p10"] >= day("2026-03-01")
    assert row["p_paid_30"] == 0.0
    assert row["p_paid_90"] > 0.5


def test_an_open_promise_sets_the_date_and_says_so(fitted: FittedForecast) -> None:
    row = predicted(fitted, promised_on=date(2026, 2, 20), promise_until=date(2026, 2, 23))
    assert (row["basis"], row["expected"]) == ("promise", day("2026-02-20"))
    assert row["p10"] <= row["expected"] <= row["p90"]
    assert row["p_paid_60"] > 0.9


def test_a_promise_for_yesterday_within_its_grace_is_expected_tomorrow(fitted: FittedForecast) -> None:
    row = predicted(fitted, promised_on=date(2026, 1, 14), promise_until=date(2026, 1, 17))
    assert row["expected"] == AS_OF + 1


def test_a_dispute_makes_payment_later_and_less_sure_and_says_so(fitted: FittedForecast) -> None:
    usual, held = predicted(fitted), predicted(fitted, disputed=True)
    assert (usual["basis"], held["basis"]) == ("customer", "dispute")
    assert held["p50"] > usual["p50"]
    assert held["p90"] - held["p10"] > usual["p90"] - usual["p10"]
    assert held["p_paid_30"] < usual["p_paid_30"]


def test_the_order_of_the_invoices_asked_about_does_not_matter(fitted: FittedForecast) -> None:
    items = [
        an_open_item(invoice_number=f"N-{n}", customer=f"C{n:02d}", issued_on=date(2026, 1, 1), due_on=date(2026, 2, 1))
        for n in range(9)
    ]
    one, other = (forecast.predict(fitted, prepared(pd.DataFrame(rows))) for rows in (items, items[::-1]))
    pd.testing.assert_frame_equal(one, other)
