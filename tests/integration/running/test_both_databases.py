"""One ledger, worked with by the commands alone, gives the same answers on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from ar_cockpit.cli import build_app
from ar_cockpit.db import session as db_session
from ar_cockpit.db.session import make_engine
from ar_cockpit.db.tables import AuditRow
from ar_cockpit.services.audit import first_broken_entry
from ar_cockpit.settings import get_settings

FILES = {
    "customers.csv": """customer_id,name,company,currency,country,email,collector,sales_rep,credit_limit
C1,Ælder “Ω” SARL,ALFA,EUR,FR,ap@aelder.example,ines@velmora.example,hugo@velmora.example,5000.00
c1,alder gmbh,ALFA,EUR,DE,ap@alder.example,ines@velmora.example,hugo@velmora.example,
B2,Birke,BETA,GBP,GB,ap@birke.example,ines@velmora.example,eva@velmora.example,100.00
""",
    "invoices.csv": """invoice_number,customer_id,invoice_date,due_date,amount,currency,company,kind,region
Z-1,C1,2026-07-10,2026-08-09,1000.00,EUR,ALFA,,north
a-2,C1,2026-09-20,2026-10-20,2400.00,EUR,ALFA,,south
É-3,c1,2026-10-05,2026-11-04,1500.00,EUR,ALFA,,north
A-4,c1,2026-11-01,2026-12-01,80.55,EUR,ALFA,,
A-5,C1,2026-10-01,2026-10-01,-250.00,EUR,ALFA,credit_note,
B-1,B2,2026-09-01,2026-10-01,300.00,GBP,BETA,,
bad,C1,2026-09-01,2026-10-01,NaN,EUR,ALFA,,
""",
    "payments.csv": """payment_id,customer_id,payment_date,amount,currency,company
P-1,C1,2026-09-20,400.00,EUR,ALFA
P-2,c1,2026-11-12,700.00,EUR,ALFA
""",
    "allocations.csv": """payment_id,invoice_number,amount
P-1,Z-1,400.00
P-2,É-3,500.00
""",
}
DAY = ("--as-of", "2026-11-19")
WORK: tuple[tuple[str, ...], ...] = (
    ("import", "{folder}", "--json", *DAY),
    ("import", "{folder}", "--json", *DAY),
    ("kpi", "--json", "--company", "ALFA", *DAY),
    ("kpi", "--json", "--currency", "EUR", "--as-of", "2026-10-31"),
    ("queue", "--collector", "ines@velmora.example", "--json", *DAY),
    ("promise", "add", "C1", "--invoice", "Z-1", "--amount", "600", "--on", "2026-11-20", *DAY),
    ("dispute", "open", "--invoice", "É-3", "--reason", "price", *DAY),
    ("dispute", "close", "--invoice", "É-3", "--as-of", "2026-11-20"),
    ("hold", "set", "B2", "--reason", "insolvent", *DAY),
    ("standing", "C1", "--order-amount", "1000", "--currency", "EUR", "--json", *DAY),
    ("standing", "B2", "--json", "--as-of", "2026-11-20"),
    ("queue", "--collector", "ines@velmora.example", "--json", "--as-of", "2026-12-01"),
    ("cadence", "plan", "--json", *DAY),
    ("cadence", "run", "--json", *DAY),
    ("cadence", "run", "--json", *DAY),
    ("jobs", "run-once", "settle_promises", "--as-of", "2026-12-01"),
    ("kpi", "--json", "--company", "BETA", "--as-of", "2026-12-01"),
)


def worked(url: str, home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Do the work on the database at ``url``; return every command's exit code and answer."""
    monkeypatch.setenv("AR_HOME", str(home))
    monkeypatch.setenv("AR_DATABASE_URL", url)
    get_settings.cache_clear()
    db_session.engine.cache_clear()
    app = build_app({"ledger", "figures", "acts", "standing", "reminders", "jobs"})
    told = []
    for words in WORK:
        done = CliRunner().invoke(app, [word.format(folder=folder) for word in words])
        answer = json.loads(done.stdout) if "--json" in words else ""
        told.append((words[:2], done.exit_code, str(done.exception or ""), answer))
    db_session.engine().dispose()
    db_session.engine.cache_clear()
    get_settings.cache_clear()
    return told


def audited(url: str) -> list[tuple[Any, ...]]:
    """Return the audit trail without its instants and hashes."""
    engine = make_engine(url)
    with Session(engine) as session:
        assert first_broken_entry(session) is None
        trail = session.exec(select(AuditRow).order_by(col(AuditRow.id)))
        told = [(row.action, row.object_type, row.object_key, row.before, row.after) for row in trail]
    engine.dispose()
    return told


def test_the_same_work_gives_the_same_answers(
    sqlite_url: str, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    here, there = (worked(url, tmp_path / "home", folder, monkeypatch) for url in (sqlite_url, postgres_url))
    assert here == there
    assert {(code, failure) for _, code, failure, _ in here} == {(0, ""), (1, "1")}  # one row of the files is bad
    assert audited(sqlite_url) == audited(postgres_url)
