"""Every reason that a reader or a loader can give is told in every language, with what to do about it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ar_cockpit.state.imports.words import reason_in_words

PACKAGE = Path(__file__).parents[3] / "ar_cockpit"
SPEAKERS = {"Reason", "Flawed", "_Fault"}


def literal(node: ast.expr) -> str:
    """Return a sentence of the code with plausible values in its holes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "5" for part in node.values)
    return ""


def reasons() -> list[str]:
    """Return the reasons written in the readers and loaders."""
    found = set()
    for folder in ("importing", "services/importing/loading"):
        for file in (PACKAGE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPEAKERS:
                    found |= {text for arg in node.args if (text := literal(arg)) and " " in text}
    return sorted(found)


SPECIAL = {
    "There is no month 55": "There is no month 13 (the column is read as dd/mm/yyyy)",
    "5 5 has 5 days5": "November 2026 has 30 days (the column is read as dd/mm/yyyy)",
    "More decimals than 5 has (5)": "More decimals than EUR has (2)",
    "More than 5": "More than 1 000 000 000 000",
    "Not a number where 5 is the decimal mark, as it is in this column": "Not a number where '.' is the decimal mark, "
    "as it is in this column",
    "Longer than 5 characters": "Longer than 300 characters",
    "More than is left of the invoice (5 5)": "More than is left of the invoice (1.00 EUR)",
}


@pytest.mark.parametrize(
    "reason",
    [
        "No customer A: the customer counts in no group through it",
        "A is a customer of BETA: the customer counts in no group through it",
        "Parents go round: B → C → B; B counts as the head",
    ],
)
def test_what_is_wrong_with_a_parent_is_told_in_french(reason: str) -> None:
    french, mend = reason_in_words(reason, "fr")
    assert "maison" in french
    assert mend == "À vérifier"


def test_there_are_reasons_to_tell() -> None:
    assert len(reasons()) > 20


@pytest.mark.parametrize("reason", reasons())
def test_each_is_known_with_what_to_do(reason: str) -> None:
    written = SPECIAL.get(reason, reason)
    french, mend = reason_in_words(written, "fr")
    assert french != written
    assert mend


@pytest.mark.parametrize(
    "reason",
    [
        "Payments of 900.00 EUR are applied to it",
        "900.00 EUR of it are allocated",
        "Already on line 2 with other contents",
        "1 day before the invoice date",
        "3 days before the invoice date",
        "Rounded to 2309.79",
        "More is open in this file than in the ledger (60.00 EUR)",
        "Negative on an invoice; taken as a credit note",
        "Line ends and control characters became one space",
        "The row has 3 cells where the header has 5",
        "The quotation marks of this row do not pair",
        "The file ends in the midst of this amount",
        "A cell of this row is longer than 131072 characters",
        "No date; the day of the entry is taken",
        "The entry does not balance (debit 50.00, credit 45.00); its documents are unallocated",
        "The letter A of C1 leaves -20.00; unallocated",
        "The opening entries carry 0.00 EUR of C2, the ledger has -30.00 EUR open",
    ],
)
def test_so_are_those_that_are_put_together_elsewhere(reason: str) -> None:
    assert reason_in_words(reason, "fr")[0] != reason


def test_an_unknown_reason_stays_as_it_is() -> None:
    assert reason_in_words("Something new", "fr") == ("Something new", "")
