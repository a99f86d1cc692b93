"""What of a customer's debt is expected soon: each open amount times its chance, exact, in one currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ar_cockpit.domain.figures.expected import Expected, expected_soon


@dataclass
class Document:
    """An open document as a forecast tells of it."""

    currency: str
    open_minor: int
    expected_on: date | None
    chance: int | None


def test_each_open_amount_counts_by_its_chance() -> None:
    documents = [
        Document("EUR", 100_00, date(2026, 4, 2), 90),
        Document("EUR", 50_01, date(2026, 6, 1), 10),
        Document("EUR", -20_00, date(2026, 4, 1), 50),  # a credit note brings no cash
        Document("USD", 70_00, date(2026, 9, 1), 100),
        Document("EUR", 30_00, None, None),  # billed since the night
    ]
    assert expected_soon(documents, "EUR") == Expected("EUR", 150_01, 95_00, date(2026, 6, 1))


def test_without_a_forecast_nothing_is_said() -> None:
    assert expected_soon([Document("EUR", 30_00, None, None)], "EUR") is None
    assert expected_soon([], "EUR") is None
