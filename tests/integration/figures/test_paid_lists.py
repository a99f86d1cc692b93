"""A bar of cash, and one of days late, leads to the documents that it is the sum of: to the cent, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session

from ar_cockpit.db.queries.figures import cash_in
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.customers.behaviour import BANDS
from ar_cockpit.domain.figures.listing import InvoiceQuestion, Show, invoice_question
from ar_cockpit.services.collecting import customer_record
from ar_cockpit.services.customers import page
from ar_cockpit.services.lists import records
from ar_cockpit.services.lists.records import InvoicePage
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice

OPERATOR = Actor.local_operator()
TODAY = date(2026, 3, 31)
QUARTER_AGO = TODAY - timedelta(days=91)
WEEK = Period(date(2026, 2, 9), date(2026, 2, 15))
RECEIVED = InvoiceQuestion(TODAY, "EUR", show=Show.RECEIVED, paid=WEEK)
CAME = replace(RECEIVED, show=Show.CAME, known_on=QUARTER_AGO)


pytestmark = pytest.mark.usefixtures("about")


@pytest.fixture
def about(session: Session) -> Slice:
    """Money of one week for old and new documents, in parts, late, returned, of another currency and for nothing."""
    company = a_company(session)
    atelys = a_customer(session, company, "C1")
    old, new = date(2025, 11, 20), date(2026, 1, 15)
    an_invoice(session, atelys, "OLD", 50_000, old, old + timedelta(days=30), paid=[(WEEK.start, 20_000)])
    an_invoice(session, atelys, "NEW", 30_000, new, new + timedelta(days=30), paid=[(WEEK.end, 30_000)])
    an_invoice(session, atelys, "BEFORE", 9_000, old, old, paid=[(date(2026, 2, 1), 9_000)])
    two = an_invoice(session, atelys, "TWO", 8_000, old, old + timedelta(days=80))
    money = a_payment(session, atelys, "MONEY", 12_345, date(2026, 2, 12))
    an_allocation(session, money, two, 5_000)
    an_allocation(session, money, two, 3_000, date(2026, 2, 20))
    an_allocation(session, a_payment(session, atelys, "BACK", -500, WEEK.end), two, -500)
    pounds = a_customer(session, company, "C2", currency="GBP")
    an_invoice(session, pounds, "P1", 700, old, old, paid=[(WEEK.start, 700)])
    return Slice((company.id,), "EUR")


def found(session: Session, asked: InvoiceQuestion) -> InvoicePage:
    return records.invoices(session, OPERATOR, asked)


def test_what_payments_of_a_week_were_for_adds_up_to_them(session: Session, about: Slice) -> None:
    listed = found(session, RECEIVED)
    assert {line.number: line.paid_minor for line in listed.lines} == {"OLD": 20_000, "NEW": 30_000, "TWO": 7_500}
    assert listed.unapplied_minor == 4_345
    received = sum(minor for _, minor in cash_in.received_by_day(session, about, WEEK))
    assert listed.totals.paid_minor + listed.unapplied_minor == received == 61_845


def test_what_came_of_the_documents_a_forecast_knew_is_their_list(session: Session, about: Slice) -> None:
    listed = found(session, CAME)
    assert {line.number: line.paid_minor for line in listed.lines} == {"OLD": 20_000, "TWO": 4_500}
    came = sum(minor for _, minor in cash_in.settled_by_day(session, about, QUARTER_AGO, WEEK))
    assert listed.totals.paid_minor == came == 24_500
    assert listed.unapplied_minor == 0


def test_converted_into_one_currency_a_week_is_one_sum(session: Session) -> None:
    euros_only = Period(WEEK.start + timedelta(days=1), WEEK.end)
    told = found(session, replace(RECEIVED, paid=euros_only, consolidated=True)).converted
    assert told
    assert (told.paid, told.unapplied, told.missing) == (41_845, 4_345, ())
    whole = found(session, replace(RECEIVED, consolidated=True)).converted
    assert whole
    assert whole.paid == whole.rates.total({"EUR": 61_845, "GBP": 700})


def test_the_largest_payment_comes_first_when_sorted_by_it(session: Session) -> None:
    asked = invoice_question(
        {"show": "received", "paid_from": "2026-02-09", "paid_to": "2026-02-15", "sort": "-open"}, TODAY, "EUR"
    )
    assert [line.number for line in found(session, asked).lines] == ["NEW", "OLD", "TWO"]
    assert found(session, replace(asked, part=replace(asked.part, sales="nobody@x.example"))).totals.count == 0


@pytest.mark.parametrize("days", [{}, {"paid_from": "soon"}, {"paid_from": "2026-02-15", "paid_to": "2026-02-09"}])
def test_without_days_a_list_of_payments_is_the_usual_one(days: dict[str, str]) -> None:
    assert invoice_question({"show": "came", **days}, TODAY, "EUR").show is Show.OPEN


def test_whoever_sees_nobody_sees_no_payment(session: Session, about: Slice) -> None:
    nobody = Actor(2, "x@y", "X", (Grant(Role.COLLECTOR, about.company_ids[0] + 1),))
    listed = records.invoices(session, nobody, RECEIVED)
    assert (listed.totals.count, listed.totals.paid_minor, listed.unapplied_minor) == (0, 0, 0)


def test_every_band_of_days_late_counts_its_invoices(session: Session) -> None:
    who = customer_record.find(session, OPERATOR, "C1", "ALFA")
    told = page.more(session, OPERATOR, who, TODAY).distribution
    asked = InvoiceQuestion(TODAY, "EUR", company="ALFA", customer="C1", show=Show.ALL)
    counts = tuple(found(session, replace(asked, late=band.key)).totals.count for band in BANDS)
    assert counts == told.counts
    assert sum(counts) == 2
