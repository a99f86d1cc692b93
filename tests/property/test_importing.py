"""Whatever a file holds: in = imported + quarantined, a second time changes nothing, money is conserved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from ar_cockpit.db.metadata import metadata
from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.settings import get_settings

NUMBERS = st.sampled_from(["A-1", "A-2", "A-3", "A-4", ""])
AMOUNTS = st.one_of(
    st.decimals(-500, 500, places=2).map(str),
    st.sampled_from(["10.123", "n/a", "", "NaN", "99999999999999999999", "1,5", "(7.00)"]),
)
DATES = st.sampled_from(["2026-01-10", "10/01/2026", "2026-13-01", "", "9999-12-31"])
CELLS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
INVOICES = st.lists(
    st.tuples(NUMBERS, st.sampled_from(["C1", "C2", "C9"]), DATES, DATES, AMOUNTS, st.sampled_from(["", "1"]), CELLS),
    max_size=12,
)
PAYMENTS = st.lists(
    st.tuples(st.sampled_from(["P-1", "P-2", "P-3"]), st.sampled_from(["C1", "C9"]), DATES, AMOUNTS), max_size=6
)
ALLOCATIONS = st.lists(
    st.tuples(st.sampled_from(["P-1", "P-2", "P-9"]), NUMBERS, AMOUNTS, st.sampled_from(["", "2026-03-01"])),
    max_size=12,
)
HEADERS = {
    "customers": "customer_id,name,company",
    "invoices": "invoice_number,customer_id,invoice_date,settled_date,amount,disputed,remark",
    "payments": "payment_id,customer_id,payment_date,amount",
    "allocations": "payment_id,invoice_number,amount,date",
}


def csv_of(name: str, lines: list[tuple[str, ...]]) -> str:
    """Return a file with quoted cells."""
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    return "\n".join([HEADERS[name], *quoted]) + "\n"


class Ledger:
    """An empty ledger to import into."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a transaction."""
        with transaction(self.engine) as session:
            yield session

    def load(self, name: str, lines: list[tuple[str, ...]]) -> FileReport:
        """Import one table."""
        path = self.folder / f"{name}.csv"
        path.write_text(csv_of(name, lines), encoding="utf-8", newline="")
        importer = Importer(self.session, Actor.local_operator(), Request(date(2026, 6, 1)), get_settings())
        return import_paths(importer, [path])[0]

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question in SQL."""
        with self.session() as session:
            return [tuple(row) for row in session.execute(text(question))]


def check_totals(report: FileReport) -> None:
    """In = imported + quarantined, in rows and in each currency's sum; every row set aside is told."""
    totals = report.document()["totals"]
    parts = (totals["imported"], totals["quarantined"])
    assert totals["in"]["count"] == sum(part["count"] for part in parts)
    with localcontext(prec=200):  # absurd amounts add up too
        for currency, total in totals["in"]["sum"].items():
            assert Decimal(total) == sum(Decimal(part["sum"].get(currency, "0")) for part in parts)
    assert len(report.document()["quarantined"]) == totals["quarantined"]["count"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(invoices=INVOICES, payments=PAYMENTS, allocations=ALLOCATIONS)
def test_totals_agree_money_is_conserved_and_a_second_time_changes_nothing(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    invoices: list[tuple[str, ...]],
    payments: list[tuple[str, ...]],
    allocations: list[tuple[str, ...]],
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    ledger = Ledger(make_engine(f"sqlite:///{shutil.copy(sqlite_template, folder / 'ledger.db')}"), folder)
    check_import(ledger, invoices, payments, allocations)
    ledger.engine.dispose()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(invoices=INVOICES, payments=PAYMENTS, allocations=ALLOCATIONS)
def test_the_same_holds_on_postgresql(
    postgres_url: str,
    tmp_path: Path,
    invoices: list[tuple[str, ...]],
    payments: list[tuple[str, ...]],
    allocations: list[tuple[str, ...]],
) -> None:
    ledger = Ledger(make_engine(postgres_url), tmp_path)
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
    check_import(ledger, invoices, payments, allocations)
    ledger.engine.dispose()


def check_import(
    ledger: Ledger,
    invoices: list[tuple[str, ...]],
    payments: list[tuple[str, ...]],
    allocations: list[tuple[str, ...]],
) -> None:
    """Import each table twice and hold the reports and the ledger against what must be true of any."""
    files = {
        "customers": [("C1", "Alder", "ALFA"), ("C2", "Birch", "ALFA")],
        "invoices": invoices,
        "payments": payments,
        "allocations": allocations,
    }
    for name, lines in files.items():
        report = ledger.load(name, lines)
        check_totals(report)
        assert report.tally.total_in.count == len(lines)
        facts = ledger.ask(f"SELECT * FROM {name[:-1]} ORDER BY id")
        again = ledger.load(name, lines)
        check_totals(again)
        assert ledger.ask(f"SELECT * FROM {name[:-1]} ORDER BY id") == facts
        assert again.tally.created.total() + again.tally.updated.total() == 0
    check_ledger(ledger)


def check_ledger(ledger: Ledger) -> None:
    """Open = amount − Σ allocations, within the amount; unapplied likewise; closed exactly when nothing is open."""
    applied = "coalesce((SELECT sum(amount_minor) FROM allocation WHERE allocation.{}_id = {}.id), 0)"
    wrong = (
        f"SELECT number FROM invoice WHERE open_minor != amount_minor - {applied.format('invoice', 'invoice')}",
        "SELECT number FROM invoice WHERE open_minor * amount_minor < 0 OR abs(open_minor) > abs(amount_minor)",
        "SELECT number FROM invoice WHERE (open_minor = 0) != (closed_on != '9999-12-31')",
        f"SELECT number FROM payment WHERE unapplied_minor != amount_minor - {applied.format('payment', 'payment')}",
        "SELECT number FROM payment WHERE unapplied_minor * amount_minor < 0",
        "SELECT id FROM allocation WHERE amount_minor = 0 AND invoice_id IS NULL",
    )
    for question in wrong:
        assert ledger.ask(question) == [], question
