"""What an accountant's entry means for the ledger: kinds, transfers, letters, defects, and who settles whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ar_cockpit.importing.fec.header import recognise_fec
from ar_cockpit.importing.fec.reader import FecReader, Year
from ar_cockpit.importing.fec.settling import Item, Role, Share, settle
from ar_cockpit.importing.fec.values import Amounts, side
from ar_cockpit.importing.records import Reason
from tests.fec_books import fec

Read = Callable[..., Year]
# Enough of each journal that its kind is clear, on another customer.
USUAL = """
VT 901 0601 411000 Z F901 120 0
VT 901 0601 706000 - F901 0 120
VT 902 0602 411000 Z F902 120 0
VT 902 0602 706000 - F902 0 120
BQ 903 0603 512000 - V903 120 0
BQ 903 0603 411000 Z V903 0 120
BQ 904 0604 512000 - V904 120 0
BQ 904 0604 411000 Z V904 0 120
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write entries and return what is read of them."""

    def read_(*entries: str) -> Year:
        path = tmp_path / "552100554FEC20241231.txt"
        path.write_text(fec(*entries))
        file = recognise_fec(path)
        assert file is not None
        return FecReader(file).year

    return read_


def kinds(year: Year) -> list[tuple[str, int]]:
    """Return the kinds and amounts of everything that is not customer Z's."""
    return [(one.kind.value, one.line.minor) for one in year.postings if one.line.customer != "Z"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param("VT 1 0301 411000 C F1 50 0\nVT 1 0301 706000 - F1 0 50", ("invoice", 5000), id="a sale"),
        pytest.param("VT 1 0301 411000 C A1 0 50\nVT 1 0301 709000 - A1 50 0", ("credit_note", -5000), id="a credit"),
        pytest.param("VT 1 0301 411000 C F1 50 0\nVT 1 0301 419100 - F1 0 50", ("invoice", 5000), id="a deposit asked"),
        pytest.param("BQ 1 0301 512000 - V 50 0\nBQ 1 0301 411000 C V 0 50", ("payment", -5000), id="money in"),
        pytest.param("BQ 1 0301 411000 C V 50 0\nBQ 1 0301 512000 - V 0 50", ("payment", 5000), id="money back"),
        pytest.param("CA 1 0301 531000 - V 50 0\nCA 1 0301 411000 C V 0 50", ("payment", -5000), id="cash"),
        pytest.param("VT 1 0301 512000 - V 50 0\nVT 1 0301 411000 C V 0 50", ("payment", -5000), id="among sales"),
        pytest.param("OD 1 0301 654000 - P 50 0\nOD 1 0301 411000 C P 0 50", ("payment", -5000), id="a loss"),
        pytest.param(
            "OD 1 0301 654000 - P 40 0\nOD 1 0301 445710 - P 10 0\nOD 1 0301 411000 C P 0 50",
            ("payment", -5000),
            id="a loss with its tax",
        ),
        pytest.param("OD 1 0301 411000 C F 50 0\nOD 1 0301 706000 - F 0 50", ("invoice", 5000), id="a sale in sundry"),
        pytest.param(
            "OD 1 0301 411000 C F 60 0\nOD 1 0301 775000 - F 0 50\nOD 1 0301 445710 - F 0 10",
            ("invoice", 6000),
            id="a machine sold",
        ),
        pytest.param("AN 1 0101 411000 C F9 50 0\nAN 1 0101 110000 - - 0 50", ("invoice", 5000), id="open last year"),
        pytest.param("RAN 1 0101 411000 C V9 0 50\nRAN 1 0101 110000 - - 50 0", ("payment", -5000), id="paid too much"),
        pytest.param("X9 1 0101 411000 C F9 50 0\nX9 1 0101 512000 - - 10 0\nX9 1 0101 101000 - - 0 60",
                     ("invoice", 5000), id="a balance sheet on the first day"),
        pytest.param("BQ 1 0101 512000 - V 50 0\nBQ 1 0101 411000 C V 0 50", ("payment", -5000), id="money that day"),
        pytest.param("BQ 1 0101 411000 C V 50 0\nBQ 1 0101 512000 - V 0 50", ("payment", 5000), id="and money back"),
        pytest.param("VT 1 0301 411000 C F1 -50 0\nVT 1 0301 706000 - F1 0 -50", ("credit_note", -5000), id="negative"),
        pytest.param("VT 1 0301 413000 C F1 50 0\nVT 1 0301 706000 - F1 0 50", ("invoice", 5000), id="a bill"),
    ],
)  # fmt: skip
def test_a_line_is_what_its_entry_says(read: Read, entry: str, expected: tuple[str, int]) -> None:
    assert kinds(read(entry, USUAL)) == [expected]


