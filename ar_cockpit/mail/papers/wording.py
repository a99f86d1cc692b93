"""The words that are printed on papers, in each language, and figures as the reader writes them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from babel.numbers import format_percent

from ar_cockpit.mail.amounts import amount
from ar_cockpit.mail.days import day
from ar_cockpit.mail.texts import FALLBACK, LANGUAGES


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    told: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return a sentence with its ``values`` put in."""
        return self.told[key].format(**values)

    def amount(self, minor: int, currency: str) -> str:
        """Return an amount of money."""
        return amount(minor, currency, self.told["locale"])

    def day(self, on: date, style: str = "medium") -> str:
        """Return a date."""
        return day(on, self.told["locale"], style)

    def rate(self, percent: Decimal) -> str:
        """Return a rate of so many percent."""
        told = format_percent(percent / 100, locale=self.told["locale"], decimal_quantization=False)
        return told.replace("\u202f", "\u00a0")


@cache
def words_of(language: str) -> Words:
    """Return the words of ``language``, or the English ones where there are none."""
    known = language if language in LANGUAGES else FALLBACK
    text = (files("ar_cockpit") / "mail" / "papers" / "words" / f"{known}.toml").read_text(encoding="utf-8")
    return Words(tomllib.loads(text))
