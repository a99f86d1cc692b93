"""What contacts change: found again on simulated ledgers whose truth is known, and not where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ar_cockpit.domain.forecast.contacts import what_works
from ar_cockpit.domain.forecast.history import FAR

AS_OF = 20_000
EMAIL, CALL = 0.6, 1.1  # of the log odds of a payment, on each of the seven days after


def simulated(
    seed: int = 1, *, email: float = EMAIL, call: float = CALL, invoices: int = 1_800, slow_first: float = 0.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return overdue invoices that are contacted on random days while unpaid, and paid accordingly."""
    random = np.random.default_rng(seed)
    customer = random.integers(0, 200, invoices)
    pace = random.standard_normal(200)[customer]
    base = -3.2 + (0.25 + 0.2 * slow_first) * pace
    due = AS_OF - random.integers(1, 700, invoices)
    email_on, call_on = random.integers(2, 30, invoices), random.integers(2, 40, invoices)
    (
        email_on[random.random(invoices) > 1 / (1 + np.exp(slow_first * pace - 0.8))],
        call_on[random.random(invoices) < 0.5],
    ) = 9999, 9999
    settled = np.full(invoices, FAR)
    for overdue in range(1, 121):
        weekday = (due + overdue + 3) % 7
        log_odds = base - 0.004 * overdue - 2.0 * (weekday >= 5)
        log_odds += email * ((overdue > email_on) & (overdue <= email_on + 7))
        log_odds += call * ((overdue > call_on) & (overdue <= call_on + 7))
        is_paid = (settled == FAR) & (random.random(invoices) < 1 / (1 + np.exp(-log_odds)))
        settled[is_paid] = (due + overdue)[is_paid]
    keys = np.arange(invoices)
    frame = pd.DataFrame({"key": keys, "customer": customer, "due": due, "settled": settled, "amount": 100.0})
    made = [
        pd.DataFrame({"key": keys, "day": due + on, "channel": channel, "tone": tone})[
            (on < 999) & (due + on < settled)
        ]
        for on, channel, tone in ((email_on, "email", "friendly"), (call_on, "call", ""))
    ]
    return frame, pd.concat(made, ignore_index=True)


@pytest.fixture(scope="module")
def ledger() -> tuple[pd.DataFrame, pd.DataFrame]:
    return simulated()


def test_the_truth_lies_in_the_intervals(ledger: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = what_works(*ledger, AS_OF)
    effects = {one.key: one for one in found.effects}
    for key, truth in (("email", EMAIL), ("call", CALL)):
        assert effects[key].low < np.exp(truth) < effects[key].high
        assert effects[key].is_clear
        assert abs(np.log(effects[key].ratio) - truth) < 0.25
    assert found.anyway is not None
    share, low, high = found.anyway
    assert low < share < high
    assert share == pytest.approx(1 / np.exp((EMAIL + CALL) / 2), abs=0.15)
    assert found.paid_without is not None
    assert found.paid_with is not None
    assert found.paid_without < found.paid_with


def test_that_slow_customers_are_contacted_more_is_not_taken_for_an_effect() -> None:
    found = what_works(*simulated(2, email=0.0, call=0.0, slow_first=2.0), AS_OF)
    assert not [one.key for one in found.effects if one.is_clear and one.key in {"email", "call"}]


def test_neither_order_nor_the_future_matters(ledger: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    invoices, contacts = ledger
    past = AS_OF - 300
    known = invoices[invoices["due"] < past]
    shuffled = known.sample(frac=1.0, random_state=1)
    censored = known.assign(settled=np.where(known["settled"] > past, FAR, known["settled"]))
    later = contacts[contacts["day"] <= past]
    assert what_works(shuffled, contacts, past) == what_works(censored, later, past)


@pytest.mark.parametrize(
    ("invoices", "reason"),
    [pytest.param(40, "few_payments", id="few invoices"), pytest.param(1_800, "few_contacts", id="nobody was asked")],
)
def test_too_little_is_said_to_be_too_little(invoices: int, reason: str) -> None:
    frame, contacts = simulated(invoices=invoices)
    found = what_works(frame, contacts.head(5), AS_OF)
    assert (found.reason, found.effects) == (reason, ())
