"""The demo of a large ledger: a group that grew fast and exports, so that a fifth is open, in four currencies."""

from __future__ import annotations

from datetime import date

import pytest

from ar_cockpit.demo import ledger
from ar_cockpit.demo.ledger import Size, customer_files
from ar_cockpit.demo.records import CustomerFile
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.services.reminders import policy

AS_OF = date(2026, 11, 23)


def made(size: Size) -> list[CustomerFile]:
    """Return the customers of a ledger."""
    return list(customer_files(size, AS_OF, policy.check(policy.default_toml()).cadences))


def test_a_fifth_of_a_large_ledger_is_open_in_four_currencies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_LARGE", 3000)
    found = made(Size(150, 3000))
    documents = [document for one in found for document in one.documents]
    is_open = [document for document in documents if document.closed_on == OPEN_END]
    assert 0.15 <= len(is_open) / len(documents) <= 0.25
    assert {one.customer.currency for one in found} == {"EUR", "GBP", "CHF", "USD"}
    assert made(Size(150, 3000)) == found


def test_a_small_ledger_is_billed_in_its_companies_currencies() -> None:
    assert {one.customer.currency for one in made(Size(150, 900))} == {"EUR", "GBP"}
