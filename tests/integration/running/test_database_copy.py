"""An installation moves between SQLite and PostgreSQL: everything arrives as it was, or nothing does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session
from typer.testing import CliRunner

from ar_cockpit.cli import build_app
from ar_cockpit.db import locks
from ar_cockpit.db import session as db_session
from ar_cockpit.db.migrate import downgrade, migrate
from ar_cockpit.db.moving.rows import snapshot
from ar_cockpit.db.moving.target import tables_in_order
from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import CustomerRow, DocumentRow, InvoiceRow, PictureRow
from ar_cockpit.demo.ledger import Size
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.audit import first_broken_entry
from ar_cockpit.services.database_copy import CopyReport, copy_database
from ar_cockpit.services.demo import load as demo
from ar_cockpit.settings import get_settings
from tests.builders import a_company, a_customer, an_invoice

LOCK = "jobs-leader"
AT = datetime(2026, 11, 19, 9, 0, 1, 234_567, tzinfo=UTC)
ODD = {"é": ["😀", None, True, 1.5, 9_007_199_254_740_993], "nul": "a\u0000b", "z": {}, "a": "ordre"}


def copy(source: Engine, url: str) -> CopyReport:
    return copy_database(source, url, LOCK, lambda _table, _rows: None)


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with a small demo and everything that travels badly."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("copying") / "filled.db"))
    engine = make_engine(f"sqlite:///{path}")
    with transaction(engine) as session:
        operator = Actor.local_operator()
        demo.load(session, operator, as_of=date(2026, 11, 19), size=Size(12, 150, 7))
        _what_travels_badly(session)
        audit.record(session, operator, "test.odd", ("thing", "Ω/1"), before=ODD, after={"sum": 10**15})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture
def source(filled: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy of that file, to be copied from."""
    engine = make_engine(f"sqlite:///{shutil.copy(filled, tmp_path / 'source.db')}")
    yield engine
    engine.dispose()


