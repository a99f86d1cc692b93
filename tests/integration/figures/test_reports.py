"""Reports: figures as on screen, rows as the reader's rights reach, shared without lending a right."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from sqlmodel import Session, select
from starlette.requests import Request

from ar_cockpit.api.downloads import lists, reports
from ar_cockpit.db.tables import (
    CustomerRow,
    DisputeRow,
    InvoiceRow,
    PromiseInvoiceRow,
    PromiseRow,
    TouchpointRow,
    UserRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError
from ar_cockpit.domain.figures.listing import Part
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.domain.reports.sources import SOURCES
from ar_cockpit.mail.papers.press import printed_report
from ar_cockpit.mail.papers.report import report_sheet
from ar_cockpit.services.figures import executive, reporting
from ar_cockpit.services.reports import kept, rows
from ar_cockpit.services.reports.rows import Asked, table
from ar_cockpit.services.reports.values import printed
from ar_cockpit.state.executive import ways
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice

OPERATOR = Actor.local_operator()
TODAY = date(2026, 11, 19)
AT = datetime(2026, 11, 19, 8, tzinfo=UTC)
ASKED = Asked(TODAY, "", "EUR")


def trade(session: Session) -> None:
    """Store two companies, a promise, and a customer that pays later than it did."""
    alfa, beta = a_company(session), a_company(session, "BETA")
    one = a_customer(
        session, alfa, "C1", name="=Atelys", country="FR", credit_limit_minor=100_000, collector_email="i@x"
    )
    other = a_customer(session, beta, "X1", name="Xylo", country="DE", credit_limit_minor=5_000)
    invoice = an_invoice(session, one, "N1", 60_001, date(2026, 9, 1), date(2026, 10, 1))
    an_invoice(session, one, "N2", 20_000, date(2026, 11, 1), date(2026, 12, 1))
    an_invoice(session, other, "B1", 7_007, date(2026, 6, 1), date(2026, 7, 1))
    for number, (billed, due, paid) in enumerate(
        (
            (date(2025, 2, 1), date(2025, 3, 1), date(2025, 3, 3)),
            (date(2026, 2, 1), date(2026, 3, 1), date(2026, 3, 31)),
        )
    ):
        an_invoice(session, one, f"P{number}", 1_000, billed, due, paid=[(paid, 1_000)])
    promise = PromiseRow(
        company_id=alfa.id,
        customer_id=one.id,
        amount_minor=60_001,
        currency="EUR",
        made_on=date(2026, 11, 2),
        promised_for=date(2026, 11, 10),
        grace_days=3,
    )
    session.add(promise)
    session.flush()
    session.add(PromiseInvoiceRow(company_id=alfa.id, promise_id=promise.id, invoice_id=invoice.id))
    session.flush()


@pytest.mark.parametrize("key", [key for key in SHIPPED if key != "cash_13_weeks"])
def test_every_shipped_report_has_its_columns(session: Session, key: str) -> None:
    trade(session)
    found = table(session, OPERATOR, SHIPPED[key], ASKED)
    assert all(row.keys() >= {one.key for one in found.fields} for row in found.rows)
    assert (len(found.rows) > 0) is (key not in {"disputes", "unapplied_cash", "contacts"})


@pytest.mark.parametrize("source", list(SOURCES))
def test_every_column_that_is_offered_is_in_the_rows(session: Session, source: str) -> None:
    trade(session)
    one = session.exec(select(CustomerRow).where(CustomerRow.code == "C1")).one()
    own: dict[str, Any] = {"company_id": one.company_id, "customer_id": one.id}
    a_payment(session, one, "PAY-1", 700, date(2026, 11, 18))
    about = {"actor_email": "i@x", "kind": "call", "happened_on": date(2026, 11, 2), "happened_at": AT}
    invoice = session.exec(select(InvoiceRow).where(InvoiceRow.number == "N2")).one()
    since = {"opened_on": date(2026, 11, 9), "answer_due_on": date(2026, 11, 23)}
    session.add(TouchpointRow(**own, **about))
    session.add(DisputeRow(**own, invoice_id=invoice.id, reason="price", **since))
    session.flush()
    found = list(rows._SOURCES[source](session, OPERATOR, ASKED))  # noqa: SLF001 (before it is shaped)
    assert found
    assert [{field.key for field in SOURCES[source]} - row.keys() for row in found] == [set()] * len(found)


def test_contacts_are_those_of_the_month_and_the_two_before_it(session: Session) -> None:
    one = a_customer(session, a_company(session))
    for happened_on in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 1)):
        about = {"actor_email": "i@x", "kind": "call", "happened_on": happened_on, "happened_at": AT}
        session.add(TouchpointRow(company_id=one.company_id, customer_id=one.id, **about))
    session.flush()
    found = table(session, OPERATOR, SHIPPED["contacts"], Asked(date(2026, 3, 1), "", "EUR")).rows
    assert {row["happened_on"] for row in found} == {date(2026, 1, 1), date(2026, 3, 1)}


def test_the_sums_are_the_figures_to_the_cent(session: Session) -> None:
    trade(session)
    told = reporting.kpi(session, OPERATOR, as_of=TODAY, currency="EUR")
    balance = table(session, OPERATOR, SHIPPED["aged_balance"], ASKED).sums
    assert (balance["open"], balance["overdue"]) == (told.figures.totals.receivables, told.figures.totals.overdue)
    assert {key: balance[f"age_{key}"] for key in told.ageing} == told.ageing
    assert table(session, OPERATOR, SHIPPED["open_items"], ASKED).sums["open"] == told.figures.totals.receivables
    newest = table(session, OPERATOR, SHIPPED["dso_pack"], ASKED).rows[0]
    assert (newest["day"], newest["dso_countback"]) == (TODAY, told.figures.dso_countback)


def test_who_promised_broke_it_and_who_drifts_is_named(session: Session) -> None:
    trade(session)
    (promise,) = table(session, OPERATOR, SHIPPED["promises"], ASKED).rows
    assert (promise["state"], promise["promised"]) == ("broken", 60_001)
    (slower,) = table(session, OPERATOR, SHIPPED["drifting_later"], ASKED).rows
    assert (slower["customer_code"], slower["days_late"], slower["slower_by"]) == ("C1", 30, 28)
    limits = table(session, OPERATOR, SHIPPED["credit_limits"], ASKED).rows
    assert [(row["customer_code"], row["available"]) for row in limits] == [("X1", -2_007), ("C1", 19_999)]


@pytest.mark.parametrize("key", [key for key in SHIPPED if key != "cash_13_weeks"])
def test_a_manager_of_one_company_gets_rows_of_it_alone(session: Session, key: str) -> None:
    trade(session)
    beta = reporting.visible_companies(session, OPERATOR, "BETA")[0].company_id
    manager = Actor(3, "m@x", "M", (Grant(Role.EXECUTIVE, beta), Grant(Role.SALES)))
    for row in table(session, manager, SHIPPED[key], ASKED).rows:
        assert row.get("company", "BETA") == "BETA"
        assert row.get("open") in (None, 0, 7_007)
    with pytest.raises(NotFoundError):
        table(session, manager, SHIPPED[key], Asked(TODAY, "ALFA", "EUR"))
    with pytest.raises(ForbiddenError):
        table(session, Actor(4, "s@x", "S", (Grant(Role.SALES),)), SHIPPED[key], ASKED)


def a_person(session: Session, email: str, role: Role) -> Actor:
    user = UserRow(email=email, name=email[:3], password_hash="x", created_at=AT)
    session.add(user)
    session.flush()
    return Actor(user.id, email, user.name, (Grant(role),))


def test_a_report_is_kept_shared_by_role_and_deleted_by_its_owner_alone(session: Session) -> None:
    ada, ben = a_person(session, "ada@x", Role.EXECUTIVE), a_person(session, "ben@x", Role.CREDIT_MANAGER)
    key, _ = kept.save(session, ada, "  My   balance ", SHIPPED["aged_balance"], [], at=AT)
    assert kept.reports(session, ben) == []
    again, replaced = kept.save(session, ada, "My balance", SHIPPED["open_items"], ["credit_manager"], at=AT)
    assert (again, replaced and replaced.definition) == (key, SHIPPED["aged_balance"])
    assert kept.save(session, ada, "My balance", SHIPPED["open_items"], ["credit_manager"], at=AT) == (key, None)
    (seen,) = kept.reports(session, ben)
    assert (seen.name, seen.owner, seen.is_mine, seen.definition) == ("My balance", "ada", False, SHIPPED["open_items"])
    with pytest.raises(NotFoundError):
        kept.delete(session, ben, key)
    with pytest.raises(InputError):
        kept.save(session, ada, " ", SHIPPED["open_items"], [], at=AT)
    with pytest.raises(ForbiddenError):
        kept.reports(session, Actor(4, "s@x", "S", (Grant(Role.SALES),)))
    assert kept.delete(session, ada, key).name == "My balance"
    assert kept.reports(session, ben) == []


def test_a_file_has_real_numbers_and_harmless_texts(session: Session) -> None:
    trade(session)
    query = f"as_of={TODAY}&currency=EUR&lang=fr&cols=customer,open&order=-open".encode()
    wanted = lists.Wanted(Request({"type": "http", "query_string": query, "headers": []}))
    (sheet,) = reports.report_sheets(session, OPERATOR, wanted)
    assert (list(sheet.head), [list(row) for row in sheet.rows]) == (
        ["Client", "Reste dû"],
        [["=Atelys", Decimal("800.01")], ["Xylo", Decimal("70.07")]],
    )
    content = b"".join(
        line.encode() for line in lists.exports.csv_lines(next(iter(reports.report_sheets(session, OPERATOR, wanted))))
    )
    assert b"'=Atelys" in content


def test_a_report_on_paper_has_its_rows_its_bars_and_its_sums(session: Session) -> None:
    trade(session)
    found = table(session, OPERATOR, SHIPPED["aged_balance"], ASKED)
    sheet = report_sheet(printed(found, "Balance âgée", "Toutes", "fr", TODAY))
    assert [bar["width"] for bar in sheet["bars"]] == [100.0, 8.76]
    assert sheet["rows"][0][4] == "800,01"
    assert sheet["sums"][0] == "Total"
    content = printed_report([sheet], TODAY)
    assert content.startswith(b"%PDF")
    assert printed_report([report_sheet(printed(found, "x", "y", "fr", TODAY))], TODAY) != content


def test_what_a_figure_counts_that_is_no_document_is_a_report_of_it(session: Session) -> None:
    trade(session)
    one = session.exec(select(CustomerRow).where(CustomerRow.code == "C1")).one()
    late = a_payment(session, one, "PAY-1", 5_000, date(2026, 11, 3))
    a_payment(session, one, "PAY-2", 700, date(2026, 11, 18))
    invoice = session.exec(select(InvoiceRow).where(InvoiceRow.number == "N2")).one()
    an_allocation(session, late, invoice, 2_000, on=date(2026, 11, 17))
    late.unapplied_minor = 3_000
    for kind, on, undone in (("call", 2, None), ("note", 19, None), ("call", 18, AT), ("snooze", 18, None)):
        touch = {"actor_email": "i@x", "kind": kind, "undone_at": undone}
        at = {"happened_on": date(2026, 11, on), "happened_at": AT}
        session.add(TouchpointRow(company_id=one.company_id, customer_id=one.id, **touch, **at))
    session.flush()
    for day, expected in ((TODAY, {"PAY-1": 3_000, "PAY-2": 700}), (date(2026, 11, 10), {"PAY-1": 5_000})):
        found = table(session, OPERATOR, SHIPPED["unapplied_cash"], Asked(day, "", "EUR"))
        told = reporting.kpi(session, OPERATOR, as_of=day, currency="EUR").unapplied_cash
        assert {row["payment"]: row["unapplied"] for row in found.rows} == expected
        assert found.sums["unapplied"] == told == sum(expected.values())
    shown = executive.cockpit(session, OPERATOR, as_of=TODAY, currency="EUR")
    ines = next(line for line in shown.collectors if line.email == "i@x")

    def counted(link: str) -> list[Any]:
        params = {name: values[0] for name, values in parse_qs(link.partition("?")[2]).items()}
        definition = kept.chosen(params, []).definition
        return list(table(session, OPERATOR, definition, ASKED).rows)

    def address(path: str, **choices: str) -> str:
        return f"{path}?{urlencode(choices)}"

    touches, decided = (make(address, TODAY, Part(), "i@x") for make in (ways.contacts, ways.promises))
    assert len(counted(touches)) == ines.touches == 2
    assert [row["state"] for row in counted(decided)] == ["broken"]
    assert (ines.kept, ines.decided) == (0, 1)
    assert counted(ways.contacts(address, TODAY, Part(country="DE"))) == []
    assert len(counted(ways.unapplied(address, Part(country="FR")))) == 2
