"""The pages that the server draws itself have the same dark tokens as the screens."""

from __future__ import annotations

import re
from pathlib import Path

ASSETS = Path(__file__).parents[3] / "assets"


def block(sheet: str, selector: str) -> list[str]:
    """Return the declarations of ``selector``, one each."""
    found = re.search(rf"{re.escape(selector)}\{{(.*?)\}}", (ASSETS / sheet).read_text(encoding="utf-8"), re.DOTALL)
    assert found, selector
    return [one.strip() for one in found[1].split(";") if one.strip()]


def test_a_dark_system_means_the_same_tokens_on_every_page() -> None:
    assert block("mailbox.css", ".system") == block("app.css", ".dark,.dark-theme")
