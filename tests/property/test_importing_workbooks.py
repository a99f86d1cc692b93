"""Whatever stands in a sheet or a text file: in = imported + quarantined, and every row set aside is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.recognition.as_toml import written
from ar_cockpit.importing.recognition.propose import propose
from ar_cockpit.importing.records import Table
from ar_cockpit.importing.tabular.mapping import CONTENTS, Constant, Mapping
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.settings import get_settings
from tests.builders_of_workbooks import a_workbook
from tests.property.test_importing import check_totals

PLAIN = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=8).filter(
    lambda text: text.strip() and not text.startswith("=")
)
CELLS = st.one_of(
    st.none(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 (a sheet knows no zones)
    st.booleans(),
    PLAIN,
    st.sampled_from(["=1+1", "#N/A", "1.250,00", "(7.00)", "n/a", "31/02/2026", "27/02/2026"]),
)
ROWS = st.lists(st.lists(CELLS, min_size=0, max_size=6), max_size=10)
MAPPING = written(
    Mapping(
        "any",
        Table.INVOICES,
        {
            "invoice_number": "No",
            "customer_id": "Who",
            "invoice_date": "Day",
            "amount": "Sum",
            "currency": Constant("EUR"),
        },
        header=("No", "Who", "Day", "Sum", "More"),
        customer={"name": "Who"},
        custom={"More": "More"},
    )
)


@contextmanager
def loaded(template: Path, folder: Path, path: Path) -> Iterator[FileReport]:
    """Import one file into a fresh ledger."""
    copy = folder / "ledger.db"
    copy.write_bytes(template.read_bytes())
    engine = make_engine(f"sqlite:///{copy}")

    @contextmanager
    def opened() -> Iterator[Session]:
        with transaction(engine) as session:
            yield session

    importer = Importer(
        opened, Actor.local_operator(), Request(date(2026, 6, 1)), get_settings(), mappings={path: MAPPING}
    )
    yield import_paths(importer, [path])[0]
    engine.dispose()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_every_row_of_a_sheet_is_imported_or_set_aside(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, rows: list[list[object]]
) -> None:
    folder = tmp_path_factory.mktemp("sheet")
    head = ["No", "Who", "Day", "Sum", "More"]
    path = a_workbook(folder / "a.xlsx", {"A": [head, ["A", "B", datetime(2026, 1, 1), 1, "x"], *rows]})  # noqa: DTZ001
    with loaded(sqlite_template, folder, path) as report:
        check_totals(report)
        filled = [row for row in rows if any(cell is not None for cell in row)]
        assert report.tally.total_in.count == 1 + len(filled)


BAD_FILES = {
    "half a row": (b"No;Who;Day;Sum;More\nA;C;2026-01-01;1,00;\nB;C;2026-0", 2, 1),
    "mixed marks": (b"No;Who;Day;Sum;More\nA;C;2026-01-01;1,50;\nB;C;2026-01-01;2.50;\nD;C;2026-01-01;3,5;\n", 3, 1),
    "formulas": (b"No;Who;Day;Sum;More\nA;C;2026-01-01;=1+1;\nB;C;2026-01-01;2;=cmd\n", 2, 1),
    "twice": (b"No;Who;Day;Sum;More\nA;C;2026-01-01;1;\nA;C;2026-01-01;2;\nA;C;2026-01-01;1;\n", 3, 1),
    "absurd": (b"No;Who;Day;Sum;More\nA;C;2026-01-01;NaN;\nB;C;2026-01-01;1e400;\nD;C;2026-01-01;inf;\n", 3, 3),
    "a million cells": (b"No;Who;Day;Sum;More\n" + b"x;" * 1_000_000 + b"\nA;C;2026-01-01;1;\n", 2, 1),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_rows_are_set_aside_with_line_column_value_and_reason(
    sqlite_template: Path, tmp_path: Path, name: str
) -> None:
    content, came, kept_out = BAD_FILES[name]
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with loaded(sqlite_template, tmp_path, path) as report:
        check_totals(report)
        told = report.document()
        assert (told["totals"]["in"]["count"], told["totals"]["quarantined"]["count"]) == (came, kept_out)
        assert all(one["line"] > 1 and one["value"] and one["reason"] for one in told["quarantined"])
        assert all(len(cell) < 10_000 for one in report.tally.set_aside for cell in (one.defect.value, *one.cells))


@pytest.mark.parametrize(
    "content", [b"No;Who\nA\xc3\xa9;B\nC\xe9;D\n", b"x;" * 5_000 + b"\n", b"\x00\x01\x02\xff\xfe;"]
)
def test_what_is_no_table_is_refused_whole(sqlite_template: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InputError), loaded(sqlite_template, tmp_path, path):
        pass


@given(
    header=st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=20), max_size=12),
    table=st.sampled_from([None, *Table]),
)
def test_any_header_gets_a_proposal_without_a_column_twice(header: list[str], table: Table | None) -> None:
    found = propose(header, [], "anything", table)
    named = [one.column for one in found.suggestions.values()]
    assert len(named) == len(set(named))
    assert set(named) <= set(header)
    assert found.mapping.content in CONTENTS
