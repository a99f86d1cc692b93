"""The look of every chart: colours by name in a light and a dark theme, and numbers and days as readers write them.

Colours live in named styles, not in a specification: mark with ``style="past"``, ``"strong"``, ``"band80"``,
``"band50"``, ``"best"``, ``"today"`` (see ``_styles``), take ageing colours from the ``ordinal`` range and series
from the ``category`` range. The same specification then serves both themes, and paper.
"""

from __future__ import annotations

from typing import Any

FONT = '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif'
LIGHT = {
    "text": "#5C6069",
    "strong": "#1C2024",
    "grid": "#ECEDF0",
    "c1": "#3E63DD",
    "past": "#B9BBC6",
    "surface": "#FFFFFF",
    "band80": "#E1E9FF",
    "band50": "#C6D4FC",
    "ageing": ["#D0D8E5", "#EDBE62", "#E0943C", "#C9682B", "#9E3F1D", "#651E12"],
    "category": ["#3E63DD", "#D2798B", "#732673", "#98981B", "#910823"],
}
DARK = {
    "text": "#A3A8B0",
    "strong": "#EDEEF0",
    "grid": "#24262A",
    "c1": "#7C97F5",
    "past": "#5A6169",
    "surface": "#18191B",
    "band80": "#1D294B",
    "band50": "#30437F",
    "ageing": ["#3A4252", "#7A5526", "#B07430", "#DE8F45", "#F7B27A", "#FFDCC2"],
    "category": ["#7C97F5", "#F1D65C", "#D9577A", "#BDEFF0", "#A08226"],
}
_FRENCH_NUMBERS = {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", "\u00a0€"]}
_ENGLISH_NUMBERS = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""]}
_FRENCH_MONTHS = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
_FRENCH_DAYS = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"]


def config(palette: dict[str, Any], font: str = FONT) -> dict[str, Any]:
    """Return Vega's configuration of one theme."""
    words = {"labelColor": palette["text"], "titleColor": palette["text"], "labelFontSize": 10.5, "titleFontSize": 10.5}
    return {
        "background": "transparent",
        "font": font,
        "padding": {"left": 0, "right": 4, "top": 4, "bottom": 0},
        "view": {"stroke": None},
        "axis": words | {"titleFontWeight": 400, "domain": False, "ticks": False, "labelPadding": 5, "grid": False},
        "axisY": {"grid": True, "gridColor": palette["grid"], "tickCount": 4, "title": None},
        "legend": {"disable": True},
        "bar": {"color": palette["c1"], "cornerRadius": 0},
        "line": {"color": palette["c1"], "strokeWidth": 2.25, "strokeJoin": "round"},
        "area": {"color": palette["band80"], "line": False},
        "rule": {"color": palette["strong"], "strokeDash": [2, 3]},
        "text": {"color": palette["text"], "fontSize": 10.5},
        "point": {"filled": True, "size": 30, "color": palette["c1"]},
        "range": {"category": palette["category"], "ordinal": palette["ageing"]},
        "style": _styles(palette),
    }


def _styles(palette: dict[str, Any]) -> dict[str, Any]:
    """Return the named styles: a mark's ``style=`` picks one, whatever the theme."""
    return {
        # A mark's own default is set by its colour, so only a colour takes its place.
        "past": {"color": palette["past"]},
        "strong": {"color": palette["strong"], "fontWeight": 600},
        "accent": {"color": palette["c1"], "fontWeight": 600},
        "band80": {"color": palette["band80"]},
        "band50": {"color": palette["band50"]},
        "best": {"color": palette["past"], "strokeWidth": 1.75},
        "today": {"color": palette["strong"], "strokeDash": [2, 3]},
        "backcast": {"color": palette["strong"], "strokeWidth": 1.75, "strokeDash": [3, 2]},
        "stack": {"stroke": palette["surface"], "strokeWidth": 0.8},
    }


def _time_locale(months: list[str], days: list[str]) -> dict[str, Any]:
    return {
        "dateTime": "%A %e %B %Y %X",
        "date": "%d/%m/%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": days,
        "shortDays": [day[:3] + "." for day in days],
        "months": months,
        "shortMonths": months,
    }


def _english_time() -> dict[str, Any]:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    return _time_locale(months, days) | {"shortDays": [day[:3] for day in days]}


NUMBERS = {"en": _ENGLISH_NUMBERS, "fr": _FRENCH_NUMBERS}
DAYS = {"en": _english_time(), "fr": _time_locale(_FRENCH_MONTHS, _FRENCH_DAYS)}
