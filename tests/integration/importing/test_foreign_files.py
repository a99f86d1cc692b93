"""Workbooks and foreign columns at the command line: read, proposed, and refused with one line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.builders_of_workbooks import a_workbook

Run = Callable[..., subprocess.CompletedProcess[str]]
DAY = datetime(2026, 2, 27, tzinfo=UTC).replace(tzinfo=None)
HEAD = ["N° pièce", "Code client", "Nom du client", "Date pièce", "Montant TTC", "Devise"]


def test_a_foreign_workbook_is_proposed_a_mapping_which_then_reads_it(run: Run, tmp_path: Path) -> None:
    rows = [[f"A-{n}", "C1", "Alder", DAY, 1234.1, "EUR"] for n in range(2)]
    path = a_workbook(tmp_path / "grand livre.xlsx", {"Grand livre": [HEAD, *rows]})
    proposed = run("import", path, "--propose-mapping", "own.toml", "--json")
    assert proposed.returncode == 0, proposed.stderr
    told = json.loads(proposed.stdout)
    assert (told["table"], told["sheet"], told["missing"]) == ("invoices", "Grand livre", [])
    assert told["columns"]["invoice_date"]["evidence"] == [
        "“Date pièce” is a usual name for it",
        "all 2 values are dates",
        "year first: 2026-02-27 in line 2",
    ]
    assert run("import", path, "--propose-mapping", "own.toml").stderr.startswith("own.toml exists already.")

    first = run("import", path, "--mapping", "own.toml", "--json")
    assert first.returncode == 0, first.stderr
    (report,) = json.loads(first.stdout)["files"]
    assert (report["format"], report["created"]["invoices"], report["created"]["customers"]) == ("xlsx", 2, 1)
    assert report["totals"]["imported"] == {"count": 2, "sum": {"EUR": "2468.20"}}
    (again,) = json.loads(run("import", path, "--json").stdout)["files"]
    assert (again["mapping"], again["unchanged"]["invoices"]) == ("grand_livre", 2)


def test_a_proposal_that_lacks_a_column_says_which_and_can_be_printed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "half.csv"
    path.write_text("Facture;Code client;Montant TTC\nA-1;C1;1,50\n")
    answer = run("import", path, "--propose-mapping", "-")
    assert answer.returncode == 1
    assert '# invoice_date = "?"  # required, and no column was found' in answer.stdout
    assert "No column was found for invoice_date" in answer.stderr


def test_formats_sheets_and_files_that_do_not_fit_are_refused_with_one_line(run: Run, tmp_path: Path) -> None:
    path = a_workbook(tmp_path / "a.xlsx", {"A": [["invoice_number", "customer_id"], ["A", "B"]]})
    for arguments, words in (
        (("--format", "csv"), "is not a text file"),
        (("--sheet", "B"), "has no table on a sheet called 'B'"),
        ((), "lacks the required columns invoice_date, amount"),
    ):
        answer = run("import", path, *arguments)
        assert (answer.returncode, answer.stdout) == (2, "")
        assert words in answer.stderr
        assert "Traceback" not in answer.stderr
