"""`queue`, `standing` and the acts on the command line: their JSON, their exit codes, and what they change."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlmodel import Session

from ar_cockpit.cli import main
from ar_cockpit.db import session as db_session
from ar_cockpit.db.session import make_engine
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services.people.users import add_user
from ar_cockpit.settings import get_settings
from tests.builders import a_company, a_customer, an_invoice

DAY = ("--as-of", "2026-11-19")


class Done(NamedTuple):
    """What a command ended with, and what it said."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


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


@pytest.fixture
def run(
    ledger: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Run commands on that ledger, as the console does but in this process: starting another takes seconds."""
    monkeypatch.setenv("AR_HOME", str(tmp_path))
    monkeypatch.setenv("AR_DATABASE_URL", ledger)
    get_settings.cache_clear()
    db_session.engine.cache_clear()

    def ran(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["ar-cockpit", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return Done(int(ended.value.code or 0), *capsys.readouterr())

    yield ran
    db_session.engine().dispose()
    db_session.engine.cache_clear()
    get_settings.cache_clear()


def answer(run: Run, *words: str) -> dict[str, Any]:
    done = run(*words, "--json", *DAY)
    assert done.code == 0, done.err
    return dict(json.loads(done.out))


def the_queue(run: Run) -> list[dict[str, Any]]:
    return list(answer(run, "queue", "--collector", "ines@velmora.example")["tasks"])


def test_the_queue_tells_rank_score_reasons_action_and_amounts(run: Run) -> None:
    (task,) = the_queue(run)
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


def test_standing_answers_an_order(run: Run) -> None:
    found = answer(run, "standing", "C1", "--order-amount", "3665.50", "--currency", "EUR")
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


def test_promises_disputes_and_holds_by_script(run: Run) -> None:
    for words in (
        ("promise", "add", "C1", "--invoice", "F1", "F2", "--amount", "1334.50", "--on", "2026-11-25", *DAY),
        ("dispute", "open", "--invoice", "F1", "--reason", "price", *DAY),
        ("dispute", "close", "--invoice", "F1", "--outcome", "unjustified", *DAY),
        ("hold", "set", "C1", "--reason", "insolvency rumour", *DAY),
    ):
        done = run(*words)
        assert done.code == 0, done.err
    assert [task["state"] for task in the_queue(run)] == []
    assert answer(run, "standing", "C1")["standing"] == "hold"
    assert run("hold", "release", "C1", *DAY).code == 0
    assert answer(run, "standing", "C1")["standing"] == "watch"


def test_a_plan_is_agreed_listed_shown_and_ended(run: Run) -> None:
    agreed = ("plan", "agree", "C1", "--invoice", "F1", "--invoice", "F2", "--count", "3", "--first", "2026-12-01")
    done = run(*agreed, "--down", "334.50", *DAY)
    assert (done.code, done.err) == (0, "The plan of Customer C1 is agreed: 3 instalments up to 2027-02-01.\n")
    (plan,) = answer(run, "plan", "list")["plans"]
    told = {"customer": "C1", "amount": "1334.50", "received": "0.00", "next": "2026-12-01", "state": "active"}
    assert told.items() <= plan.items()
    parts = answer(run, "plan", "show", str(plan["id"]))["instalments"]
    assert [(one["due"], one["amount"], one["state"]) for one in parts] == [
        ("2026-12-01", "334.50", "open"),
        ("2027-01-01", "500.00", "open"),
        ("2027-02-01", "500.00", "open"),
    ]
    assert run("plan", "end", str(plan["id"]), "--reason", "insolvent", *DAY).code == 0
    assert answer(run, "plan", "list")["plans"] == []
    assert [one["state"] for one in answer(run, "plan", "list", "--show", "ended")["plans"]] == ["cancelled"]


def test_a_long_plan_waits_and_a_credit_manager_decides(run: Run) -> None:
    with db_session.transaction() as session:
        roles = {"ines@velmora.example": Role.COLLECTOR, "hugo@velmora.example": Role.CREDIT_MANAGER}
        for email, role in roles.items():
            add_user(session, Actor.local_operator(), email, role, "correct horse battery")
    agreed = ("plan", "agree", "C1", "--invoice", "F1", "--count", "6", "--first", "2026-12-01")
    assert "waits for a credit manager" in run(*agreed, "--as", "ines@velmora.example", *DAY).err
    (asked,) = answer(run, "proposal", "list")["proposals"]
    told = {"kind": "plan", "amount": "1234.50", "invoices": ["F1"], "proposed_by": "ines@velmora.example"}
    assert told.items() <= asked.items()
    key = str(asked["id"])
    assert run("proposal", "accept", key, "--as", "ines@velmora.example", *DAY).code == 2
    assert run("proposal", "refuse", key, "--reason", "too long", "--as", "hugo@velmora.example", *DAY).code == 0
    assert run("proposal", "take-back", key, "--as", "hugo@velmora.example").code == 0
    assert run("proposal", "accept", key, "--as", "hugo@velmora.example", *DAY).code == 0
    (decided,) = answer(run, "proposal", "list", "--show", "decided")["proposals"]
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
def test_what_makes_no_sense_is_one_line_and_exit_2(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.strip()
