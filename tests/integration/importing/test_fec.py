"""A FEC in the ledger: years that follow each other, the same file twice, and the control balance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import CockpitError, InputError
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.settings import get_settings
from tests.fec_books import SIREN, Books, Dialect, fec

# Rules that no SQL of their own takes part in are looked at on one database.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Load = Callable[..., list[dict[str, Any]]]
Ask = Callable[[str], list[tuple[Any, ...]]]
OPEN = "SELECT number, open_minor FROM invoice WHERE open_minor <> 0 ORDER BY number"
UNAPPLIED = "SELECT number, unapplied_minor FROM payment WHERE unapplied_minor <> 0 ORDER BY number"
DUE = "SELECT number, invoice_on, due_on, closed_on FROM invoice ORDER BY number"
APPLIED = (
    "SELECT i.number, a.amount_minor, a.allocated_on FROM allocation a JOIN invoice i ON i.id = a.invoice_id "
    "ORDER BY i.number, a.allocated_on"
)
LEDGER = (
    "SELECT coalesce((SELECT sum(open_minor) FROM invoice), 0) "
    "- coalesce((SELECT sum(unapplied_minor) FROM payment), 0)"
)
Y2023 = """
VT 1 1115 411000 C1 F1 100 0
VT 1 1115 706000 - F1 0 100
VT 2 1120 411000 C1 F2 50 0
VT 2 1120 706000 - F2 0 50
BQ 3 1201 512000 - V1 30 0
BQ 3 1201 411000 C2 V1 0 30
"""
Y2024 = """
AN 1 0101 411000 C1 F1@20231115 100 0 A
AN 1 0101 411000 C1 F2@20231120 50 0
AN 1 0101 411000 C2 V1@20231201 0 30
AN 1 0101 110000 - - 0 120
BQ 2 0201 512000 - V2 100 0
BQ 2 0201 411000 C1 V2 0 100 A
VT 3 0301 411000 C1 F1 70 0
VT 3 0301 706000 - F1 0 70
"""


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Load:
    """Write files by name, import them together, and return their reports."""

    @contextmanager
    def open_session() -> Iterator[Session]:
        with transaction(engine) as session:
            yield session

    def loaded(files: dict[str, str | bytes], *, actor: Actor | None = None, **asked: Any) -> list[dict[str, Any]]:
        paths = [tmp_path / name for name in files]
        for path, content in zip(paths, files.values(), strict=True):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        request = Request(date(2026, 6, 1), **asked)
        importer = Importer(open_session, actor or Actor.local_operator(), request, get_settings())
        return [report.document() for report in import_paths(importer, paths)]

    return loaded


@pytest.fixture
def ask(engine: Engine) -> Ask:
    """Ask the database."""

    def asked(question: str) -> list[tuple[Any, ...]]:
        with transaction(engine) as session:
            return [tuple(map(_plain, row)) for row in session.execute(text(question))]

    return asked


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def named(year: int) -> str:
    return f"{SIREN}FEC{year}1231.txt"


def in_order(load: Load, **years: str) -> list[dict[str, Any]]:
    """Import years one by one, given as y2023=..., and return their reports."""
    return [load({named(int(year[1:])): fec(text_, year=int(year[1:]))})[0] for year, text_ in years.items()]


def counts(report: dict[str, Any], outcome: str = "created") -> tuple[int, ...]:
    return tuple(report[outcome][table] for table in ("customers", "invoices", "payments", "allocations"))


def everything(ask: Ask) -> dict[str, list[tuple[Any, ...]]]:
    tables = ("company", "customer", "contact", "invoice", "payment", "allocation")
    return {table: ask(f"SELECT * FROM {table} ORDER BY id") for table in tables}


def test_a_year_is_a_ledger(load: Load, ask: Ask) -> None:
    (report,) = in_order(load, y2024=Y2024)
    assert (report["format"], report["companies"]) == ("fec", [SIREN])
    assert counts(report) == (2, 3, 2, 1)
    assert (report["quarantined"], report["warnings"]) == ([], [])
    assert report["totals"]["in"] == {"count": 8, "sum": {"EUR": "90.00"}}
    assert report["control"] == {
        "accounts": ["411", "413", "416"],
        "currency": "EUR",
        "file": "90.00",
        "set_aside": "0.00",
        "imported": "90.00",
        "difference": "0.00",
    }
    assert ask(OPEN) == [("F1 #20240301", 7000), ("F2", 5000)]
    assert ask(UNAPPLIED) == [("AN-20240101-1", 3000)]
    assert ask(DUE)[0] == ("F1", "2023-11-15", "2023-12-15", "2024-02-01")
    assert ask(APPLIED) == [("F1", 10000, "2024-02-01")]
    assert ask("SELECT code, currency, country FROM company") == [(SIREN, "EUR", "FR")]
    assert ask("SELECT code, name FROM customer ORDER BY code") == [("C1", "Name C1"), ("C2", "Name C2")]


def test_the_same_file_twice_changes_nothing(load: Load, ask: Ask) -> None:
    in_order(load, y2024=Y2024)
    before = everything(ask)
    (again,) = in_order(load, y2024=Y2024)
    assert counts(again) == counts(again, "updated") == (0, 0, 0, 0)
    assert counts(again, "unchanged") == (2, 3, 2, 1)
    assert everything(ask) == before


@ON_SQLITE
def test_a_longer_file_of_the_same_year_adds_what_is_new(load: Load, ask: Ask) -> None:
    in_order(load, y2024=Y2024)
    more = Y2024.replace("F2@20231120 50 0", "F2@20231120 50 0 B")
    more += "BQ 4 0401 512000 - V4 50 0\nBQ 4 0401 411000 C1 V4 0 50 B\n"
    (report,) = in_order(load, y2024=more)
    assert counts(report) == (0, 0, 1, 1)
    assert ask(OPEN) == [("F1 #20240301", 7000)]


def test_years_follow_each_other(load: Load, ask: Ask) -> None:
    first, second = in_order(load, y2023=Y2023, y2024=Y2024)
    assert (first["control"]["file"], second["control"]["file"]) == ("120.00", "90.00")
    assert counts(second) == (0, 1, 1, 1)
    assert second["warnings"] == []
    assert second["control"]["difference"] == "0.00"
    assert ask(OPEN) == [("F1 #20240301", 7000), ("F2", 5000)]
    assert ask(UNAPPLIED) == [("BQ-20231201-3", 3000)]
    assert ask(LEDGER) == [(9000,)]
    before = everything(ask)
    assert [counts(one) for one in in_order(load, y2023=Y2023, y2024=Y2024)] == [(0, 0, 0, 0)] * 2
    assert everything(ask) == before


@ON_SQLITE
def test_years_are_loaded_in_their_order_whatever_the_order_of_the_files(load: Load, ask: Ask) -> None:
    files = {"b.txt": fec(Y2024, year=2024), "c.txt": fec(Y2023, year=2023)}
    for asked in ({"dry_run": True}, {}):
        reports = load(files, company="ALFA", **asked)
        assert [one["control"]["imported"] for one in reports] == ["120.00", "90.00"]
        assert [one["warnings"] for one in reports] == [[], []]
    assert ask(LEDGER) == [(9000,)]


@ON_SQLITE
def test_opening_entries_that_differ_are_told_with_both_amounts(load: Load, ask: Ask) -> None:
    other = Y2024.replace("F2@20231120 50 0", "F2@20231120 45 0").replace("- - 0 120", "- - 0 115")
    _, report = in_order(load, y2023=Y2023, y2024=other)
    assert [(one["line"], one["value"], one["reason"]) for one in report["warnings"]] == [
        (3, "C1", "The opening entries carry 45.00 EUR of C1, the ledger has 50.00 EUR open")
    ]
    assert (report["control"]["file"], report["control"]["imported"]) == ("85.00", "90.00")
    assert report["control"]["difference"] == "-5.00"
    assert ask(OPEN) == [("F1 #20240301", 7000), ("F2", 5000)]


@ON_SQLITE
def test_a_customer_that_opening_entries_forget_is_told(load: Load) -> None:
    other = Y2024.replace("AN 1 0101 411000 C2 V1@20231201 0 30\n", "").replace("- - 0 120", "- - 0 150")
    _, report = in_order(load, y2023=Y2023, y2024=other)
    assert [one["reason"] for one in report["warnings"]] == [
        "The opening entries carry 0.00 EUR of C2, the ledger has -30.00 EUR open"
    ]


def test_one_balance_stands_for_the_oldest_open_documents(load: Load, ask: Ask) -> None:
    balance = """
    AN 1 0101 411000 C1 AN 150 0 A
    AN 1 0101 411000 C2 AN 0 30
    AN 1 0101 110000 - AN 0 120
    BQ 2 0201 512000 - V2 150 0
    BQ 2 0201 411000 C1 V2 0 150 A
    """
    _, report = in_order(load, y2023=Y2023, y2024=balance)
    assert report["warnings"] == []
    assert ask(OPEN) == []
    assert ask(APPLIED) == [("F1", 10000, "2024-02-01"), ("F2", 5000, "2024-02-01")]


@ON_SQLITE
@pytest.mark.parametrize(("balance", "warnings"), [(120, 0), (110, 1)])
def test_a_balance_of_all_customers_is_held_against_all_that_is_open(load: Load, balance: int, warnings: int) -> None:
    _, report = in_order(
        load,
        y2023=Y2023,
        y2024=f"AN 1 0101 411000 - AN {balance} 0\nAN 1 0101 110000 - AN 0 {balance}",
    )
    assert len(report["warnings"]) == warnings
    assert counts(report)[1:] == (0, 0, 0)
    assert report["control"]["imported"] == "120.00"


@ON_SQLITE
def test_a_year_after_a_gap_is_refused_unless_nothing_is_missing(load: Load) -> None:
    in_order(load, y2022=Y2023)
    with pytest.raises(InputError, match="Import the year between them first"):
        in_order(load, y2024=Y2024.replace(" 50 0", " 40 0").replace("- - 0 120", "- - 0 110"))
    assert in_order(load, y2024=Y2024)[0]["warnings"] == []


def test_an_earlier_year_takes_the_place_of_what_a_later_one_carried_over(load: Load, ask: Ask) -> None:
    in_order(load, y2024=Y2024)
    assert ask(UNAPPLIED) == [("AN-20240101-1", 3000)]
    earlier = Y2023 + "VT 4 1205 411000 C1 F3 80 0 Z\nVT 4 1205 706000 - F3 0 80\n"
    earlier += "BQ 5 1210 512000 - V3 80 0\nBQ 5 1210 411000 C1 V3 0 80 Z\n"
    (report,) = in_order(load, y2023=earlier)
    assert counts(report) == (0, 1, 1, 1)
    assert report["control"]["difference"] == "0.00"
    assert ask(LEDGER) == [(9000,)]
    assert ask("SELECT number, paid_on FROM payment WHERE unapplied_minor <> 0") == [("AN-20240101-1", "2023-12-01")]
    before = everything(ask)
    again = in_order(load, y2023=earlier, y2024=Y2024)
    assert [(counts(one), counts(one, "updated"), one["warnings"]) for one in again] == [((0,) * 4, (0,) * 4, [])] * 2
    assert everything(ask) == before


def test_so_do_credit_notes_that_stood_there_as_payments(load: Load, ask: Ask) -> None:
    later = """
    AN 1 0101 411000 C1 F1@20231115 100 0 A
    AN 1 0101 411000 C1 A1@20231116 0 20 A
    AN 1 0101 411000 C1 A2@20231117 0 5
    AN 1 0101 110000 - - 0 75
    BQ 2 0201 512000 - V2 80 0
    BQ 2 0201 411000 C1 V2 0 80 A
    """
    earlier = """
    VT 1 1115 411000 C1 F1 100 0
    VT 1 1115 706000 - F1 0 100
    VT 2 1116 411000 C1 A1 0 20
    VT 2 1116 706000 - A1 20 0
    VT 3 1117 411000 C1 A2 0 5
    VT 3 1117 706000 - A2 5 0
    """
    in_order(load, y2024=later)
    assert ask(UNAPPLIED) == [("AN-20240101-1/2", 500)]
    (report,) = in_order(load, y2023=earlier)
    assert report["control"]["difference"] == "0.00"
    assert (ask(OPEN), ask(UNAPPLIED), ask(LEDGER)) == ([("A2", -500)], [], [(-500,)])
    assert ask("SELECT number, amount_minor FROM payment ORDER BY number") == [
        ("AN-20240101-1", 0),
        ("BQ-20240201-2", 8000),
    ]
    before = everything(ask)
    again = in_order(load, y2023=earlier, y2024=later)
    assert [(counts(one), counts(one, "updated"), one["warnings"]) for one in again] == [((0,) * 4, (0,) * 4, [])] * 2
    assert everything(ask) == before


@ON_SQLITE
@pytest.mark.parametrize(
    ("earlier", "why"),
    [
        (Y2023.replace("F2 ", "G2 "), "1 of its opening entries"),
        (Y2023 + "VT 4 1205 411000 C1 F3 80 0\nVT 4 1205 706000 - F3 0 80\n", "did not carry over"),
    ],
)
def test_an_earlier_year_that_does_not_match_is_refused(load: Load, ask: Ask, earlier: str, why: str) -> None:
    in_order(load, y2024=Y2024)
    before = everything(ask)
    with pytest.raises(InputError, match=why):
        in_order(load, y2023=earlier)
    assert everything(ask) == before


@ON_SQLITE
def test_a_due_date_corrected_by_a_later_table_stays(load: Load, ask: Ask) -> None:
    in_order(load, y2023=Y2023)
    table = "invoice_number,customer_id,invoice_date,due_date,amount,company\nF1,C1,2023-11-15,2024-01-31,100.00,"
    load({"invoices.csv": f"{table}{SIREN}\n"})
    in_order(load, y2023=Y2023)
    assert ask(DUE)[0][:3] == ("F1", "2023-11-15", "2024-01-31")


def test_credit_notes_are_consumed_like_payments(load: Load, ask: Ask) -> None:
    in_order(
        load,
        y2024="""
        VT 1 0201 411000 C1 F1 100 0 A
        VT 1 0201 706000 - F1 0 100
        VT 2 0210 411000 C1 A1 0 100 A
        VT 2 0210 706000 - A1 100 0
        VT 3 0301 411000 C1 F2 90 0 B
        VT 3 0301 706000 - F2 0 90
        VT 4 0310 411000 C1 A2 0 20 B
        VT 4 0310 706000 - A2 20 0
        BQ 5 0401 512000 - V 70 0
        BQ 5 0401 411000 C1 V 0 70 B
        VT 6 0501 411000 C1 A3 0 5 C
        VT 6 0501 706000 - A3 5 0
        BQ 7 0601 411000 C1 R 5 0 C
        BQ 7 0601 512000 - R 0 5
        """,
    )
    assert (ask(OPEN), ask(UNAPPLIED)) == ([], [])
    assert ask(APPLIED) == [
        ("A1", -10000, "2024-02-10"),
        ("A2", -2000, "2024-04-01"),
        ("A3", -500, "2024-06-01"),
        ("F1", 10000, "2024-02-10"),
        ("F2", 9000, "2024-04-01"),
    ]
    assert ask("SELECT number, amount_minor FROM payment ORDER BY number") == [
        ("BQ-20240401-5", 7000),
        ("BQ-20240601-7", -500),
        ("LET-20240210-C1", 0),
    ]


@ON_SQLITE
def test_lines_with_both_sides_or_none_are_set_aside_and_the_control_says_so(load: Load, ask: Ask) -> None:
    bad = Y2023.replace("F2 50 0\n", "F2 50 20\n").replace("V1 0 30", "V1 0 0")
    (report,) = in_order(load, y2023=bad)
    assert [(one["line"], one["column"], one["reason"]) for one in report["quarantined"]] == [
        (4, "Debit", "Both Debit and Credit"),
        (7, "Debit", "Neither Debit nor Credit"),
    ]
    control = report["control"]
    assert (control["file"], control["set_aside"], control["imported"], control["difference"]) == (
        *("130.00", "30.00", "100.00"),
        "0.00",
    )
    assert report["totals"]["quarantined"] == {"count": 2, "sum": {"EUR": "30.00"}}
    assert report["totals"]["imported"]["count"] == 4
    (again,) = in_order(load, y2023=Y2023)
    assert counts(again) == (1, 1, 1, 0)
    assert ask(LEDGER) == [(12000,)]


@ON_SQLITE
def test_a_company_is_the_one_asked_for_or_known_by_its_number(load: Load, ask: Ask) -> None:
    table = "customer_id,name,company\nX,X,"
    load({"customers.csv": f"{table}{SIREN}00017\n"})
    assert in_order(load, y2023=Y2023)[0]["companies"] == [f"{SIREN}00017"]
    reports = load({named(2023): fec(Y2023, year=2023)}, company="BETA")
    assert reports[0]["companies"] == ["BETA"]
    assert load({"export.txt": fec(Y2023, year=2023)})[0]["companies"] == [get_settings().default_company]
    assert len(ask("SELECT id FROM company")) == 3


@ON_SQLITE
def test_letters_and_years_of_companies_are_kept_apart(load: Load, ask: Ask) -> None:
    load({named(2023): fec(Y2023, year=2023)}, company="BETA")
    (report,) = load({named(2024): fec(Y2024)}, company="GAMMA")
    assert counts(report) == (2, 3, 2, 1)
    assert ask(LEDGER) == [(12000 + 9000,)]


@ON_SQLITE
def test_a_mistyped_day_does_not_stretch_the_year(load: Load) -> None:
    mistyped = Y2023 + "VT 9 20320101 411000 C1 F9 9 0\nVT 9 20320101 706000 - F9 0 9\n"
    in_order(load, y2023=mistyped)
    later = Y2024.replace("F2@20231120 50 0", "F2@20231120 50 0\nAN 1 0101 411000 C1 F9@20320101 9 0")
    (report,) = in_order(load, y2024=later.replace("- - 0 120", "- - 0 129"))
    assert (report["warnings"], counts(report)) == ([], (0, 1, 1, 1))


@ON_SQLITE
def test_who_may_not_import_there_is_refused(load: Load, ask: Ask) -> None:
    load({"customers.csv": "customer_id,name,company\nX,X,ALFA\n"})
    company_id = ask("SELECT id FROM company")[0][0]
    actor = Actor(1, "c@example.com", "C", (Grant(Role.COLLECTOR, company_id),))
    with pytest.raises(CockpitError):
        load({named(2023): fec(Y2023, year=2023)}, actor=actor)
    assert ask("SELECT code FROM company") == [("ALFA",)]


@ON_SQLITE
def test_nothing_to_do_and_nothing_for_a_ledger(load: Load) -> None:
    (report,) = load({named(2023): fec(year=2023)})
    assert (counts(report), report["control"]["file"]) == ((0, 0, 0, 0), "0.00")
    assert counts(in_order(load, y2023=Y2023)[0]) == (2, 2, 1, 0)
    with pytest.raises(InputError, match="no line on a customer's account"):
        in_order(load, y2023="HA 1 0301 607000 - X 5 0\nHA 1 0301 401000 S X 0 5")


@pytest.mark.parametrize("seed", [3, 4])
def test_random_books_of_three_years_agree_to_the_cent(load: Load, ask: Ask, seed: int, tmp_path: Path) -> None:
    books = Books(seed, opens_by_line=bool(seed % 2))
    for year in books.keep(years=3, acts=25):
        path = books.write(tmp_path, year, Dialect("|", "iso8859-15", date_format="%d/%m/%Y", sides="D"))
        (report,) = load({path.name: path.read_bytes()})
        assert (report["warnings"], report["quarantined"], report["control"]["difference"]) == ([], [], "0.00")
        assert ask(LEDGER) == [(books.balance(year),)]
