"""The model card of known ledgers, as the release was measured: `ar-cockpit forecast card` writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from ar_cockpit.services.figures.forecast_card import LedgerCard, from_payload

FILE = "model_card.json"


@dataclass(frozen=True, slots=True)
class PublishedCard:
    """What a known ledger says of the forecast and of what is held beside it, boosted trees among them."""

    key: str  # ibm, demo
    customers: int
    invoices: int
    card: LedgerCard


@cache
def published() -> tuple[PublishedCard, ...]:
    """Return the cards that came with the product."""
    text = (files("ar_cockpit") / "policies" / FILE).read_text(encoding="utf-8")
    return tuple(_read(one) for one in json.loads(text)["ledgers"])


def _read(told: Mapping[str, Any]) -> PublishedCard:
    card = from_payload(told["name"], date.fromisoformat(told["until"]), told["card"])
    return PublishedCard(told["key"], told["customers"], told["invoices"], card)