def _what_travels_badly(session: Session) -> None:
    company = a_company(session, "ODD", is_demo=True, targets={"dso": 50, "share": 0.3})
    customer = a_customer(session, company, "C\t1", name="Société “Ω” \\N 😀", custom=ODD, tags=["a;b", ""])
    an_invoice(session, customer, "BIG", 10**15, date(1999, 12, 31), date(9999, 12, 30), written_off_on=None)
    invoice = an_invoice(session, customer, "SMALL", -1, date(2026, 2, 28), date(2026, 2, 28), description="one\ntwo")
    facts = {"company_id": company.id, "invoice_id": invoice.id, "size_bytes": 2**33, "media_type": "application/pdf"}
    who = {"source": "upload", "uploaded_by": "a@b.example", "uploaded_at": AT}
    drawn = {"media_type": "image/png", "width": 40, "height": 20, "content": bytes(range(256)) * 3}
    session.add(PictureRow(sha256="c" * 64, added_at=AT, added_by="a@b.example", **drawn))
    old = DocumentRow(sha256="a" * 64, is_current=False, original_name="\\.pdf", **facts, **who)
    session.add(old)
    session.flush()
    new = DocumentRow(sha256="b" * 64, **facts, **who)
    session.add(new)
    session.flush()
    old.replaced_by_id = new.id  # a row that points to a later one
    session.flush()


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, as the product reads it."""
    with snapshot(engine) as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in tables_in_order()
        }


def test_there_and_back_again_is_the_same_ledger(source: Engine, postgres_url: str, tmp_path: Path) -> None:
    before = contents(source)
    assert copy(source, postgres_url).differences == []
    postgres = make_engine(postgres_url)
    assert contents(postgres) == before
    back = f"sqlite:///{tmp_path / 'back.db'}"
    report = copy(postgres, back)
    assert report.differences == []
    assert not report.source_went_on
    sqlite = make_engine(back)
    assert contents(sqlite) == before == contents(source)
    for engine in (postgres, sqlite):
        with Session(engine) as session:
            assert first_broken_entry(session) is None
        engine.dispose()
    measured = {(one.what, one.of): one.target for one in report.measured}
    assert measured["invoiced", "ODD EUR"] == "9999999999999.99"
    assert measured["rows that break the rule", "open amount = amount − allocations"] == "0"
    assert len(measured["audit chain", "head"]) == 64


def test_the_copy_can_be_worked_in(source: Engine, postgres_url: str) -> None:
    copy(source, postgres_url)
    engine = make_engine(postgres_url)
    with transaction(engine) as session:
        row = a_customer(session, a_company(session, "NEW"), "C1")
        invoice = an_invoice(session, row, "N-1", 100, date(2026, 1, 1), date(2026, 1, 1))
        assert invoice.id > 150
        audit.record(session, Actor.local_operator(), "test", ("thing", "1"))
        assert first_broken_entry(session) is None
    engine.dispose()


def test_a_nul_that_postgresql_cannot_hold_is_left_out_and_counted(source: Engine, postgres_url: str) -> None:
    with transaction(source) as session:
        customer = session.exec(sa.select(CustomerRow).limit(1)).scalars().one()
        customer.name, customer.city = "A\x00B", "\x00"
        key = customer.id
    assert copy(source, postgres_url).characters_left_out == 2
    engine = make_engine(postgres_url)
    with Session(engine) as session:
        there = session.get_one(CustomerRow, key)
        assert (there.name, there.city) == ("AB", "")
    engine.dispose()


def test_an_empty_and_an_only_migrated_target_are_taken(sqlite_url: str, postgres_url: str, tmp_path: Path) -> None:
    source = make_engine(sqlite_url)
    target = make_engine(postgres_url)
    downgrade(target)
    assert copy(source, postgres_url).differences == []
    assert copy(source, postgres_url).differences == []  # of an empty ledger nothing arrived
    assert copy(source, f"sqlite:///{tmp_path / 'new.db'}").differences == []
    target.dispose()
    source.dispose()


def test_a_target_that_holds_something_is_refused_and_stays(source: Engine, engine: Engine) -> None:
    with transaction(engine) as session:
        a_company(session, "THEIRS")
    before = contents(engine)
    with pytest.raises(RefusedError, match="not empty: company"):
        copy(source, engine.url.render_as_string(hide_password=False))
    assert contents(engine) == before


def test_a_target_with_other_tables_is_refused(source: Engine, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE somebodys (id INTEGER)")
    with pytest.raises(RefusedError, match="other tables: somebodys"):
        copy(source, engine.url.render_as_string(hide_password=False))


def test_the_source_itself_a_bad_address_and_a_missing_source_are_refused(source: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="source itself"):
        copy(source, source.url.render_as_string(hide_password=False))
    for url in ("nonsense", "mysql://x/y"):
        with pytest.raises(InputError, match="--to"):
            copy(source, url)
    with pytest.raises(InputError, match="target cannot be used"):
        copy(source, f"sqlite:///{tmp_path / 'no' / 'folder' / 'x.db'}")
    with pytest.raises(InputError, match="no database"):
        copy(make_engine(f"sqlite:///{tmp_path / 'nothing.db'}"), f"sqlite:///{tmp_path / 'new.db'}")
    assert not (tmp_path / "nothing.db").exists()


def test_a_jobs_process_on_the_source_is_told_of(source: Engine, tmp_path: Path) -> None:
    leading = locks.try_lock(source, LOCK)
    assert leading
    with pytest.raises(RefusedError, match="jobs process runs"):
        copy(source, f"sqlite:///{tmp_path / 'new.db'}")
    leading.release()
    assert copy(source, f"sqlite:///{tmp_path / 'new.db'}").differences == []
    assert locks.is_free(source, LOCK)


def test_a_source_of_an_older_version_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    source = make_engine(sqlite_url)
    downgrade(source, "0001")
    with pytest.raises(RefusedError, match="another version"):
        copy(source, f"sqlite:///{tmp_path / 'new.db'}")
    source.dispose()


def test_a_difference_is_told_and_nothing_of_the_copy_is_kept(source: Engine, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'crooked.db'}"
    target = make_engine(url)
    migrate(target)
    with target.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER crooked AFTER INSERT ON invoice WHEN new.number = 'BIG'"
            " BEGIN UPDATE invoice SET amount_minor = amount_minor + 1 WHERE id = new.id; END"
        )
    report = copy(source, url)
    assert {(one.what, one.of) for one in report.differences} == {
        ("invoiced", "ODD EUR"),
        ("rows that break the rule", "open amount = amount − allocations"),
    }
    assert not any(contents(target).values())
    target.dispose()


def test_a_rule_that_no_sum_shows_is_held_on_both_sides(source: Engine, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'crooked.db'}"
    target = make_engine(url)
    migrate(target)
    with target.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER crooked AFTER INSERT ON invoice WHEN new.open_minor <> 0"
            " BEGIN UPDATE invoice SET closed_on = '2020-01-01' WHERE id = new.id; END"
        )
    report = copy(source, url)
    assert {one.of for one in report.differences} >= {"settled on the day the open amount reached nil"}
    assert not any(contents(target).values())
    target.dispose()


def test_rows_that_the_target_cannot_hold_end_with_one_line(source: Engine, postgres_url: str) -> None:
    with source.begin() as connection:
        connection.exec_driver_sql("UPDATE customer SET payment_terms_days = 99999999999 WHERE id = 1")
    with pytest.raises(RefusedError, match="table customer cannot be copied"):
        copy(source, postgres_url)
    engine = make_engine(postgres_url)
    assert not any(contents(engine).values())
    engine.dispose()


def test_the_command_reports_both_sides_and_refuses_a_second_time(
    source: Engine, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AR_DATABASE_URL", str(source.url))
    get_settings.cache_clear()
    db_session.engine.cache_clear()
    run = partial(CliRunner().invoke, build_app({"database"}))
    done = run(["db", "copy", "--to", postgres_url, "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["is_same"], told["kept"]) == (0, True, True)
    assert {"what": "rows", "of": "customer", "source": "13", "target": "13", "is_same": True} in told["measured"]
    again = run(["db", "copy", "--to", postgres_url])
    assert isinstance(again.exception, RefusedError)
    assert "not empty" in str(again.exception)
    db_session.engine().dispose()
    db_session.engine.cache_clear()
    get_settings.cache_clear()


def test_reading_leaves_the_source_as_it_was(source: Engine, tmp_path: Path) -> None:
    with snapshot(source) as reader, pytest.raises(sa.exc.OperationalError, match="readonly"):
        reader.execute(sa.update(InvoiceRow).values(number="x"))
    before = contents(source)
    copy(source, f"sqlite:///{tmp_path / 'new.db'}")
    assert contents(source) == before
