"""What services refuse reaches the reader in the reader's language, with the mend."""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from sqlmodel import Session

from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError, SeveralCurrenciesError
from ar_cockpit.i18n import DEFAULT_LANGUAGE, LANGUAGES
from ar_cockpit.i18n.refusals import is_known, refusal, refused
from ar_cockpit.services import reach
from ar_cockpit.services.sending.cancelled import SENTENCES

PACKAGE = Path(__file__).parents[3] / "ar_cockpit"
# Told by a code or a list of problems, each with words of its own in the catalogue.
TOLD_BY_CODE = {"NotAPdfError", "TooLargeError", "PolicyError", "BrandError", "WordingError", "CancelledError"}
HEARD_ON_SCREEN = ("api/downloads", "db", "domain", "importing", "services", "state")
# What only the command line and programs ask for, and what who writes a policy or a mapping file reads in English.
ELSEWHERE = (
    "db/migrate.py",
    "db/moving/",
    "db/session.py",
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


def refusals() -> set[str]:
    """Return the names of every error that is a refusal, whoever made it."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in PACKAGE.rglob("*.py") if "_web" not in file.parts]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = {"CockpitError"}
    while (
        more := {
            one.name for one in classes if any(isinstance(base, ast.Name) and base.id in found for base in one.bases)
        }
        - found
    ):
        found |= more
    return found - TOLD_BY_CODE


def named(nodes: list[ast.stmt]) -> dict[str, ast.expr]:
    """Return what simple assignments say."""
    assigned = [node for node in nodes if isinstance(node, ast.Assign)]
    return {one.targets[0].id: one.value for one in assigned if isinstance(one.targets[0], ast.Name)}


@cache
def said() -> list[tuple[str, str]]:
    """Return every refusal that a screen may have to tell: its sentence and its mend, which may be empty."""
    found: set[tuple[str, str]] = set()
    names = refusals()
    for file in (file for folder in HEARD_ON_SCREEN for file in (PACKAGE / folder).rglob("*.py")):
        if str(file.relative_to(PACKAGE)).startswith(ELSEWHERE):
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for within in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
            constants = named(tree.body) | named([node for node in ast.walk(within) if isinstance(node, ast.Assign)])
            for node in ast.walk(within):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                    told = [readings(argument, constants) or [""] for argument in node.args[:2]]
                    found.update(product(told[0], told[1] if len(told) > 1 else [""]) if told else ())
    return sorted(found - {("5: 5", "")})


def sentences() -> list[str]:
    """Return every sentence and mend of the refusals that a screen may have to tell."""
    return sorted({text for pair in said() for text in pair if text})


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


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("varies", ["5", "", "St. Gobain", "two\nlines"])
def test_a_sentence_never_takes_its_mend_along_untranslated(varies: str, language: str) -> None:
    wrong = []
    for sentence, mend in said():
        if not (sentence and mend):
            continue
        told = re.sub(r"\b5\b", varies, sentence)
        shown = [refused(language, InputError(told, mend))]
        if sentence.endswith("."):  # kept as one text, as with the imports of a night
            shown.append(refusal(language, f"{told} {mend}"))
        wrong += [one for one in shown if not one.endswith(refusal(language, mend))]
    assert wrong == []


def test_a_customer_that_is_not_named_is_told_so_in_whole_words() -> None:
    with pytest.raises(NotFoundError) as refused:
        reach.customer_coded(Session(), Actor.local_operator(), Permission.VIEW_CUSTOMERS, " ")
    assert refusal("fr", str(refused.value)) == "Aucun client n’est indiqué. Donnez le code du client."


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


def test_many_sentences_of_which_one_is_unknown_are_looked_up_once_each() -> None:
    many = " ".join(["Check the code."] * 40)
    assert refusal("fr", many) == " ".join(["Vérifiez le code."] * 40)
    assert refusal("fr", f"The moon is blue. {many} The moon is blue.").startswith("The moon is blue. Check")
