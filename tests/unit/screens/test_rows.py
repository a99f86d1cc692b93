"""Figures and dates as English and French readers write them."""

from __future__ import annotations

from datetime import date

import pytest

from ar_cockpit.state.display import rows

NBSP, MINUS = "\u00a0", "\u2212"
DAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("written", "english", "french"),
    [
        (lambda to: rows.money(123456789, "EUR", to), "€1,234,568", f"1{NBSP}234{NBSP}568{NBSP}€"),
        (lambda to: rows.money_cents(-41000, "EUR", to), f"{MINUS}€410.00", f"{MINUS}410,00{NBSP}€"),
        (lambda to: rows.money_cents(1234, "JPY", to), "JP¥1,234", f"1{NBSP}234{NBSP}JPY"),
        (lambda to: rows.money_cents(1234567, "TND", to), "TND1,234.567", f"1{NBSP}234,567{NBSP}TND"),
        (lambda to: rows.money_short(1042000000, "EUR", to), "€10.42M", f"10,42{NBSP}M{NBSP}€"),
        (lambda to: rows.amount(123456789, "EUR", to), "1,234,568", f"1{NBSP}234{NBSP}568"),
        (lambda to: rows.amount_cents(123456789, "EUR", to), "1,234,567.89", f"1{NBSP}234{NBSP}567,89"),
        (lambda to: rows.percent(0.339, to), "33.9%", f"33,9{NBSP}%"),
        (lambda to: rows.number(53.04, to, 1), "53.0", "53,0"),
        (lambda to: rows.day(DAY, to), "19 Nov 2026", "19 nov. 2026"),
        (lambda to: rows.weekday(DAY, to), "Thu 19 Nov", "jeu. 19 nov."),
        (lambda to: rows.weekday_year(DAY, to), "Thu 19 Nov 2026", "jeu. 19 nov. 2026"),
        (lambda to: rows.month(DAY, to), "Nov 2026", "nov. 2026"),
    ],
)
def test_a_figure_reads_as_its_reader_writes_it(written: object, english: str, french: str) -> None:
    assert callable(written)
    assert (written("en"), written("fr")) == (english, french)


def test_what_cannot_be_computed_is_a_dash_and_never_zero() -> None:
    figures = (rows.money(None, "EUR", "en"), rows.percent(None, "en"), rows.number(None, "fr"), rows.day(None, "fr"))
    assert set(figures) == {"—"}
    assert rows.amount(None, "EUR", "en") == "–"


def test_half_a_unit_is_rounded_to_the_even_one() -> None:
    assert [rows.amount(minor, "EUR", "en") for minor in (50, 150, 250)] == ["0", "2", "2"]


@pytest.mark.parametrize(("name", "letters"), [("Inès Caradec", "IC"), ("ada@x.example", "AX"), ("", "?")])
def test_an_avatar_shows_two_initials(name: str, letters: str) -> None:
    assert rows.initials(name) == letters
