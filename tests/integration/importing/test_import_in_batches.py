"""Large files: what crosses the border of two batches, what COPY must not change, and what is not held in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from ar_cockpit.db.copying import WORTH_A_COPY
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.importing.tabular import batches
from ar_cockpit.services.importing import history
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.services.importing.loading import tally
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.settings import get_settings

CUSTOMERS = "customer_id,name,company,currency\nC1,Alder,ALFA,EUR\nC2,Birch,ALFA,EUR\n"
INVOICE_HEAD = "invoice_number,customer_id,invoice_date,amount\n"
Import = Callable[[str, str], FileReport]


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Import:
    """Write a file into a ledger with two customers, import it and return its report."""

    @contextmanager
    def open_session() -> Iterator[Session]:
        with transaction(engine) as session:
            yield session

    def loaded(name: str, content: str) -> FileReport:
        path = tmp_path / f"{name}.csv"
        path.write_text(content, encoding="utf-8", newline="")
        request = Request(date(2026, 6, 1))
        return import_paths(Importer(open_session, Actor.local_operator(), request, get_settings()), [path])[0]

    loaded("customers", CUSTOMERS)
    return loaded


@pytest.fixture
def in_twos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files two rows at a time."""
    monkeypatch.setattr(batches, "ROWS_PER_BATCH", 2)


def ask(engine: Engine, question: str) -> list[tuple[Any, ...]]:
    """Return the rows of a question in SQL."""
    with reading(engine) as session:
        return [tuple(row) for row in session.execute(text(question))]


def reasons(report: FileReport) -> list[tuple[int, str]]:
    """Return what was set aside: line and reason."""
    return [(one["line"], one["reason"]) for one in report.document()["quarantined"]]


@pytest.mark.usefixtures("in_twos")
def test_a_key_is_known_again_in_a_later_batch(load: Import) -> None:
    rows = ["A-1,C1,2026-01-10,1.00", "A-2,C1,2026-01-10,1.00", "A-3,C1,2026-01-10,1.00"]
    report = load("invoices", INVOICE_HEAD + "\n".join([*rows, rows[0], "A-2,C1,2026-01-10,2.00"]) + "\n")
    assert reasons(report) == [(6, "Already on line 3 with other contents")]
    assert (report.tally.created["invoices"], report.tally.unchanged["invoices"]) == (3, 1)


@pytest.mark.usefixtures("in_twos")
def test_a_key_with_a_control_character_is_the_key_without(load: Import) -> None:
    rows = '"A\n1",C1,2026-01-10,1.00\nA-2,C1,2026-01-10,1.00\nA 1,C1,2026-01-10,2.00\n'
    assert reasons(load("invoices", INVOICE_HEAD + rows)) == [(5, "Already on line 2 with other contents")]


@pytest.mark.usefixtures("in_twos")
def test_an_allocation_waits_for_room_that_a_later_batch_makes(load: Import, engine: Engine) -> None:
    load("invoices", INVOICE_HEAD + "A-1,C1,2026-01-10,100.00\nA-2,C1,2026-01-10,50.00\nK-1,C1,2026-01-12,-30.00\n")
    load("payments", "payment_id,customer_id,payment_date,amount\nP-1,C1,2026-02-01,120.00\n")
    report = load(
        "allocations", "payment_id,invoice_number,amount\nP-1,A-1,100.00\nP-1,A-2,50.00\nP-1,K-1,-30.00\nP-1,A-1,1.00\n"
    )
    assert reasons(report) == [(5, "Already on line 2 with other contents")]
    assert ask(engine, "SELECT number, open_minor FROM invoice ORDER BY number") == [("A-1", 0), ("A-2", 0), ("K-1", 0)]
    assert ask(engine, "SELECT unapplied_minor FROM payment") == [(0,)]


@pytest.mark.usefixtures("in_twos")
def test_one_payment_is_used_up_over_several_batches(load: Import, engine: Engine) -> None:
    numbers = range(1, 6)
    load("invoices", INVOICE_HEAD + "".join(f"A-{n},C1,2026-01-10,10.00\n" for n in numbers))
    load("payments", "payment_id,customer_id,payment_date,amount\nP-1,C1,2026-02-01,45.00\n")
    lines = "".join(f"P-1,A-{n},10.00\n" for n in numbers)
    report = load("allocations", "payment_id,invoice_number,amount\n" + lines)
    assert reasons(report) == [(6, "More than is left of the payment (5.00 EUR)")]
    assert ask(engine, "SELECT unapplied_minor FROM payment") == [(500,)]


