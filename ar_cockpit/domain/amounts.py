"""Amounts as people type them: ``1 234,50``, ``1,234.50`` or ``1234.5``."""

from __future__ import annotations

import re
from decimal import Decimal

from ar_cockpit.domain.errors import InputError

_PLAIN = re.compile(r"-?\d+([.,]\d{1,3})?")
_GROUPED = re.compile(r"-?\d{1,3}(([,.])\d{3})(\2\d{3})*([.,]\d{1,3})?")


def read_amount(written: object, language: str = "") -> Decimal:
    """Return what was typed; raise ``InputError`` for what could mean two things or is no amount.

    ``95,000`` is ninety-five thousand to an English reader; elsewhere it may be ninety-five.
    """
    text = "".join(str(written).split()).replace("\u2212", "-").strip("€$£")
    if language == "en" and re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", text):
        return Decimal(text.replace(",", ""))
    if re.fullmatch(r"-?\d{1,3}[.,]\d{3}", text):
        raise InputError(
            f"{text} may mean two amounts.", f"Write {text.replace(',', '').replace('.', '')} or add cents."
        )
    if not _PLAIN.fullmatch(text) and not _is_grouped(text):
        raise InputError(f"{str(written)[:40]!r} is not an amount.", "Write it as 1234.50.")
    mark = max(text.rfind(","), text.rfind("."))
    decimals = text[mark + 1 :] if mark >= 0 and not _ends_in_group(text, mark) else ""
    whole = text[:mark] if decimals else text
    return Decimal(re.sub(r"[.,]", "", whole) + (f".{decimals}" if decimals else ""))


def _is_grouped(text: str) -> bool:
    found = _GROUPED.fullmatch(text)
    return found is not None and (found[4] is None or found[4][0] != found[2])


def _ends_in_group(text: str, mark: int) -> bool:
    """Return whether the last separator groups thousands: the same one stands before it."""
    return text[mark] in text[:mark]
