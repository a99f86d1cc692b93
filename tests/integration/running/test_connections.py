"""A connection that rested is asked whether its server is still there, one that was used a moment ago is not."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from ar_cockpit.db import session as db_session
from ar_cockpit.db.session import glancing, make_engine, reading, transaction

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