@pytest.mark.usefixtures("in_twos")
def test_lines_are_physical_ones_across_batches_and_broken_quotation_marks(load: Import) -> None:
    rows = 'A-1,C1,2026-01-10,1.00\n\n"A-2,C1,2026-01-10,1.00\nA-3,C1,2026-01-10,n/a\nA-4,C1,2026-01-10,x\n'
    report = load("invoices", INVOICE_HEAD + rows)
    assert [line for line, _ in reasons(report)] == [4, 5, 6]


ODD = [
    "back\\slash",
    "\\N",
    "\\.",
    'quoted "word"',
    "it's",
    "tab\tinside",
    "line\nend",
    "nul\0inside",
    "été 北京 🧾",
    "{}",
    "%s %(x)s",
    "a\\tb",
]


def test_texts_arrive_as_they_are_however_many_rows_there_are(load: Import, engine: Engine) -> None:
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow(["invoice_number", "customer_id", "invoice_date", "amount", "description", "remark"])
    texts = [ODD[n % len(ODD)] for n in range(WORTH_A_COPY + len(ODD))]
    writer.writerows([f"A-{n:04d}", "C1", "2026-01-10", "1.00", one, one] for n, one in enumerate(texts))
    report = load("invoices", told.getvalue())
    kept = [one.replace("\t", " ").replace("\n", " ").replace("\0", " ") for one in texts]
    with reading(engine) as session:
        found = list(session.execute(text("SELECT description, custom FROM invoice ORDER BY number")))
    assert [row[0] for row in found] == kept
    assert report.tally.created["invoices"] == len(texts)
    again = load("invoices", told.getvalue())
    assert again.tally.unchanged["invoices"] == len(texts)
    changed = load("invoices", told.getvalue().replace("1.00", "2.00"))
    assert changed.tally.updated["invoices"] == len(texts)
    assert [row[0] for row in ask(engine, "SELECT description FROM invoice ORDER BY number")] == kept


def test_other_columns_of_payments_and_allocations_are_kept(load: Import, engine: Engine) -> None:
    load("invoices", INVOICE_HEAD + "A-1,C1,2026-01-10,100.00\n")
    payments = "payment_id,customer_id,payment_date,amount,Bank\nP-1,C1,2026-02-01,60.00,Nord\n"
    allocations = "payment_id,invoice_number,amount,Clerk\nP-1,A-1,60.00,Ann\n"
    for name, content in (("payments", payments), ("allocations", allocations)):
        assert load(name, content).tally.created[name] == 1
        assert load(name, content).tally.unchanged[name] == 1
    more = load("payments", payments.replace("Bank", "Branch").replace("Nord", "Lille"))
    other = load("allocations", allocations.replace("Ann", "Bea"))
    assert (more.tally.updated["payments"], other.tally.updated["allocations"]) == (1, 1)
    with reading(engine) as session:
        custom = [
            session.execute(text(f"SELECT custom FROM {table}")).scalar_one() for table in ("payment", "allocation")
        ]
    assert [str(one).replace("'", '"') for one in custom] == ['{"Bank": "Nord", "Branch": "Lille"}', '{"Clerk": "Bea"}']


@pytest.mark.usefixtures("in_twos")
def test_a_report_holds_the_first_rows_set_aside_and_counts_all(
    load: Import, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "MOST_TOLD", 3)
    bad = "".join(f"A-{n},C9,2026-01-10,1.00\n" for n in range(9))
    late = "B-1,C1,2026-01-10,1.00\n"
    report = load("invoices", INVOICE_HEAD + bad + late)
    told = report.document()
    assert [one["line"] for one in told["quarantined"]] == [2, 3, 4]
    assert (told["totals"]["quarantined"]["count"], told["left_off"]["quarantined"]) == (9, 6)
    assert ask(engine, "SELECT count(*) FROM quarantined_row") == [(9,)]
    with reading(engine) as session:
        lines = list(history.rows_to_correct(session, Actor.local_operator(), report.batch_id or 0))
    assert [line.split(",")[0] for line in lines[1:]] == [f"A-{n}" for n in range(9)]
