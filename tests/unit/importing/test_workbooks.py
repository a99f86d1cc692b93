"""Workbooks: exact numbers, real dates, the sheet's own lines, formulas, and what is refused with one sentence."""

from __future__ import annotations

import warnings
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.records import Batch, InvoiceRecord
from ar_cockpit.importing.sheets import archive
from ar_cockpit.importing.sheets.workbook import amount_text, number_text
from ar_cockpit.importing.tabular.batches import CsvReader
from ar_cockpit.importing.tabular.csv_file import Asked, recognise
from ar_cockpit.importing.tabular.mapping import parse
from tests.builders_of_workbooks import SHEET, STRINGS, a_workbook, with_member, with_shared_text

HEAD = ["invoice_number", "customer_id", "invoice_date", "amount", "description"]
DAY = datetime(2026, 2, 27, tzinfo=UTC).replace(tzinfo=None)


def items(path: Path, *rows: list[object], **formats: str) -> Path:
    return a_workbook(path / "items.xlsx", {"Items": [HEAD, *rows]}, formats)


def read(path: Path, **more: object) -> Batch[InvoiceRecord]:
    (batch,) = CsvReader(recognise(path, **more)).batches()  # type: ignore[arg-type]  # the caller's keywords
    return batch


def test_numbers_are_exact_and_ids_are_what_the_sheet_shows(tmp_path: Path) -> None:
    path = items(tmp_path, [12345.0, 140105, DAY, 1234.1, 7], ["B", "C", DAY, 0.1 + 0.2, None], B2="0000000000")
    first, second = read(path).records
    assert (first.number, first.customer, first.amount, first.description) == (
        *("12345", "0000140105"),
        Decimal("1234.1"),
        "7",
    )
    assert second.amount == Decimal("0.3")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1234.0999999999999, "1234.1"),
        (2309.7899999999995, "2309.79"),
        (12345.0, "12345"),
        (-0.5, "-0.5"),
        (1e21, "1000000000000000000000"),
        (12345678901234567, "12345678901234567"),
        (0.0, "0"),
        (float("inf"), "inf"),
    ],
)
def test_a_number_is_written_without_the_noise_of_binary_fractions(number: float, text: str) -> None:
    assert number_text(number) == text


def test_three_decimals_are_never_taken_for_a_group_of_thousands(tmp_path: Path) -> None:
    assert amount_text("234.125", ".") == "234.1250"
    assert amount_text("1234.5", ",") == "1234,5"
    path = items(tmp_path, ["A", "C", DAY, 234.125, ""], ["B", "C", DAY, "1.250,00", ""], ["D", "C", DAY, "7,5", ""])
    assert Decimal(234125) not in {record.amount for record in read(path).records}


def test_a_mapping_with_a_decimal_comma_reads_true_numbers_all_the_same(tmp_path: Path) -> None:
    text = 'decimal_mark = ","\ninvoice_number = "invoice_number"\ncustomer_id = "customer_id"\n'
    mapping = parse(text + 'invoice_date = "invoice_date"\namount = "amount"\n', "comma")
    path = items(tmp_path, ["A", "C", DAY, 1234.1, ""], ["B", "C", DAY, "1 234,10", ""])
    assert [record.amount for record in read(path, mapping=mapping).records] == [Decimal("1234.1")] * 2


def test_lines_are_those_of_the_sheet_and_titles_above_the_header_are_passed_over(tmp_path: Path) -> None:
    rows = [["Open items of 27/02/2026"], [], HEAD, [], ["A", "C", DAY, "bad", ""], [], ["B", "C", DAY, 1, ""]]
    batch = read(a_workbook(tmp_path / "a.xlsx", {"Notes": [["Read me"]], "Items": rows}))
    assert [record.line for record in batch.records] == [7]
    assert [(one.defect.line, one.defect.value) for one in batch.rejects] == [(5, "bad")]


