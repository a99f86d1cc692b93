"""A note names colleagues by the first part of their address, or the whole of it."""

from __future__ import annotations

import pytest

from ar_cockpit.domain.customers.mentions import handles_of, mentioned

INES, HUGO = "ines.caradec@velmora.example", "hugo@velmora.example"
HANDLES = handles_of([INES, HUGO])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("@ines.caradec please call", [INES], id="by the first part"),
        pytest.param("ask @hugo, then @INES.caradec.", [HUGO, INES], id="in the order of the text, any capitals"),
        pytest.param("@hugo and @hugo again", [HUGO], id="each once"),
        pytest.param(f"@{HUGO}: look", [HUGO], id="by the whole address"),
        pytest.param(f"wrote to {HUGO}", [], id="an address in the text is no mention"),
        pytest.param("@nobody @", [], id="a word that nobody is called"),
        pytest.param("", [], id="no text"),
    ],
)
def test_whom_a_note_names(text: str, expected: list[str]) -> None:
    assert mentioned(text, HANDLES) == expected


def test_two_who_share_a_first_part_are_called_by_their_whole_address() -> None:
    handles = handles_of(["ann@a.example", "ann@b.example"])
    assert handles == {"ann@a.example": "ann@a.example", "ann@b.example": "ann@b.example"}
    assert mentioned("@ann knows, @ann@b.example too", handles) == ["ann@b.example"]
