"""`queue`, `standing` and the acts on the command line: their JSON, their exit codes, and what they change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from ar_cockpit.db.session import make_engine
from tests import commands
from tests.builders import a_company, a_customer, an_invoice
from tests.commands import Done


@pytest.fixture
def ledger(sqlite_url: str) -> str:
    """A ledger with one overdue customer of Inès'."""
    engine = make_engine(sqlite_url)
    with Session(engine) as session, session.begin():
        company = a_company(session, "VELFR")
        customer = a_customer(
            session, company, "C1", collector_email="ines@velmora.example", credit_limit_minor=500_000
        )
        an_invoice(session, customer, "F1", 123_450, date(2026, 9, 1), date(2026, 11, 1))
        an_invoice(session, customer, "F2", 10_000, date(2026, 9, 1), date(2026, 11, 1))
    engine.dispose()
    return sqlite_url


def run(url: str, home: Path, *words: str) -> Done:
    return commands.run(*words, cwd=home, AR_DATABASE_URL=url, AR_HOME=home)


def answer(url: str, home: Path, *words: str) -> dict[str, Any]:
    done = run(url, home, *words, "--json", "--as-of", "2026-11-19")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def the_queue(url: str, home: Path) -> list[dict[str, Any]]:
    return list(answer(url, home, "queue", "--collector", "ines@velmora.example")["tasks"])


def test_the_queue_tells_rank_score_reasons_action_and_amounts(ledger: str, tmp_path: Path) -> None:
    (task,) = the_queue(ledger, tmp_path)
    assert {
        "rank": 1,
        "customer": "C1",
        "overdue": "1334.50",
        "open": "1334.50",
        "currency": "EUR",
        "action": "call",
    }.items() <= task.items()
    assert task["score"] == sum(reason["points"] for reason in task["reasons"])
    assert {"code": "oldest_overdue", "text": "Oldest invoice 18 days overdue", "points": 6} in task["reasons"]


def test_standing_answers_an_order(ledger: str, tmp_path: Path) -> None:
    found = answer(ledger, tmp_path, "standing", "C1", "--order-amount", "3665.50", "--currency", "EUR")
    expected = {
        "customer": "C1",
        "standing": "watch",
        "credit_limit": "5000.00",
        "open": "1334.50",
        "overdue": "1334.50",
        "max_days_overdue": 18,
        "available_credit": "3665.50",
        "currency": "EUR",
    }
    assert expected.items() <= found.items()
    assert {"amount": "3665.50", "decision": "accept"}.items() <= found["order"].items()
    assert found["reasons"][0]["code"] == "overdue"


def test_promises_disputes_and_holds_by_script(ledger: str, tmp_path: Path) -> None:
    day = ("--as-of", "2026-11-19")
    for words in (
        ("promise", "add", "C1", "--invoice", "F1", "F2", "--amount", "1334.50", "--on", "2026-11-25", *day),
        ("dispute", "open", "--invoice", "F1", "--reason", "price", *day),
        ("dispute", "close", "--invoice", "F1", "--outcome", "unjustified", *day),
        ("hold", "set", "C1", "--reason", "insolvency rumour", *day),
    ):
        done = run(ledger, tmp_path, *words)
        assert done.returncode == 0, done.stderr
    assert [task["state"] for task in the_queue(ledger, tmp_path)] == []
    assert answer(ledger, tmp_path, "standing", "C1")["standing"] == "hold"
    assert run(ledger, tmp_path, "hold", "release", "C1", *day).returncode == 0
    assert answer(ledger, tmp_path, "standing", "C1")["standing"] == "watch"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("queue", "--collector", "nobody@velmora.example"), id="unknown collector"),
        pytest.param(("standing", "NOBODY"), id="unknown customer"),
        pytest.param(("standing", "C1", "--order-amount", "NaN"), id="an order that is no number"),
        pytest.param(("standing", "C1", "--order-amount", "much"), id="an order in words"),
        pytest.param(("standing", "C1", "--order-amount", "-5"), id="a negative order"),
        pytest.param(("standing", "C1", "--order-amount", "5", "--currency", "euro"), id="no currency"),
        pytest.param(
            ("promise", "add", "C1", "--invoice", "F1", "--amount", "9999", "--on", "2030-01-01"), id="too much"
        ),
        pytest.param(("promise", "add", "C1", "--invoice", "F1", "--amount", "1", "--on", "soon"), id="no date"),
        pytest.param(("dispute", "open", "--invoice", "F1", "--reason", "mood"), id="unknown reason"),
        pytest.param(("dispute", "close", "--invoice", "F1"), id="nothing disputed"),
        pytest.param(("hold", "release", "C1"), id="nothing held"),
        pytest.param(("hold", "set", "C1", "--reason", " "), id="no reason"),
        pytest.param(("queue", "--collector", "ines@velmora.example", "--as", "x@y.example"), id="unknown user"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_exit_2(ledger: str, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(ledger, tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
