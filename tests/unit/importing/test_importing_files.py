"""Files as they come: encodings, separators, physical lines, broken quotation marks, headers and mappings."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.folder import files_of
from ar_cockpit.importing.records import Batch, InvoiceRecord, Table
from ar_cockpit.importing.tabular.batches import CsvReader
from ar_cockpit.importing.tabular.csv_file import recognise
from ar_cockpit.importing.tabular.mapping import load, parse, shipped

HEADER = "invoice_number,customer_id,invoice_date,amount,description\n"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def written(content: str | bytes, name: str = "invoices.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def read(path: Path, **more: object) -> Batch[InvoiceRecord]:
    """Return the whole file as one batch."""
    batches = list(CsvReader(recognise(path, **more)).batches())  # type: ignore[arg-type]  # the caller's keywords
    return batches[0] if batches else Batch([], [], [], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_usual_encodings_are_recognised(write: Write, encoding: str) -> None:
    path = write((HEADER + "A-1,C1,2026-01-02,10.00,Électricité à Orléans\n").encode(encoding))
    assert read(path).records[0].description == "Électricité à Orléans"


def test_signs_within_words_are_taken_as_they_are_where_letters_show_the_encoding(write: Write) -> None:
    said = "L’été… \u201aou‡pas\u2018 — Škoda, Œuvre: sœur à Orléans 5‰ Acmé™"
    path = write((HEADER + f'A-1,C1,2026-01-02,10.00,"{said}"\n').encode("cp1252"))
    assert read(path).records[0].description == said


@pytest.mark.parametrize("said", ["partly paid…see mail", "Kit™s"])
def test_dots_and_trade_marks_within_words_are_no_other_code_page(write: Write, said: str) -> None:
    path = write((HEADER + f"A-1,C1,2026-01-02,10.00,{said}\n").encode("cp1252"))
    assert read(path).records[0].description == said


AMOUNT_LAST = "invoice_number,customer_id,invoice_date,description,amount\n"


@pytest.mark.parametrize(
    ("amounts", "end", "set_aside"),
    [
        pytest.param(["1049.00"] * 5 + ["10"], "", ["10"], id="half of it"),
        pytest.param(["1049.00"] * 5 + ["1049.0"], "", ["1049.0"], id="all but one sign"),
        pytest.param(["1049.00"] * 5 + ["10"], "\n", [], id="a line with its end"),
        pytest.param(["1049.00"] * 5 + ["10.00"], "", [], id="as the others are written"),
        pytest.param(["1049.00", "7", "1049.00", "3.5", "1049.00", "10"], "", [], id="others are written so too"),
        pytest.param(["1049.00"] * 3 + ["10"], "", [], id="too few to tell"),
    ],
)
def test_half_an_amount_at_the_end_of_half_a_file_is_set_aside(
    write: Write, amounts: list[str], end: str, set_aside: list[str]
) -> None:
    rows = "\n".join(f"A-{n},C1,2026-01-02,x,{amount}" for n, amount in enumerate(amounts))
    batch = read(write(AMOUNT_LAST + rows + end))
    assert [one.defect.value for one in batch.rejects] == set_aside
    assert len(batch.records) + len(batch.rejects) == len(amounts)


def test_no_whole_row_is_blamed_for_the_broken_one_after_it(write: Write) -> None:
    rows = "\n".join(f"A-{n},C1,2026-01-02,x,{amount}" for n, amount in enumerate(["1049.00"] * 5 + ["10"]))
    batch = read(write(f"{AMOUNT_LAST}{rows}\nA-9,C1"))
    assert ([one.defect.line for one in batch.rejects], len(batch.records)) == ([8], 6)


def test_a_last_cell_left_empty_is_no_half_amount(write: Write) -> None:
    rows = "\n".join(f"C{n},Name {n},{limit}" for n, limit in enumerate(["1049.00"] * 5 + [""]))
    batch = read(write(f"customer_id,name,credit_limit\n{rows}", "customers.csv"))
    assert (len(batch.records), batch.rejects) == (6, [])


def test_a_cell_without_end_is_said_to_be_one(write: Write) -> None:
    batch = read(write(HEADER + f"A-1,{'C' * 200_000},2026-01-02,10.00,x\nA-2,C1,2026-01-02,10.00,x\n"))
    assert [one.defect.reason for one in batch.rejects] == ["A cell of this row is longer than 131072 characters"]
    assert [one.number for one in batch.records] == ["A-2"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_usual_separators_are_recognised(write: Write, separator: str) -> None:
    path = write(HEADER.replace(",", separator) + separator.join(["A-1", "C1", "2026-01-02", '"10,50"', "x"]))
    assert read(path).records[0].amount == Decimal("10.50")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text file"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "not a text file"),
        (HEADER.encode() + "A-1,C1,2026-01-02,1,é\nA-2,C1,2026-01-02,1,".encode() + b"\xe9\n", "up to line 3"),
        (HEADER.encode() + b"A-1,C1,2026-01-02,1,\x81\n", "neither UTF-8 nor Windows-1252"),
        (
            HEADER.encode() + "A-1,C1,2026-01-02,1,Société à Orléans\n".encode("cp850"),
            "line 2 would say 'Soci\u201at\u201a'",
        ),
        (HEADER.encode() + "A-1,C1,2026-01-02,1,Société générale\n".encode("mac_roman"), "would say 'SociŽtŽ'"),
        (b"just words\nand more\n", "lacks the required columns invoice_number"),
        (b"invoice_number,customer_id,invoice_date\nA,B,2026-01-01\n", "lacks the required column amount"),
        (b"invoice_number,customer_id,invoice_date,amount,Amount\n", "two columns named 'amount'"),
    ],
)
def test_what_is_no_ledger_file_is_refused_with_a_sentence(write: Write, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        recognise(write(content))


def test_a_file_of_something_else_is_refused_with_what_it_has(write: Write) -> None:
    with pytest.raises(InputError, match=r"no table of a ledger: no known header \(colour, taste\)"):
        recognise(write("colour,taste\n", "wine.csv"))


def test_a_first_line_without_end_is_refused(write: Write) -> None:
    with pytest.raises(InputError, match="is endless; it should name the columns"):
        recognise(write(b"x" * 1_000_001))


def test_only_invoices_are_open_items() -> None:
    columns = 'invoice_number = "i"\ncustomer_id = "c"\ninvoice_date = "d"\namount = "a"\n'
    assert parse(f'content = "open_items"\n{columns}', "m").content == "open_items"
    assert parse(columns, "m").content == "full"
    with pytest.raises(InputError, match="a file of customers holds open items"):
        parse('table = "customers"\ncontent = "open_items"\n[columns]\ncustomer_id = "c"\nname = "n"\n', "m")
    with pytest.raises(InputError, match="has content = 'some'"):
        parse(f'content = "some"\n{columns}', "m")


def test_a_header_without_rows_is_nothing_to_do(write: Write) -> None:
    assert read(write(HEADER)).records == []


def test_lines_are_physical_ones(write: Write) -> None:
    path = write(HEADER + 'A-1,C1,2026-01-02,1.00,"two\nlines"\n\nA-2,C1,2026-01-02,bad,\n')
    batch = read(path)
    assert [record.line for record in batch.records] == [2]
    assert [(one.defect.line, one.defect.column, one.defect.value) for one in batch.rejects] == [(5, "amount", "bad")]


def test_line_ends_in_a_text_become_one_blank_with_a_warning(write: Write) -> None:
    batch = read(write(HEADER + 'A-1,C1,2026-01-02,1.00,"two\r\n lines\tand a tab"\n'))
    assert batch.records[0].description == "two lines and a tab"
    assert [(one.line, one.column) for one in batch.warnings] == [(2, "description")]


def test_a_nul_in_a_text_is_a_control_character_and_makes_no_picture_of_the_file(write: Write) -> None:
    batch = read(write(HEADER + "A-1,C1,2026-01-02,10.00,Chairs\0desk\n"))
    assert batch.records[0].description == "Chairs desk"
    assert [flaw.column for flaw in batch.warnings] == ["description"]


def test_an_open_quotation_mark_costs_its_own_row_only(write: Write) -> None:
    path = write(HEADER + 'A-1,C1,2026-01-02,1.00,"never closed\nA-2,C1,2026-01-02,2.00,good\n')
    batch = read(path)
    assert [record.number for record in batch.records] == ["A-2"]
    assert [one.defect.line for one in batch.rejects] == [2]
    assert "quotation marks" in batch.rejects[0].defect.reason


def test_a_row_cut_off_is_set_aside(write: Write) -> None:
    batch = read(write(HEADER + "A-1,C1,2026-01-02,1.00,good\nA-2,C1,2026-01"))
    assert [record.number for record in batch.records] == ["A-1"]
    assert batch.rejects[0].defect.reason == "The row has 3 cells where the header has 5"


def test_columns_come_in_any_order_and_unknown_ones_are_kept(write: Write) -> None:
    path = write(
        "Region,Amount,Invoice Date,customer-id,INVOICE_NUMBER\nNorth,1.00,2026-01-02,C1,A-1\n,2,2026-01-02,C1,B\n"
    )
    records = read(path).records
    assert records[0].custom == {"Region": "North"}
    assert records[1].custom == {}


def test_formulas_are_text(write: Write) -> None:
    assert read(write(HEADER + "A-1,C1,2026-01-02,1.00,=1+1\n")).records[0].description == "=1+1"


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [
        ("", "-5.00", ("credit_note", "-5.00")),
        ("credit_note", "5.00", ("credit_note", "-5.00")),
        ("credit_note", "-5.00", ("credit_note", "-5.00")),
        ("invoice", "5.00", ("invoice", "5.00")),
    ],
)
def test_credit_notes_are_negative_or_called_so(
    write: Write, kind: str, amount: str, expected: tuple[str, str]
) -> None:
    path = write(f"invoice_number,customer_id,invoice_date,amount,kind\nA-1,C1,2026-01-02,{amount},{kind}\n")
    record = read(path).records[0]
    assert (record.kind, str(record.amount)) == expected


def test_a_due_date_before_the_invoice_is_a_warning(write: Write) -> None:
    path = write("invoice_number,customer_id,invoice_date,due_date,amount\nA-1,C1,2026-03-02,2026-02-28,1\n")
    batch = read(path)
    assert len(batch.records) == 1
    assert batch.warnings[0].reason == "2 days before the invoice date"


def test_ambiguous_dates_are_decided_for_the_file_and_told(write: Write) -> None:
    path = write(
        "invoice_number,customer_id,invoice_date,due_date,amount\nA-1,C1,03/04/2026,05/13/2026,1\n"
        "A-2,C1,13/04/2026,05/06/2026,1\n"
    )
    reader = CsvReader(recognise(path))
    told = {one.column: (one.decided, one.is_certain) for one in reader.decisions}
    assert told["invoice_date"] == ("dd/mm/yyyy", True)
    assert told["due_date"] == ("mm/dd/yyyy", True)


def test_a_date_order_that_nothing_proves_is_taken_as_day_first_and_called_uncertain(write: Write) -> None:
    path = write("invoice_number;customer_id;invoice_date;amount\nA-1;C1;03/04/2026;1.234\n")
    reader = CsvReader(recognise(path))
    assert [(one.column, one.decided, one.is_certain) for one in reader.decisions] == [
        ("invoice_date", "dd/mm/yyyy", False),
        ("amount", "decimal comma", False),
    ]
    assert next(reader.batches()).records[0].amount == Decimal(1234)


def test_three_decimals_in_a_comma_separated_file_are_decimals(write: Write) -> None:
    record = read(write("invoice_number,customer_id,invoice_date,amount\nA-1,C1,2026-04-03,10.123\n")).records[0]
    assert record.amount == Decimal("10.123")


@pytest.mark.parametrize(
    ("name", "header", "table"),
    [
        ("anything.csv", "customer_id,name", Table.CUSTOMERS),
        ("anything.csv", "invoice_number,customer_id,invoice_date,amount,name", Table.INVOICES),
        ("anything.csv", "payment_id,customer_id,payment_date,amount", Table.PAYMENTS),
        ("anything.csv", "payment_id,invoice_number,amount", Table.ALLOCATIONS),
        ("customers.csv", "payment_id,invoice_number,amount", Table.ALLOCATIONS),
    ],
)
def test_a_table_is_told_by_its_header(tmp_path: Path, name: str, header: str, table: Table) -> None:
    path = tmp_path / name
    path.write_text(header + "\n")
    assert recognise(path).table is table


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("no table")
    with pytest.raises(InputError, match="holds no table"):
        files_of(tmp_path)


MAPPING = """
table = "invoices"
date_format = "mm/dd/yyyy"
[columns]
invoice_number = "Doc"
customer_id = "Debtor"
invoice_date = "Date"
amount = "Sum"
currency = { constant = "USD" }
[custom.size]
when = ["Sum", ">", "Limit"]
as = "number"
then = "large"
else = "small"
"""


def test_a_mapping_names_source_columns_constants_and_derived_fields(write: Write) -> None:
    path = write("Doc,Debtor,Date,Sum,Limit,Secret\nA-1,C1,3/4/2026,9.00,10.00,x\nA-2,C1,3/4/2026,11.00,10.00,x\n")
    records = read(path, mapping=parse(MAPPING, "mine")).records
    assert [(str(one.invoice_on), one.currency, one.custom) for one in records] == [
        ("2026-03-04", "USD", {"size": "small"}),
        ("2026-03-04", "USD", {"size": "large"}),
    ]


def test_an_unknown_source_column_is_named_with_the_nearest(write: Write) -> None:
    path = write("Doc,Debitor,Date,Sum,Limit\n")
    with pytest.raises(InputError, match=r"'Debtor', which the file does not have\. The nearest column is 'Debitor'"):
        recognise(path, parse(MAPPING, "mine"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("table = ", "not valid TOML"),
        ('table = "orders"', "has table = 'orders'"),
        ('[columns]\ninvoice_numbr = "x"', "unknown target column 'invoice_numbr'.*'invoice_number'"),
        ('[columns]\ninvoice_number = "x"', "does not say which column is 'customer_id'"),
        ("[columns]\ninvoice_number = 5", "no source for 'invoice_number'"),
        ('date_format = "mm-dd"', "has date_format = 'mm-dd'"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_mend(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse(text, "mine")


def test_a_derived_field_with_a_wrong_comparison_is_refused() -> None:
    with pytest.raises(InputError, match="compares wrongly in the custom column 'size'"):
        parse(MAPPING.replace('">"', '"=>"'), "mine")


def test_the_mappings_of_the_product_are_found_by_header_in_any_order(write: Write) -> None:
    ibm = next(one for one in shipped() if one.name == "ibm_accounts_receivable")
    path = write(",".join(reversed(ibm.header)) + "\n")
    assert recognise(path, known=shipped()).mapping == ibm
    assert load("no such mapping") is None
