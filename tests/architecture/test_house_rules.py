"""Rules of the house that a machine can check: files stay readable, money stays exact, docs name what exists."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import Float, Numeric

from ar_cockpit.cli import SUBJECTS
from ar_cockpit.db import tables
from ar_cockpit.db.metadata import metadata
from ar_cockpit.settings import Settings

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ar_cockpit"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_web" not in path.parts)
LINES_OF_A_MODULE = 300
LINES_OF_A_FUNCTION = 45


def module_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_column_holds_money_as_a_float_or_a_decimal() -> None:
    assert tables.__all__
    inexact = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, (Float, Numeric))
    ]
    assert inexact == []


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LINES_OF_A_MODULE
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not lines or ast.get_docstring(tree), "a module says what it is for"
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno
        and node.end_lineno - node.lineno + 1 > LINES_OF_A_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_no_module_is_named_after_nothing(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "base", "manager", "misc"}


def test_every_setting_is_documented() -> None:
    told = set(re.findall(r"AR_[A-Z_]+", (ROOT / "docs/settings.md").read_text(encoding="utf-8")))
    assert {f"AR_{field.name.upper()}" for field in fields(Settings)} <= told


def test_every_command_is_documented() -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert [name for name in SUBJECTS if f"ar-cockpit {name}" not in told] == []


def test_every_file_that_the_documents_name_is_there() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    named = re.compile(r"`((?:ar_cockpit|tests|alembic|docs)/[a-zA-Z0-9_/.-]+\.(?:py|md|toml))")
    gone = [
        f"{page.name}: {name}"
        for page in pages
        for name in named.findall(page.read_text())
        if "NAME" not in name and not (ROOT / name).exists()
    ]
    assert gone == []


def test_only_the_settings_module_reads_the_environment() -> None:
    # Not settings of ours: what Reflex and the child processes are told through the environment.
    allowed = {"settings.py", "processes.py", "serve.py", "front.py", "web_build.py", "cli/__init__.py"}
    readers = [
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if re.search(r"os\.environ|os\.getenv", path.read_text(encoding="utf-8"))
        and str(path.relative_to(PACKAGE)) not in allowed
    ]
    assert readers == []
