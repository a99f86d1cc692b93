"""Consolidated figures on both databases, and the rates they are made at: a file under AR_HOME, never the network."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, select

from ar_cockpit.cli.figures import document
from ar_cockpit.db.tables import AuditRow, CompanyRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError
from ar_cockpit.domain.figures.ageing import AgeBasis
from ar_cockpit.services.figures import consolidating, reporting
from ar_cockpit.services.rates.book import rate_book, rates_folder
from ar_cockpit.services.rates.refresh import refresh
from ar_cockpit.settings import get_settings
from tests.builders import a_company, a_customer, a_payment, an_invoice
from tests.commands import Done, run
from tests.published import rates_file

OPERATOR = Actor.local_operator()
TODAY = date(2027, 3, 31)  # after the rates of the product, so that those of the tests are in force


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of rates of this test's own: 0.80 pounds, 1.25 dollars and 160 yen for a euro."""
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    rates_file(rates_folder(), TODAY, 120, GBP="0.80", USD="1.25", JPY="160")
    yield tmp_path
    get_settings.cache_clear()


def group(session: Session) -> tuple[CompanyRow, CompanyRow]:
    """Store a company in euros that also bills dollars, and one in pounds."""
    french, british = a_company(session), a_company(session, "BETA", currency="GBP")
    one, other = a_customer(session, french), a_customer(session, british)
    january, due = date(2027, 1, 15), date(2027, 2, 28)
    an_invoice(session, one, "E", 100_001, january, due)
    an_invoice(session, one, "U", 33_333, january, date(2027, 4, 30), currency="USD")
    an_invoice(session, other, "G", 40_003, january, due)
    an_invoice(session, other, "S", 10_000, january, due, paid=[(date(2027, 3, 10), 10_000)])
    a_payment(session, other, "EXTRA", 2_000, TODAY)
    return french, british


def told(session: Session, into: str = "EUR", **more: object) -> dict[str, object]:
    return document(consolidating.kpi(session, OPERATOR, as_of=TODAY, into=into, **more))  # type: ignore[arg-type]


def test_figures_are_one_currency_at_the_rate_of_the_day(session: Session) -> None:
    group(session)
    found = told(session)
    # 1000.01 EUR + 400.03 GBP / 0.80 + 333.33 USD / 1.25: 1766.7115, rounded once
    assert (found["receivables"], found["not_due"], found["overdue"]) == ("1766.71", "266.66", "1500.05")
    assert (found["unapplied_cash"], found["credit_sales"]) == ("25.00", "1891.71")
    assert found["dso"] == pytest.approx(176671 * 90 / 189171, abs=1e-4)
    assert found["average_days_late"] == 10.0
    assert (found["currency"], found["rate_date"], found["errors"]) == ("EUR", "2027-03-31", [])
    assert found["rates"] == [
        {"currency": "GBP", "rate": "1.25", "date": "2027-03-31"},
        {"currency": "USD", "rate": "0.8", "date": "2027-03-31"},
    ]


def test_companies_stand_in_their_own_currencies_and_add_up_to_the_group(session: Session) -> None:
    group(session)
    french, british = told(session)["companies"]  # type: ignore[misc]
    assert {one: amounts["receivables"] for one, amounts in french["by_currency"].items()} == {
        "EUR": "1000.01",
        "USD": "333.33",
    }
    assert british["by_currency"]["GBP"]["receivables"] == "400.03"
    parts = [one["consolidated"]["receivables"] for one in (french, british)]
    assert parts == ["1266.67", "500.04"]


def test_one_company_alone_is_consolidated_too(session: Session) -> None:
    group(session)
    assert told(session, company="ALFA")["receivables"] == "1266.67"


def test_a_ledger_of_one_currency_says_the_same_consolidated_into_it(session: Session) -> None:
    customer = a_customer(session, a_company(session))
    an_invoice(session, customer, "E", 100_001, date(2027, 1, 15), date(2027, 2, 28))
    for basis in AgeBasis:
        plain = document(reporting.kpi(session, OPERATOR, as_of=TODAY, basis=basis))
        found = told(session, basis=basis)
        assert {key: found[key] for key in plain} == plain
        assert (found["rate_date"], found["rates"]) == (None, [])


def test_a_currency_without_a_rate_is_an_error_of_the_figures_that_need_it(session: Session) -> None:
    french, _ = group(session)
    customer = a_customer(session, french, "C9")
    settled = [(date(2027, 2, 1), 5_000)]
    an_invoice(session, customer, "T", 5_000, date(2027, 1, 20), date(2027, 1, 31), paid=settled, currency="TND")
    found = told(session)
    assert (found["receivables"], found["overdue_share"]) == ("1766.71", pytest.approx(0.8491, abs=1e-4))
    assert (found["credit_sales"], found["dso"], found["average_days_late"]) == (None, None, None)
    errors = {(error["figure"], error["currency"], error["date"]) for error in found["errors"]}  # type: ignore[union-attr]
    assert ("credit_sales", "TND", "2027-03-31") in errors
    assert ("receivables", "TND", "2027-03-31") not in errors


