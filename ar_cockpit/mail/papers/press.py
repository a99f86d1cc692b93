"""The press: a sheet of plain values to the bytes of a PDF, the same bytes for the same sheet and day.

The layout is ours; a sheet reaches it as JSON, so that nothing a customer is called can become markup. Only the fonts
inside typst are used, no file outside the layout's own folder can be read, and nothing is fetched.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

import typst

Sheet = Mapping[str, Any]
Pictures = Mapping[str, bytes]  # by the SHA-256 under which sheets name them
_NONE: Pictures = {}
_PRESS = threading.Lock()  # the compiler keeps caches of its own, and pages of several letters at once gain nothing


def printed(sheet: Sheet, on: date, pictures: Pictures = _NONE) -> bytes:
    """Return ``sheet`` as a PDF that says it was made on ``on``, with the ``pictures`` that it names."""
    return _printed([sheet], on, pictures)


def printed_together(sheets: list[Sheet], on: date, pictures: Pictures = _NONE) -> bytes:
    """Return several sheets as one PDF, each beginning on a page of its own with its own page numbers."""
    return _printed(sheets, on, pictures)


def printed_report(sheets: list[Sheet], on: date) -> bytes:
    """Return the sheets of one report or several as a PDF that says it was made on ``on``."""
    return _pressed("report.typ", {"sheets": json.dumps(sheets, ensure_ascii=False, sort_keys=True)}, on)


def _printed(sheets: list[Sheet], on: date, pictures: Pictures) -> bytes:
    told = {"sheets": json.dumps(sheets, ensure_ascii=False, sort_keys=True)}
    if pictures:
        told["pictures"] = json.dumps({key: list(content) for key, content in sorted(pictures.items())})
    return _pressed("paper.typ", told, on)


def _pressed(layout: str, told: dict[str, str], on: date) -> bytes:
    with _PRESS:
        compiled = _compiler(layout).compile(format="pdf", sys_inputs=told, timestamp=datetime.combine(on, time(), UTC))
    if not isinstance(compiled, bytes):
        raise TypeError("typst gave no single document")
    return compiled


@cache
def _compiler(layout: str) -> typst.Compiler:
    folder = files("ar_cockpit") / "mail" / "papers" / "layout"
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    # Its root holds nothing but the layout: a path in a text could lead nowhere else.
    return typst.Compiler(f"{folder}/{layout}", root=str(folder), font_paths=fonts, ignore_system_fonts=True)
