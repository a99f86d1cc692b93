"""Plans sum to the cent on working days; a series of promises is judged by all money that came, earlier dates first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.collecting import plans
from ar_cockpit.domain.collecting.plans import Every, PlanState, Terms, instalments
from ar_cockpit.domain.collecting.promises import (
    Promise,
    PromiseState,
    is_paid,
    outcome,
    received,
    series,
)
from ar_cockpit.domain.figures.receivables import Allocation
from ar_cockpit.domain.money import Money

DAY0 = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda days: DAY0 + timedelta(days=days))
HOLIDAYS = st.frozensets(DAYS, max_size=40)
TERMS = st.builds(Terms, first_on=DAYS, count=st.integers(2, 36), every=st.sampled_from(Every))


@given(total=st.integers(36, 10**12), terms=TERMS, closed=HOLIDAYS, data=st.data())
def test_a_plan_sums_to_the_cent_on_days_on_which_banks_work(
    total: int, terms: Terms, closed: frozenset[date], data: st.DataObject
) -> None:
    down = data.draw(st.sampled_from([0, max(0, total - terms.count * 2)]))
    terms = Terms(terms.first_on, terms.count, terms.every, down, interest_minor=7)
    found = instalments(Money(total, "EUR"), terms, is_closed=closed.__contains__)
    assert len(found) == terms.count
    assert sum(one.minor for one in found) == total
    assert sum(one.total_minor for one in found) == total + 7
    assert min(one.minor for one in found) > 0
    equal = [one.minor for one in found][bool(down) :]
    assert max(equal) - min(equal) <= 1
    days = [one.due_on for one in found]
    assert days == sorted(set(days))
    assert not any(day.weekday() >= 5 or day in closed for day in days)
    assert days[0] >= terms.first_on


@given(terms=TERMS)
def test_monthly_instalments_keep_their_day_of_the_month_but_for_what_is_shut(terms: Terms) -> None:
    found = instalments(Money(10**6, "EUR"), Terms(terms.first_on, terms.count, Every.MONTH))
    for one in found:
        assert (one.due_on.day - min(terms.first_on.day, 28)) % 31 <= 5


@given(total=st.integers(1000, 10**9), terms=TERMS, rate=st.decimals(0, 20, places=2))
def test_interest_of_a_plan_lies_between_none_and_a_loan_until_its_end(total: int, terms: Terms, rate: Decimal) -> None:
    found = instalments(Money(total, "EUR"), terms)
    days = (found[-1].due_on - DAY0).days
    assert 0 <= plans.interest(found, DAY0, rate) <= Decimal(total) * rate * days / 36500 + 1


PARTS = st.lists(
    st.tuples(st.integers(1, 90), st.integers(1, 500)), min_size=1, max_size=5, unique_by=lambda one: one[0]
)
PAID = st.lists(st.tuples(st.integers(0, 130), st.integers(-200, 800)), max_size=8)


def a_series(parts: list[tuple[int, int]], paid: list[tuple[int, int]]) -> list[Promise]:
    allocations = tuple(Allocation(DAY0 + timedelta(days=on), minor) for on, minor in paid)
    made, before = [], 0
    for on, minor in sorted(parts):
        made.append(Promise(DAY0, DAY0 + timedelta(days=on), 3, minor, None, allocations, before))
        before += minor
    return series(made)


@given(parts=PARTS, paid=PAID, on=st.integers(0, 140))
def test_what_became_of_a_series_follows_from_the_money_that_came_by_each_date(
    parts: list[tuple[int, int]], paid: list[tuple[int, int]], on: int
) -> None:
    as_of, wanted = DAY0 + timedelta(days=on), 0
    for one in a_series(parts, paid):
        wanted += one.amount_minor
        came = sum(minor for day, minor in paid if DAY0 + timedelta(days=day) <= min(as_of, one.last_day))
        told = outcome(one, as_of)
        assert told is not None
        is_over = as_of > one.last_day
        expected = PromiseState.KEPT if came >= wanted else PromiseState.BROKEN if is_over else PromiseState.OPEN
        assert told.state is expected
        assert (
            told.received_minor
            == received(one, as_of)
            == min(max(0, came - wanted + one.amount_minor), one.amount_minor)
        )
        assert told.is_partly_kept == (expected is PromiseState.BROKEN and told.received_minor > 0)


@given(parts=PARTS, paid=PAID, on=st.integers(0, 140))
def test_while_an_earlier_date_is_missing_the_later_ones_protect_from_no_reminder(
    parts: list[tuple[int, int]], paid: list[tuple[int, int]], on: int
) -> None:
    as_of = DAY0 + timedelta(days=on)
    came = sum(minor for day, minor in paid if DAY0 + timedelta(days=day) <= as_of)
    known = a_series(parts, paid)
    asked = max((one.in_all_minor for one in known if one.last_day < as_of), default=0)
    holding = [told for one in known if (told := outcome(one, as_of)) and told.holds]
    assert not holding or asked == 0 or came >= asked


@given(parts=PARTS, paid=PAID, on=st.integers(0, 140))
def test_a_plan_is_in_one_state_and_completed_exactly_when_all_of_it_came(
    parts: list[tuple[int, int]], paid: list[tuple[int, int]], on: int
) -> None:
    as_of = DAY0 + timedelta(days=on)
    known = a_series(parts, [(day, abs(minor)) for day, minor in paid])
    told = [outcome(one, as_of) for one in known]
    paid_up = is_paid(known, as_of)
    state = plans.state_of(told, is_paid=paid_up)
    assert (state is PlanState.COMPLETED) == paid_up
    if state is PlanState.ACTIVE:
        assert told[-1] is not None
        assert told[-1].holds


@given(amount=st.integers(1, 500), paid=PAID, on=st.integers(0, 140))
def test_a_promise_alone_is_a_series_of_one(amount: int, paid: list[tuple[int, int]], on: int) -> None:
    (alone,) = a_series([(30, amount)], paid)
    assert outcome(alone, DAY0 + timedelta(days=on)) == outcome(
        Promise(DAY0, DAY0 + timedelta(days=30), 3, amount, None, alone.allocations), DAY0 + timedelta(days=on)
    )
