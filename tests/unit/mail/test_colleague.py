"""Mails to our own people have one frame: both parts tell the same, and what somebody typed is never markup."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ar_cockpit.mail.compose import Composed
from ar_cockpit.mail.digest import Coming, Owed, compose_digest
from ar_cockpit.mail.mention import Named, compose_mention

OWED = Owed("F-1 <b>", date(2026, 10, 1), 1_234_56, "EUR")
COMING = Coming("Maison <i>", "Velmora", "firm", "email", date(2026, 11, 30), [OWED], "https://x.example/pause/abc")
NOTE = Named("Inès", "Atelys & Cie", date(2026, 11, 1), "look at\n<script>this</script>")


def digest(language: str) -> Composed:
    return compose_digest("Hugo", language, [COMING], "https://x.example/sales/")


def mention(language: str) -> Composed:
    return compose_mention("Hugo", language, [NOTE], "https://x.example/inbox/")


@pytest.mark.parametrize(
    ("mail", "told"),
    [
        pytest.param(digest, ("Maison <i>", "F-1 <b>", "1,234.56", "https://x.example/pause/abc"), id="digest"),
        pytest.param(mention, ("Atelys & Cie", "<script>this</script>", "https://x.example/inbox/"), id="mention"),
    ],
)
def test_both_parts_tell_the_same_and_nothing_is_markup(mail: Callable[[str], Composed], told: tuple[str, ...]) -> None:
    composed = mail("en")
    for words in told:
        assert words in composed.text
        assert words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in composed.html
    assert "{{" not in composed.html + composed.text
    assert "{%" not in composed.html + composed.text


def test_it_speaks_the_reader_s_language_and_lets_nothing_be_fetched() -> None:
    french = digest("fr")
    assert french.text.startswith("Bonjour Hugo,\n\n")
    assert 'lang="fr"' in french.html
    assert "src=" not in french.html
