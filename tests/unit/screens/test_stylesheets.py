"""What stylesheets say twice agrees: dark tokens of pages that the server draws, colours of charts on paper."""

from __future__ import annotations

import re
from pathlib import Path

from ar_cockpit.charts.theme import DARK, LIGHT

ASSETS = Path(__file__).parents[3] / "assets"


def block(sheet: str, selector: str) -> list[str]:
    """Return the declarations of ``selector``, one each."""
    found = re.search(rf"{re.escape(selector)}\{{(.*?)\}}", (ASSETS / sheet).read_text(encoding="utf-8"), re.DOTALL)
    assert found, selector
    return [one.strip() for one in found[1].split(";") if one.strip()]


def test_a_dark_system_means_the_same_tokens_on_every_page() -> None:
    assert block("mailbox.css", ".system") == block("app.css", ".dark,.dark-theme")


def test_on_paper_every_colour_of_a_dark_chart_is_that_of_a_light_one() -> None:
    paper = (ASSETS / "print.css").read_text(encoding="utf-8")
    dark, light = ([*theme.values()] for theme in (DARK, LIGHT))
    pairs = {
        (one, other)
        for before, after in zip(dark, light, strict=True)
        for one, other in (zip(before, after, strict=True) if isinstance(before, list) else [(before, after)])
    }
    rules = (f'.chart svg [{kind}="{one}" i]{{{kind}:{other}}}' for one, other in pairs for kind in ("fill", "stroke"))
    assert [rule for rule in rules if rule not in paper] == []
