"""SQLite has one writer at a time: who waits is told in time, and what takes long lets others in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from ar_cockpit.api import sign_in as door
from ar_cockpit.db.session import give_way, make_engine, reading, transaction
from ar_cockpit.db.tables import CompanyRow, CreditAlertRow, CustomerStandingRow, ScoreRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.errors import BusyError
from ar_cockpit.services.limits import judging
from ar_cockpit.services.people import users
from tests.builders import a_company, a_customer, an_invoice

ME = Actor.local_operator()
TODAY, AT = date(2026, 11, 19), datetime(2026, 11, 19, 9, 0, tzinfo=UTC)


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Engine]:
    """An engine on a fresh SQLite ledger."""
    made = make_engine(sqlite_url)
    yield made
    made.dispose()


@contextmanager
def somebody_writing(engine: Engine, seconds: float) -> Iterator[threading.Thread]:
    """Let another thread hold the write lock for so long."""
    has_begun = threading.Event()

    def write() -> None:
        with transaction(engine) as session:
            session.execute(text("UPDATE company SET name = name"))
            has_begun.set()
            time.sleep(seconds)

    thread = threading.Thread(target=write)
    thread.start()
    has_begun.wait()
    try:
        yield thread
    finally:
        thread.join()


def test_who_cannot_wait_is_told_and_the_next_one_waits_as_ever(sqlite: Engine) -> None:
    with somebody_writing(sqlite, 0.6) as writer:
        begun = time.monotonic()
        with pytest.raises(BusyError), transaction(sqlite, patience=0.1) as session:
            a_company(session, "GAMA")
        assert time.monotonic() - begun < 0.5, "it did not wait for the other one's end"
        assert writer.is_alive()
        with transaction(sqlite) as session:
            a_company(session, "BETA")
    with reading(sqlite) as session:
        assert session.exec(select(CompanyRow.code)).all() == ["BETA"]


def test_between_two_parts_of_a_long_work_others_have_their_turn(sqlite: Engine) -> None:
    done: list[float] = []

    def wait() -> None:
        with transaction(sqlite) as session:
            a_company(session, "BETA")
        done.append(time.monotonic())

    waiting = threading.Thread(target=wait)
    for part in range(6):
        with transaction(sqlite) as session:
            session.execute(text("UPDATE company SET name = name"))
            if part == 0:
                waiting.start()
            time.sleep(0.5)
        give_way(sqlite)
    ended = time.monotonic()
    waiting.join()
    assert done[0] < ended, "it waited for the end of all parts"


def test_signing_in_waits_for_a_while_and_then_says_why(sqlite: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction(sqlite) as session:
        users.add_user(session, ME, "ines@velmora.example", Role.COLLECTOR, "correct horse")

    @contextmanager
    def on_this_database(*, patience: float) -> Iterator[Session]:
        with transaction(sqlite, patience=patience) as session:
            yield session

    monkeypatch.setattr(door, "transaction", on_this_database)
    browser = SimpleNamespace(client=None, headers={}, cookies={})
    with somebody_writing(sqlite, 0.3):
        assert door._try("ines@velmora.example", "correct horse", browser)  # type: ignore[arg-type]  # noqa: SLF001
    monkeypatch.setattr(door, "_PATIENCE", 0.1)
    with somebody_writing(sqlite, 0.6), pytest.raises(BusyError):
        door._try("ines@velmora.example", "correct horse", browser)  # type: ignore[arg-type]  # noqa: SLF001


def standings(engine: Engine) -> list[tuple[object, ...]]:
    with reading(engine) as session:
        rows = session.exec(select(CustomerStandingRow).order_by(col(CustomerStandingRow.customer_id)))
        scores = session.exec(select(ScoreRow.customer_id, ScoreRow.score).order_by(col(ScoreRow.customer_id)))
        alerts = session.exec(select(CreditAlertRow.customer_id, CreditAlertRow.kind))
        return [(row.customer_id, row.level, row.since_on) for row in rows] + sorted(scores) + sorted(alerts)


def test_a_night_in_parts_judges_as_one_in_a_piece(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction(engine) as session:
        company = a_company(session, "ALFA")
        for place in range(5):
            customer = a_customer(session, company, f"C{place}", credit_limit_minor=10_000)
            due = TODAY - timedelta(days=place * 30)
            an_invoice(session, customer, f"I{place}", 9_500, due - timedelta(days=30), due)
    monkeypatch.setattr(judging, "IN_A_PART", 2)
    counts = judging.judge_in_parts(engine, ME, TODAY, at=AT)
    in_parts = standings(engine)
    assert (counts["judged"], counts["alerts"]) == (5, 5)
    with transaction(engine) as session:
        again = judging.judge(session, ME, TODAY, at=AT)
    assert (again["moved"], again["alerts"], again["scores"]) == (0, 0, 0)
    assert standings(engine) == in_parts
