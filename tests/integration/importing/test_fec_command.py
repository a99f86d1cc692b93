"""`ar-cockpit import` of a FEC as a user types it: the JSON, the exit codes, one clear line for a refusal."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.fec_books import SIREN, fec

Run = Callable[..., subprocess.CompletedProcess[str]]
GOOD = """
VT 1 0301 411000 C1 F1 120 0 A
VT 1 0301 706000 - F1 0 100
VT 1 0301 445710 - F1 0 20
BQ 2 0401 512000 - V 120 0
BQ 2 0401 411000 C1 V 0 120 A
VT 3 0501 411000 C1 F2 60 0
VT 3 0501 706000 - F2 0 60
"""


def written(folder: Path, content: str, name: str = f"{SIREN}FEC20241231.txt") -> Path:
    path = folder / name
    path.write_text(content)
    return path


def test_a_fec_fills_the_cockpit(run: Run, tmp_path: Path) -> None:
    answer = run("import", written(tmp_path, fec(GOOD)), "--json")
    (report,) = json.loads(answer.stdout)["files"]
    assert (answer.returncode, report["format"]) == (0, "fec")
    assert report["created"] == {"customers": 1, "invoices": 2, "payments": 1, "allocations": 1}
    assert (report["control"]["file"], report["control"]["imported"]) == ("60.00", "60.00")
    assert "60.00 EUR on 411 + 413 + 416 = 60.00 receivables less unapplied cash" in answer.stderr
    kpi = json.loads(run("kpi", "--json", "--as-of", "2024-12-31").stdout)
    assert (kpi["receivables"], kpi["unapplied_cash"], kpi["overdue"]) == ("60.00", "0.00", "60.00")


def test_defects_are_told_with_their_lines_and_the_rest_is_in(run: Run, tmp_path: Path) -> None:
    bad = GOOD.replace("F2 60 0\n", "F2 60 60\n") + "BQ 4 0601 512000 - V 50 0\nBQ 4 0601 411000 C1 V 0 40 B\n"
    answer = run("import", written(tmp_path, fec(bad), "entries.txt"), "--company", "ALFA", "--json")
    (report,) = json.loads(answer.stdout)["files"]
    assert (answer.returncode, report["companies"]) == (1, ["ALFA"])
    assert [(one["line"], one["reason"]) for one in report["quarantined"]] == [(7, "Both Debit and Credit")]
    assert [(one["line"], one["column"]) for one in report["warnings"]] == [(9, "EcritureNum"), (10, "EcritureLet")]
    assert report["control"]["difference"] == "0.00"


def test_what_is_no_fec_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    answer = run("import", written(tmp_path, fec(GOOD).replace("EcritureLet", "Lettre")))
    assert answer.returncode == 2
    assert "lacks the required column EcritureLet of a FEC" in answer.stderr
    table = written(tmp_path, "customer_id,name\nC1,Alder\n", "customers.csv")
    answer = run("import", table, "--format", "fec")
    assert (answer.returncode, "Traceback" in answer.stderr) == (2, False)
    assert "of a FEC" in answer.stderr
