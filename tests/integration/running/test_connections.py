"""A connection that rested is asked whether its server is still there, one that was used a moment ago is not."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from ar_cockpit.db import session as db_session
from ar_cockpit.db.session import glancing, make_engine, reading, reading_one_state, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services import credit, reach
from tests.builders import a_company, a_customer

OPERATOR = Actor.local_operator()

_BREAK = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid = :pid"


def test_a_connection_that_ended_while_it_rested_is_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db_session, "_SURELY_ALIVE_SECONDS", 0.0)
    rested, other = make_engine(postgres_url), make_engine(postgres_url)
    try:
        with reading(rested) as session:
            pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with transaction(other) as session:
            session.execute(text(_BREAK), {"pid": pid})
        with reading(rested) as session:
            assert session.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid
    finally:
        rested.dispose()
        other.dispose()


def test_glances_plan_a_question_once_whatever_its_values_and_leave_others_to_be_planned_for_theirs(
    postgres_url: str,
) -> None:
    engine = make_engine(postgres_url)
    try:
        with transaction(engine) as session:
            customers = [a_customer(session, a_company(session, code)).id for code in ("ALFA", "BETA")]
        with glancing(engine) as session:
            for customer_id in customers * 4:
                line = reach.customer(session, OPERATOR, Permission.VIEW_STANDING, customer_id)
                credit.standing_of(session, OPERATOR, line, date(2026, 3, 3))
            plans = session.execute(text("SELECT generic_plans, custom_plans FROM pg_prepared_statements")).all()
        assert plans
        assert all(custom == 0 for _, custom in plans)
        with reading(engine) as session:
            assert session.execute(text("SHOW plan_cache_mode")).scalar_one() == "auto"
    finally:
        engine.dispose()


def test_a_reading_of_one_state_sees_nothing_that_is_written_meanwhile_and_others_see_it(engine: Engine) -> None:
    count = text("SELECT count(*) FROM company")
    with reading_one_state(engine) as session:
        before = session.execute(count).scalar_one()
        with transaction(engine) as other:
            a_company(other)
        assert session.execute(count).scalar_one() == before
    with reading(engine) as session:
        assert session.execute(count).scalar_one() == before + 1
        if engine.dialect.name == "postgresql":
            asked = text("SHOW transaction_isolation")
            assert session.execute(asked).scalar_one() == "read committed", "the connection is as it was"


def test_a_glance_asks_each_question_by_itself_and_leaves_the_connection_as_it_was(engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(text("CREATE TABLE kept (n integer)"))
    with glancing(engine) as session:
        assert session.execute(text("SELECT count(*) FROM kept")).scalar_one() == 0
    with Session(engine) as session:
        session.execute(text("INSERT INTO kept VALUES (1)"))
        session.rollback()
    with glancing(engine) as session:
        assert session.execute(text("SELECT count(*) FROM kept")).scalar_one() == 0
