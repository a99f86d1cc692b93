"""Charts as pictures: the page's very specification to SVG or PNG, in the light theme, for files and paper.

The converter is vega itself inside a library of its own; it is loaded with the first picture, and fetches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ar_cockpit.charts.theme import DAYS, LIGHT, NUMBERS, config

# Fonts that are there wherever it runs: one inside the converter, and the one inside the press.
_FONT, FONT_OF_PAPER = "Liberation Sans, Arial, sans-serif", "Libertinus Serif"
_WIDTH = 760
_EDGE = 14
_SCALE = 2.0  # pixels of a PNG for one of the chart's: sharp on a good screen
MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart to be drawn: its specification, what stands above it, and how wide it is in its own pixels."""

    specification: dict[str, Any]
    language: str
    title: str = ""
    about: Sequence[str] = ()
    width: int = _WIDTH
    on_paper: bool = False


def converted(picture: Picture, ending: str) -> bytes:
    """Return the picture as the bytes of an SVG or a PNG file."""
    return svg(picture).encode() if ending == "svg" else _png(picture)


def svg(picture: Picture) -> str:
    """Return the picture as SVG."""
    import vl_convert  # noqa: PLC0415 (forty megabytes, for who asks for a picture only)

    return vl_convert.vegalite_to_svg(_whole(picture), **_how(picture))


def _png(picture: Picture) -> bytes:
    import vl_convert  # noqa: PLC0415 (likewise)

    return vl_convert.vegalite_to_png(_whole(picture), scale=_SCALE, **_how(picture))


def _how(picture: Picture) -> dict[str, Any]:
    look = config(LIGHT, FONT_OF_PAPER if picture.on_paper else _FONT) | {
        "legend": _legend(3 if picture.on_paper else 6)
    }
    if not picture.on_paper:
        look["background"] = LIGHT["surface"]
    return {
        "config": look,
        "allowed_base_urls": [],  # data is inside; nothing is fetched, whatever a specification says
        "format_locale": NUMBERS[picture.language],
        "time_format_locale": DAYS[picture.language],
    }


def _legend(columns: int) -> dict[str, Any]:
    look = {"labelColor": LIGHT["text"], "labelFontSize": 10.5, "symbolType": "square", "columnPadding": 12}
    return look | {"columns": columns}


def _whole(picture: Picture) -> dict[str, Any]:
    """Return the specification at a width of its own, with its title; where its points lead means nothing in a file."""
    one = {key: value for key, value in picture.specification.items() if key != "usermeta"}
    one["width"] = picture.width
    padding = dict(one.get("padding") or {})
    if picture.title:
        one["title"] = {
            "text": picture.title,
            "subtitle": list(picture.about),
            "anchor": "start",
            "frame": "group",
            "offset": padding.get("top", 0),
            "color": LIGHT["strong"],
            "subtitleColor": LIGHT["text"],
            "fontSize": 14,
            "fontWeight": 600,
            "subtitleFontSize": 11,
        }
        edge = 0 if picture.on_paper else _EDGE
        padding |= {side: padding.get(side, 0) + edge for side in ("left", "right", "bottom")} | {"top": edge}
    one["padding"] = padding
    return one
