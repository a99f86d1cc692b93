"""Every sentence of the screens exists in every language, is used somewhere, and takes the same values."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale

from ar_cockpit.i18n import LANGUAGES, catalogue, locale_of, preferred_language

PACKAGE = Path(__file__).parents[3] / "ar_cockpit"
SPEAKERS = {"t", "say", "_say", "count", "_count"}
KEY = re.compile(r"[a-z_]+(\.[a-zA-Z0-9_-]+)+")
SUBJECTS = {key.split(".")[0] for key in catalogue("en")}
PLURAL_FORMS = {"zero", "one", "two", "few", "many", "other"}


@cache
def literals() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return every text of the code, the first arguments of the speaking functions, and beginnings of f-strings."""
    texts: set[str] = set()
    spoken: set[str] = set()
    beginnings: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        if "_web" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
            if isinstance(node, ast.Call) and _name(node.func) in SPEAKERS:
                spoken |= {arg.value for arg in node.args if isinstance(arg, ast.Constant) and _is_key(arg.value)}
    for template in (PACKAGE / "api" / "templates").glob("*.html"):
        spoken |= {key for key in re.findall(r'say\("([^"]+)"', template.read_text()) if _is_key(key)}
    return frozenset(texts | spoken), frozenset(spoken), frozenset(beginnings)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_key(value: object) -> bool:
    return isinstance(value, str) and KEY.fullmatch(value) is not None and value.split(".")[0] in SUBJECTS


def without_plural(key: str) -> str:
    """Return the key as the code names it, without the plural form."""
    stem, _, form = key.rpartition(".")
    return stem if form in PLURAL_FORMS and f"{stem}.one" in catalogue("en") else key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    plain = {without_plural(key) for key in catalogue(language)}
    assert plain == {without_plural(key) for key in catalogue("en")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counted_sentence_has_every_plural_form_of_its_language(language: str) -> None:
    forms = Locale.parse(str(locale_of(language))).plural_form.tags | {"other"}
    counted = {without_plural(key) for key in catalogue("en") if without_plural(key) != key}
    missing = [f"{key}.{form}" for key in counted for form in forms if f"{key}.{form}" not in catalogue(language)]
    # French and Spanish count millions apart; nothing here is counted in millions.
    assert [key for key in missing if not key.endswith(".many")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_and_all_take_the_same_values(language: str) -> None:
    for key, text in catalogue(language).items():
        assert text.strip(), key
        assert fields(text) == fields(catalogue("en").get(key, text)), key


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_key_the_code_names_exists() -> None:
    _, spoken, _ = literals()
    known = set(catalogue("en")) | {without_plural(key) for key in catalogue("en")}
    assert sorted(spoken - known) == []


def test_no_key_is_unused() -> None:
    texts, _, beginnings = literals()
    made = tuple(beginning for beginning in beginnings if "." in beginning and beginning.split(".")[0] in SUBJECTS)
    unused = [key for key in catalogue("en") if not {key, without_plural(key)} & texts and not key.startswith(made)]
    assert sorted(unused) == []


def test_the_first_known_language_a_browser_accepts_is_spoken() -> None:
    assert preferred_language("de-DE,fr-FR;q=0.8,en;q=0.5") == "fr"
    assert preferred_language("") == "en"
