"""Whatever was imported: taking the imports back, last first, gives the identical ledger after each step."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.importing.changes.undo import undo
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.settings import get_settings

HEADERS = {
    "customers": "customer_id,name,company,email,credit_limit,tags,note",
    "invoices": "invoice_number,customer_id,invoice_date,due_date,amount,disputed,settled_date,remark",
    "payments": "payment_id,customer_id,payment_date,amount,reference",
    "allocations": "payment_id,invoice_number,amount,date",
}
CODES = st.sampled_from(["C1", "C2", "C3"])
NUMBERS = st.sampled_from(["A-1", "A-2", "A-3"])
PAYMENTS = st.sampled_from(["P-1", "P-2"])
DATES = st.sampled_from(["2026-01-10", "2026-02-10", "2026-03-10"])
AMOUNTS = st.sampled_from(["100.00", "60.00", "40.00", "-40.00"])
LINES = {
    "customers": st.tuples(
        CODES,
        st.sampled_from(["Alder", "Birch"]),
        st.sampled_from(["ALFA", "BETA"]),
        st.sampled_from(["", "ap@alder.example"]),
        st.sampled_from(["", "5000"]),
        st.sampled_from(["", "vip;eu"]),
        st.sampled_from(["", "kept"]),
    ),
    "invoices": st.tuples(
        NUMBERS, CODES, DATES, DATES, AMOUNTS, st.sampled_from(["0", "1"]), st.one_of(st.just(""), DATES), CODES
    ),
    "payments": st.tuples(PAYMENTS, CODES, DATES, AMOUNTS, st.sampled_from(["", "ref"])),
    "allocations": st.tuples(PAYMENTS, NUMBERS, AMOUNTS, st.one_of(st.just(""), DATES)),
}
FILES = st.lists(
    st.sampled_from(list(HEADERS)).flatmap(
        lambda name: st.tuples(st.just(name), st.lists(LINES[name], min_size=1, max_size=5))
    ),
    min_size=2,
    max_size=5,
)
BEGINNING: list[tuple[str, list[tuple[str, ...]]]] = [
    ("customers", [("C1", "Alder", "ALFA", "", "", "", ""), ("C2", "Birch", "ALFA", "b@birch.example", "", "", "")]),
    ("invoices", [("A-1", "C1", "2026-01-10", "2026-02-10", "100.00", "1", "", "x")]),
    ("payments", [("P-1", "C1", "2026-02-10", "60.00", "")]),
]
FACTS = ("company", "customer", "contact", "invoice", "payment", "allocation", "dispute", "import_change")


class Ledger:
    """A ledger to import into and to take imports back from."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a transaction."""
        with transaction(self.engine) as session:
            yield session

    def load(self, name: str, lines: list[tuple[str, ...]]) -> int:
        """Import one file and return its number."""
        path = self.folder / f"{name}.csv"
        path.write_text("\n".join([HEADERS[name], *(",".join(line) for line in lines)]) + "\n")
        importer = Importer(self.session, Actor.local_operator(), Request(date(2026, 6, 1), "ALFA"), get_settings())
        batch_id = import_paths(importer, [path])[0].batch_id
        assert batch_id is not None
        return batch_id

    def undo(self, batch_id: int) -> None:
        """Take one import back."""
        with self.session() as session:
            undo(session, Actor.local_operator(), batch_id)

    def facts(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of the ledger, with the journal of the imports that are left."""
        with self.session() as session:
            return {
                table: [_comparable(row) for row in session.execute(text(f"SELECT * FROM {table} ORDER BY id"))]
                for table in FACTS
            }


def _comparable(row: Any) -> tuple[Any, ...]:
    """Return a row whose JSON cells compare by content, not by how they were written."""

    def plain(value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) and value[:1] in "[{" and value else value

    return tuple(plain(value) for value in row)


def check(ledger: Ledger, files: list[tuple[str, list[tuple[str, ...]]]]) -> None:
    """Import, then take back step by step, comparing each state with the one that was there before."""
    states, batches = [ledger.facts()], []
    for name, lines in [*BEGINNING, *files]:
        batches.append(ledger.load(name, lines))
        states.append(ledger.facts())
    while batches:
        assert ledger.facts() == states.pop()
        batch_id = batches.pop()
        ledger.undo(batch_id)
        ledger.undo(batch_id)
    assert ledger.facts() == states.pop()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES)
def test_taking_imports_back_gives_the_identical_ledger_row_for_row(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, list[tuple[str, ...]]]]
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    shutil.copy(sqlite_template, folder / "ledger.db")
    engine = make_engine(f"sqlite:///{folder / 'ledger.db'}")
    check(Ledger(engine, folder), files)
    engine.dispose()


@settings(max_examples=1, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES)
def test_it_does_so_on_postgresql_too(
    postgres_url: str, tmp_path: Path, files: list[tuple[str, list[tuple[str, ...]]]]
) -> None:
    engine = make_engine(postgres_url)
    check(Ledger(engine, tmp_path), files)
    engine.dispose()
