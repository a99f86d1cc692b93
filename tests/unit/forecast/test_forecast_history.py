"""A forecast knows what is dated on its day or before, in whatever order it came, and no column tells the outcome."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast.features import design, learn_features
from ar_cockpit.domain.forecast.history import FAR, day_number, known_on, open_on, prepared, to_date, with_usual_traits
from tests.forecast_ledgers import a_ledger, an_open_item, day

AS_OF = day("2025-10-01")


def test_a_day_number_names_its_day() -> None:
    assert to_date(day_number(date(2026, 2, 28))) == date(2026, 2, 28)


def test_a_settlement_after_the_day_is_not_known_and_the_invoice_counts_as_open() -> None:
    ledger = prepared(pd.DataFrame([an_open_item(settled_on=date(2025, 10, 2))]))
    assert known_on(ledger, AS_OF)["settled"].tolist() == [FAR]
    assert known_on(ledger, AS_OF)["until"].tolist() == [AS_OF]
    assert len(open_on(ledger, AS_OF)) == 1


def test_a_settlement_on_the_day_itself_is_known() -> None:
    ledger = prepared(pd.DataFrame([an_open_item(settled_on=date(2025, 10, 1))]))
    assert open_on(ledger, AS_OF).empty


def test_an_invoice_issued_after_the_day_is_not_known() -> None:
    ledger = prepared(pd.DataFrame([an_open_item(issued_on=date(2025, 10, 2), due_on=date(2025, 11, 1))]))
    assert known_on(ledger, AS_OF).empty


def test_the_same_ledger_gives_the_same_forecast_in_any_order_and_whatever_came_later() -> None:
    whole = a_ledger()
    by_day = whole[pd.to_datetime(whole["issued_on"]) <= pd.Timestamp("2025-10-01")]
    paid = pd.to_datetime(by_day["settled_on"]) <= pd.Timestamp("2025-10-01")
    then = by_day.assign(settled_on=by_day["settled_on"].where(paid, None))
    shuffled = whole.sample(frac=1.0, random_state=3)
    one, other = (
        forecast.predict(forecast.fit(ledger, AS_OF), open_on(ledger, AS_OF))
        for ledger in (prepared(then), prepared(shuffled))
    )
    assert len(one) > 10
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    ("values", "is_feature"),
    [
        pytest.param(["a", "b"] * 50, True, id="two values, always filled"),
        pytest.param(["a"] * 100, False, id="one value says nothing"),
        pytest.param([str(n) for n in range(21)] + ["0"] * 79, False, id="more than twenty values name, not classify"),
        pytest.param(["a", "b"] * 47 + [None] * 6, False, id="filled in fewer than 95 percent"),
        pytest.param(["a", "b"] * 47 + ["a"] + [None] * 5, True, id="filled in 95 percent"),
    ],
)
def test_a_custom_column_is_a_feature_with_two_to_twenty_values_nearly_always_filled(
    values: list[str | None], is_feature: bool
) -> None:
    rows = [an_open_item(invoice_number=f"N{n}", **{"custom.kind": value}) for n, value in enumerate(values)]
    features = learn_features(known_on(prepared(pd.DataFrame(rows)), AS_OF))
    assert ("kind" in features.names) is is_feature


@pytest.mark.parametrize("name", ["Disputed", "DaysLate", "settled_by", "Clear_date"])
def test_a_column_named_after_the_outcome_is_no_feature(name: str) -> None:
    rows = [an_open_item(invoice_number=f"N{n}", **{f"custom.{name}": str(n % 2)}) for n in range(100)]
    assert learn_features(known_on(prepared(pd.DataFrame(rows)), AS_OF)).levels == ()


def test_currencies_are_compared_with_their_own_usual_amount() -> None:
    rows = [an_open_item(invoice_number=f"E{n}", amount=100.0 * (n + 1)) for n in range(9)]
    rows += [an_open_item(invoice_number=f"J{n}", amount=16_000.0 * (n + 1), currency="JPY") for n in range(9)]
    usual = learn_features(known_on(prepared(pd.DataFrame(rows)), AS_OF)).usual_amount
    assert usual == {"EUR": 500.0, "JPY": 80_000.0}


def test_nothing_known_gives_an_empty_forecast_and_says_why() -> None:
    empty = prepared(a_ledger(5)).iloc[:0]
    fitted = forecast.fit(empty, AS_OF)
    assert fitted.method == "prior"
    assert fitted.reason
    assert forecast.predict(fitted, empty).empty
    assert forecast.cash(fitted, empty, 28) is None


def test_a_short_history_gives_a_wide_guess_and_no_confident_line() -> None:
    few = prepared(a_ledger(12, 3))
    fitted = forecast.fit(few, AS_OF)
    row = forecast.predict(fitted, prepared(pd.DataFrame([an_open_item(issued_on=date(2025, 9, 30))]))).iloc[0]
    assert fitted.method == "prior"
    assert row["p90"] - row["p10"] >= 25


def test_a_middling_history_learns_customers_but_no_pay_days() -> None:
    fitted = forecast.fit(prepared(a_ledger(100, 5)), AS_OF)
    assert (fitted.method, fitted.core.hazard) == ("customers", None)
    assert "pay days" in fitted.reason


def test_a_fit_looks_at_a_bounded_number_of_invoices_newest_first() -> None:
    ledger = prepared(a_ledger(300))
    known = known_on(ledger, day("2026-02-01"), most=50)
    assert len(known) == 50
    assert known["issued"].min() >= np.sort(ledger["issued"].to_numpy())[-50]
    assert known["number"].tolist() == sorted(known["number"])


def test_a_planned_invoice_without_a_column_is_as_its_customers_latest_one() -> None:
    rows = [
        an_open_item(invoice_number="1", issued_on=date(2025, 2, 1), **{"custom.kind": "old"}),
        an_open_item(invoice_number="2", issued_on=date(2025, 3, 1), **{"custom.kind": "new"}),
        an_open_item(invoice_number="3", customer="C2", **{"custom.kind": "other"}),
    ]
    known = known_on(prepared(pd.DataFrame(rows)), AS_OF)
    planned = pd.DataFrame([an_open_item(customer=code, invoice_number=code) for code in ("C1", "C2", "NOBODY")])
    told = planned.assign(**{"custom.kind": ["told", None, None]})
    assert with_usual_traits(prepared(planned), known)["custom.kind"].fillna("").tolist() == ["new", "other", ""]
    assert with_usual_traits(prepared(told), known)["custom.kind"].fillna("").tolist() == ["told", "other", ""]


def test_a_value_never_seen_counts_as_the_usual_mixture() -> None:
    rows = [
        an_open_item(invoice_number=f"N{n:02d}", **{"custom.kind": "often" if n % 4 else "seldom"}) for n in range(40)
    ]
    features = learn_features(known_on(prepared(pd.DataFrame(rows)), AS_OF))
    values = {"1": "often", "2": "seldom", "3": "never seen", "4": None}
    asked = [an_open_item(invoice_number=number, **{"custom.kind": value}) for number, value in values.items()]
    assert design(features, prepared(pd.DataFrame(asked)))[:, -1].tolist() == [0.0, 1.0, 0.25, 0.25]
