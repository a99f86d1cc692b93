"""`ar-cockpit forecast` as a user runs it: the contract's columns and keys, exit codes, planned invoices."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from ar_cockpit.cli.forecast import COLUMNS
from ar_cockpit.db.session import make_engine
from tests.builders import a_company, a_customer, an_invoice
from tests.commands import Done, run

Command = Callable[..., Done]


@pytest.fixture
def command(sqlite_url: str, tmp_path: Path) -> Command:
    """The product's command on a ledger of two customers, one of whom pays on time and one three weeks late."""
    engine = make_engine(sqlite_url)
    with Session(engine) as session, session.begin():
        company = a_company(session)
        for code, late in (("PROMPT", 0), ("SLOW", 21)):
            customer = a_customer(session, company, code)
            for month in range(1, 13):
                issued, due = date(2025, month, 3), date(2025, month, 28)
                paid = [(date.fromordinal(due.toordinal() + late + month % 3), 10_000 * month)] if month < 12 else []
                custom = {"delivery": "paper" if month % 2 else "electronic"}
                an_invoice(session, customer, f"{code}-{month}", 10_000 * month, issued, due, paid=paid, custom=custom)
    engine.dispose()

    def forecast(*words: str) -> Done:
        line = ("forecast", *words, "--as-of", "2025-12-31")
        return run(*line, cwd=tmp_path, AR_DATABASE_URL=sqlite_url, AR_HOME=tmp_path)

    return forecast


def test_predict_writes_the_contracts_columns_for_every_open_invoice(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "forecast.csv"
    done = command("predict", "--out", str(out))
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert (done.returncode, done.stdout) == (0, "")
    assert tuple(rows[0]) == COLUMNS
    assert [row["invoice_number"] for row in rows] == ["PROMPT-12", "SLOW-12"]
    assert "2026-01-01" <= rows[0]["p50_date"] < rows[1]["p50_date"]
    assert not list(tmp_path.glob(".forecast.csv.*")), "no half-written file is left"


def test_predict_answers_in_json_and_on_stdout(command: Command) -> None:
    as_json, as_csv = command("predict", "--json"), command("predict")
    told = json.loads(as_json.stdout)
    assert (told["predicted"], told["as_of"]) == (2, "2025-12-31")
    lines = list(csv.DictReader(as_csv.stdout.splitlines()))
    assert [{name: str(value) for name, value in row.items()} for row in told["invoices"]] == lines


def test_planned_invoices_are_forecast_by_customer_terms_and_custom_columns(command: Command, tmp_path: Path) -> None:
    planned = tmp_path / "planned.csv"
    planned.write_text(
        "invoice_number,customer_id,invoice_date,due_date,amount,delivery\n"
        "Q-2,SLOW,2026-02-01,2026-03-01,500.00,paper\n"
        "Q-1,PROMPT,2026-02-01,2026-03-01,500.00,paper\n"
        "Q-3,NOBODY,2026-02-01,,500.00,electronic\n",
        encoding="utf-8",
    )
    done = command("predict", "--new", str(planned), "--json")
    slow, prompt, new = json.loads(done.stdout)["invoices"]
    assert done.returncode == 0, done.stderr
    assert [one["invoice_number"] for one in (slow, prompt, new)] == ["Q-2", "Q-1", "Q-3"]
    assert slow["p50_date"] > prompt["p50_date"] >= "2026-02-01"
    assert slow["p_late"] > prompt["p_late"]
    assert json.loads(done.stdout)["basis"] == {"customer": 2, "new_customer": 1}


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        pytest.param("invoice_number,customer_id\nQ,SLOW\n", 2, "invoice_date", id="a missing column"),
        pytest.param(
            "invoice_number,customer_id,invoice_date,amount\nSLOW-3,SLOW,2026-02-01,5\n", 2, "SLOW-3", id="known"
        ),
        pytest.param(
            "invoice_number,customer_id,invoice_date,amount,company\nQ,SLOW,2026-02-01,5,OTHER\n",
            2,
            "OTHER",
            id="company",
        ),
        pytest.param(
            "invoice_number,customer_id,invoice_date,amount\nQ1,SLOW,soon,5\nQ2,SLOW,2026-02-01,5\n",
            1,
            "soon",
            id="one bad row of two",
        ),
    ],
)
def test_planned_invoices_that_cannot_be_forecast_are_told(
    command: Command, tmp_path: Path, content: str, code: int, told: str
) -> None:
    planned = tmp_path / "planned.csv"
    planned.write_text(content, encoding="utf-8")
    done = command("predict", "--new", str(planned), "--json")
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_cash_has_the_contracts_keys_and_amounts_as_strings(command: Command) -> None:
    done = command("cash", "--days", "90", "--json")
    told = json.loads(done.stdout)
    assert (len(told["days"]), len(told["weeks"]), told["interval"]) == (90, 12, 0.8)
    assert told["days"][0].keys() == {"date", "expected", "low", "high"}
    assert told["weeks"][0].keys() == {"start", "expected", "low", "high"}
    assert told["days"][0]["date"] == "2026-01-01"
    assert 0 < sum(float(one["expected"]) for one in told["days"]) <= 2400.0
    assert told["methods"][0]["method"] == "customers"
    assert told["methods"][0]["reason"]


def test_fit_says_what_was_learned_from_how_much(command: Command) -> None:
    (company,) = json.loads(command("fit", "--json").stdout)["companies"]
    assert (company["settled"], company["customers"]) == (22, 2)
    assert "delivery" in company["features"]


def test_backtest_sets_the_forecast_beside_the_others(command: Command) -> None:
    told = json.loads(command("backtest", "--origins", "3", "--json").stdout)
    assert told["origins"] == ["2025-07-01", "2025-08-01", "2025-09-01"]
    assert told["methods"].keys() == {"forecast", "due_date", "customer_mean", "customer_median", "global_median"}
    assert told["invoices"] == {"at_issue": 6, "open": 3}
    assert told["methods"]["forecast"]["mae_at_issue"] <= told["methods"]["due_date"]["mae_at_issue"]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("cash", "--days", "0"), id="no days"),
        pytest.param(("predict", "--out", "/nowhere/at/all.csv"), id="no such folder"),
        pytest.param(("predict", "--company", "OTHER"), id="no such company"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(command: Command, words: tuple[str, ...]) -> None:
    done = command(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1
