"""What the models learn: customers by how often they were seen, open invoices for what they hide, pay days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast import hazard
from ar_cockpit.domain.forecast.delay import fit_delay
from ar_cockpit.domain.forecast.features import learn_features
from ar_cockpit.domain.forecast.hazard import Sample, fit_hazard
from ar_cockpit.domain.forecast.history import known_on, prepared
from ar_cockpit.domain.forecast.paydays import BESIDE_WEEKEND, MONTH_END, MONTH_START, ON_WEEKEND, run_kind, weekday
from tests.forecast_ledgers import FIRST, a_ledger, an_open_item, day

AS_OF = day("2026-02-01")


def late_by(number: str, customer: str, days_late: int | None, after: int = 0, **more: Any) -> dict[str, Any]:
    issued = FIRST + timedelta(days=after)
    settled = None if days_late is None else issued + timedelta(days=30 + days_late)
    return an_open_item(
        invoice_number=number,
        customer=customer,
        issued_on=issued,
        due_on=issued + timedelta(days=30),
        settled_on=settled,
        **more,
    )


def expected_late(rows: list[dict[str, Any]], customer: str) -> float:
    ledger = pd.concat([a_ledger(200, 10), pd.DataFrame(rows)], ignore_index=True)
    known = known_on(prepared(ledger), AS_OF)
    features = learn_features(known)
    asked = prepared(pd.DataFrame([late_by("Q", customer, None)]))
    model = fit_delay(known, features, None).model
    return float(model.centre(features, asked, model.positions(asked))[0][0])


def test_a_customer_seen_often_is_expected_by_its_own_history_and_one_seen_once_hardly() -> None:
    usual = expected_late([], "UNKNOWN")
    once = expected_late([late_by("X0", "NEW", 40)], "NEW")
    often = expected_late([late_by(f"X{n}", "NEW", 40, 5 * n) for n in range(20)], "NEW")
    assert usual < once < often
    assert often == pytest.approx(40, abs=4)


def test_invoices_still_open_make_the_customer_look_later_not_earlier() -> None:
    paid = [late_by(f"X{n}", "NEW", 5, 5 * n) for n in range(8)]
    still_open = [late_by(f"Y{n}", "NEW", None, 200 + n) for n in range(8)]
    assert expected_late(paid + still_open, "NEW") > expected_late(paid, "NEW") + 5


def test_one_absurd_delay_does_not_carry_a_customer_away() -> None:
    rows = [late_by(f"X{n}", "NEW", 5, 5 * n) for n in range(15)]
    assert expected_late([*rows, late_by("X99", "NEW", 300)], "NEW") < 14


def test_a_new_customer_has_a_wider_interval_than_one_seen_often() -> None:
    fitted = forecast.fit(prepared(a_ledger()), AS_OF)
    rows = [late_by("A", "C01", None, 390), late_by("B", "NOBODY", None, 390)]
    known, unknown = (row for _, row in forecast.predict(fitted, prepared(pd.DataFrame(rows))).iterrows())
    assert (known["basis"], unknown["basis"]) == ("customer", "new_customer")
    assert unknown["p90"] - unknown["p10"] > known["p90"] - known["p10"]


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        pytest.param("2026-02-10", 1, id="the 10th"),
        pytest.param("2026-01-10", ON_WEEKEND, id="the 10th, a Saturday"),
        pytest.param("2026-01-12", BESIDE_WEEKEND, id="the Monday after the 10th, a Saturday"),
        pytest.param("2026-06-15", 2, id="the 15th"),
        pytest.param("2026-03-25", 3, id="the 25th"),
        pytest.param("2026-03-31", MONTH_END, id="the last day"),
        pytest.param("2026-01-30", BESIDE_WEEKEND, id="the Friday before a last day, a Saturday"),
        pytest.param("2026-05-29", BESIDE_WEEKEND, id="the Friday before a last day, a Sunday"),
        pytest.param("2026-04-01", MONTH_START, id="the first"),
        pytest.param("2026-08-03", BESIDE_WEEKEND, id="the Monday after a first, a Saturday"),
        pytest.param("2026-03-18", 0, id="any other day"),
    ],
)
def test_runs_have_a_kind_and_so_have_the_days_beside_a_weekend(on: str, kind: int) -> None:
    assert run_kind(np.array([day(on)])).tolist() == [kind]


def test_weekdays_begin_on_monday() -> None:
    assert weekday(np.array([day("2026-11-16"), day("2026-11-22")])).tolist() == [0, 6]


def test_a_customer_who_pays_on_the_10th_is_expected_on_the_10th() -> None:
    rows = []
    for number in range(60):
        issued = FIRST + timedelta(days=6 * number)
        ready = issued + timedelta(days=30 + number % 9)
        rows.append(late_by(f"T{number}", "TENTH", None) | {"issued_on": issued, "due_on": issued + timedelta(days=30)})
        rows[-1]["settled_on"] = next_tenth(ready)
    fitted = forecast.fit(prepared(pd.concat([a_ledger(), pd.DataFrame(rows)], ignore_index=True)), AS_OF)
    asked = late_by("Q", "TENTH", None) | {"issued_on": date(2026, 1, 2), "due_on": date(2026, 2, 1)}
    sums = forecast.cash(fitted, prepared(pd.DataFrame([asked])), 28)
    assert sums is not None
    assert AS_OF + 1 + int(np.argmax(sums.days.expected)) == day("2026-02-10")


def next_tenth(ready: date) -> date:
    tenth = ready.replace(day=10)
    return tenth if tenth >= ready else (tenth + timedelta(days=31)).replace(day=10)


def test_a_sample_of_a_large_ledger_is_spread_over_the_year_and_not_of_the_last_days_in_which_nobody_paid() -> None:
    since_first = (date(2026, 2, 1) - FIRST).days
    fresh = [late_by(f"Z{n}", "NEW", None, since_first - n % 3) for n in range(30)]
    ledger = prepared(pd.concat([a_ledger(400, 10), pd.DataFrame(fresh)], ignore_index=True))
    known = known_on(ledger, AS_OF)
    features = learn_features(known)
    delay = fit_delay(known, features, None)
    small = fit_hazard(known, features, delay, AS_OF, Sample(30, 2_000)).part("constant")[0]
    whole = fit_hazard(known, features, delay, AS_OF).part("constant")[0]
    assert small == pytest.approx(whole, abs=3), (
        "thirty invoices, of which none was paid, would tell of no payment at all"
    )


def test_a_fit_that_finds_no_stable_answer_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object, **__: object) -> None:
        raise np.linalg.LinAlgError

    monkeypatch.setattr(hazard, "minimize", lost)
    fitted = forecast.fit(prepared(a_ledger(400, 10)), AS_OF)
    assert (fitted.method, fitted.left_out) == ("customers", "days")
    assert "no stable answer" in fitted.reason
    told = forecast.predict(fitted, prepared(a_ledger(400, 10)).head(5))
    assert told["p_late"].between(0, 1).all()
