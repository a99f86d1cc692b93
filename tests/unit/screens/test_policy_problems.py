"""What is wrong with a policy is told in the reader's language: every sentence of the reader has its translation."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ar_cockpit.i18n import DEFAULT_LANGUAGE, LANGUAGES
from ar_cockpit.i18n.refusals import is_known
from tests.unit.screens.test_refusals import PACKAGE, readings

TOLD_BY = {"add", "Problem", "choose"}  # Reading.add(path, said, mend), Problem(line, said, mend)


def sentences() -> list[str]:
    """Return what the modules that read policies say, with 5 in the place of what varies."""
    found: set[str] = set()
    for file in (PACKAGE / "domain/policy").glob("*.py"):
        found |= _said_in(file)
    return sorted(found)


def _said_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assigned = [
        node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.JoinedStr)
    ]
    constants = {one.targets[0].id: one.value for one in assigned if isinstance(one.targets[0], ast.Name)}
    said: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in TOLD_BY:
            said.update(text for argument in node.args[1:3] for text in readings(argument, constants))
    # Why a segment can never match is found elsewhere, in two sentences of their own.
    return {text.replace("match: 5", "match: its conditions exclude each other") for text in said if " " in text}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != DEFAULT_LANGUAGE])
def test_every_problem_of_a_policy_is_translated(language: str) -> None:
    known = sentences()
    assert "the cadence has no step." in known
    assert [one for one in known if not is_known(language, one)] == []
