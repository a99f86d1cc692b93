"""Reports of all documents in one currency: rows, groups and feet are what their lists say, to the cent."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlmodel import Session, select

from ar_cockpit.db.tables import CompanyRow, CustomerRow, PromiseRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.listing import invoice_question
from ar_cockpit.domain.reports.definition import Definition, Filter
from ar_cockpit.domain.reports.rhythm import About, Every, Rhythm
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.services.figures import consolidated_cash, consolidating
from ar_cockpit.services.lists import records
from ar_cockpit.services.rates.book import rates_folder
from ar_cockpit.services.reports import files, mails, schedules
from ar_cockpit.services.reports.files import Part, Wish
from ar_cockpit.services.reports.rows import Asked, table
from ar_cockpit.services.reports.schedules import Plan
from ar_cockpit.settings import get_settings
from tests.builders import an_invoice
from tests.integration.figures.test_consolidated_screens import TODAY, trade
from tests.integration.figures.test_mailed_reports import a_person
from tests.published import rates_file

OPERATOR = Actor.local_operator()
ASKED = Asked(TODAY, "", "EUR", is_converted=True)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session) -> Iterator[None]:
    """Two companies with odd cents of every age in euros, dollars and pounds; a promise in pounds, two limits."""
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    rates_file(rates_folder(), TODAY, 500, GBP="0.83579", USD="1.1173")
    trade(session)
    customers = {one.code: one for one in session.exec(select(CustomerRow))}
    customers["C1"].credit_limit_minor, customers["C3"].credit_limit_minor = 50_000, 40_000
    promise = {"amount_minor": 10_001, "currency": "GBP", "made_on": date(2027, 3, 2), "grace_days": 3}
    owner = customers["C3"]
    session.add(PromiseRow(company_id=owner.company_id, customer_id=owner.id, promised_for=date(2027, 3, 9), **promise))
    session.flush()
    yield
    get_settings.cache_clear()


def listed(session: Session, **params: str) -> int | None:
    asked = invoice_question(params, TODAY, "EUR", consolidated=True)
    found = records.invoices(session, OPERATOR, asked).converted
    assert found is not None
    return found.first


def test_each_row_is_the_sum_of_the_list_it_leads_to(session: Session) -> None:
    found = table(session, OPERATOR, SHIPPED["aged_balance"], ASKED)
    assert [row["own_currency"] for row in found.rows] == ["EUR, GBP", "GBP", "USD"]
    for row in found.rows:
        own = {"customer": row["customer_code"], "company": row["company"]}
        assert row["open"] == listed(session, **own)
        assert row["overdue"] == listed(session, show="overdue", **own)
        assert [row[f"age_{key}"] for key in BUCKET_KEYS] == [listed(session, bucket=key, **own) for key in BUCKET_KEYS]
        assert sum(row[f"age_{key}"] for key in BUCKET_KEYS) == row["open"]


@pytest.mark.parametrize("group", ["", "company"])
def test_the_foot_is_the_cockpits_figure_whatever_rows_round_to(session: Session, group: str) -> None:
    told = consolidating.kpi(session, OPERATOR, as_of=TODAY, into="EUR").figures
    shown = Definition("balances", ("customer", *(f"age_{key}" for key in BUCKET_KEYS), "open", "overdue"), group)
    balance = table(session, OPERATOR, shown, ASKED).sums
    assert (balance["open"], balance["overdue"]) == (told.totals.receivables, told.totals.overdue)
    assert {key: balance[f"age_{key}"] for key in BUCKET_KEYS} == told.totals.ageing
    assert table(session, OPERATOR, SHIPPED["open_items"], ASKED).sums["open"] == told.totals.receivables
    assert table(session, OPERATOR, SHIPPED["collector_effectiveness"], ASKED).sums["open"] == told.totals.receivables
    newest = table(session, OPERATOR, SHIPPED["dso_pack"], ASKED).rows[0]
    assert (newest["receivables"], newest["dso_countback"]) == (told.totals.receivables, told.dso_countback)


def test_a_limit_is_set_against_what_is_owed_in_all_currencies(session: Session) -> None:
    limits = {row["customer_code"]: row for row in table(session, OPERATOR, SHIPPED["credit_limits"], ASKED).rows}
    assert limits["C1"]["limit"] == 50_000
    assert limits["C3"]["limit"] == round(40_000 / 0.83579)
    for code, row in limits.items():
        assert row["open"] == listed(session, customer=code)
        assert row["available"] == row["limit"] - row["open"]
        assert row["used"] == pytest.approx(row["open"] / row["limit"])


def test_promises_disputes_and_cash_are_of_all_currencies(session: Session) -> None:
    (promise,) = table(session, OPERATOR, SHIPPED["promises"], ASKED).rows
    assert (promise["promised"], promise["own_currency"], promise["state"]) == (
        round(10_001 / 0.83579),
        "GBP",
        "broken",
    )
    (price,) = table(session, OPERATOR, SHIPPED["disputes"], ASKED).rows
    assert (price["disputes"], price["open"]) == (4, listed(session, show="disputed"))
    weeks = table(session, OPERATOR, SHIPPED["cash_13_weeks"], ASKED).rows
    told = consolidated_cash.outlook(session, OPERATOR, as_of=TODAY, into="EUR").forecast.weeks
    assert [row["expected"] for row in weeks] == [week.expected for week in told]


def test_a_filter_compares_amounts_in_the_one_currency(session: Session) -> None:
    large = Definition("balances", ("customer", "open"), filters=(Filter("open", "at_least", "800"),))
    found = table(session, OPERATOR, large, ASKED)
    assert {row["customer_code"] for row in found.rows} == {"C1", "C3"}
    both = listed(session, customer="C1"), listed(session, customer="C3")
    assert abs(found.sums["open"] - sum(one or 0 for one in both)) <= 1, "rounded once, not row by row"


def test_a_missing_rate_takes_the_amounts_that_need_it_and_no_others(session: Session) -> None:
    three = session.exec(select(CustomerRow).where(CustomerRow.code == "C3")).one()
    an_invoice(session, three, "T", 7_000, date(2027, 1, 7), date(2027, 1, 27), currency="TND")
    found = table(session, OPERATOR, SHIPPED["aged_balance"], ASKED)
    rows = {row["customer_code"]: row for row in found.rows}
    assert rows["C1"]["open"] == listed(session, customer="C1")
    assert (rows["C3"]["open"], rows["C3"]["overdue"], found.sums["open"]) == (None, None, None)
    assert rows["C3"]["age_31-60"] == listed(session, customer="C3", bucket="31-60")
    assert [one.currency for one in found.missing] == ["TND"]
    assert "TND has no rate on 31 Mar 2027." in files.rates_of(found, "en")
    assert table(session, OPERATOR, SHIPPED["collector_effectiveness"], ASKED).sums["open"] is None


def test_a_manager_of_one_company_gets_its_rows_alone(session: Session) -> None:
    beta = session.exec(select(CompanyRow).where(CompanyRow.code == "BETA")).one()
    manager = Actor(3, "m@x", "M", (Grant(Role.EXECUTIVE, beta.id), Grant(Role.SALES)))
    told = consolidating.kpi(session, manager, as_of=TODAY, into="EUR").figures.totals.receivables
    for key in ("aged_balance", "open_items", "collector_effectiveness", "credit_limits", "promises"):
        found = table(session, manager, SHIPPED[key], ASKED)
        assert {row.get("company", "BETA") for row in found.rows} == {"BETA"}
        assert found.sums.get("open", told) == told


def test_files_say_at_which_rates(session: Session) -> None:
    wish = Wish([Part("aged_balance", SHIPPED["aged_balance"])], ASKED, "fr")
    book = load_workbook(io.BytesIO(files.make(session, OPERATOR, wish, "xlsx").content))
    (about,) = list(book["À propos"].iter_rows(min_row=2, values_only=True))
    assert about[1:] == ("EUR", "1 GBP = 1,19647 EUR, 1 USD = 0,895015 EUR. Taux BCE du 31 mars 2027.")
    assert files.make(session, OPERATOR, wish, "pdf").content.startswith(b"%PDF")
    pack = files.pack(ASKED, "en")
    assert files.make(session, OPERATOR, pack, "pdf").row_count > 0


def test_a_converted_report_is_mailed_as_it_was_shown(session: Session) -> None:
    ada = a_person(session, "Ada", Role.EXECUTIVE)
    assert ada.user_id is not None
    rhythm, at = Rhythm(Every.DAY, time(7)), datetime(2027, 3, 31, 8, tzinfo=UTC)
    plan = Plan(
        "aged_balance", SHIPPED["aged_balance"], "", "EUR", "xlsx", rhythm, About.DAY, (ada.user_id,), is_converted=True
    )
    key = schedules.add(session, ada, plan, at=at)
    (mine,) = schedules.schedules(session, ada)
    assert mine.plan.is_converted
    assert mails.send_now(session, ada, key, at=at) == 1
    assert schedules.remove(session, ada, key).is_converted
