"""`ar-cockpit import` and `demo` as a user types them: JSON, exit codes, one clear line for a refusal."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
CUSTOMERS = "customer_id,name,company\nC1,Alder,ALFA\n"
INVOICES = "invoice_number,customer_id,invoice_date,amount,company\nA-1,C1,2026-01-10,100.00,ALFA\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two good tables."""
    path = tmp_path / "export"
    path.mkdir()
    (path / "debtors.csv").write_text(CUSTOMERS)
    (path / "a_documents.csv").write_text(INVOICES)
    return path


def files(answer: subprocess.CompletedProcess[str]) -> dict[str, dict[str, object]]:
    """Return the reports by file name."""
    return {Path(one["path"]).name: one for one in json.loads(answer.stdout)["files"]}


def test_a_folder_is_loaded_in_order_whatever_its_files_are_called(run: Run, folder: Path) -> None:
    answer = run("import", folder, "--json")
    assert (answer.returncode, answer.stderr) == (0, answer.stderr)
    reports = files(answer)
    assert list(reports) == ["debtors.csv", "a_documents.csv"]
    assert reports["a_documents.csv"]["created"] == {"customers": 0, "invoices": 1, "payments": 0, "allocations": 0}
    assert reports["a_documents.csv"]["quarantined"] == []
    assert reports["a_documents.csv"]["format"] == "csv"
    assert files(run("import", folder, "--json"))["a_documents.csv"]["unchanged"]["invoices"] == 1  # type: ignore[index]


def test_one_bad_file_in_a_good_folder_costs_only_itself(run: Run, folder: Path) -> None:
    (folder / "picture.csv").write_bytes(b"\x89PNG\0\0")
    answer = run("import", folder, "--json")
    assert answer.returncode == 1
    assert "picture.csv is not a text file" in answer.stderr
    assert "not a text file" in str(files(answer)["picture.csv"]["error"])
    assert files(run("import", folder, "--json"))["debtors.csv"]["unchanged"]["customers"] == 1  # type: ignore[index]


def test_a_row_set_aside_or_a_warning_is_exit_1(run: Run, folder: Path) -> None:
    (folder / "a_documents.csv").write_text(INVOICES + "A-2,C9,2026-01-10,1.00,ALFA\n")
    answer = run("import", folder)
    assert answer.returncode == 1
    assert "line 3, customer_id 'C9': set aside no such customer" in answer.stderr


def test_a_dry_run_of_a_folder_sees_its_own_customers_and_changes_nothing(run: Run, folder: Path) -> None:
    answer = run("import", folder, "--dry-run", "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["dry_run"] is True
    assert files(answer)["a_documents.csv"]["created"]["invoices"] == 1  # type: ignore[index]
    assert files(run("import", folder, "--json"))["a_documents.csv"]["created"]["invoices"] == 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "does not exist"),
        (["empty"], "holds no table"),
        (["blank.csv"], "blank.csv is empty"),
        (["wine.csv"], "wine.csv is no table of a ledger"),
        (["half.csv"], "half.csv lacks the required column amount"),
        (["good.csv", "--mapping", "none"], "There is no mapping none"),
        (["good.csv", "--mapping", "wrong.toml"], "The nearest column is 'invoice_number'"),
        (["good.csv", "--format", "xlsx"], "xlsx"),
        (["good.csv", "--as", "nobody@x.example"], "There is no user"),
    ],
)
def test_what_cannot_be_done_is_refused_with_one_line(
    run: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "blank.csv").write_text("")
    (tmp_path / "wine.csv").write_text("colour,taste\n")
    (tmp_path / "half.csv").write_text("invoice_number,customer_id,invoice_date\n")
    (tmp_path / "good.csv").write_text(INVOICES)
    required = "customer_id = 'customer_id'\ninvoice_date = 'invoice_date'\namount = 'amount'\n"
    (tmp_path / "wrong.toml").write_text("[columns]\ninvoice_number = 'invoice_numbr'\n" + required)
    answer = run("import", *arguments)
    assert answer.returncode == 2
    assert words in answer.stderr
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr


def test_a_header_without_rows_is_nothing_to_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "invoices.csv").write_text(INVOICES.splitlines()[0])
    assert run("import", "invoices.csv").returncode == 0


def test_ambiguous_columns_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    (tmp_path / "invoices.csv").write_text(INVOICES.replace("2026-01-10", "03/04/2026"))
    run("import", "customers.csv")
    answer = run("import", "invoices.csv", "--json")
    assert answer.returncode == 0
    assert files(answer)["invoices.csv"]["decisions"][0] == {  # type: ignore[index]
        "column": "invoice_date",
        "decided": "dd/mm/yyyy",
        "evidence": "no date of this file proves it; the day is taken to come first",
        "certain": False,
    }
    assert "invoice_date is read as dd/mm/yyyy" in answer.stderr


def test_the_demo_has_users_of_every_role_and_is_loaded_once(run: Run) -> None:
    answer = run("demo", "--customers", "20", "--invoices", "100", "--seed", "3", "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["invoices"] == 100
    roles = {user["role"] for user in json.loads(run("user", "list", "--json").stdout)["users"]}
    assert roles == {"executive", "collector", "sales", "credit_manager", "admin"}
    again = run("demo")
    assert again.returncode == 2
    assert "holds the demo ledger already" in again.stderr
