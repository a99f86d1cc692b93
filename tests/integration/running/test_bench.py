"""`bench` makes a ledger, answers every question that has a goal, and tells its time beside the floor's."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.bench import place
from ar_cockpit.bench.ledger import Size
from ar_cockpit.bench.measure import measure
from ar_cockpit.bench.orders import measure_orders
from ar_cockpit.bench.questions import QUESTIONS
from ar_cockpit.db.session import make_engine
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.services import invariants
from tests.builders import a_company

TODAY = date(2026, 11, 26)


@pytest.mark.benchmark
def test_every_question_is_answered_on_a_small_ledger(engine: Engine) -> None:
    counts = place.fill(engine, Size(60, 500), TODAY)
    assert (counts["customer"], counts["invoice"]) == (60, 500)
    for question in QUESTIONS:
        measured = measure(engine, question, TODAY, 60, turns=2)
        assert measured.name == question.name
        assert 0 < measured.floor_median <= measured.floor_p99
        assert 0 < measured.median <= measured.p99


def test_the_ledger_of_the_benchmark_adds_up(engine: Engine) -> None:
    place.fill(engine, Size(60, 500), TODAY)
    with Session(engine) as session:
        found = invariants.check(session, Actor.local_operator(), TODAY)
    assert {one.key: one.count for one in found if one.count} == {}


def test_a_real_ledger_is_refused(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        a_company(session, "VELFR")
    with pytest.raises(RefusedError):
        place.fill(engine, Size(60, 500), TODAY)


@pytest.mark.benchmark
def test_orders_are_checked_by_programs_at_once_and_none_is_refused(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    place.fill(engine, Size(60, 500), TODAY)
    paced, flat_out = measure_orders(engine, TODAY, clients=4, seconds=1, each=3)
    engine.dispose()
    assert (paced.checks, flat_out.checks, paced.refused + flat_out.refused) == (4, 12, 0)
    assert 0 < paced.floor_median <= paced.floor_p99
    assert (paced.goal, flat_out.goal, flat_out.is_met) == (50, None, None)