def test_a_sale_paid_at_the_counter_is_an_invoice_and_a_payment(read: Read) -> None:
    year = read(
        "VT 1 0301 411000 C F1 50 0 A\nVT 1 0301 706000 - F1 0 50",
        "VT 1 0301 531000 - F1 50 0\nVT 1 0301 411000 C F1 0 50 A",
        USUAL,
    )
    assert kinds(year) == [("invoice", 5000), ("payment", -5000)]
    assert year.groups == [[2, 5]]


def test_a_transfer_between_accounts_of_one_customer_settles_nothing_and_ties_both_letters(read: Read) -> None:
    year = read(
        """
        VT 1 0301 411000 C F1 50 0 A
        VT 1 0301 706000 - F1 0 50
        OD 2 0401 416000 C F1 50 0 B
        OD 2 0401 411000 C F1 0 50 A
        BQ 3 0501 512000 - V1 50 0
        BQ 3 0501 416000 C V1 0 50 B
        """,
        USUAL,
    )
    assert kinds(year) == [("invoice", 5000), ("payment", -5000)]
    assert year.groups == [[2, 7]]


def test_between_two_customers_it_is_a_payment_and_a_refund(read: Read) -> None:
    year = read("OD 2 0401 411000 C F1 50 0\nOD 2 0401 411000 D F1 0 50", USUAL)
    assert kinds(year) == [("payment", 5000), ("payment", -5000)]


def test_a_sub_account_of_416_belongs_to_the_customer_of_411(read: Read) -> None:
    year = read(
        "VT 1 0301 411C1 - F1 50 0\nVT 1 0301 706000 - F1 0 50\nOD 2 0401 416C1 - F1 50 0\nOD 2 0401 411C1 - F1 0 50",
        USUAL,
    )
    assert kinds(year) == [("invoice", 5000)]
    assert "416C1" not in year.names


def test_each_line_is_a_document_of_its_own_and_payments_may_share_a_reference(read: Read) -> None:
    year = read(
        "VT 1 0301 411000 C F1 50 0\nVT 1 0301 411000 C F1 20 0\nVT 1 0301 706000 - F1 0 70",
        "BQ 2 0401 512000 - V 30 0\nBQ 2 0401 411000 C V 0 10\nBQ 2 0401 411000 C V 0 20",
        USUAL,
    )
    made = [(one.number, one.ordinal) for one in year.postings if one.line.customer == "C"]
    assert made == [("F1", 1), ("F1", 2), ("BQ-20240401-2", 1), ("BQ-20240401-2/2", 1)]


def test_a_line_set_aside_keeps_its_place_among_the_numbers(read: Read) -> None:
    year = read("BQ 2 0401 512000 - V 30 0\nBQ 2 0401 411000 C V 5 10\nBQ 2 0401 411000 C V 0 20", USUAL)
    assert [one.number for one in year.postings if one.line.customer == "C"] == ["BQ-20240401-2/2"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("50 40", "Both Debit and Credit"),
        ("0 0", "Neither Debit nor Credit"),
        ("abc 0", "Not a number"),
        ("0 1.234", "More decimals than EUR has (2)"),
        ("9999999999999.00 0", "More than 1 000 000 000 000"),
    ],
)
def test_a_line_without_exactly_one_amount_is_set_aside(read: Read, cells: str, reason: str) -> None:
    year = read(f"VT 1 0301 411000 C F1 {cells}\nVT 1 0301 706000 - F1 0 50", USUAL)
    assert [(one.defect.line, one.defect.reason) for one in year.rejects] == [(2, reason)]
    assert kinds(year) == []


