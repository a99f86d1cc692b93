"""The executive's read model and the lists over several currencies: one figure, the same everywhere, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from ar_cockpit.db.tables import DisputeRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.listing import (
    CustomerQuestion,
    InvoiceQuestion,
    Show,
    customer_question,
    invoice_question,
)
from ar_cockpit.services.figures import consolidated_cash, consolidated_cockpit, consolidating
from ar_cockpit.services.figures.executive import Cockpit
from ar_cockpit.services.lists import records
from ar_cockpit.services.rates.book import rates_folder
from ar_cockpit.settings import get_settings
from tests.builders import a_company, a_customer, a_payment, an_invoice
from tests.published import rates_file

OPERATOR = Actor.local_operator()
TODAY = date(2027, 3, 31)
INES, JONAS = "ines@alfa.example", "jonas@alfa.example"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rates of this test's own, for a year and a half of days."""
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    rates_file(rates_folder(), TODAY, 500, GBP="0.83579", USD="1.1173")
    yield
    get_settings.cache_clear()


def trade(session: Session) -> None:
    """Store two companies with odd cents of every age, in euros, dollars and pounds."""
    goals = {"dso_countback": 40, "receivables": 100_000, "collected_month": 50_000}
    french = a_company(session, targets=goals)
    british = a_company(session, "BETA", currency="GBP", targets=goals | {"dso_countback": 50})
    one = a_customer(session, french, "C1", collector_email=INES)
    two = a_customer(session, french, "C2", collector_email=JONAS)
    three = a_customer(session, british, "C3", collector_email=INES)
    months = [date(2026, month, 7) for month in (6, 9, 11, 12)] + [date(2027, month, 7) for month in (1, 2, 3)]
    for number, (customer, currency) in enumerate(((one, "EUR"), (two, "USD"), (three, "GBP"), (one, "GBP"))):
        for place, on in enumerate(months):
            minor = 10_003 + 1_117 * place + 313 * number
            paid = [(date(2027, 3, 5), minor)] if place == 2 else []
            due = on.replace(day=27)
            row = an_invoice(session, customer, f"N{number}-{place}", minor, on, due, paid=paid, currency=currency)
            if place == 4:
                session.add(
                    DisputeRow(
                        company_id=row.company_id,
                        customer_id=row.customer_id,
                        invoice_id=row.id,
                        reason="price",
                        opened_on=date(2027, 3, 1 + number),
                        answer_due_on=TODAY,
                    )
                )
    an_invoice(session, three, "NEXT", 7_777, date(2027, 3, 8), date(2027, 4, 30))
    a_payment(session, three, "EXTRA", 1_234, TODAY)
    session.flush()


@pytest.fixture
def shown(session: Session) -> Cockpit:
    """The executive's figures of that trade in euros."""
    trade(session)
    return consolidated_cockpit.cockpit(session, OPERATOR, as_of=TODAY, into="EUR")


def test_figures_are_those_of_the_command_on_every_day(session: Session, shown: Cockpit) -> None:
    told = consolidating.kpi(session, OPERATOR, as_of=TODAY, into="EUR")
    assert (shown.now, shown.unapplied_cash) == (told.figures, told.unapplied_cash)
    for day, figures in [*shown.series, (shown.compared_on, shown.before)]:
        assert figures == consolidating.kpi(session, OPERATOR, as_of=day, into="EUR").figures
    assert shown.consolidation is not None
    assert shown.consolidation.errors == []


def test_companies_and_collectors_add_up_to_the_receivables(shown: Cockpit) -> None:
    totals = shown.now.totals
    assert sum(line.converted_minor or 0 for line in shown.companies) == totals.receivables
    assert sum(line.open_minor or 0 for line in shown.collectors) == totals.receivables
    assert sum(line.overdue_minor or 0 for line in shown.collectors) == totals.overdue
    french = next(line for line in shown.companies if line.company.code == "ALFA")
    assert french.figures.totals.receivables == sum(10_003 + 1_117 * place for place in (0, 1, 3, 4, 5, 6))


def test_customers_are_ranked_by_what_they_owe_in_all_currencies(shown: Cockpit) -> None:
    assert [line.code for line in shown.debtors] == ["C1", "C3", "C2"]
    assert (shown.overdue_documents, shown.overdue_customers) == (24, 3)


def test_goals_add_up_at_the_rate_and_ratios_are_weighted(shown: Cockpit) -> None:
    assert shown.targets["receivables"] == pytest.approx(100_000 + 100_000 / 0.83579)
    assert 40 < shown.targets["dso_countback"] < 50
    goals = [line.goal_minor for line in shown.collectors if line.goal_minor is not None]
    assert sum(goals) == pytest.approx(shown.targets["collected_month"], abs=1)


