"""Exports over several currencies carry the original amount, its currency, the rate and the converted amount."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from fastapi import HTTPException
from sqlmodel import Session, select
from starlette.requests import Request

from ar_cockpit.api.downloads import changes, executive, lists, snapshots
from ar_cockpit.db.tables import DisputeRow, InvoiceRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.services.figures.snapshots import take
from ar_cockpit.services.lists.exports import Sheet
from ar_cockpit.services.rates.book import rates_folder
from ar_cockpit.settings import get_settings
from tests.builders import a_company, a_customer, an_invoice
from tests.published import rates_file

OPERATOR = Actor.local_operator()
DAY = date(2026, 11, 19)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session) -> Iterator[None]:
    """A company in euros and one in pounds, 0.80 of which make a euro; one invoice has no rate."""
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    rates_file(rates_folder(), DAY, 500, GBP="0.80")
    one = a_customer(session, a_company(session), "C1", name="One")
    other = a_customer(session, a_company(session, "BETA", currency="GBP"), "C2", name="Other")
    billed, due = date(2026, 9, 1), date(2026, 10, 1)
    an_invoice(session, one, "E", 10_001, billed, due)
    an_invoice(session, other, "G", 4_003, billed, due)
    an_invoice(session, other, "T", 7_000, billed, due, currency="TND")
    yield
    get_settings.cache_clear()


def wanted(query: str) -> lists.Wanted:
    scope = {"type": "http", "query_string": f"as_of={DAY}&{query}".encode(), "headers": []}
    return lists.Wanted(Request(scope))


def cells(sheet: Sheet, *heads: str) -> dict[object, list[object]]:
    places = [list(sheet.head).index(head) for head in heads]
    return {row[0]: [row[place] for place in places] for row in sheet.rows}


def test_documents(session: Session) -> None:
    (sheet,) = lists.invoice_sheets(session, OPERATOR, wanted("consolidate=EUR&show=open"))
    assert cells(sheet, "Currency", "Open", "Rate", "Rate of", "Open EUR") == {
        "E": ["EUR", Decimal("100.01"), Decimal(1), None, Decimal("100.01")],
        "G": ["GBP", Decimal("40.03"), Decimal("1.25"), DAY, Decimal("50.04")],
        "T": ["TND", Decimal("7.000"), None, None, None],
    }


def test_customers(session: Session) -> None:
    (sheet,) = lists.customer_sheets(session, OPERATOR, wanted("consolidate=EUR&lang=fr&company=ALFA"))
    assert cells(sheet, "Encours", "Taux", "Reste dû EUR") == {"C1": [Decimal("100.01"), Decimal(1), Decimal("100.01")]}


def test_a_refusal_is_in_the_readers_language(session: Session) -> None:
    assert session
    sales = Actor(1, "s@x.example", "S", (Grant(Role.SALES),))
    with pytest.raises(HTTPException) as refused, lists.refusals("fr"):
        lists.invoice_sheets(session, sales, wanted("lang=fr"))
    assert (refused.value.status_code, refused.value.detail) == (403, "Vous n’avez pas le droit de faire cela.")


def test_the_executives_workbook_has_words_for_codes(session: Session) -> None:
    row = session.exec(select(InvoiceRow).where(InvoiceRow.number == "E")).one()
    opened = {"opened_on": date(2026, 11, 1), "answer_due_on": date(2026, 11, 8), "reason": "price"}
    session.add(DisputeRow(company_id=row.company_id, customer_id=row.customer_id, invoice_id=row.id, **opened))
    session.flush()
    made = executive.executive_sheets(session, OPERATOR, wanted("currency=EUR&lang=fr"))
    sheets = {sheet.title: sheet for sheet in made}
    (line,) = (list(row) for row in sheets["Litiges"].rows)
    assert (line[0], line[4:]) == ("prix", [Decimal("100.01"), *[Decimal("0.00")] * 4])
    assert cells(sheets["Clients qui comptent"], "Risque") == {"ALFA": ["Moyen"]}


def test_the_executives_workbook_has_what_the_screen_has(session: Session) -> None:
    made = executive.executive_sheets(session, OPERATOR, wanted("currency=EUR"))
    sheets = {sheet.title: sheet for sheet in made}
    assert cells(sheets["Companies side by side"], "Currency", "Receivables") == {
        "ALFA": ["EUR", Decimal("100.01")],
        "BETA": ["GBP", Decimal("40.03")],
    }
    by_country = [list(row) for row in sheets["Where it lies"].rows if row[0] == "Country"]
    assert by_country == [["Country", "No country", 1, Decimal("100.01"), Decimal("100.01")]]
    assert next(iter(sheets["Concentration"].rows)) == ["The largest", 1.0]
    assert len(list(sheets["Cash by week EUR"].rows)) == 13
    assert "Turnover" in sheets["Figures EUR"].head


def test_what_changed_and_the_reported_days_are_files_that_add_up(session: Session) -> None:
    (sheet,) = changes.change_sheets(session, OPERATOR, wanted("currency=EUR&figure=overdue&since=2026-09-30"))
    first, one, last = (list(row) for row in sheet.rows)
    assert (first[-1], one[0], one[-1], last[-1]) == (Decimal("0.00"), "One", Decimal("100.01"), Decimal("100.01"))
    take(session, OPERATOR, DAY, at=datetime(2026, 11, 19, 0, 15, tzinfo=UTC))
    (days,) = snapshots.day_sheets(session, OPERATOR, wanted("currency=EUR&days=every"))
    assert next(iter(days.rows))[2:4] == [Decimal("100.01"), Decimal("100.01")]
    with pytest.raises(ForbiddenError):
        changes.change_sheets(session, Actor(1, "s@x", "S", (Grant(Role.SALES),)), wanted("currency=EUR"))


def test_one_currency_stays_as_it_was(session: Session) -> None:
    (sheet,) = lists.invoice_sheets(session, OPERATOR, wanted("currency=GBP&show=open"))
    assert "Rate" not in sheet.head
    assert cells(sheet, "Currency", "Open") == {"G": ["GBP", Decimal("40.03")]}


def test_the_executives_workbook_has_companies_and_rates(session: Session) -> None:
    sheets = {sheet.title: sheet for sheet in executive.executive_sheets(session, OPERATOR, wanted("consolidate=GBP"))}
    assert [list(row) for row in sheets["Rates"].rows] == [["EUR", "GBP", Decimal("0.8"), DAY]]
    assert [list(row)[2:] for row in sheets["Companies"].rows] == [
        ["EUR", Decimal("100.01"), None],
        ["GBP", None, Decimal("80.01")],
        ["GBP", Decimal("40.03"), None],
        ["TND", Decimal("7.000"), None],
        ["GBP", None, None],
    ]
