"""Whatever the ledger: dates in order and ahead, chances that grow, cash that adds up, nothing learned from later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast.history import open_on, prepared
from tests.forecast_ledgers import FIRST, an_open_item, day

AS_OF = day("2025-09-01")
FEW_BUT_DEEP = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def invoices(draw: st.DrawFn) -> dict[str, Any]:
    issued = FIRST + timedelta(days=draw(st.integers(0, 400)))
    paid_after = draw(st.none() | st.integers(0, 300))
    return an_open_item(
        customer=draw(st.sampled_from("ABCDEFGH")),
        currency=draw(st.sampled_from(["EUR", "JPY"])),
        issued_on=issued,
        due_on=issued + timedelta(days=draw(st.integers(0, 90))),
        amount=float(draw(st.integers(1, 10**9))),
        settled_on=None if paid_after is None else issued + timedelta(days=paid_after),
        **{"custom.kind": draw(st.sampled_from(["a", "b", None]))},
    )


@st.composite
def ledgers(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.lists(invoices(), min_size=1, max_size=60))
    return pd.DataFrame([row | {"invoice_number": f"N{n:03d}"} for n, row in enumerate(rows)])


@FEW_BUT_DEEP
@given(ledgers())
def test_dates_are_ahead_and_in_order_and_chances_are_chances(ledger: pd.DataFrame) -> None:
    known = prepared(ledger)
    made = forecast.predict(forecast.fit(known, AS_OF), open_on(known, AS_OF))
    if len(made):
        dates = made[["p10", "p50", "p90"]].to_numpy()
        chances = made[["p_paid_30", "p_paid_60", "p_paid_90"]].to_numpy()
        assert (dates > AS_OF).all()
        assert (np.diff(dates, axis=1) >= 0).all()
        assert (np.diff(chances, axis=1) >= 0).all()
        assert ((chances >= 0) & (chances <= 1)).all()
        assert made["p_late"].between(0, 1).all()


@FEW_BUT_DEEP
@given(ledgers())
def test_cash_is_never_more_than_what_is_open_and_weeks_are_their_days(ledger: pd.DataFrame) -> None:
    known = prepared(ledger)
    pending = open_on(known, AS_OF)
    made = forecast.cash(forecast.fit(known, AS_OF), pending, 91)
    if made is not None:
        assert made.days.expected.sum() <= pending["open"].sum() * (1 + 1e-9)
        np.testing.assert_allclose(made.days.expected.reshape(13, 7).sum(axis=1), made.weeks.expected, rtol=1e-9)


@FEW_BUT_DEEP
@given(ledgers(), st.lists(invoices(), max_size=10), st.randoms(use_true_random=False))
def test_what_is_dated_later_changes_nothing(ledger: pd.DataFrame, more: list[dict[str, Any]], random: Any) -> None:
    as_of = pd.Timestamp(date(2025, 9, 1))
    issued, settled = pd.to_datetime(ledger["issued_on"]), pd.to_datetime(ledger["settled_on"])
    then = ledger.assign(settled_on=settled.where(settled <= as_of))[issued <= as_of]
    late = [row | {"invoice_number": f"Z{n}", "issued_on": date(2026, 1, 1)} for n, row in enumerate(more)]
    order = list(range(len(ledger) + len(late)))
    random.shuffle(order)
    whole = pd.concat([ledger.astype(object), pd.DataFrame(late, dtype=object)], ignore_index=True).iloc[order]
    if then.empty:
        return
    one, other = (
        forecast.predict(forecast.fit(known, AS_OF), open_on(known, AS_OF))
        for known in (prepared(then), prepared(whole))
    )
    pd.testing.assert_frame_equal(one, other)
