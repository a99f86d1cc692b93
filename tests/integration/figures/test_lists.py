"""The lists behind the figures on both databases: their sums are the figures, and rights hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from ar_cockpit.db.tables import CustomerRow, DisputeRow, InvoiceForecastRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, NotFoundError
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.listing import (
    CustomerQuestion,
    InvoiceQuestion,
    Show,
    Sort,
    customer_question,
    invoice_question,
)
from ar_cockpit.services.figures import reporting
from ar_cockpit.services.lists import records
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice

OPERATOR = Actor.local_operator()
TODAY = date(2026, 3, 31)
EVERYTHING = InvoiceQuestion(as_of=TODAY, currency="EUR")


@pytest.fixture
def ledger(session: Session) -> Session:
    """A ledger with every kind of document, in two companies and two currencies."""
    company, other = a_company(session), a_company(session, "BETA")
    ines = a_customer(session, company, "C1", name="Åland & Söhne", collector_email="ines@alfa.example")
    hugo = a_customer(session, company, "C2", name="100% Acier", sales_email="hugo@alfa.example")
    same_code = a_customer(session, other, "C1", name="Borealis")
    pounds = a_customer(session, company, "C3", currency="GBP")
    days = [date(2026, 3, 20), date(2026, 2, 20), date(2026, 1, 20), date(2025, 12, 20), date(2025, 11, 5), TODAY]
    for number, due_on in enumerate(days):
        an_invoice(session, ines, f"A{number}", 10**number, due_on - timedelta(days=30), due_on)
    an_invoice(session, hugo, "H1", 500_000, date(2026, 1, 2), date(2026, 2, 1), paid=[(date(2026, 2, 10), 200_000)])
    an_invoice(session, hugo, "H2", -40_000, date(2026, 3, 1), date(2026, 3, 1))
    an_invoice(session, hugo, "H3", 70_000, date(2026, 1, 2), date(2026, 2, 1), paid=[(date(2026, 2, 11), 70_000)])
    an_invoice(session, hugo, "H4", 90_000, date(2026, 2, 1), date(2026, 3, 1), paid=[(date(2026, 4, 9), 90_000)])
    an_invoice(session, same_code, "B1", 3_000, date(2026, 3, 2), date(2026, 4, 1))
    an_invoice(session, pounds, "P1", 9_999, date(2026, 3, 2), date(2026, 4, 1))
    returned = an_invoice(session, same_code, "B2", 8_000, date(2026, 1, 2), date(2026, 2, 1))
    for day, minor in ((date(2026, 3, 3), 8_000), (date(2026, 4, 3), -8_000)):
        an_allocation(session, a_payment(session, same_code, f"R{day}", minor, day), returned, minor)
    return session


def sums(session: Session, show: Show, **more: object) -> tuple[int, int]:
    totals = records.invoices(session, OPERATOR, replace(EVERYTHING, show=show, **more)).totals
    return totals.amount_minor, totals.open_minor


def test_every_sum_of_a_drill_down_is_its_figure(ledger: Session) -> None:
    told = reporting.kpi(ledger, OPERATOR, as_of=TODAY, currency="EUR")
    totals = told.figures.totals
    assert sums(ledger, Show.OPEN)[1] == totals.receivables
    assert sums(ledger, Show.OVERDUE)[1] == totals.overdue
    assert sums(ledger, Show.NOT_DUE)[1] == totals.not_due
    assert sums(ledger, Show.BILLED)[0] == totals.credit_sales
    for key in BUCKET_KEYS:
        assert sums(ledger, Show.OPEN, bucket=key)[1] == totals.ageing[key]


def test_what_was_settled_weighs_the_days_late_even_if_the_money_came_back_later(ledger: Session) -> None:
    page = records.invoices(ledger, OPERATOR, replace(EVERYTHING, show=Show.SETTLED))
    assert [(line.number, line.settled_on) for line in page.lines] == [
        ("H3", date(2026, 2, 11)),
        ("B2", date(2026, 3, 3)),
    ]
    weighted = 70_000 * 10 + 8_000 * 30
    assert reporting.kpi(ledger, OPERATOR, as_of=TODAY, currency="EUR").average_days_late == round(weighted / 78_000, 4)


def test_what_a_forecast_says_of_open_documents_is_listed_and_sorted_by(ledger: Session) -> None:
    ids = {line.number: line.invoice_id for line in records.invoices(ledger, OPERATOR, EVERYTHING).lines}
    for number, expected_on, said_on in (
        ("H1", date(2026, 4, 20), TODAY),
        ("A0", date(2026, 4, 2), date(2026, 3, 25)),
        ("A1", date(2026, 4, 1), date(2026, 3, 21)),  # too old to say anything
    ):
        told = {"expected_on": expected_on, "p10_on": expected_on, "p90_on": expected_on, "late": 60, "paid_30": 84}
        ledger.add(
            InvoiceForecastRow(invoice_id=ids[number], company_id=1, forecast_on=said_on, basis="customer", **told)
        )
    ledger.flush()
    lines = records.invoices(ledger, OPERATOR, replace(EVERYTHING, sort=Sort("expected"))).lines
    assert [(line.number, line.expected_on, line.chance) for line in lines[:3]] == [
        ("A0", date(2026, 4, 2), 84),
        ("H1", date(2026, 4, 20), 84),
        (lines[2].number, None, None),
    ]


def test_a_payment_after_the_day_is_not_on_the_list_of_the_day(ledger: Session) -> None:
    lines = {line.number: line for line in records.invoices(ledger, OPERATOR, EVERYTHING).lines}
    assert (lines["H1"].open_minor, lines["H4"].open_minor, lines["H2"].open_minor) == (300_000, 90_000, -40_000)
    assert "H3" not in lines
    assert lines["H4"].settled_on is None


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        pytest.param(
            {"q": "söhne", "sort": "-due_on"}, ["A5", "A0", "A1", "A2", "A3", "A4"], id="a name, newest first"
        ),
        pytest.param({"q": "0%"}, ["H1", "H2", "H4"], id="a percent sign is itself"),
        pytest.param({"q": "h_"}, [], id="an underscore is itself"),
        pytest.param({"customer": "C1", "company": "BETA"}, ["B1"], id="a customer of one company"),
        pytest.param({"collector": "ines@alfa.example", "bucket": "31-60"}, ["A1"], id="a collector's bucket"),
        pytest.param({"sort": "-open", "show": "not_due"}, ["A5", "B1"], id="by open amount"),
        pytest.param({"company": "BETA"}, ["B1"], id="one company"),
        pytest.param(
            {"show": "nonsense", "sort": "1;drop", "page": "-3", "bucket": "x", "company": "BETA"},
            ["B1"],
            id="nonsense",
        ),
    ],
)
def test_filters(ledger: Session, params: dict[str, str], expected: list[str]) -> None:
    page = records.invoices(ledger, OPERATOR, invoice_question(params, TODAY, "EUR"))
    assert [line.number for line in page.lines] == expected
    assert page.totals.count == len(expected)


def test_pages_follow_each_other_without_gap_or_repeat(session: Session) -> None:
    customer = a_customer(session, a_company(session))
    for number in range(120):
        an_invoice(session, customer, f"N{number:03}", 100, date(2026, 3, 1), date(2026, 3, 31))
    pages = [records.invoices(session, OPERATOR, replace(EVERYTHING, page=page)) for page in (1, 2, 3)]
    seen = [line.number for page in pages for line in page.lines]
    assert len(seen) == len(set(seen)) == 120
    assert records.invoices(session, OPERATOR, replace(EVERYTHING, page=99)).asked.page == 3


def test_disputed_documents(ledger: Session) -> None:
    (line,) = records.invoices(ledger, OPERATOR, replace(EVERYTHING, text="A3")).lines
    assert not line.is_disputed
    row = (
        ledger.connection().exec_driver_sql("SELECT id, company_id, customer_id FROM invoice WHERE number = 'A3'").one()
    )
    ledger.add(
        DisputeRow(
            company_id=row[1],
            customer_id=row[2],
            invoice_id=row[0],
            reason="price",
            opened_on=date(2026, 3, 1),
            answer_due_on=date(2026, 3, 8),
        )
    )
    ledger.flush()
    page = records.invoices(ledger, OPERATOR, replace(EVERYTHING, show=Show.DISPUTED))
    assert [(line.number, line.is_disputed) for line in page.lines] == [("A3", True)]


def test_customers_with_what_they_owe(ledger: Session) -> None:
    asked = CustomerQuestion(as_of=TODAY, currency="EUR")
    page = records.customers(ledger, OPERATOR, asked)
    told = {(line.company, line.code): line for line in page.lines}
    totals = reporting.kpi(ledger, OPERATOR, as_of=TODAY, currency="EUR").figures.totals
    assert (page.totals.open_minor, page.totals.overdue_minor) == (totals.receivables, totals.overdue)
    assert told["ALFA", "C2"].overdue_minor == 350_000
    assert told["ALFA", "C2"].oldest_due_on == date(2026, 2, 1)
    assert told["ALFA", "C3"].open_minor == 0
    overdue = records.customers(
        ledger, OPERATOR, replace(asked, overdue_only=True, sort=Sort("oldest", descending=True))
    )
    assert [line.code for line in overdue.lines] == ["C1", "C2"]
    assert [
        line.name for line in records.customers(ledger, OPERATOR, customer_question({"q": "ål"}, TODAY, "EUR")).lines
    ] == ["Åland & Söhne"]


def test_sales_see_their_own_customers_and_export_nothing(ledger: Session) -> None:
    hugo = Actor(1, "hugo@alfa.example", "Hugo", (Grant(Role.SALES),))
    page = records.invoices(ledger, hugo, EVERYTHING)
    assert {line.customer for line in page.lines} == {"C2"}
    assert [line.code for line in records.customers(ledger, hugo, CustomerQuestion(TODAY, "EUR")).lines] == ["C2"]
    with pytest.raises(ForbiddenError):
        records.all_invoices(ledger, hugo, EVERYTHING)


def test_the_list_of_a_figure_is_of_the_companies_whose_figures_are_seen(ledger: Session) -> None:
    alfa, beta = (reporting.visible_companies(ledger, OPERATOR, code)[0].company_id for code in ("ALFA", "BETA"))
    owner = ledger.exec(select(CustomerRow).where(CustomerRow.company_id == beta, CustomerRow.code == "C1")).one()
    owner.sales_email = "m@x.example"
    ledger.flush()
    mona = Actor(1, "m@x.example", "Mona", (Grant(Role.EXECUTIVE, alfa), Grant(Role.SALES, beta)))
    figure = reporting.kpi(ledger, mona, as_of=TODAY, currency="EUR").figures.totals.receivables
    everything = records.invoices(ledger, mona, EVERYTHING)
    assert "BETA" in {
        line.company for line in records.invoices(ledger, mona, replace(EVERYTHING, show=Show.OPEN)).lines
    }
    assert everything.totals.open_minor != figure
    opened = invoice_question({"of": "figures"}, TODAY, "EUR")
    assert records.invoices(ledger, mona, opened).totals.open_minor == figure
    assert {line.company for line in records.all_invoices(ledger, mona, opened)} == {"ALFA"}
    assert (
        records.customers(ledger, mona, customer_question({"of": "figures"}, TODAY, "EUR")).totals.open_minor == figure
    )


def test_a_company_beyond_the_grant_does_not_exist(ledger: Session) -> None:
    company = reporting.visible_companies(ledger, OPERATOR, "BETA")[0]
    actor = Actor(1, "x@beta.example", "X", (Grant(Role.EXECUTIVE, company.company_id),))
    assert {line.company for line in records.invoices(ledger, actor, EVERYTHING).lines} == {"BETA"}
    with pytest.raises(NotFoundError):
        records.invoices(ledger, actor, replace(EVERYTHING, company="ALFA"))


def test_an_export_holds_every_line_of_the_list(ledger: Session) -> None:
    lines = list(records.all_invoices(ledger, OPERATOR, EVERYTHING))
    assert [line.number for line in lines] == [
        line.number for line in records.invoices(ledger, OPERATOR, EVERYTHING).lines
    ]
    asked = CustomerQuestion(TODAY, "EUR")
    assert len(list(records.all_customers(ledger, OPERATOR, asked))) == 4
