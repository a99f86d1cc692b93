"""Long files are read by a process of their own: what is read is the same, and neither process outlives the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import Session

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import InvoiceRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.records import Batch
from ar_cockpit.importing.tabular.apart import ReaderApart
from ar_cockpit.importing.tabular.batches import CsvReader
from ar_cockpit.importing.tabular.csv_file import recognise
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.settings import get_settings

CUSTOMERS = "customer_id,name,company,currency\nC1,Alder,ALFA,EUR\nC2,Birch,BETA,GBP\n"
HEAD = "invoice_number,customer_id,invoice_date,due_date,amount,company,kind,description,region\n"
ALL_SORTS = (
    HEAD
    + """\
A-1,C1,2026-01-10,2026-02-10,100.00,ALFA,,Goods,north
A-2,C2,10/01/2026,13/02/2026,7.5,BETA,credit_note,,
A-3,C1,2026-01-10,,"1,250.00",ALFA,,"two
lines",
A-1,C1,2026-01-10,2026-02-10,100.00,ALFA,,Goods,north
A-4,C1,2026-01-10,2026-01-01,-3.00,ALFA,,early and negative,
A-5,C1,2026-02-31,,1.00,ALFA,,no such day,
A-6,C9,2026-01-10,,1.00,ALFA,,no such customer,
A-7,C1,2026-01-10
A-8,C1,2026-01-10,,1.00,ALFA,,"not closed,
"""
)
APART = pytest.param(0, id="apart")
HERE = pytest.param(10**9, id="here")
Load = Callable[..., FileReport]


def many(count: int) -> str:
    """Return an invoice file of ``count`` rows that are all good."""
    return HEAD + "".join(f"F{n},C1,2026-01-10,2026-02-10,{n}.25,ALFA,,Goods,\n" for n in range(count))


def written(path: Path, content: str) -> Path:
    """Write a file as it is and return where it is."""
    path.write_text(content, encoding="utf-8", newline="")
    return path


def told(batch: Batch[Any]) -> tuple[Any, ...]:
    """Return all that a batch says, as plain values."""
    cells = [list(row) for row in batch.cells]
    return list(batch.records), cells, batch.rejects, batch.warnings, batch.customers, sorted(batch.suspects)


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Load:
    """Return what imports one file into a ledger with two customers."""

    @contextmanager
    def open_session() -> Iterator[Session]:
        with transaction(engine) as session:
            yield session

    def loaded(name: str, content: str, apart_from: int, **more: Any) -> FileReport:
        path = written(tmp_path / f"{name}.csv", content)
        importer = Importer(open_session, Actor.local_operator(), Request(date(2026, 6, 1)), get_settings())
        return import_paths(replace(importer, reads_apart_from=apart_from, **more), [path])[0]

    loaded("customers", CUSTOMERS, 0)
    return loaded


def count(engine: Engine) -> int:
    """Return how many invoices the ledger has."""
    with reading(engine) as session:
        return session.execute(select(func.count()).select_from(InvoiceRow)).scalar_one()


def children() -> list[int]:
    """Return the processes that this one has begun."""
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(pid) for told_of in tasks for pid in told_of.read_text().split()]


@pytest.mark.parametrize("content", [pytest.param(ALL_SORTS, id="all sorts"), pytest.param(many(12_000), id="many")])
def test_a_file_is_read_the_same_apart_and_here(tmp_path: Path, content: str) -> None:
    file = recognise(written(tmp_path / "invoices.csv", content))
    here = CsvReader(file)
    with closing(ReaderApart(file)) as apart:
        assert (apart.row_count, apart.decisions) == (here.row_count, here.decisions)
        assert list(map(told, apart.batches())) == list(map(told, here.batches()))


@pytest.mark.parametrize("apart_from", [APART, HERE])
def test_a_file_with_all_sorts_of_rows_is_loaded_the_same(load: Load, engine: Engine, apart_from: int) -> None:
    report = load("invoices", ALL_SORTS, apart_from).document()
    assert [(one["line"], one["column"]) for one in report["quarantined"]] == [
        (8, "invoice_date"),
        (9, "customer_id"),
        (10, ""),
        (11, ""),
    ]
    assert report["totals"]["in"]["sum"] == {"EUR": "1449.00", "GBP": "-7.50"}
    assert report["totals"]["imported"] == {"count": 5, "sum": {"EUR": "1447.00", "GBP": "-7.50"}}
    assert (report["created"]["invoices"], report["unchanged"]["invoices"], count(engine)) == (4, 1, 4)


@pytest.mark.parametrize("apart_from", [APART, HERE])
def test_a_file_that_is_refused_while_it_is_read_says_so(load: Load, engine: Engine, apart_from: int) -> None:
    with pytest.raises(InputError, match="too many quotation marks that do not pair"):
        load("invoices", HEAD + '"A\n' * 300, apart_from)
    assert count(engine) == 0
    assert children() == []


def test_when_the_reader_is_killed_nothing_is_loaded(load: Load, engine: Engine) -> None:
    def kill(_path: Path, _done: int, _total: int) -> None:
        for pid in children():
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(InputError, match=r"reads invoices\.csv ended before the file did"):
        load("invoices", many(60_000), 0, progress=kill)
    assert count(engine) == 0
    assert load("invoices", many(10), 0).tally.created["invoices"] == 10


def test_the_reader_ends_with_the_import_that_gives_up(load: Load, engine: Engine) -> None:
    def give_up(_path: Path, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load("invoices", many(60_000), 0, progress=give_up)
    assert (count(engine), children()) == (0, [])


def test_the_reader_ends_when_the_importing_process_is_killed(tmp_path: Path) -> None:
    path = written(tmp_path / "invoices.csv", many(60_000))
    begin = (
        "import sys, time; sys.path[:] = sys.argv[2].split('|'); from pathlib import Path\n"
        "from ar_cockpit.importing.tabular.apart import ReaderApart\n"
        "from ar_cockpit.importing.tabular.csv_file import recognise\n"
        "reader = ReaderApart(recognise(Path(sys.argv[1]))); print(reader._process.pid, flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", begin, str(path), "|".join(sys.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as importing:
        assert importing.stdout
        reader = int(importing.stdout.readline())
        importing.kill()
    deadline = time.monotonic() + 30
    while is_running(reader) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(reader)


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended; nobody may have asked for its end yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
