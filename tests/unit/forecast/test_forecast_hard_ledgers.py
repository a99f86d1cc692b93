"""Ledgers as they come: a forecast with a wide range or a word of too little history, never an exception or NaN."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast.fitted import FittedForecast
from ar_cockpit.domain.forecast.history import FAR, open_on, prepared
from tests.forecast_ledgers import FIRST, a_ledger, an_open_item, day
from tests.hard_ledgers import AS_OF, HARD, all_open, an_open_half


@pytest.mark.parametrize("make", HARD, ids=lambda make: make.__name__)
def test_a_hard_ledger_is_forecast_whole(make: object) -> None:
    ledger = prepared(make())  # type: ignore[operator] (one of the functions above)
    fitted = forecast.fit(ledger, AS_OF)
    pending = open_on(ledger, AS_OF)
    made = forecast.predict(fitted, pending)
    assert len(made) == len(pending) > 0
    assert np.isfinite(made.select_dtypes("number").to_numpy(dtype=float)).all()
    assert (made["p10"] <= made["p50"]).all()
    assert (made["p50"] <= made["p90"]).all()
    assert (made["p10"] > AS_OF).all()
    assert made["p_late"].between(0, 1).all()
    _check_cash(fitted, pending)


def _check_cash(fitted: FittedForecast, pending: pd.DataFrame) -> None:
    totals = forecast.cash(fitted, pending, 90)
    assert totals is not None
    for sums in (totals.days, totals.weeks, totals.within):
        widened = fitted.calibration.widened(sums)
        assert np.isfinite(widened.expected).all()
        assert np.isfinite(widened.variance).all()


def test_a_ledger_without_a_payment_says_that_it_tells_too_little() -> None:
    fitted = forecast.fit(prepared(all_open()), AS_OF)
    assert fitted.method == "prior"
    assert "0 settled" in fitted.reason


def test_adding_the_future_changes_nothing() -> None:
    ledger = prepared(an_open_half(a_ledger(200, 12)))
    cut = day("2025-10-01")
    before = ledger[ledger["issued"] <= cut]
    before = before.assign(settled=before["settled"].where(before["settled"] <= cut, FAR))
    made = [forecast.predict(forecast.fit(one, cut), open_on(one, cut)) for one in (ledger, before)]
    pd.testing.assert_frame_equal(*made)


def test_neither_the_order_of_rows_nor_the_unit_of_money_changes_a_date() -> None:
    ledger = an_open_half(a_ledger(200, 12))
    mixed = ledger.sample(frac=1.0, random_state=3)
    in_pounds = ledger.assign(amount=ledger["amount"] * 1000.0)
    made = [
        forecast.predict(forecast.fit(prepared(one), AS_OF), open_on(prepared(one), AS_OF)) for one in (ledger, mixed)
    ]
    pd.testing.assert_frame_equal(*made)
    scaled = forecast.predict(forecast.fit(prepared(in_pounds), AS_OF), open_on(prepared(in_pounds), AS_OF))
    pd.testing.assert_frame_equal(made[0], scaled, check_exact=False, rtol=1e-6)


@pytest.mark.parametrize("spread", [2.0, 8.0])
def test_where_the_truth_is_known_ranges_and_chances_hold_what_they_say(spread: float) -> None:
    random = np.random.default_rng(11)
    count, customers = 700, 30
    habit = random.normal(8, 9, customers)
    who, after = random.integers(customers, size=count), random.integers(0, 420, count)
    late = np.round(habit[who] + random.normal(0, spread, count)).astype(int)
    rows = [
        an_open_item(
            invoice_number=f"N-{n:04d}",
            customer=f"C{who[n]:02d}",
            issued_on=FIRST + timedelta(days=int(after[n])),
            due_on=FIRST + timedelta(days=int(after[n]) + 30),
            settled_on=FIRST + timedelta(days=int(after[n]) + max(1, 30 + int(late[n]))),
        )
        for n in range(count)
    ]
    ledger, origin = prepared(pd.DataFrame(rows)), day("2025-12-01")
    later = ledger[ledger["issued"] > origin]
    made = forecast.predict(forecast.fit(ledger, origin), later)
    paid, due = later["settled"].to_numpy(), later["due"].to_numpy()
    within = (paid >= made["p10"].to_numpy()) & (paid <= made["p90"].to_numpy())
    assert within.mean() == pytest.approx(0.82, abs=0.1)
    assert made["p_late"].mean() == pytest.approx((paid > due).mean(), abs=0.06)
