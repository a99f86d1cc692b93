"""What services refuse reaches the reader in the reader's language, with the mend."""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path

import pytest

from ar_cockpit.domain.errors import SeveralCurrenciesError
from ar_cockpit.i18n import DEFAULT_LANGUAGE, LANGUAGES
from ar_cockpit.i18n.refusals import is_known, refusal
from ar_cockpit.services.sending.cancelled import SENTENCES

PACKAGE = Path(__file__).parents[3] / "ar_cockpit"
REFUSALS = {"InputError", "RefusedError", "NotFoundError", "ForbiddenError"}
HEARD_ON_SCREEN = ("api/downloads", "domain", "importing", "services", "state")
# What only the command line and programs ask for, and what who writes a policy or a mapping file reads in English.
ELSEWHERE = (
    "domain/forecast/",
    "domain/policy/",
    "importing/folder.py",
    "importing/tabular/mapping.py",
    "services/database_copy.py",
    "services/demo/",
    "services/documents/folder.py",
    "services/figures/forecasting.py",
    "services/figures/planned_invoices.py",
    "services/programs/",
    "services/pushing/",
    "services/rates/",
    "services/reminders/policy.py",
    "services/webhooks/",
)
TRANSLATED = [language for language in LANGUAGES if language != DEFAULT_LANGUAGE]


def readings(node: ast.expr, constants: dict[str, ast.expr]) -> list[str]:
    """Return the sentences an argument may stand for, with 5 in the place of what varies; none when made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if node.value else []
    if isinstance(node, ast.IfExp):
        return [*readings(node.body, constants), *readings(node.orelse, constants)]
    if isinstance(node, ast.Name) and node.id in constants:
        return readings(constants[node.id], {})
    if isinstance(node, ast.JoinedStr):
        parts = [
            [str(part.value)] if isinstance(part, ast.Constant) else _hole(part, constants)
            for part in node.values
            if isinstance(part, (ast.Constant, ast.FormattedValue))
        ]
        return ["".join(combined) for combined in product(*parts)]
    return []


def _hole(part: ast.FormattedValue, constants: dict[str, ast.expr]) -> list[str]:
    value = part.value
    if isinstance(value, ast.IfExp):
        return [str(side.value) for side in (value.body, value.orelse) if isinstance(side, ast.Constant)]
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
        table = constants.get(value.value.id)
        if isinstance(table, ast.Dict):
            return [str(one.value) for one in table.values if isinstance(one, ast.Constant)]
    return ["5"]


def sentences() -> list[str]:
    """Return every sentence and mend of the refusals that a screen may have to tell."""
    found: set[str] = set()
    for folder in HEARD_ON_SCREEN:
        for file in (PACKAGE / folder).rglob("*.py"):
            if str(file.relative_to(PACKAGE)).startswith(ELSEWHERE):
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
            constants = {one.targets[0].id: one.value for one in assigned if isinstance(one.targets[0], ast.Name)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                    found.update(text for argument in node.args[:2] for text in readings(argument, constants))
    return sorted(found)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("sentence", SENTENCES.values())
def test_why_a_message_was_cancelled_is_translated(sentence: str, language: str) -> None:
    assert is_known(language, sentence)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("words", ["the process ended without a word", "the process was told to end"])
def test_how_a_job_that_did_not_fail_ended_is_translated(words: str, language: str) -> None:
    assert words in (PACKAGE / "services" / "job_runs.py").read_text(encoding="utf-8")
    assert is_known(language, words)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("sentence", sentences())
def test_every_refusal_of_a_screen_is_translated(sentence: str, language: str) -> None:
    assert is_known(language, sentence)


def test_a_sentence_and_its_mend_are_told_together_with_what_varies() -> None:
    told = refusal("fr", "There is no customer C-36. Check the code.")
    assert told == "Il n’y a pas de client C-36. Vérifiez le code."


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("The reason is missing. Say it in a few words.", "Il manque le motif. Dites-le en quelques mots."),
        ("12 is no VAT number.", "12 n’est pas un numéro de TVA."),
    ],
)
def test_a_sentence_is_whole_in_the_readers_language(told: str, expected: str) -> None:
    assert refusal("fr", told) == expected


def test_the_currencies_of_a_ledger_are_named() -> None:
    assert "EUR, GBP" in refusal("fr", str(SeveralCurrenciesError(["GBP", "EUR"])))


def test_what_nobody_translated_stays_as_it_is() -> None:
    assert refusal("fr", "The moon is blue. Check the code.") == "The moon is blue. Check the code."
    assert refusal("en", "There is no such task.") == "There is no such task."
