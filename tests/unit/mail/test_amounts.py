"""Amounts are written as the library writes them, only faster."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import example, given
from hypothesis import strategies as st

from ar_cockpit.domain.money import exponent
from ar_cockpit.mail.amounts import _shape, amount
from ar_cockpit.mail.texts import LANGUAGES, labels_of

LOCALES = sorted({labels_of(language).locale for language in LANGUAGES})
CURRENCIES = ["EUR", "USD", "GBP", "CHF", "JPY", "KWD", "TND", "SEK", "HUF", "ISK", "MGA", "XAF", "INR"]


@given(st.integers(-(10**18), 10**18), st.sampled_from(CURRENCIES), st.sampled_from([*LOCALES, "hi_IN", "de_CH", "pl"]))
@example(-100_000, "EUR", "es")
@example(123_456, "JPY", "fr_FR")
def test_an_amount_is_written_as_the_library_writes_it(minor: int, currency: str, locale: str) -> None:
    written = format_currency(Decimal(minor).scaleb(-exponent(currency)), currency, locale=locale)
    assert amount(minor, currency, locale) == written.replace("\u202f", "\u00a0")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_usual_currencies_are_written_without_the_library(locale: str) -> None:
    assert all(_shape(currency, locale) for currency in ("EUR", "USD", "GBP", "JPY"))
