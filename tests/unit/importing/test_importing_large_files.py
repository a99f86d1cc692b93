"""Reading large files: which keys repeat, what is read ahead, and that memory follows the batch, not the file."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql

from ar_cockpit.db.copying import as_text
from ar_cockpit.db.tables import InvoiceRow
from ar_cockpit.importing.records import Batch
from ar_cockpit.importing.tabular.batches import CsvReader
from ar_cockpit.importing.tabular.csv_file import recognise
from ar_cockpit.importing.tabular.csv_rows import Row, in_chunks, rows
from ar_cockpit.importing.tabular.keys import Name
from ar_cockpit.importing.tabular.mapping import parse
from ar_cockpit.importing.values.amounts import POINT, AmountReader
from ar_cockpit.services.importing import ahead

HEADER = "invoice_number,customer_id,invoice_date,amount,description\n"


def reader_of(tmp_path: Path, content: str, name: str = "invoices.csv") -> CsvReader:
    """Return a reader of a file with ``content``."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    return CsvReader(recognise(path))


def suspects_of(reader: CsvReader) -> set[Name]:
    """Return what the reader tells of all its batches, three rows at a time."""
    return {name for batch in reader.batches(3) for name in batch.suspects}


def test_keys_that_occur_once_are_no_suspects(tmp_path: Path) -> None:
    numbers = ["A-1", "A-2", " A-1 ", "A-3", "A-2", "A-2"]
    lines = "".join(f"{number},C1,2026-01-02,1.00,x\n" for number in numbers)
    assert suspects_of(reader_of(tmp_path, HEADER + lines)) == {"A-1", "A-2"}


def test_a_row_with_too_many_empty_cells_counts_among_the_keys(tmp_path: Path) -> None:
    lines = "A-1,C1,2026-01-02,1.00,x\nA-1,C1,2026-01-02,1.00,x,,\n"
    assert suspects_of(reader_of(tmp_path, HEADER + lines)) == {"A-1"}


def test_an_allocation_is_named_by_its_payment_and_its_invoice(tmp_path: Path) -> None:
    content = "payment_id,invoice_number,amount\nP-1,A-1,1\nP-1,A-2,1\nP-2,A-1,1\nP-1,A-1,1\n"
    assert suspects_of(reader_of(tmp_path, content, "allocations.csv")) == {("P-1", "A-1")}


def test_which_keys_repeat_is_not_known_where_the_mapping_rewrites_them(tmp_path: Path) -> None:
    mapping = parse(
        'name = "x"\nwhole_numbers = ["No"]\n[columns]\ninvoice_number = "No"\ncustomer_id = "Who"\n'
        'invoice_date = "When"\namount = "Sum"\n',
        "x",
    )
    path = tmp_path / "x.csv"
    path.write_text("No,Who,When,Sum\n1.0,C1,2026-01-02,1\n1,C1,2026-01-02,2\n")
    assert not CsvReader(recognise(path, mapping)).knows_repeated


@pytest.mark.parametrize("cell", ["1234.50", "-12.00", "1,234.50", "+7", "- 3.25", "(8.00)", "9-", "", "n/a", "5\n6"])
def test_an_amount_is_read_the_same_alone_and_among_others(cell: str) -> None:
    others = ["1.00", "12,345.00", "-3.10"]
    alone = AmountReader(POINT).read(cell)
    assert AmountReader(POINT)([*others, cell])[-1] == alone
    assert AmountReader(POINT)([cell])[0] == alone


def test_rows_that_come_one_by_one_are_gathered_with_the_broken_ones_apart() -> None:
    found = [Row(2, ["a"], ""), Row(3, ["b"], "odd"), Row(4, ["c"], "")]
    chunks = list(in_chunks(found, 2))
    assert [(chunk.lines, chunk.broken) for chunk in chunks] == [([2], [found[1]]), ([4], [])]


def test_rows_keep_their_order_when_a_quotation_mark_does_not_pair(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('h\na\n"b\nc\nd\n')
    assert [(row.line, bool(row.fault)) for row in rows(path, "utf-8", ",")] == [
        (2, False),
        (3, True),
        (4, False),
        (5, False),
    ]


def batches(count: int) -> Iterator[Batch[object]]:  # type: ignore[type-var]  # any record will do
    """Yield batches of one record."""
    for number in range(count):
        yield Batch([number], [()], [], [])  # type: ignore[type-var]


@pytest.mark.parametrize("read", [ahead.begun, ahead.overlapping])
def test_batches_read_ahead_come_whole_and_in_order(read: ahead.Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "ROWS_BEFORE", 3)
    assert [batch.records for batch in read(batches(7))] == [[number] for number in range(7)]
    assert list(read(batches(0))) == []


def test_what_goes_wrong_while_reading_ahead_is_told() -> None:
    def broken() -> Iterator[Batch[object]]:  # type: ignore[type-var]
        yield from batches(1)
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        list(ahead.overlapping(broken()))


def test_copy_text_escapes_what_the_format_means_otherwise() -> None:
    table = InvoiceRow.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table classes
    types = [table.c[name].type for name in ("number", "description", "custom", "written_off_on", "amount_minor")]
    rows_ = [("a\\b", "t\tn\nr\r", {"k": "\\\t"}, None, 5), ("\\N", "plain", {}, None, -1)]
    told = as_text(postgresql.dialect(), types, list(zip(*rows_, strict=True)))
    assert told == 'a\\\\b\tt\\tn\\nr\\r\t{"k": "\\\\\\\\\\\\t"}\t\\N\t5\n\\\\N\tplain\t{}\t\\N\t-1\n'


def peak(tmp_path: Path, count: int) -> int:
    """Return the most memory that reading a file of ``count`` rows takes."""
    goods = "Goods " * 20
    lines = "".join(f"A-{n},C{n % 97},2026-01-{n % 28 + 1:02d},{n}.50,{goods}{n}\n" for n in range(count))
    path = tmp_path / f"{count}.csv"
    path.write_text(HEADER + lines)
    del lines
    tracemalloc.start()
    for batch in CsvReader(recognise(path)).batches():
        assert batch.records
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_memory_follows_the_batch_and_not_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ar_cockpit.importing.tabular.batches.ROWS_PER_BATCH", 100)
    monkeypatch.setattr("ar_cockpit.importing.encoding._CHUNK", 4096)
    peak(tmp_path, 200)  # what is loaded once
    assert peak(tmp_path, 4_000) < 1.3 * peak(tmp_path, 1_000)