def test_disputes_of_one_reason_are_counted_together(shown: Cockpit) -> None:
    (line,) = shown.disputes
    assert (line.reason, line.count, line.average_age) == ("price", 4, 28.5)
    assert shown.dispute_share is not None


def test_cash_is_expected_in_one_currency_with_one_band(session: Session, shown: Cockpit) -> None:
    told = consolidated_cash.outlook(session, OPERATOR, as_of=TODAY, into="EUR")
    expected = told.forecast.within_30
    assert told.currency == shown.currency == "EUR"
    assert 0 < expected.low <= expected.expected <= expected.high
    assert sum(week.received for week in told.received) == pytest.approx(
        12_237 + 12_550 + 13_176 + (12_863 + 1_234) / 0.83579, abs=1
    )


def test_a_currency_without_rate_takes_the_cash_and_says_so(session: Session, shown: Cockpit) -> None:
    customer = a_customer(session, a_company(session, "GAMA", currency="TND"))
    an_invoice(session, customer, "T", 5_000_000, date(2027, 3, 1), date(2027, 3, 15))
    told = consolidated_cash.outlook(session, OPERATOR, as_of=TODAY, into="EUR")
    assert [one.currency for one in told.missing] == ["TND"]
    assert told.forecast.weeks[0].expected == 0
    again = consolidated_cockpit.cockpit(session, OPERATOR, as_of=TODAY, into="EUR")
    assert again.now.totals.receivables is None
    assert again.now.totals.not_due == shown.now.totals.not_due
    assert [line.code for line in again.debtors] == ["C1", "C3", "C2"]
    assert {line.company.code: line.converted_minor for line in again.companies}["GAMA"] is None
    assert again.consolidation is not None
    assert {error.missing.currency for error in again.consolidation.errors} == {"TND"}


def listed(session: Session, **choices: str) -> records.Converted:
    asked = invoice_question(choices, TODAY, "EUR", consolidated=True)
    found = records.invoices(session, OPERATOR, asked).converted
    assert found is not None
    return found


def test_every_figure_is_the_sum_of_its_documents_to_the_cent(session: Session, shown: Cockpit) -> None:
    totals = shown.now.totals
    assert listed(session).first == totals.receivables
    assert listed(session, show="overdue").first == totals.overdue
    assert listed(session, show="not_due").first == totals.not_due
    assert listed(session, show="billed").second == totals.credit_sales
    for key in BUCKET_KEYS:
        assert listed(session, bucket=key).first == totals.ageing[key]
        if key != "not_due":
            assert listed(session, show="overdue", bucket=key).first == totals.ageing[key]


def test_customers_of_all_currencies_sum_to_the_same_figures(session: Session, shown: Cockpit) -> None:
    page = records.customers(session, OPERATOR, customer_question({}, TODAY, "EUR", consolidated=True))
    assert page.converted is not None
    assert (page.converted.first, page.converted.second) == (shown.now.totals.receivables, shown.now.totals.overdue)
    assert page.totals.count == 4  # C1 owes euros and pounds, a line for each
    assert {(line.code, line.owed_currency) for line in page.lines} == {
        ("C1", "EUR"),
        ("C1", "GBP"),
        ("C2", "USD"),
        ("C3", "GBP"),
    }


def test_amounts_of_several_currencies_are_sorted_by_what_they_are_worth(session: Session, shown: Cockpit) -> None:
    assert shown.currency == "EUR"
    asked = invoice_question({"sort": "-open"}, TODAY, "EUR", consolidated=True)
    lines = records.invoices(session, OPERATOR, asked).lines
    worth = {"EUR": 1.0, "GBP": 1 / 0.83579, "USD": 1 / 1.1173}
    values = [line.open_minor * worth[line.currency] for line in lines]
    assert values == sorted(values, reverse=True)
    by_overdue = records.customers(session, OPERATOR, CustomerQuestion(TODAY, "EUR", consolidated=True)).lines
    owed = [line.overdue_minor * worth[line.owed_currency] for line in by_overdue]
    assert owed == sorted(owed, reverse=True)


def test_a_list_of_one_currency_stays_as_it_was(session: Session, shown: Cockpit) -> None:
    assert shown.currency == "EUR"
    page = records.invoices(session, OPERATOR, InvoiceQuestion(TODAY, "USD", show=Show.OPEN))
    assert (page.converted, page.totals.count) == (None, 6)
    assert {line.currency for line in page.lines} == {"USD"}
