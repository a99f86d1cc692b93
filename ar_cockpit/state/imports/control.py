"""The control of a FEC ready to draw: the balance of its customers' accounts beside what was imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ar_cockpit.domain.money import exponent
from ar_cockpit.i18n import say
from ar_cockpit.state.display import rows


@dataclass
class ControlLine:
    """The accounts, their balance in the file, what of it was set aside or imported, and what is not accounted for."""

    accounts: str
    file: str
    set_aside: str
    imported: str
    difference: str
    agrees: bool


def control_of(told: Mapping[str, Any], language: str) -> list[ControlLine]:
    """Return the control of a report, or nothing when its format has none."""
    control = told.get("control")
    if not control:
        return []

    def money(name: str) -> str:
        minor = int(Decimal(control[name]).scaleb(exponent(control["currency"])))
        return rows.money_cents(minor, control["currency"], language)

    accounts = say(language, "fec.accounts", accounts=", ".join(control["accounts"]))
    amounts = (money(name) for name in ("file", "set_aside", "imported", "difference"))
    return [ControlLine(accounts, *amounts, agrees=Decimal(control["difference"]) == 0)]
