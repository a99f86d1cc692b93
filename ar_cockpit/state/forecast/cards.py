"""Model cards ready to draw: a company's own ledger, and the known ones that every release is measured on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ar_cockpit.i18n import say
from ar_cockpit.state.display import rows

if TYPE_CHECKING:
    from ar_cockpit.domain.forecast.backtest import Errors
    from ar_cockpit.services.figures.forecast_card import LedgerCard
    from ar_cockpit.services.figures.published_card import PublishedCard

_METHODS = ("forecast", "lightgbm", "customer_mean", "customer_median", "global_median", "due_date")
_DAYS = ("mae_at_issue", "mae_open")
_THOUSANDTHS = ("auc_late", "brier_late")
_SHARES = ("wape_4", "wape_8", "wape_13", "total_28", "interval_coverage", "band_coverage", "band_width")


@dataclass
class ErrorItem:
    """One figure of the card, for the forecast and for what is held beside it; empty where that was not measured."""

    name: str
    forecast: str
    lightgbm: str
    customer_mean: str
    customer_median: str
    global_median: str
    due_date: str


@dataclass
class BinItem:
    """Invoices that were given about the same chance of being late."""

    chance: str
    came: str
    invoices: str


@dataclass
class CardItem:
    """The card of one ledger."""

    title: str
    measured: str
    errors: list[ErrorItem]
    late: list[BinItem]
    plot: dict[str, Any]  # the same as a chart
    plot_label: str


def days_told(value: float | None, language: str) -> str:
    """Return days of which tenths count."""
    return rows.number(value, language, 1)


def company_card(one: LedgerCard, language: str) -> CardItem:
    """Return the card of a company's own ledger."""
    return _card(one, f"{say(language, 'forecast.card')} {one.company}", "", language)


def published_card(one: PublishedCard, language: str) -> CardItem:
    """Return the card of a known ledger."""
    size = say(
        language,
        "forecast.published.size",
        customers=rows.number(one.customers, language),
        invoices=rows.number(one.invoices, language),
    )
    title = say(language, f"forecast.published.{one.key}")
    return _card(replace(one.card, company=title), title, f"{size} ", language)


def _card(one: LedgerCard, title: str, before: str, language: str) -> CardItem:
    measured = before + say(
        language,
        "forecast.measured",
        origins=len(one.origins),
        first=rows.day(one.origins[0], language),
        last=rows.day(one.origins[-1], language),
        issued=rows.number(one.at_issue, language),
        open=rows.number(one.open_on_origin, language),
    )
    late = [
        BinItem(
            rows.percent(bin_.chance, language, 0),
            rows.percent(bin_.came, language, 0),
            rows.number(bin_.invoices, language),
        )
        for bin_ in one.late
    ]
    label = say(language, "forecast.late.plot", company=one.company)
    errors = [_error(one.methods, name, language) for name in (*_DAYS, *_THOUSANDTHS, *_SHARES)]
    return CardItem(title, measured, errors, late, _plot(one, late, language), label)


def _plot(one: LedgerCard, late: list[BinItem], language: str) -> dict[str, Any]:
    """Return the chart of chances given and kept; nothing without any."""
    from ar_cockpit.charts.axes import plain  # noqa: PLC0415 (slow to load: with the first use)
    from ar_cockpit.charts.calibration import Spot, calibration_chart  # noqa: PLC0415

    told = [
        say(language, "forecast.late.told", chance=item.chance, came=item.came, invoices=item.invoices) for item in late
    ]
    spots = [Spot(bin_.chance, bin_.came, bin_.invoices, words) for bin_, words in zip(one.late, told, strict=True)]
    names = (say(language, "forecast.late.chance"), say(language, "forecast.late.came"))
    return plain(calibration_chart(spots, *names)) if spots else {}


def _error(methods: dict[str, Errors], name: str, language: str) -> ErrorItem:
    def told(method: str) -> str:
        value = getattr(methods[method], name) if method in methods else None
        if value is None:
            return rows.NOTHING if method in methods else ""
        if name in _DAYS:
            return days_told(value, language)
        return rows.percent(value, language) if name in _SHARES else rows.number(value, language, 3)

    return ErrorItem(say(language, f"forecast.error.{name}"), *(told(method) for method in _METHODS))
