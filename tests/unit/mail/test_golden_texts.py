"""Every shipped message reads as reviewed: the whole text part and what is seen of the HTML part, in six languages.

``python -m tests.golden_texts`` writes the files anew after a deliberate change; the difference is then read.
"""

from __future__ import annotations

import re

import pytest

from ar_cockpit.mail.texts import LANGUAGES, shipped_words
from tests.golden_texts import FOLDER, TEMPLATES, written

NO_BREAK = "\u00a0"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_reads_as_reviewed(language: str) -> None:
    assert written(language) == (FOLDER / f"{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("template", TEMPLATES)
def test_french_signs_that_stand_apart_are_never_torn_off(template: str) -> None:
    words = shipped_words(template, "fr")
    prose = re.sub(r"{[{%].*?[%}]}", "x", f"{words.subject}\n{words.before}\n{words.after}")
    assert re.findall(rf"[^{NO_BREAK}][:;?!»]|«[^{NO_BREAK}]", prose) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_apostrophes_and_quotes_are_those_of_print(template: str, language: str) -> None:
    words = shipped_words(template, language)
    prose = re.sub(r"{[{%].*?[%}]}", "x", f"{words.subject}\n{words.before}\n{words.after}")
    assert re.findall(r"['\"]| {2}|\.\.\.", prose) == []
