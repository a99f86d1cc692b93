"""Whom to contact now: on the list when something overdue is to be chased or an action is due, with the reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ar_cockpit.domain.collecting.priority import (
    Action,
    BrokenPromise,
    DueDispute,
    Priority,
    TaskFacts,
    prioritise,
    ranked,
)

TODAY = date(2026, 11, 19)
QUIET = TaskFacts("C1", "VELFR", "EUR", has_email=True)
OVERDUE = replace(
    QUIET, overdue_minor=2_000_00, open_minor=2_000_00, actionable_minor=2_000_00, oldest_days=10, days_overdue=(10,)
)
BROKEN = BrokenPromise(91_000_00, "EUR", date(2026, 11, 18))


def prioritised(facts: TaskFacts) -> Priority:
    found = prioritise(facts, TODAY)
    assert found is not None
    return found


def test_without_anything_overdue_or_due_there_is_no_task() -> None:
    assert prioritise(QUIET, TODAY) is None
    assert prioritise(replace(QUIET, open_minor=500_00, limit_minor=100_00, unapplied_minor=5), TODAY) is None


def test_an_amount_overdue_is_a_task_with_its_reasons_in_points() -> None:
    found = prioritised(OVERDUE)
    assert [reason.code for reason in found.reasons] == ["amount_at_stake", "oldest_overdue"]
    assert found.score == sum(reason.points for reason in found.reasons)


@pytest.mark.parametrize(
    ("facts", "code", "action"),
    [
        pytest.param({"broken_promises": (BROKEN,)}, "promise_broken", Action.FOLLOW_PROMISE, id="a promise broke"),
        pytest.param({"reply_on": date(2026, 11, 18)}, "reply_waiting", Action.REVIEW_REPLY, id="a reply waits"),
        pytest.param({"sales_question": "May I ship?"}, "sales_asks", Action.REVIEW_REPLY, id="sales asks"),
        pytest.param({"steps_due": ("call",)}, "call_due", Action.CALL, id="a call of the cadence"),
        pytest.param({"steps_due": ("letter",)}, "letter_due", Action.LETTER, id="a letter of the cadence"),
        pytest.param({"days_overdue": (95, 95)}, "past_90", Action.EMAIL, id="two invoices past ninety days"),
        pytest.param({"oldest_days": 61, "days_overdue": (61,)}, "past_60", Action.CALL, id="past sixty days"),
        pytest.param({"reminders_unanswered": 2}, "no_reply", Action.CALL, id="writing did not help"),
        pytest.param({"undelivered": "bounced"}, "message_bounced", Action.CALL, id="the address bounced"),
        pytest.param({"unapplied_minor": 2_000_00}, "unapplied_cash", Action.ALLOCATE, id="the money is there"),
        pytest.param({"always_punctual": True}, "first_time_late", Action.EMAIL, id="late for the first time"),
        pytest.param({"limit_minor": 1_000_00}, "over_limit", Action.EMAIL, id="over its limit"),
        pytest.param({"days_late_now": 34, "days_late_before": 21}, "slower", Action.EMAIL, id="getting slower"),
        pytest.param({"has_email": False}, "oldest_overdue", Action.CALL, id="nowhere to write to"),
        pytest.param(
            {"due_disputes": (DueDispute("price", TODAY),)},
            "dispute_due",
            Action.RESOLVE_DISPUTE,
            id="an answer is due",
        ),
    ],
)
def test_each_reason_and_the_action_it_asks_for(facts: dict[str, object], code: str, action: Action) -> None:
    found = prioritised(replace(OVERDUE, **facts))  # type: ignore[arg-type]  # a table of field values
    assert code in [reason.code for reason in found.reasons]
    assert found.action is action


def test_an_action_due_makes_a_task_even_when_nothing_is_overdue() -> None:
    assert prioritised(replace(QUIET, steps_due=("call",))).action is Action.CALL


def test_something_overdue_in_another_currency_only_is_still_a_task() -> None:
    assert prioritised(replace(QUIET, actionable_elsewhere=True, oldest_days=3, days_overdue=(3,))).score > 0


def test_a_fresh_broken_promise_weighs_more_than_an_old_one() -> None:
    old = replace(BROKEN, broken_on=date(2026, 10, 1))
    assert (
        prioritised(replace(OVERDUE, broken_promises=(BROKEN,))).score
        > prioritised(replace(OVERDUE, broken_promises=(old,))).score
    )


def test_ties_are_settled_by_amount_then_age_then_the_customers_key() -> None:
    same = Priority(10, (), Action.CALL)
    facts = [
        replace(OVERDUE, customer_code="B"),
        replace(OVERDUE, customer_code="A"),
        replace(OVERDUE, customer_code="C", oldest_days=11),
        replace(OVERDUE, customer_code="D", actionable_minor=3_000_00),
    ]
    order = [one.customer_code for one, _ in ranked((one, same) for one in facts)]
    assert order == ["D", "C", "A", "B"]
