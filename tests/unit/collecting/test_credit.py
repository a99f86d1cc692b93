"""Standing: more than 90 days overdue and undisputed is hold, hold is refuse, and accept needs room under the limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ar_cockpit.domain.credit import CreditFacts, Decision, Level, answer_order, standing

SOLEANE = CreditFacts("EUR", limit_minor=50_000_000, open_minor=41_830_000, overdue_minor=26_490_000)


@pytest.mark.parametrize(
    ("facts", "level", "code"),
    [
        pytest.param({}, Level.OK, "nothing_overdue", id="nothing overdue"),
        pytest.param({"open_minor": 0}, Level.OK, "nothing_open", id="nothing open"),
        pytest.param({"undisputed_days_overdue": 15}, Level.OK, "a_little_late", id="a fortnight late is no news"),
        pytest.param({"undisputed_days_overdue": 16}, Level.WATCH, "overdue", id="more than a fortnight"),
        pytest.param({"undisputed_days_overdue": 90}, Level.WATCH, "overdue", id="ninety days: not yet"),
        pytest.param({"undisputed_days_overdue": 91}, Level.HOLD, "overdue_past_hold", id="ninety-one days"),
        pytest.param({"days_overdue": 200, "disputed_minor": 100}, Level.WATCH, "disputed", id="old but disputed"),
        pytest.param({"hold_reason": "insolvency"}, Level.HOLD, "held", id="held by finance"),
        pytest.param({"open_minor": 50_000_001}, Level.WATCH, "over_limit", id="a cent over the limit"),
        pytest.param({"broken_promise_minor": 100}, Level.WATCH, "promise_broken", id="a broken promise"),
        pytest.param({"reminders_unanswered": 2}, Level.WATCH, "no_reply", id="two reminders without reply"),
        pytest.param({"days_late_now": 14, "days_late_before": 4}, Level.WATCH, "slower", id="ten days slower"),
        pytest.param({"other_currencies": ("USD",)}, Level.WATCH, "other_currencies", id="owes in dollars too"),
    ],
)
def test_standing_and_its_first_reason(facts: dict[str, object], level: Level, code: str) -> None:
    found = standing(replace(SOLEANE, **facts))  # type: ignore[arg-type]  # a table of field values
    assert (found.level, found.reasons[0].code) == (level, code)


@pytest.mark.parametrize(
    ("facts", "order", "decision", "acceptable"),
    [
        pytest.param({}, 8_170_000, Decision.ACCEPT, 8_170_000, id="exactly what is available"),
        pytest.param({}, 8_170_001, Decision.REVIEW, 8_170_000, id="a cent more"),
        pytest.param({"limit_minor": None}, 1, Decision.REVIEW, 0, id="no limit to check against"),
        pytest.param({"open_minor": 60_000_000}, 1, Decision.REVIEW, 0, id="over the limit already"),
        pytest.param({"undisputed_days_overdue": 91}, 1, Decision.REFUSE, 0, id="hold means refuse"),
        pytest.param({"other_currencies": ("USD",)}, 1, Decision.REVIEW, 0, id="dollars the limit does not count"),
    ],
)
def test_the_answer_to_an_order(facts: dict[str, object], order: int, decision: Decision, acceptable: int) -> None:
    answer = answer_order(replace(SOLEANE, **facts), order, "EUR")  # type: ignore[arg-type]  # a table of field values
    assert (answer.decision, answer.acceptable_minor) == (decision, acceptable)
    assert answer.reasons


def test_an_order_in_another_currency_goes_to_a_person() -> None:
    answer = answer_order(SOLEANE, 100, "USD")
    assert (answer.decision, answer.reasons[0].code) == (Decision.REVIEW, "order_currency")


def test_available_credit_is_not_available_without_a_limit() -> None:
    assert SOLEANE.available_minor == 8_170_000
    assert replace(SOLEANE, limit_minor=None).available_minor is None
