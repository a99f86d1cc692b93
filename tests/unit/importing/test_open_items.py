"""What an amount in an open-items export means for an invoice the ledger knows."""

from __future__ import annotations

from datetime import date

import pytest

from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.tabular.mapping import parse
from ar_cockpit.services.importing.loading.open_items import OpenItems
from ar_cockpit.services.importing.loading.taken import KnownInvoice

MORE = "More is open in this file than in the ledger"


def known(amount: int, open_minor: int) -> KnownInvoice:
    day = date(2026, 1, 10)
    return KnownInvoice(7, open_minor, 1, "invoice", day, day, amount, "EUR", "", "", {})


@pytest.mark.parametrize(
    ("amount", "open_minor", "listed", "stays", "left"),
    [
        (1000, 1000, 1000, 1000, None),  # as known
        (1000, 1000, 600, 1000, 600),  # partly paid since
        (1000, 600, 600, 1000, None),  # partly paid, and known
        (1000, 600, 1000, 1000, None),  # the file gives the invoice's amount
        (1000, 1000, 0, 1000, 0),  # listed as paid
        (1000, 1000, 1200, 1200, None),  # a correction
        (1000, 1000, -1000, -1000, None),  # a correction of the sign
        (-500, -500, -200, -500, -200),  # a credit note used in part
    ],
)
def test_less_than_is_open_is_what_is_left_and_more_than_the_amount_a_correction(
    amount: int, open_minor: int, listed: int, stays: int, left: int | None
) -> None:
    items = OpenItems()
    assert items.gross(known(amount, open_minor), listed, "EUR") == (stays, "")
    assert items.left == ({} if left is None else {7: left})


@pytest.mark.parametrize(("amount", "open_minor", "listed"), [(1000, 0, 1000), (1000, 300, 600)])
def test_more_open_than_the_ledger_has_is_remarked_and_changes_nothing(
    amount: int, open_minor: int, listed: int
) -> None:
    items = OpenItems()
    stays, remark = items.gross(known(amount, open_minor), listed, "EUR")
    assert (stays, items.left) == (amount, {})
    assert remark.startswith(MORE)


def test_new_invoices_and_other_currencies_are_taken_as_listed() -> None:
    items = OpenItems()
    assert items.gross(None, 500, "EUR") == (500, "")
    assert items.gross(known(1000, 1000), 500, "USD") == (500, "")
    assert items.left == {}


def test_a_mapping_holds_the_whole_ledger_unless_it_says_otherwise() -> None:
    columns = '[columns]\ninvoice_number = "a"\ncustomer_id = "b"\ninvoice_date = "c"\namount = "d"\n'
    assert parse(columns, "erp").content == "full"
    assert parse('content = "open_items"\n' + columns, "erp").content == "open_items"
    payments = '[columns]\npayment_id = "a"\ncustomer_id = "b"\npayment_date = "c"\namount = "d"\n'
    with pytest.raises(InputError, match="Only invoices are open items"):
        parse('table = "payments"\ncontent = "open_items"\n' + payments, "erp")
