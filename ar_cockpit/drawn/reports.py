"""The charts of reports on paper, made of their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from ar_cockpit.charts.ageing import AgeingBar, ageing_chart
from ar_cockpit.charts.axes import plain, scale_of
from ar_cockpit.charts.cash import ComingWeek, cash_chart
from ar_cockpit.charts.converter import Picture, svg
from ar_cockpit.charts.dso import DsoPoint, DsoWords, dso_chart
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.reports.definition import Row, Table
from ar_cockpit.i18n import say
from ar_cockpit.i18n import shown as rows

_HALF, _WHOLE = 430, 900  # how wide two beside each other are, and one alone
_LEAST = 2  # rows: a line needs two points


def report_charts(source: str, found: Table, language: str) -> list[str]:
    """Return the charts of a report as SVG; none where its rows are not those of a chart, or of several currencies."""
    make = _CHARTS.get(source)
    currencies = {str(row.get("currency") or "") for row in found.rows}
    if make is None or len(found.rows) < _LEAST or len(currencies) != 1:
        return []
    return [svg(one) for one in make(found.rows, currencies.pop(), language)]


def _month_ends(found: Sequence[Row], currency: str, language: str) -> list[Picture]:
    days = sorted((row for row in found if "day" in row), key=lambda row: row["day"])
    if len(days) < _LEAST or "age_not_due" not in days[0]:
        return []  # grouped: no days any more
    return [_ageing(days, currency, language), _dso(days, language)]


def _ageing(days: Sequence[Row], currency: str, language: str) -> Picture:
    unit, size = scale_of(max(row["receivables"] or 0 for row in days), exponent(currency))
    bars = [
        AgeingBar(
            _label(row["day"], days[-1]["day"], language),
            {key: (row[f"age_{key}"] or 0) / size for key in BUCKET_KEYS},
            dict.fromkeys(BUCKET_KEYS, ""),
            "" if row["overdue_share"] is None else rows.number(100 * row["overdue_share"], language),
        )
        for row in days
    ]
    names = {key: say(language, f"shell.ageing.{key}") for key in BUCKET_KEYS}
    about = say(language, f"executive.in_{unit}", symbol=rows.symbol(currency, language))
    about = f"{about}, {say(language, 'executive.ageing.note')}"
    spec = plain(ageing_chart(bars, names, with_legend=True))
    return _picture(spec, language, say(language, "executive.ageing"), about, _HALF)


def _dso(days: Sequence[Row], language: str) -> Picture:
    points = [
        DsoPoint(_label(row["day"], days[-1]["day"], language), row["dso_countback"], row["best_possible_dso"], "")
        for row in days
    ]
    now, best = (rows.number(days[-1][key], language, 1) for key in ("dso_countback", "best_possible_dso"))
    words = DsoWords(
        say(language, "executive.dso.end", number=now),
        say(language, "executive.dso.best_end", number=best),
        "",
        say(language, "executive.dso.between"),
    )
    title, about = say(language, "executive.dso.title"), say(language, "executive.dso.note")
    return _picture(plain(dso_chart(points, words)), language, title, about, _HALF)


def _cash_weeks(found: Sequence[Row], currency: str, language: str) -> list[Picture]:
    weeks = sorted((row for row in found if "low_half" in row), key=lambda row: row["week"])
    if len(weeks) < _LEAST:
        return []
    unit, size = scale_of(max(row["high"] for row in weeks), exponent(currency))
    keys = ("expected", "low", "high", "low_half", "high_half")
    coming = [
        ComingWeek(label=rows.day_short(row["week"], language), told="", **{key: row[key] / size for key in keys})
        for row in weeks
    ]
    about = say(language, f"executive.in_{unit}", symbol=rows.symbol(currency, language))
    about = f"{about}. {say(language, 'executive.legend.band.note')}"
    spec = plain(cash_chart([], coming, say(language, "executive.today")))
    return [_picture(spec, language, say(language, "executive.cash"), about, _WHOLE)]


def _picture(spec: dict[str, Any], language: str, title: str, about: str, width: int) -> Picture:
    return Picture(spec, language, title, [about], width, on_paper=True)


def _label(day: date, last: date, language: str) -> str:
    return rows.day_short(day, language) if day == last else rows.month_short(day, language)


_CHARTS: dict[str, Callable[[Sequence[Row], str, str], list[Picture]]] = {
    "month_ends": _month_ends,
    "cash_weeks": _cash_weeks,
}
