"""A web worker lets another process simulate: the same answer, its progress and refusals told, its end on a wish."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from sqlalchemy import Engine

from ar_cockpit.db import session as sessions
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.errors import CockpitError, RefusedError
from ar_cockpit.services.figures import apart
from ar_cockpit.services.reminders import simulating_apart
from ar_cockpit.services.reminders.simulating_apart import Asked
from ar_cockpit.services.reminders.simulation import simulate
from tests.reminding import DAY, OPERATOR, POLICY, a_debtor


class StoppedError(CockpitError):
    """Nobody wants to know."""


@pytest.fixture
def worker(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A web worker of the test's ledger, and whoever it starts."""
    monkeypatch.setattr(apart, "is_wanted", lambda: True)
    monkeypatch.setattr(sessions, "engine", lambda: engine)
    monkeypatch.setenv("AR_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    with transaction(engine) as session:
        for place in range(3):
            a_debtor(session, f"C{place}")
    return engine


def test_another_process_says_the_same_and_tells_how_far_it_is(worker: Engine) -> None:
    told: list[float] = []
    found = simulating_apart.simulate(Asked(OPERATOR, DAY, 5, POLICY, ""), told.append)
    with reading(worker) as session:
        own = simulate(session, OPERATOR, DAY, days=5, draft=simulating_apart.policies.check(POLICY))
    assert found == own
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_what_it_refuses_is_refused_here(worker: Engine) -> None:
    assert worker
    with pytest.raises(RefusedError, match="1000 days cannot be simulated"):
        simulating_apart.simulate(Asked(OPERATOR, DAY, 1000, "", ""), lambda _share: None)


def test_who_wants_no_more_ends_it(worker: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **more: Any) -> None:
            super().__init__(*words, **more)
            started.append(self)

    def enough(_share: float) -> None:
        raise StoppedError("enough")

    monkeypatch.setattr(subprocess, "Popen", Noted)
    with pytest.raises(StoppedError):
        simulating_apart.simulate(Asked(OPERATOR, DAY, 30, "", ""), enough)
    assert [child.poll() is not None for child in started] == [True]
