"""A report as a sheet for the press: its table, with its charts or its first amounts as bars. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_ROWS = 1000
_MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """A column as printed; ``is_wide`` takes the room that is left."""

    label: str
    is_number: bool
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """A report in the reader's words; ``bars`` are (label, value, value in words) of its first amounts."""

    language: str
    title: str
    about: str
    foot: str
    page: str  # with {page} and {pages}
    columns: Sequence[PrintedColumn]
    rows: Sequence[Sequence[str]]
    sums: Sequence[str]
    bars_title: str
    bars: Sequence[tuple[str, float, str]]
    empty: str
    note: str = ""


def report_sheet(report: PrintedReport, charts: Sequence[str] = ()) -> dict[str, Any]:
    """Return the sheet with its ``charts`` (SVG), or with bars where it has none.

    Bars are as long as their amount beside the largest, those below nil in another colour.
    """
    bars = [] if charts else report.bars[:_MOST_BARS]
    largest = max((abs(value) for _, value, _ in bars), default=0)
    return {
        "language": report.language,
        "title": report.title,
        "about": report.about,
        "foot": report.foot,
        "page": report.page,
        "columns": [{"label": one.label, "number": one.is_number, "wide": one.is_wide} for one in report.columns],
        "rows": [list(row) for row in report.rows],
        "sums": list(report.sums),
        "charts": list(charts),
        "bars_title": report.bars_title,
        "bars": [
            {"label": label, "width": round(100 * abs(value) / largest, 2), "below": value < 0, "told": told}
            for label, value, told in bars
            if largest
        ],
        "empty": report.empty,
        "note": report.note,
    }
