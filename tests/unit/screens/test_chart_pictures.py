"""A chart as a picture: the page's very specification, in the light theme, with its title, and nothing fetched."""

from __future__ import annotations

import re

import pytest

from ar_cockpit.charts.axes import plain
from ar_cockpit.charts.cash import ComingWeek, cash_chart
from ar_cockpit.charts.converter import FONT_OF_PAPER, Picture, converted, svg
from ar_cockpit.charts.theme import LIGHT


def a_picture(**more: object) -> Picture:
    weeks = [ComingWeek(f"W{n}", 1200.5 + n, 900, 1500, 1100, 1300, "") for n in range(4)]
    return Picture(plain(cash_chart([], weeks, "today")), "fr", "Encaissements", ["k€"], **more)


def test_a_picture_has_its_words_its_numbers_and_the_light_theme() -> None:
    drawn = svg(a_picture())
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert {"Encaissements", "k€", "today", "1\u00a0000"} <= set(texts)
    assert LIGHT["c1"] in drawn
    assert FONT_OF_PAPER in svg(a_picture(on_paper=True))
    assert converted(a_picture(), "png").startswith(b"\x89PNG")


def test_nothing_is_fetched_whatever_a_specification_says() -> None:
    address = "http://127.0.0.1:9/rows.json"
    outside = {"data": {"url": address}, "mark": "point", "encoding": {"x": {"field": "a", "type": "quantitative"}}}
    with pytest.raises(ValueError, match="rl"):
        svg(Picture(outside, "en"))
