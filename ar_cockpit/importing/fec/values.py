"""Amounts, sides and dates of a FEC; equal cells are read once."""

from __future__ import annotations

import re
from datetime import date

from ar_cockpit.domain.money import MAX_MAJOR_UNITS
from ar_cockpit.importing.records import Reason
from ar_cockpit.importing.values.dates import DateOrder, read_date

EXPONENT = 2  # a FEC is kept in euros
_REMEMBERED = 200_000
_BLANKS = str.maketrans("", "", " \t'\u00a0\u2009\u202f\u2019")
_NUMBER = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?([+-]?)", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3}){2,}[+-]?", re.ASCII)
_DEBIT, _CREDIT = {"d", "debit", "débit", "+", "+1", "1"}, {"c", "credit", "crédit", "-", "-1"}


class Amounts(dict[str, int | Reason]):
    """Cells as cents; an empty one is nothing. The last mark is the decimal one: a FEC has no thousands."""

    def __missing__(self, text: str) -> int | Reason:
        read = _amount(text)
        if len(self) < _REMEMBERED:
            self[text] = read
        return read


def _amount(text: str) -> int | Reason:
    bare = text.translate(_BLANKS)
    if not bare:
        return 0
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", "")
    mark = max(bare.rfind("."), bare.rfind(","))
    if mark >= 0:
        bare = bare[:mark].replace(".", "").replace(",", "") + "." + bare[mark + 1 :]
    found = _NUMBER.fullmatch(bare)
    if not found or not (found[2] or found[3]) or (found[1] and found[4]):
        return Reason("Not a number")
    cents = (found[3] or "")[:EXPONENT].ljust(EXPONENT, "0")
    if (found[3] or "")[EXPONENT:].strip("0"):
        return Reason(f"More decimals than EUR has ({EXPONENT})")
    minor = int((found[2] or "0") + cents)
    if minor > MAX_MAJOR_UNITS * 10**EXPONENT:
        return Reason(f"More than {MAX_MAJOR_UNITS:,}".replace(",", " "))
    return -minor if "-" in (found[1], found[4]) else minor


def side(text: str) -> int | Reason:
    """Return 1 for a debit and -1 for a credit, or why it is neither."""
    word = text.strip().lower()
    if word in _DEBIT:
        return 1
    return -1 if word in _CREDIT else Reason("Neither D nor C, +1 nor -1")


class Dates(dict[str, date | Reason | None]):
    """Cells as days: AAAAMMJJ, or the day first; an empty one is none."""

    def __missing__(self, text: str) -> date | Reason | None:
        read = read_date(text, DateOrder.DAY_FIRST) if text else None
        if len(self) < _REMEMBERED:
            self[text] = read
        return read
