"""`queue`, `standing` and the acts on the command line: their JSON, their exit codes, and what they change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services.people.users import add_user
from tests import commands
from tests.builders import a_company, a_customer, an_invoice
from tests.commands import Done

DAY = ("--as-of", "2026-11-19")


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
    ended = ("promise", "end", "C1", "--invoice", "F1", "--reason", "they will not pay", *day)
    assert (run(ledger, tmp_path, *ended).returncode, run(ledger, tmp_path, *ended).returncode) == (0, 2)
    assert answer(ledger, tmp_path, "standing", "C1")["standing"] == "hold"
    assert run(ledger, tmp_path, "hold", "release", "C1", *day).returncode == 0
    assert answer(ledger, tmp_path, "standing", "C1")["standing"] == "watch"


def test_a_plan_is_agreed_listed_shown_and_ended(ledger: str, tmp_path: Path) -> None:
    agreed = ("plan", "agree", "C1", "--invoice", "F1", "--invoice", "F2", "--count", "3", "--first", "2026-12-01")
    done = run(ledger, tmp_path, *agreed, "--down", "334.50", *DAY)
    assert (done.returncode, done.stderr) == (
        0,
        "The plan of Customer C1 is agreed: 3 instalments up to 2027-02-01.\n",
    )
    (plan,) = answer(ledger, tmp_path, "plan", "list")["plans"]
    told = {"customer": "C1", "amount": "1334.50", "received": "0.00", "next": "2026-12-01", "state": "active"}
    assert told.items() <= plan.items()
    parts = answer(ledger, tmp_path, "plan", "show", str(plan["id"]))["instalments"]
    assert [(one["due"], one["amount"], one["state"]) for one in parts] == [
        ("2026-12-01", "334.50", "open"),
        ("2027-01-01", "500.00", "open"),
        ("2027-02-01", "500.00", "open"),
    ]
    ended = run(ledger, tmp_path, "plan", "end", str(plan["id"]), "--reason", "insolvent", *DAY)
    assert ended.returncode == 0, ended.stderr
    assert answer(ledger, tmp_path, "plan", "list")["plans"] == []
    all_ended = answer(ledger, tmp_path, "plan", "list", "--show", "ended")["plans"]
    assert [one["state"] for one in all_ended] == ["cancelled"]


def test_a_long_plan_waits_and_a_credit_manager_decides(ledger: str, tmp_path: Path) -> None:
    people = {"ines@velmora.example": Role.COLLECTOR, "hugo@velmora.example": Role.CREDIT_MANAGER}
    engine = make_engine(ledger)
    with transaction(engine) as session:
        for email, role in people.items():
            add_user(session, Actor.local_operator(), email, role, "correct horse battery")
    engine.dispose()
    ines, hugo = (("--as", email) for email in people)
    agreed = ("plan", "agree", "C1", "--invoice", "F1", "--count", "6", "--first", "2026-12-01")
    assert "waits for a credit manager" in run(ledger, tmp_path, *agreed, *ines, *DAY).stderr
    (asked,) = answer(ledger, tmp_path, "proposal", "list")["proposals"]
    told = {"kind": "plan", "amount": "1234.50", "invoices": ["F1"], "proposed_by": "ines@velmora.example"}
    assert told.items() <= asked.items()
    key = str(asked["id"])
    ends = [
        run(ledger, tmp_path, "proposal", *words).returncode
        for words in (
            ("accept", key, *ines, *DAY),
            ("refuse", key, "--reason", "too long", *hugo, *DAY),
            ("take-back", key, *hugo),
            ("accept", key, *hugo, *DAY),
        )
    ]
    assert ends == [2, 0, 0, 0]
    (decided,) = answer(ledger, tmp_path, "proposal", "list", "--show", "decided")["proposals"]
    assert (decided["state"], decided["decided_by"]) == ("accepted", "hugo@velmora.example")


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
        pytest.param(("plan", "agree", "C1", "--invoice", "F1", "--count", "1", "--first", "2026-12-01"), id="no plan"),
        pytest.param(("plan", "list", "--show", "lost"), id="no such list"),
        pytest.param(("plan", "end", "7", "--reason", "gone"), id="no such plan"),
        pytest.param(("proposal", "accept", "7"), id="no such proposal"),
        pytest.param(("queue", "--collector", "ines@velmora.example", "--as", "x@y.example"), id="unknown user"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_exit_2(ledger: str, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(ledger, tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