def test_what_a_line_set_aside_says_is_part_of_the_balance(read: Read) -> None:
    assert read("VT 1 0301 411000 C F1 50 40\nVT 1 0301 706000 - F1 0 50", USUAL).balance == 1000


def test_a_truncated_line_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "552100554FEC20241231.txt"
    path.write_text(fec(USUAL) + "VT|Journal|9|20240701|411000")
    file = recognise_fec(path)
    assert file is not None
    year = FecReader(file).year
    assert [one.defect.reason for one in year.rejects] == ["The row has 5 cells where the header has 18"]
    assert year.line_count == 9


def test_an_unbalanced_entry_is_told_and_its_letter_does_not_hold(read: Read) -> None:
    year = read(
        "VT 1 0301 411000 C F1 50 0 A\nVT 1 0301 706000 - F1 0 45",
        "BQ 2 0401 512000 - V 50 0\nBQ 2 0401 411000 C V 0 50 A",
        USUAL,
    )
    assert [(one.line, one.value, one.reason) for one in year.warnings] == [
        (2, "1", "The entry does not balance (debit 50.00, credit 45.00); its documents are unallocated")
    ]
    assert kinds(year) == [("invoice", 5000), ("payment", -5000)]
    assert year.groups == []


def test_an_entry_with_a_number_for_each_line_balances_by_its_reference(read: Read) -> None:
    year = read("VT 1 0301 411000 C F1 50 0\nVT 2 0301 706000 - F1 0 50", USUAL)
    assert (year.warnings, kinds(year)) == ([], [("invoice", 5000)])


def test_numbers_that_begin_again_each_month_are_different_entries(read: Read) -> None:
    year = read(
        "VT 1 0301 411000 C F1 50 0\nVT 1 0301 706000 - F1 0 50",
        "VT 1 0401 411000 C F2 70 0\nVT 1 0401 706000 - F2 0 60",
        USUAL,
    )
    assert [(one.line, one.value) for one in year.warnings] == [(4, "1")]


def test_a_letter_that_leaves_something_is_told_and_does_not_hold(read: Read) -> None:
    year = read(
        "VT 1 0301 411000 C F1 50 0 A\nVT 1 0301 706000 - F1 0 50",
        "BQ 2 0401 512000 - V 30 0\nBQ 2 0401 411000 C V 0 30 A",
        USUAL,
    )
    assert [(one.line, one.column, one.value, one.reason) for one in year.warnings] == [
        (2, "EcritureLet", "A", "The letter A of C leaves 20.00; unallocated")
    ]
    assert year.groups == []


def test_a_letter_set_after_the_year_waits_for_next_years_file(read: Read) -> None:
    year = read("VT 1 0301 411000 C F1 50 0 A 20250210\nVT 1 0301 706000 - F1 0 50", USUAL)
    assert (year.warnings, year.groups) == ([], [])


def test_one_code_is_several_letters_for_customers_accounts_and_days(read: Read) -> None:
    year = read(
        """
        VT 1 0301 411000 C F1 50 0 A 20240401
        VT 1 0301 706000 - F1 0 50
        VT 2 0302 411000 D F2 50 0 A 20240401
        VT 2 0302 706000 - F2 0 50
        BQ 3 0401 512000 - V 50 0
        BQ 3 0401 411000 C V 0 50 A 20240401
        BQ 4 0401 512000 - V 50 0
        BQ 4 0401 411000 D V 0 50 A 20240401
        VT 5 0501 411000 C F3 70 0 A 20240601
        VT 5 0501 706000 - F3 0 70
        BQ 6 0601 512000 - V 70 0
        BQ 6 0601 411000 C V 0 70 A 20240601
        """,
        USUAL,
    )
    assert sorted(year.groups) == [[2, 7], [4, 9], [10, 13]]
    assert year.warnings == []