def test_a_time_of_day_a_flag_and_a_text_that_looks_like_a_formula(tmp_path: Path) -> None:
    head = [*HEAD, "disputed"]
    path = a_workbook(tmp_path / "a.xlsx", {"A": [head, ["A", "C", DAY.replace(hour=9), 1, "x", True]]})
    with_shared_text(path, "=1+1", "x")
    (record,) = read(path).records
    assert (record.invoice_on, record.description, record.is_disputed) == (DAY.date(), "=1+1", True)


def test_a_formula_counts_by_its_value_and_without_one_its_row_is_set_aside(tmp_path: Path) -> None:
    path = items(tmp_path, ["A", "C", DAY, "=1+1", ""], ["B", "C", DAY, "=2+2", ""], ["D", "C", "#REF!", 3, ""])
    with_member(path, SHEET, "<v>2.5</v>", "<v></v>")
    batch = read(path)
    assert [(record.number, record.amount) for record in batch.records] == [("A", Decimal("2.5"))]
    told = [(one.defect.line, one.defect.column, one.defect.value, one.defect.reason[:17]) for one in batch.rejects]
    assert told == [(3, "amount", "=2+2", "A formula without"), (4, "invoice_date", "#REF!", "The cell holds an")]


def test_a_formula_in_a_column_that_is_not_used_sets_nothing_aside(tmp_path: Path) -> None:
    text = 'invoice_number = "invoice_number"\ncustomer_id = "customer_id"\ninvoice_date = "invoice_date"\n'
    path = items(tmp_path, ["A", "C", DAY, 1, "=2+2"])
    assert len(read(path, mapping=parse(text + 'amount = "amount"\n', "m")).records) == 1
    assert len(read(path).rejects) == 1


def test_the_first_sheet_with_known_columns_is_taken_or_the_one_asked_for(tmp_path: Path) -> None:
    sheets = {"Codes": [["code", "word"], ["a", "b"]], "One": [HEAD, ["A", "C", DAY, 1, ""]], "Two": [HEAD]}
    path = a_workbook(tmp_path / "a.xlsx", sheets)
    assert recognise(path).sheet.title == "One"  # type: ignore[union-attr]  # it is a workbook
    assert recognise(path, asked=Asked(sheet="Two")).sheet.title == "Two"  # type: ignore[union-attr]
    with pytest.raises(InputError, match=r"no table on a sheet called 'Three'. Tables are on: Codes, One, Two"):
        recognise(path, asked=Asked(sheet="Three"))


def test_a_hidden_sheet_comes_after_those_one_can_see(tmp_path: Path) -> None:
    path = a_workbook(tmp_path / "a.xlsx", {"Hidden": [HEAD], "Seen": [HEAD, ["A", "C", DAY, 1, ""]]})
    with_member(path, "xl/workbook.xml", 'state="hidden"', 'state="visible"')
    assert recognise(path).sheet.title == "Seen"  # type: ignore[union-attr]  # it is a workbook


def test_cells_beyond_the_header_make_a_row_too_long(tmp_path: Path) -> None:
    batch = read(items(tmp_path, ["A", "C", DAY, 1, "x", "more"], ["B", "C", DAY, 1]))
    assert [one.defect.reason for one in batch.rejects] == ["The row has 6 cells where the header has 5"]
    assert [record.number for record in batch.records] == ["B"]


# --- refused with one sentence -----------------------------------------------------------------------------------


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        recognise(path)
    return caught.value.sentence


def test_half_a_workbook_an_empty_one_and_a_locked_one(tmp_path: Path) -> None:
    path = items(tmp_path, ["A", "C", DAY, 1, ""])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refusal(path) == "items.xlsx is damaged or only half there: it is no whole workbook."
    path.write_bytes(b"")
    assert refusal(path) == "items.xlsx is empty."
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert refusal(path) == "items.xlsx is locked with a password, or an old .xls."


def test_a_changed_byte_inside_the_archive(tmp_path: Path) -> None:
    path = items(tmp_path, *([f"A-{n}", "C", DAY, n, "some words"] for n in range(200)))
    whole = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as opened:
        at = opened.getinfo(SHEET).header_offset + 200
    whole[at] ^= 0xFF
    path.write_bytes(bytes(whole))
    assert "damaged" in refusal(path)


