"""Figures and dates as the reader writes them: formatted once, on the server, never in the browser."""

from __future__ import annotations

from datetime import date

from ar_cockpit.i18n.shown import (
    NOT_AVAILABLE,
    NOTHING,
    amount,
    amount_cents,
    day,
    day_short,
    figure,
    money,
    money_cents,
    money_short,
    month,
    month_name,
    month_short,
    number,
    percent,
    rate,
    symbol,
    weekday,
    weekday_year,
)

__all__ = [
    "NOTHING",
    "NOT_AVAILABLE",
    "amount",
    "amount_cents",
    "day",
    "day_short",
    "expected",
    "figure",
    "initials",
    "money",
    "money_cents",
    "money_short",
    "month",
    "month_name",
    "month_short",
    "number",
    "percent",
    "rate",
    "symbol",
    "weekday",
    "weekday_year",
]


def initials(name: str) -> str:
    """Return at most two capitals for an avatar: ``Inès Caradec`` gives ``IC``."""
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def expected(on: date | None, chance: int | None, language: str) -> str:
    """Return the day by which a document is expected, with the chance in percent: ``9 Dec (84%)``; empty without."""
    if on is None or chance is None:
        return ""
    return f"{day_short(on, language)} ({percent(chance / 100, language, 0)})"