D = date


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param(
            [("invoice", "I1", D(2024, 1, 1), 100), ("invoice", "I2", D(2024, 2, 1), 50),
             ("payment", "P1", D(2024, 3, 1), 120), ("payment", "P2", D(2024, 4, 1), 30)],
            [("P1", "I1", 100, D(2024, 3, 1)), ("P1", "I2", 20, D(2024, 3, 1)), ("P2", "I2", 30, D(2024, 4, 1))],
            id="the oldest invoice first",
        ),
        pytest.param(
            [("invoice", "I1", D(2024, 1, 1), 100), ("credit_note", "A1", D(2024, 1, 15), 30),
             ("payment", "P1", D(2024, 2, 1), 70)],
            [("P1", "A1", -30, D(2024, 2, 1)), ("P1", "I1", 100, D(2024, 2, 1))],
            id="the payment nets the credit note",
        ),
        pytest.param(
            [("invoice", "I1", D(2024, 1, 1), 100), ("payment", "P1", D(2024, 2, 1), 70),
             ("credit_note", "A1", D(2024, 3, 1), 30)],
            [("P1", "I1", 70, D(2024, 2, 1)), ("P1", "A1", -30, D(2024, 3, 1)), ("P1", "I1", 30, D(2024, 3, 1))],
            id="a later credit note settles on its own day",
        ),
        pytest.param(
            [("invoice", "I1", D(2024, 1, 1), 30), ("credit_note", "A1", D(2024, 1, 15), 30)],
            [("", "A1", -30, D(2024, 1, 15)), ("", "I1", 30, D(2024, 1, 15))],
            id="without money",
        ),
        pytest.param(
            [("credit_note", "A1", D(2024, 1, 15), 30), ("refund", "R1", D(2024, 2, 1), 30)],
            [("R1", "A1", -30, D(2024, 2, 1))],
            id="money back for a credit note",
        ),
        pytest.param(
            [("payment", "P1", D(2024, 1, 1), 30), ("invoice", "I1", D(2024, 2, 1), 30)],
            [("P1", "I1", 30, D(2024, 2, 1))],
            id="paid before it was billed",
        ),
        pytest.param(
            [("payment", "P1", D(2024, 1, 1), 30), ("refund", "R1", D(2024, 2, 1), 30)], [], id="money in and out again"
        ),
    ],
)  # fmt: skip
def test_who_settles_whom(items: list[tuple[str, str, date, int]], expected: list[tuple[str, str, int, date]]) -> None:
    made = [Item(Role(role), number, on, minor, line) for line, (role, number, on, minor) in enumerate(items)]
    assert [(one.payment, one.document, one.minor, one.on) for one in settle(made)] == expected
    assert all(isinstance(one, Share) for one in settle(made))


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("1234,50", 123450), ("1234.5", 123450), ("0000123,45", 12345), ("    12,00", 1200), ("", 0),
        ("1 234,56", 123456),
        ("1.234,56", 123456), ("-5,00", -500), ("5,00-", -500), ("100,0000", 10000), (",5", 50), ("+7", 700),
        ("1.234.567", 123456700), ("0,00", 0),
    ],
)  # fmt: skip
def test_amounts_in_their_spellings(cell: str, cents: int) -> None:
    assert Amounts()[cell] == cents


@pytest.mark.parametrize("cell", ["abc", "1,2x", "--1", "-", "1,234", "NaN", "1e5"])
def test_what_is_no_amount(cell: str) -> None:
    assert isinstance(Amounts()[cell], Reason)


@pytest.mark.parametrize(("cell", "sign"), [("D", 1), ("c", -1), ("+1", 1), ("-1", -1), ("1", 1), ("Débit", 1)])
def test_sides(cell: str, sign: int) -> None:
    assert side(cell) == sign
    assert isinstance(side("X"), Reason)
