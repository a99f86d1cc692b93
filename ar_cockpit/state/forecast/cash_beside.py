"""What would come instead, and what came of the last quarter's forecast, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ar_cockpit.i18n import say
from ar_cockpit.state.display import rows

if TYPE_CHECKING:
    from ar_cockpit.services.figures.cash_ahead import CashAhead


@dataclass
class SupposedItem:
    """A week as forecast, and as it would be; ``kind`` is bad for less, ok for more."""

    day: str
    forecast: str
    supposed: str
    low: str
    high: str
    difference: str
    kind: str
    is_total: bool = False


@dataclass
class JudgedItem:
    """A past week as it was forecast, and what came."""

    day: str
    forecast: str
    band: str
    came: str
    off: str
    kind: str
    word: str


def supposed_items(shown: CashAhead, language: str) -> list[SupposedItem]:
    """Return the weeks under the supposition, with their sum."""
    currency = shown.outlook.currency
    items = [
        SupposedItem(
            rows.day(week.forecast.start, language),
            *(
                rows.amount(minor, currency, language)
                for minor in (
                    week.forecast.expected,
                    week.supposed.expected,
                    week.supposed.low,
                    week.supposed.high,
                )
            ),
            signed(week.difference, currency, language),
            _kind(week.difference),
        )
        for week in shown.supposed
    ]
    if not items:
        return []
    before, after = (sum(getattr(week, name).expected for week in shown.supposed) for name in ("forecast", "supposed"))
    total = SupposedItem(
        say(language, "ahead.sum"),
        rows.amount(before, currency, language),
        rows.amount(after, currency, language),
        "",
        "",
        signed(after - before, currency, language),
        _kind(after - before),
        is_total=True,
    )
    return [*items, total]


def supposed_summary(shown: CashAhead, language: str) -> str:
    """Return what the supposition changes, in a sentence."""
    if not shown.supposed:
        return ""
    currency = shown.outlook.currency
    before = sum(week.forecast.expected for week in shown.supposed)
    after = sum(week.supposed.expected for week in shown.supposed)
    worst = min(shown.supposed, key=lambda week: week.difference)
    told = say(
        language,
        "ahead.supposed.summary",
        before=rows.money(before, currency, language),
        after=rows.money(after, currency, language),
        difference=signed(after - before, currency, language),
    )
    if worst.difference >= 0:
        return told
    day, less = rows.day_short(worst.forecast.start, language), rows.money(-worst.difference, currency, language)
    return f"{told} {say(language, 'ahead.supposed.worst', day=day, less=less)}"


def judged_items(shown: CashAhead, language: str) -> list[JudgedItem]:
    """Return the weeks of the last quarter as they were forecast at its start, and what came."""
    currency = shown.outlook.currency
    items = []
    for week in shown.outlook.last_quarter:
        told, inside = week.forecast, week.forecast.low <= week.came <= week.forecast.high
        band = f"{rows.amount(told.low, currency, language)} – {rows.amount(told.high, currency, language)}"
        word = "inside" if inside else "above" if week.came > told.high else "below"
        items.append(
            JudgedItem(
                rows.day(told.start, language),
                rows.amount(told.expected, currency, language),
                band,
                rows.amount(week.came, currency, language),
                signed(week.came - told.expected, currency, language),
                "ok" if inside else "watch",
                say(language, f"ahead.judged.{word}"),
            )
        )
    return items


def signed(minor: int, currency: str, language: str) -> str:
    """Return a difference with its sign."""
    told = rows.amount(abs(minor), currency, language)
    if not minor or not any(digit in told for digit in "123456789"):
        return "0"
    return ("+" if minor > 0 else "\u2212") + told


def _kind(difference: int) -> str:
    return "bad" if difference < 0 else "ok" if difference > 0 else "t2"
