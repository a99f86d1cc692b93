"""What acting today is worth, and how a company's weights change what reasons count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ar_cockpit.domain.collecting.priority import Action, BrokenPromise, TaskFacts, prioritise
from ar_cockpit.domain.collecting.weights import Factor, Weights, checked_weights
from ar_cockpit.domain.collecting.worth import MOST_POINTS, gain_points, shown_anyway, tried_anyway, worth
from ar_cockpit.domain.errors import InputError
from ar_cockpit.i18n.reasons import sentence

TODAY = date(2026, 11, 19)
OVERDUE = TaskFacts(
    "C1",
    "VELFR",
    "EUR",
    overdue_minor=10_000_00,
    open_minor=10_000_00,
    actionable_minor=10_000_00,
    oldest_days=10,
    days_overdue=(10,),
    has_email=True,
)


def points(facts: TaskFacts, weights: Weights | None = None) -> dict[str, int]:
    found = prioritise(facts, TODAY, weights or Weights())
    assert found is not None
    return {reason.code: reason.points for reason in found.reasons}


@pytest.mark.parametrize(
    ("days", "chance", "expected"),
    [
        pytest.param(
            10, None, (60, 74, 140_000, False), id="young debt: 60 % anyway, a third of the rest by a contact"
        ),
        pytest.param(75, None, (30, 48, 175_000, False), id="past sixty days a contact moves most"),
        pytest.param(200, None, (10, 19, 90_000, False), id="old debt hardly moves"),
        pytest.param(10, 90, (90, 94, 35_000, True), id="the forecast knows that it comes anyway"),
        pytest.param(10, 20, (20, 48, 280_000, True), id="the forecast doubts: a contact is worth more"),
    ],
)
def test_what_a_contact_is_worth(days: int, chance: int | None, expected: tuple[int, int, int, bool]) -> None:
    found = worth(1_000_000, days, chance)
    assert (found.chance, found.with_contact, found.gain_minor, found.is_forecast) == expected


@pytest.mark.parametrize(
    ("chance", "anyway", "expected"),
    [
        pytest.param(60, 80, (60, 62, 20_800), id="four in five pay anyway: a week at five quarters of the usual rate"),
        pytest.param(60, 50, (60, 68, 77_000), id="every second one would not have: a week at twice the rate"),
        pytest.param(95, 80, (95, 96, 8_000), id="who pays soon anyway gains little"),
        pytest.param(10, 80, (10, 11, 5_500), id="who hardly pays is hardly moved"),
        pytest.param(100, 50, (100, 100, 0), id="what is certain is not made more so"),
        pytest.param(0, 50, (0, 0, 0), id="nor what never comes"),
    ],
)
def test_what_a_contact_is_worth_where_the_ledger_shows_it(
    chance: int, anyway: int, expected: tuple[int, int, int]
) -> None:
    found = worth(1_000_000, 10, chance, anyway)
    assert (found.chance, found.with_contact, found.gain_minor) == expected


def test_the_fewer_would_pay_anyway_the_more_a_contact_is_worth() -> None:
    gains = [worth(1_000_000, 10, 50, anyway).gain_minor for anyway in range(100, 0, -1)]
    assert gains == sorted(gains)
    assert gains[0] == 0


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (None, None),
        ((0.8, 0.7, 0.9), 80),
        ((0.93, 0.8, 1.0), None),  # perhaps they all would have
        ((0.001, 0.0, 0.1), 1),
    ],
)
def test_a_share_counts_only_when_not_all_can_have_paid_anyway(
    share: tuple[float, float, float] | None, shown: int | None
) -> None:
    assert shown_anyway(share) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        pytest.param(None, None, id="no trial"),
        pytest.param((0.6, 0.45, 0.8), 60, id="not all would have"),
        pytest.param((0.97, 0.9, 1.0), 97, id="shown to change little: the usual table would promise too much"),
        pytest.param((0.9, 0.6, 1.0), None, id="nothing is shown yet"),
    ],
)
def test_a_trial_counts_too_where_it_shows_that_a_contact_changes_little(
    share: tuple[float, float, float] | None, shown: int | None
) -> None:
    assert tried_anyway(share) == shown


@pytest.mark.parametrize(
    ("days", "known_by", "anyway"),
    [
        pytest.param(30, "trial", 60, id="a customer as the trial takes them"),
        pytest.param(31, "observation", 80, id="of older debt it says nothing"),
    ],
)
def test_a_trial_stands_before_what_was_only_observed(days: int, known_by: str, anyway: int) -> None:
    facts = replace(OVERDUE, chance=60, paid_anyway=80, tried_anyway=60, oldest_days=days, days_overdue=(days,))
    found = prioritise(facts, TODAY)
    assert found is not None
    (reason,) = (one for one in found.reasons if one.code == "amount_at_stake")
    assert (reason.facts["known_by"], reason.facts["anyway"]) == (known_by, anyway)
    assert ("as a trial by chance shows" in sentence(reason, "en")) == (known_by == "trial")
    assert ("tirage au sort" in sentence(reason, "fr")) == (known_by == "trial")


def test_the_reason_says_who_would_pay_anyway() -> None:
    found = prioritise(replace(OVERDUE, chance=60, paid_anyway=80), TODAY)
    assert found is not None
    (reason,) = (one for one in found.reasons if one.code == "amount_at_stake")
    assert "80 % would pay anyway" in sentence(reason, "en")
    assert "80 % paieraient de toute façon" in sentence(reason, "fr")
    plain = prioritise(replace(OVERDUE, chance=60), TODAY)
    assert plain is not None
    assert "anyway" not in " ".join(sentence(one, "en") for one in plain.reasons)


def test_ten_times_the_gain_is_a_step_of_points_up_to_a_most() -> None:
    assert [gain_points(units) for units in (0, 20, 200, 2_000, 20_000)] == [0, 4, 12, 24, 36]
    assert gain_points(10**15) == MOST_POINTS


def test_a_task_says_the_worth_of_acting_in_its_reason() -> None:
    found = prioritise(replace(OVERDUE, chance=20), TODAY)
    assert found is not None
    (reason,) = (one for one in found.reasons if one.code == "amount_at_stake")
    assert (reason.facts["gain_minor"], reason.facts["chance"], reason.facts["with_contact"]) == (280_000, 20, 48)


def test_a_doubtful_payer_comes_before_one_that_pays_anyway() -> None:
    doubtful, certain = (prioritise(replace(OVERDUE, chance=chance), TODAY) for chance in (20, 95))
    assert doubtful is not None
    assert certain is not None
    assert doubtful.score > certain.score


def test_a_forecast_that_falls_is_a_reason_and_a_small_change_is_none() -> None:
    assert points(replace(OVERDUE, chance=40, chance_before=70))["forecast_worse"] == 14
    assert "forecast_worse" not in points(replace(OVERDUE, chance=62, chance_before=70))
    assert "forecast_worse" not in points(replace(OVERDUE, chance=70, chance_before=40))


def test_a_small_chance_is_told_without_points_for_it_is_in_the_gain_already() -> None:
    assert points(replace(OVERDUE, chance=39))["late_risk"] == 0
    assert "late_risk" not in points(replace(OVERDUE, chance=40))


@pytest.mark.parametrize(
    ("limit", "code"),
    [(9_000_00, "over_limit"), (11_000_00, "near_limit"), (20_000_00, None), (None, None)],
)
def test_the_use_of_the_credit_limit_is_told(limit: int | None, code: str | None) -> None:
    told = {"over_limit", "near_limit"} & set(points(replace(OVERDUE, limit_minor=limit)))
    assert told == ({code} if code else set())


def test_a_step_that_waits_for_a_word_asks_for_it() -> None:
    found = prioritise(replace(OVERDUE, approvals_due=2), TODAY)
    assert found is not None
    assert found.action is Action.APPROVE
    assert "approval_due" in {reason.code for reason in found.reasons}


def test_weights_scale_the_points_of_their_factor_and_no_other() -> None:
    facts = replace(OVERDUE, broken_promises=(BrokenPromise(5_00, "EUR", TODAY),))
    usual, doubled = points(facts), points(facts, Weights({Factor.PROMISE: 200}))
    assert doubled["promise_broken"] == 2 * usual["promise_broken"]
    assert {code: one for code, one in doubled.items() if code != "promise_broken"} == {
        code: one for code, one in usual.items() if code != "promise_broken"
    }
    assert points(facts, Weights({Factor.PROMISE: 0}))["promise_broken"] == 0


@pytest.mark.parametrize(
    "given",
    [{"value": "-1"}, {"value": "301"}, {"value": "much"}, {"luck": 100}, {"value": "1e2"}, dict.fromkeys(Factor, 0)],
)
def test_a_weight_that_cannot_be_meant_is_refused_with_the_mend(given: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        checked_weights(given)
    assert refused.value.mend


def test_what_is_typed_with_blanks_and_percent_is_understood() -> None:
    assert checked_weights({"value": " 150 % "}).of(Factor.VALUE) == 150
