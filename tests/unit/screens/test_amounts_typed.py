"""Amounts as people type them; what could mean two things is asked back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ar_cockpit.domain.errors import InputError
from ar_cockpit.state.display.amounts import read_amount


@pytest.mark.parametrize(
    ("typed", "language", "expected"),
    [
        ("1234.50", "en", "1234.50"),
        ("1 234,50", "fr", "1234.50"),
        ("1\u202f234,5", "fr", "1234.5"),
        ("1,234.50", "en", "1234.50"),
        ("1.234,50", "fr", "1234.50"),
        ("1.234.567", "fr", "1234567"),
        ("95,000", "en", "95000"),
        ("€ 95000", "fr", "95000"),
        ("-5", "en", "-5"),
    ],
)
def test_what_was_typed(typed: str, language: str, expected: str) -> None:
    assert read_amount(typed, language) == Decimal(expected)


@pytest.mark.parametrize(
    ("typed", "language"),
    [("95,000", "fr"), ("95.000", "en"), ("", "en"), ("NaN", "en"), ("1e9", "en"), ("1,2,3", "en")],
)
def test_what_is_asked_back(typed: str, language: str) -> None:
    with pytest.raises(InputError):
        read_amount(typed, language)
