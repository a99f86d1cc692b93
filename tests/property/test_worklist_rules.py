"""Ranking and standing on random facts: reasons add up, order does not depend on input, a limit is never passed."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.collecting.priority import TaskFacts, prioritise, ranked
from ar_cockpit.domain.credit import CreditFacts, Decision, Level, answer_order, standing

AS_OF = date(2026, 11, 19)
DAYS = st.integers(0, 400)
TASKS = st.builds(
    TaskFacts,
    customer_code=st.text("ABC", min_size=1, max_size=3),
    company_code=st.sampled_from(["FR", "DE"]),
    currency=st.sampled_from(["EUR", "JPY", "TND"]),
    open_minor=st.integers(0, 10**9),
    actionable_minor=st.integers(0, 10**9),
    oldest_days=DAYS,
    days_overdue=st.lists(DAYS, max_size=4),
    reminders_unanswered=st.integers(0, 6),
    steps_due=st.lists(st.sampled_from(["call", "letter", "sms", "allocate"]), max_size=2),
    has_email=st.booleans(),
)
CREDIT = st.builds(
    CreditFacts,
    currency=st.just("EUR"),
    limit_minor=st.none() | st.integers(0, 10**9),
    open_minor=st.integers(0, 10**9),
    days_overdue=DAYS,
    undisputed_days_overdue=DAYS,
    hold_reason=st.none() | st.just("stop"),
    broken_promise_minor=st.integers(0, 100),
)


@given(TASKS)
def test_a_score_is_the_sum_of_its_reasons_weightiest_first(facts: TaskFacts) -> None:
    priority = prioritise(facts, AS_OF)
    assert (priority is None) == (facts.actionable_minor == 0 and not facts.steps_due)
    if priority is not None:
        points = [reason.points for reason in priority.reasons]
        assert priority.score == sum(points)
        assert points == sorted(points, reverse=True)


@given(st.lists(TASKS, max_size=12, unique_by=lambda facts: (facts.company_code, facts.customer_code)), st.randoms())
def test_the_order_of_tasks_does_not_depend_on_the_order_they_came_in(
    facts: list[TaskFacts], shuffle: random.Random
) -> None:
    tasks = [(one, priority) for one in facts if (priority := prioritise(one, AS_OF)) is not None]
    shuffled = list(tasks)
    shuffle.shuffle(shuffled)
    assert ranked(shuffled) == ranked(tasks)


@given(CREDIT, st.integers(1, 10**9))
def test_hold_refuses_and_accept_stays_within_the_limit(facts: CreditFacts, order: int) -> None:
    judged, answer = standing(facts), answer_order(facts, order, "EUR")
    assert (judged.level is Level.HOLD) == (facts.undisputed_days_overdue > 90 or facts.hold_reason is not None)
    assert (answer.decision is Decision.REFUSE) == (judged.level is Level.HOLD)
    within = facts.limit_minor is not None and facts.open_minor + order <= facts.limit_minor
    assert (answer.decision is Decision.ACCEPT) == (within and judged.level is not Level.HOLD)
    assert (order <= answer.acceptable_minor) == (answer.decision is Decision.ACCEPT)