def test_a_workbook_that_unpacks_to_far_more_than_it_is(tmp_path: Path) -> None:
    path = items(tmp_path, ["A", "C", DAY, 1, ""])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("xl/media/bomb.xml", b"<a>" + b" " * (30 << 20) + b"</a>")
    assert "unpacks to 30 MB or more" in refusal(path)


def test_an_archive_that_lies_about_its_sizes_is_counted_while_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = items(tmp_path, *([f"A-{n}", "C", DAY, n, "some words"] for n in range(50)))
    monkeypatch.setattr(archive, "MOST_UNPACKED", 4_000)
    monkeypatch.setattr(archive, "_require_sane", lambda *_: None)
    assert "unpacks to" in refusal(path)


@pytest.mark.parametrize("member", [SHEET, "xl/workbook.xml", STRINGS, "xl/styles.xml"])
def test_xml_that_declares_a_document_type(tmp_path: Path, member: str) -> None:
    path = items(tmp_path, ["A", "C", DAY, 1, "x"])
    with_shared_text(path, "x", "x")
    with zipfile.ZipFile(path) as opened:
        content = opened.read(member).decode()
    root = content.removeprefix("<?xml version='1.0' encoding='UTF-8'?>").removeprefix('<?xml version="1.0"?>')
    with_member(path, member, '<!DOCTYPE x [<!ENTITY a "b">]>' + root.lstrip())
    assert refusal(path) == "items.xlsx holds XML with a DOCTYPE, which no spreadsheet writes."


@pytest.mark.parametrize(
    ("change", "instead_of", "words"),
    [
        ('r="XFD2"', 'r="E2"', "cells beyond column 1000"),
        ('r="ZZZZZZ2"', 'r="E2"', "cells beyond column 1000"),
        ('r="9999999"', 'r="2"', "a row numbered 9999999 out of order"),
        ('r="1"', 'r="2"', "a row numbered 1 out of order"),
        ('r="A2"', 'r="E2"', "cells out of order in row 2"),
        ("<row", "</row>", "damaged"),
    ],
)
def test_sheets_that_reach_too_far_or_go_backwards(tmp_path: Path, change: str, instead_of: str, words: str) -> None:
    path = items(tmp_path, ["A", "C", DAY, 1, "x"])
    with_member(path, SHEET, change, instead_of)
    assert words in refusal(path)


def test_an_archive_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "letters.xlsx"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("word/document.xml", "<a/>")
    assert refusal(path) == "letters.xlsx is an archive, but no .xlsx workbook."


def test_parts_that_are_well_formed_and_make_no_sense(tmp_path: Path) -> None:
    path = items(tmp_path, ["A", "C", DAY, 1, "x"])
    with_shared_text(path, "x", "x", place=999)
    with pytest.raises(InputError, match="a sheet that cannot be read"):
        read(path)
    with_member(path, "xl/workbook.xml", "<workbook/>")
    assert refusal(path) == "No sheet of items.xlsx holds a table."


def test_a_workbook_without_a_table(tmp_path: Path) -> None:
    path = a_workbook(tmp_path / "a.xlsx", {"A": [["only", None], [1, 2]], "B": []})
    assert refusal(path) == "No sheet of a.xlsx holds a table."


def test_formulas_without_number_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BARE", 1)
    path = items(tmp_path, ["A", "C", DAY, "=1", "=2"])
    assert refusal(path) == "items.xlsx has more than 1 formulas without a value."


def test_a_workbook_is_known_by_its_content_whatever_it_is_called(tmp_path: Path) -> None:
    path = items(tmp_path, ["A", "C", DAY, 1, "x"])
    renamed = path.rename(tmp_path / "00.csv")
    assert recognise(renamed).format == "xlsx"
    with pytest.raises(InputError, match="not a text file"):
        recognise(renamed, asked=Asked(format="csv"))
    text = tmp_path / "plain.csv"
    text.write_text("invoice_number,customer_id\n")
    with pytest.raises(InputError, match="damaged or only half there"):
        recognise(text, asked=Asked(format="xlsx"))


def test_reading_a_workbook_warns_nobody(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read(items(tmp_path, ["A", "C", DAY, 1, "x"])).records) == 1
