"""Paying later never raises a payer score, and the database sums what the plain words say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, true
from sqlmodel import Session

from ar_cockpit.db.queries.reminders.payer_scores import behaviours
from ar_cockpit.domain.figures.payer_score import Behaviour, Paid, behaviour_of, payer_score, what_would_raise
from tests.builders import a_company, a_customer, an_invoice

TODAY = date(2026, 11, 19)


@st.composite
def invoices(draw: st.DrawFn) -> Paid:
    due_on = TODAY - timedelta(days=draw(st.integers(-60, 500)))
    late = draw(st.none() | st.integers(-30, 200))
    settled_on = None if late is None else due_on + timedelta(days=late)
    return Paid(due_on, draw(st.integers(1, 100_000)), None if settled_on and settled_on > TODAY else settled_on)


def score(some: list[Paid]) -> int:
    behaviour = behaviour_of(some, TODAY)
    return payer_score(behaviour).total if behaviour else 100


@settings(max_examples=400, deadline=None)
@given(st.lists(invoices(), min_size=1, max_size=8), st.integers(0, 7), st.integers(1, 300))
@example([Paid(TODAY - timedelta(days=364), 100, TODAY - timedelta(days=366))], 0, 2)
def test_paying_later_never_raises_the_score(some: list[Paid], which: int, days: int) -> None:
    one = some[which % len(some)]
    if one.settled_on is None:
        return
    later = one.settled_on + timedelta(days=days)
    delayed = replace(one, settled_on=None if later > TODAY else later)
    rest = [other for place, other in enumerate(some) if place != which % len(some)]
    if behaviour_of(some, TODAY) is not None:
        assert score([*rest, delayed]) <= score(some)


def test_the_database_sums_what_the_plain_words_say(engine: Engine) -> None:
    days = [(400, 5), (380, None), (300, 40), (200, -5), (120, 0), (80, 30), (40, None), (10, 3), (-5, -20), (-9, None)]
    with Session(engine) as session:
        customer = a_customer(session, a_company(session))
        some = []
        for number, (due, late) in enumerate(days, 1):
            due_on, amount = TODAY - timedelta(days=due), 1000 * number
            settled_on = None if late is None else due_on + timedelta(days=late)
            paid = [] if settled_on is None else [(settled_on, amount)]
            an_invoice(session, customer, f"F{number}", amount, due_on - timedelta(days=40), due_on, paid=paid)
            some.append(Paid(due_on, amount, settled_on))
        expected = behaviour_of(some, TODAY)
        found = behaviours(session, true(), TODAY)[customer.id]
    assert expected is not None
    assert replace(found, late_lately=0) == replace(
        expected,
        days_late=found.days_late,
        days_late_lately=found.days_late_lately,
        days_late_before=found.days_late_before,
        share_before=found.share_before,
    )
    for name in ("days_late", "days_late_lately", "days_late_before", "share_before"):
        assert abs(getattr(found, name) - getattr(expected, name)) < 1e-9


def test_what_would_raise_it_is_told_with_its_points_the_most_first() -> None:
    told = what_would_raise(Behaviour(12.0, 14.0, 3.0, unpaid=2, broken_promises=1))
    assert [(one.code, one.points) for one in told] == [("pay_sooner", 15), ("keep_promises", 5), ("pay_overdue", 4)]
    assert what_would_raise(Behaviour(-3.0)) == []