def test_who_sees_one_company_consolidates_that_one(session: Session) -> None:
    _, british = group(session)
    actor = Actor(1, "x@y.example", "X", (Grant(Role.EXECUTIVE, british.id),))
    assert consolidating.kpi(session, actor, as_of=TODAY, into="EUR").figures.totals.receivables == 50_004
    with pytest.raises(ForbiddenError):
        consolidating.kpi(session, Actor(2, "s@y.example", "S", (Grant(Role.SALES),)), as_of=TODAY, into="EUR")


@pytest.mark.parametrize("into", ["E", "EURO", "12A"])
def test_a_word_that_is_no_currency_is_refused(session: Session, into: str) -> None:
    with pytest.raises(InputError, match="is not a currency code"):
        told(session, into=into)


def packed(path: Path) -> Path:
    target = path.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as archive:
        archive.write(path, "eurofxref-hist.csv")
    return target


@pytest.mark.parametrize("pack", [False, True], ids=["csv", "zip"])
def test_newer_rates_go_into_force_and_leave_a_trace(session: Session, tmp_path: Path, pack: bool) -> None:
    path = rates_file(tmp_path / "new", date(2027, 4, 2), 3, GBP="0.50")
    found = refresh(session, OPERATOR, str(packed(path) if pack else path), today=date(2027, 4, 3))
    assert (found.is_newer, found.before) == (True, TODAY)
    assert rate_book().last_on == date(2027, 4, 2)
    assert str(rate_book().per_euro("GBP", date(2027, 4, 1))) == "0.50"
    assert str(rate_book().per_euro("GBP", date(2026, 10, 30))) == "0.8338"  # the history that came with the product
    assert session.exec(select(AuditRow.action)).all() == ["rates.refresh"]


def test_the_same_rates_again_change_nothing(session: Session) -> None:
    found = refresh(session, OPERATOR, str(rates_folder() / "eurofxref-hist.csv"), today=TODAY)
    assert not found.is_newer
    assert session.exec(select(AuditRow.action)).all() == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("Date,GBP,\n2027-01-31,0.8,\n", "ends on 2027-01-31", id="older ones"),
        pytest.param("Date,GBP,\n2027-04-05,0.8,\n", "a day to come", id="days to come"),
        pytest.param("<html>", "not a file of ECB", id="a page"),
        pytest.param("", "not a file of ECB", id="nothing"),
        pytest.param("Date,GBP,\n", "not a file of ECB", id="no day"),
        pytest.param("Date,GBP,\n2027-04-01,0.8,7,\n", "not a file of ECB", id="a broken line"),
        pytest.param("Date,GBP,\n2027-04-01,NaN,\n", "not a file of ECB", id="not a number"),
        pytest.param("Date,GBP,\n2027-04-01,0.00,\n", "not a file of ECB", id="a rate of nothing"),
        pytest.param("Date,GBP,\nsomeday,0.8,\n", "not a file of ECB", id="a day that is none"),
        pytest.param("PK\x03\x04", "not a file of ECB", id="a broken archive"),
    ],
)
def test_what_is_not_newer_rates_is_refused_and_changes_nothing(
    session: Session, tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=why):
        refresh(session, OPERATOR, str(path), today=date(2027, 4, 3))
    assert rate_book().last_on == TODAY


@pytest.mark.parametrize("address", ["http://www.ecb.europa.eu/x.zip", "file:///etc/passwd", "/no/such/file.zip"])
def test_rates_come_over_https_or_from_a_file_that_is_there(session: Session, address: str) -> None:
    with pytest.raises(InputError):
        refresh(session, OPERATOR, address, today=TODAY)


def test_who_may_not_run_jobs_may_not_refresh_rates(session: Session) -> None:
    with pytest.raises(ForbiddenError):
        refresh(session, Actor(2, "s@y.example", "S", (Grant(Role.EXECUTIVE),)), "x", today=TODAY)


def ar_cockpit(home: Path, *words: str) -> Done:
    return run(*words, cwd=home, AR_HOME=home, AR_DATABASE_URL=f"sqlite:///{home / 'x.db'}")


def test_the_commands_show_refuse_and_say_what_is_missing(own_home: Path, sqlite_url: str) -> None:
    home = own_home / "home"
    (home / "x.db").write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
    shown = ar_cockpit(home, "rates", "show", "gbp", "--on", "2026-11-01", "--json")
    assert json.loads(shown.stdout) == {
        "as_of": "2026-11-01",
        "currency": "GBP",
        "into": "EUR",
        "rate": "1.19933",
        "date": "2026-10-30",
    }
    missing = ar_cockpit(home, "rates", "show", "TND", "--on", "2026-11-01")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "TND has no rate on 2026-11-01" in missing.stderr
    both = ar_cockpit(home, "kpi", "--currency", "EUR", "--consolidate", "EUR")
    assert both.returncode == 2
    several = ar_cockpit(home, "kpi", "--consolidate", "EUR", "--as-of", "tomorrow")
    assert (several.returncode, several.stdout) == (2, "")
    empty = ar_cockpit(home, "kpi", "--consolidate", "USD", "--as-of", "2026-11-01", "--json")
    assert (empty.returncode, json.loads(empty.stdout)["receivables"]) == (0, "0.00")
