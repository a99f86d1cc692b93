"""Files of lists: nothing in them is ever run, amounts stay numbers."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from ar_cockpit.services.lists.exports import Sheet, csv_lines, harmless, xlsx_bytes


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("value", ["Acier & Fils", "1234", "", None, Decimal("-250.00"), -7, date(2026, 3, 31)])
def test_all_else_stays_as_it_is(value: object) -> None:
    assert harmless(value) == value


def test_csv_is_utf8_with_its_mark_and_quotes_what_needs_it() -> None:
    text = "".join(csv_lines(Sheet("Invoices", ["Name", "Open"], [['=cmd|"x"', Decimal("-250.00")], ["Å, B", None]])))
    assert text == '\ufeffName,Open\r\n"\'=cmd|""x""",-250.00\r\n"Å, B",\r\n'


def test_xlsx_cells_keep_their_kind() -> None:
    data = xlsx_bytes([Sheet("Invoices", ["Name", "Open", "Due"], [["=1+1", Decimal("12.50"), date(2026, 3, 31)]])])
    sheet = load_workbook(io.BytesIO(data)).active
    name, amount, due = next(sheet.iter_rows(min_row=2))
    assert (name.value, name.data_type) == ("'=1+1", "s")
    assert (amount.value, amount.data_type) == (12.5, "n")
    assert due.value.date() == date(2026, 3, 31)
