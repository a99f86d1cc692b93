"""A file so long that SQLite's triggers and indexes are put aside leaves what is kept of the ledger as true as any."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlmodel import Session, col, select

from ar_cockpit.db import marks
from ar_cockpit.db.queries.figures import flows as kept
from ar_cockpit.db.queries.figures import sums
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.figures import flows
from ar_cockpit.services.importing import files, in_bulk
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.settings import get_settings
from tests.property.test_kept_priorities import ME, TODAY, ledger, the_same

INVOICES = ("invoice_number,customer_id,company,invoice_date,due_date,amount", "ALFA{n}-9,C{n},ALFA,{on},{on},9000.00")
PAYMENTS = ("payment_id,customer_id,company,payment_date,amount", "P-{n},C{n},ALFA,{on},90.00")
ALLOCATIONS = ("payment_id,invoice_number,company,date,amount", "P-{n},ALFA{n}-9,ALFA,{on},90.00")


@pytest.fixture(autouse=True)
def _everything_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_bulk, "MANY_ROWS", 1)


@pytest.fixture
def live(engine: Engine) -> Engine:
    """A ledger of two companies with sums and priorities that may be relied on."""
    with transaction(engine) as session:
        ledger(session, random.Random(1))  # noqa: S311 (a ledger that can be told again)
        flows.refresh(session)
    keeping.keep(engine, TODAY)
    return engine


def bring(engine: Engine, path: Path, lines: tuple[str, str], *, dry_run: bool = False) -> FileReport:
    """Import a row for each of three customers of ALFA."""
    head, row = lines
    on = TODAY - timedelta(days=95)
    path.write_text("\n".join([head, *(row.format(n=n, on=on) for n in range(3))]) + "\n", encoding="utf-8")

    @contextmanager
    def open_session() -> Iterator[Session]:
        with transaction(engine) as session:
            yield session

    return import_paths(Importer(open_session, ME, Request(TODAY, dry_run=dry_run), get_settings()), [path])[0]


def schema(engine: Engine) -> tuple[list[str], list[str]]:
    """Return the triggers that are missing and the indexes there are."""
    with engine.connect() as connection:
        found = inspect(connection)
        indexes = [str(one["name"]) for table in found.get_table_names() for one in found.get_indexes(table)]
        return marks.missing(connection), sorted(indexes)


def relied_on(session: Session, code: str) -> bool:
    company_id = session.exec(select(CompanyRow.id).where(col(CompanyRow.code) == code)).one()
    return kept.are_built(session, [company_id])


def test_what_is_kept_says_the_same_as_the_ledger_after_each_long_file(live: Engine, tmp_path: Path) -> None:
    before = schema(live)
    for lines in (INVOICES, PAYMENTS, ALLOCATIONS):
        report = bring(live, tmp_path / "long.csv", lines)
        assert (report.tally.created.total(), report.tally.set_aside) == (3, [])
        the_same(live)
        keeping.keep(live, TODAY)
        the_same(live)
        assert schema(live) == before
        assert before[0] == []


@pytest.mark.parametrize(("lines", "touches_sums"), [(INVOICES, True), (PAYMENTS, False)])
def test_a_long_file_takes_back_the_sums_of_its_companies_only(
    live: Engine, tmp_path: Path, lines: tuple[str, str], *, touches_sums: bool
) -> None:
    bring(live, tmp_path / "long.csv", lines)
    with reading(live) as session:
        assert relied_on(session, "BETA")
        marked = text("SELECT DISTINCT c.code FROM priority_mark m JOIN customer c ON c.id = m.customer_id ORDER BY 1")
        assert {"C0", "C1", "C2"} <= set(session.execute(marked).scalars())
        if touches_sums:
            assert not relied_on(session, "ALFA")
    with transaction(live) as session:
        flows.refresh(session)
        about, days = Slice((1,), "EUR"), [TODAY, TODAY - timedelta(days=60)]
        assert kept.ageing_on(session, about, days) == sums.ageing_on(session, about, days)


def test_a_long_file_that_is_only_tried_leaves_triggers_indexes_and_what_is_kept(live: Engine, tmp_path: Path) -> None:
    before = schema(live)
    bring(live, tmp_path / "long.csv", INVOICES, dry_run=True)
    assert schema(live) == before
    with reading(live) as session:
        assert relied_on(session, "ALFA")
        assert not keeping.is_behind(session, TODAY)


def test_a_long_file_leaves_sqlite_set_as_it_was(live: Engine, tmp_path: Path) -> None:
    def settings() -> list[int]:
        with live.connect() as connection:
            return [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("cache_size", "threads")]

    if live.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps its indexes")
    before = settings()
    bring(live, tmp_path / "long.csv", INVOICES)
    assert settings() == before


def test_what_a_long_file_held_is_given_back_and_what_a_short_one_did_is_kept_for_the_next(
    live: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr(files, "give_back", lambda: given.append("back"))
    bring(live, tmp_path / "invoices.csv", INVOICES)
    assert given == ["back"]
    monkeypatch.setattr(in_bulk, "MANY_ROWS", 4)
    bring(live, tmp_path / "payments.csv", PAYMENTS)
    assert given == ["back"]
