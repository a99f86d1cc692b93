"""`ar-cockpit imports` and `settlements` as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from ar_cockpit.cli import build_app
from ar_cockpit.db import session as db_session
from ar_cockpit.settings import get_settings

HEAD = "invoice_number,customer_id,invoice_date,due_date,amount,company\n"
FIRST = HEAD + "A-1,C1,2026-01-10,2026-02-10,1200.00,ALFA\nA-2,C1,2026-01-10,2026-02-10,300.00,ALFA\n"
SECOND = FIRST.replace("1200.00", "1250.00")
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run commands in a home of its own, with a ledger of two invoices (imports 1 and 2)."""
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AR_DATABASE_URL", database_url)
    get_settings.cache_clear()
    db_session.engine.cache_clear()
    app = build_app({"ledger", "imports", "settlements"})

    def ran(*words: str, **files: str) -> Result:
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text)
        paths = [str(tmp_path / f"{name}.csv") for name in files]
        return CliRunner().invoke(app, [*words, *paths])

    ran("import", customers="customer_id,name,company\nC1,Alder,ALFA\n", invoices=FIRST)
    yield ran
    db_session.engine().dispose()
    db_session.engine.cache_clear()
    get_settings.cache_clear()


def told(answer: Result) -> Any:
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_a_dry_run_tells_the_difference_and_writes_all_of_it(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "difference.csv"
    answer = run("import", "--dry-run", "--json", "--changes", str(out), later=SECOND)
    assert told(answer)["files"][0]["changes"]["fields"] == [{"table": "invoice", "field": "amount", "count": 1}]
    assert out.read_text(encoding="utf-8-sig").splitlines()[1:] == [
        "changed,invoice,ALFA,A-1,amount,1200.00,1250.00,EUR"
    ]
    assert "changed invoice A-1: amount 1200.00 -> 1250.00" in run("import", "--dry-run", later=SECOND).stderr


def test_an_import_is_listed_told_and_taken_back(run: Run) -> None:
    run("import", later=SECOND)
    first = told(run("imports", "list", "--json"))["imports"][0]
    assert (first["batch"], first["state"], first["table"]) == (3, "loaded", "invoices")
    assert run("imports", "changes", "3").stdout.splitlines()[1] == (
        "changed,invoice,ALFA,A-1,amount,1200.00,1250.00,EUR"
    )
    trial = run("imports", "undo", "2", "--dry-run")
    assert "In the way: 1 row(s) changed by the later import #3 later.csv" in trial.stderr
    refused = run("imports", "undo", "2")
    assert "cannot be taken back" in str(refused.exception)
    assert told(run("imports", "undo", "3", "--json"))["restored"] == {"invoice": 1}
    assert told(run("imports", "undo", "3", "--json"))["already_taken_back"]
    assert told(run("imports", "undo", "2", "--json"))["removed"] == {"invoice": 2}


def test_settlements_are_listed_accepted_and_taken_back(run: Run) -> None:
    report = told(run("import", "--open-items", "--json", "--as-of", "2026-03-31", open=FIRST.rpartition("A-2")[0]))
    assert report["files"][0]["proposed"] == {"gone": 1, "reduced": 0, "withdrawn": 0, "sum": {"EUR": "300.00"}}
    listed = told(run("settlements", "list", "--json"))
    assert (listed["count"], listed["sum"]) == (1, {"EUR": "300.00"})
    assert listed["settlements"][0]["invoice_number"] == "A-2"
    assert "Say which" in str(run("settlements", "accept").exception)
    assert "No settlement of A-9 waits" in str(run("settlements", "accept", "A-9").exception)
    done = told(run("settlements", "accept", "A-2", "--json"))
    assert (done["accepted"], done["batch"]) == (1, 4)
    assert told(run("settlements", "list", "--json"))["count"] == 0
    told(run("imports", "undo", "4", "--json"))
    assert told(run("settlements", "decline", "--all", "--json"))["declined"] == 1
