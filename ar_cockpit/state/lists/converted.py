"""Lists of several currencies: each row in its own, their sums in each and in one."""

from __future__ import annotations

from ar_cockpit.services.lists.records import Converted
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.rates import missing_told, rates_listed, rates_told


def parts_told(converted: Converted | None, currency: str, language: str) -> tuple[str, str]:
    """Return the currency of every row, if there is one, and what the converted sum is made of."""
    if converted is None or set(converted.open_by_currency) <= {currency}:
        return currency, ""
    if converted.missing:
        return "", missing_told(converted.missing, language)
    parts = ", ".join(
        rows.money_cents(minor, code, language) for code, minor in sorted(converted.open_by_currency.items())
    )
    return "", f"{parts} ({rates_listed(converted.rates, language)}). {rates_told(converted.rates, language)}"


def amount_of(minor: int | None, currency: str, head_currency: str, language: str) -> str:
    """Return a row's amount, with its currency unless the column's head names it."""
    if head_currency or minor is None:
        return rows.amount_cents(minor, currency, language)
    return rows.money_cents(minor, currency, language)
