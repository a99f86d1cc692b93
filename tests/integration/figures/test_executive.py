"""The executive's read model on both databases: its figures are those of `kpi`, its tables sum to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from sqlmodel import Session

from ar_cockpit.db.tables import (
    CompanyRow,
    CustomerRow,
    DisputeRow,
    InvoiceRow,
    PromiseInvoiceRow,
    PromiseRow,
    TouchpointRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.credit import Level
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.domain.figures.listing import Part, invoice_question
from ar_cockpit.drawn.cockpit import ageing_spec, dso_spec
from ar_cockpit.services.figures import consolidated_cockpit, executive, reporting
from ar_cockpit.services.lists import records
from tests.builders import a_company, a_customer, an_invoice

OPERATOR = Actor.local_operator()
TODAY = date(2026, 11, 22)


def debtor(session: Session, company: CompanyRow, code: str, overdue_minor: int, due_on: date) -> InvoiceRow:
    customer = a_customer(session, company, code, collector_email="ines@alfa.example")
    return an_invoice(session, customer, f"N-{code}", overdue_minor, date(2026, 6, 1), due_on)


def test_figures_are_those_of_the_command(session: Session) -> None:
    company = a_company(session)
    debtor(session, company, "C1", 50000, date(2026, 11, 1))
    debtor(session, company, "C2", 20000, date(2026, 12, 1))
    shown = executive.cockpit(session, OPERATOR, as_of=TODAY)
    told = reporting.kpi(session, OPERATOR, as_of=TODAY)
    assert (shown.now, shown.unapplied_cash, shown.currency) == (told.figures, told.unapplied_cash, told.currency)
    for day, figures in shown.series:
        assert figures == reporting.kpi(session, OPERATOR, as_of=day).figures
    assert shown.compared_on == date(2026, 8, 22)
    assert shown.before == reporting.kpi(session, OPERATOR, as_of=shown.compared_on).figures
    assert (shown.overdue_documents, shown.overdue_customers) == (1, 1)


def test_series_are_the_last_twelve_month_ends_and_today(session: Session) -> None:
    a_company(session)
    days = [day for day, _ in executive.cockpit(session, OPERATOR, as_of=TODAY).series]
    assert (days[0], days[-2], days[-1], len(days)) == (date(2025, 11, 30), date(2026, 10, 31), TODAY, 13)


def test_risk_outweighs_a_larger_amount_that_is_merely_late(session: Session) -> None:
    company = a_company(session)
    debtor(session, company, "LATE", 50000, date(2026, 11, 15))
    debtor(session, company, "HOLD", 20000, date(2026, 7, 1))
    debtor(session, company, "WATCH", 30000, date(2026, 10, 1))
    shown = executive.cockpit(session, OPERATOR, as_of=TODAY).debtors
    assert [(one.code, one.risk) for one in shown] == [
        ("HOLD", Level.HOLD),
        ("WATCH", Level.WATCH),
        ("LATE", Level.OK),
    ]
    assert shown[0].oldest_due_on == date(2026, 7, 1)
    assert shown[0].next_step is not None


def test_a_risky_customer_is_not_lost_behind_ten_larger_ones(session: Session) -> None:
    company = a_company(session)
    for number in range(11):
        debtor(session, company, f"BIG{number:02}", 40000 + number, date(2026, 11, 15))
    debtor(session, company, "RISKY", 14000, date(2026, 7, 1))
    codes = [one.code for one in executive.cockpit(session, OPERATOR, as_of=TODAY).debtors]
    assert codes[0] == "RISKY"
    assert len(codes) == 10


def test_lateness_by_month_ends_with_this_month(session: Session) -> None:
    company = a_company(session)
    customer = a_customer(session, company)
    for month, days in ((9, 10), (10, 20)):
        due, paid = date(2026, month, 1), date(2026, month, 1 + days)
        an_invoice(session, customer, f"P{month}", 1000, date(2026, 8, 1), due, paid=[(paid, 1000)])
    an_invoice(session, customer, "N", 5000, date(2026, 8, 1), date(2026, 11, 1))
    (line,) = executive.cockpit(session, OPERATOR, as_of=TODAY).debtors
    assert line.late_by_month == [None] * 9 + [10.0, 20.0, None]


def test_collectors_sum_to_the_receivables_and_share_the_goal(session: Session) -> None:
    company = a_company(session, targets={"collected_month": 90000})
    ines = a_customer(session, company, "C1", collector_email="ines@alfa.example")
    jonas = a_customer(session, company, "C2", collector_email="jonas@alfa.example")
    nobody = a_customer(session, company, "C3")
    summer, november = date(2026, 8, 1), date(2026, 11, 10)
    an_invoice(session, ines, "A", 60000, summer, date(2026, 9, 1), paid=[(november, 20000)])
    an_invoice(session, jonas, "B", 30000, summer, date(2026, 11, 30))
    an_invoice(session, nobody, "C", 700, november, date(2026, 12, 31))
    shown = executive.cockpit(session, OPERATOR, as_of=TODAY)
    told = {line.email: line for line in shown.collectors}
    assert sum(line.open_minor for line in shown.collectors) == shown.now.totals.receivables == 70700
    assert sum(line.overdue_minor for line in shown.collectors) == shown.now.totals.overdue
    assert told["ines@alfa.example"].collected_minor == 20000
    assert [told[email].goal_minor for email in ("ines@alfa.example", "jonas@alfa.example", "")] == [60000, 30000, 0]


def a_promise(session: Session, invoice: InvoiceRow, promised_for: date, amount_minor: int) -> None:
    row = PromiseRow(
        company_id=invoice.company_id,
        customer_id=invoice.customer_id,
        amount_minor=amount_minor,
        currency=invoice.currency,
        made_on=date(2026, 10, 1),
        promised_for=promised_for,
        grace_days=3,
    )
    session.add(row)
    session.flush()
    session.add(PromiseInvoiceRow(company_id=invoice.company_id, promise_id=row.id, invoice_id=invoice.id))
    session.flush()


def test_promises_count_when_they_are_decided(session: Session) -> None:
    company = a_company(session)
    customer = a_customer(session, company, collector_email="ines@alfa.example")
    kept = an_invoice(
        session, customer, "K", 1000, date(2026, 8, 1), date(2026, 9, 1), paid=[(date(2026, 10, 12), 1000)]
    )
    broken = an_invoice(session, customer, "B", 1000, date(2026, 8, 1), date(2026, 9, 1))
    a_promise(session, kept, date(2026, 10, 10), 1000)
    a_promise(session, broken, date(2026, 10, 10), 1000)
    a_promise(session, broken, date(2026, 11, 25), 1000)
    (line,) = executive.cockpit(session, OPERATOR, as_of=TODAY).collectors
    assert (line.kept, line.decided) == (1, 2)


def touch(customer: CustomerRow, kind: str, on: date, *, undone: bool = False) -> TouchpointRow:
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    return TouchpointRow(
        company_id=customer.company_id,
        customer_id=customer.id,
        kind=kind,
        happened_on=on,
        happened_at=at,
        actor_email="ines@alfa.example",
        undone_at=at if undone else None,
    )


def test_touches_count_whatever_their_customers_are_billed_in_and_once(session: Session) -> None:
    company = a_company(session)
    euros = a_customer(session, company, "E", collector_email="ines@alfa.example")
    dollars = a_customer(session, company, "D", collector_email="ines@alfa.example", currency="USD")
    for customer in (euros, dollars):
        an_invoice(session, customer, customer.code, 1000, date(2026, 11, 1), date(2026, 12, 1))
        session.add(touch(customer, "call", date(2026, 11, 10)))
    session.flush()
    (line,) = executive.cockpit(session, OPERATOR, as_of=TODAY, currency="EUR").collectors
    (both,) = consolidated_cockpit.cockpit(session, OPERATOR, as_of=TODAY, into="EUR").collectors
    assert (line.touches, both.touches) == (2, 2)


def test_touches_are_this_months_contacts_that_were_not_undone(session: Session) -> None:
    customer = a_customer(session, a_company(session), collector_email="ines@alfa.example")
    an_invoice(session, customer, "N", 1000, date(2026, 11, 1), date(2026, 12, 1))
    session.add_all(
        [
            touch(customer, "call", date(2026, 11, 2)),
            touch(customer, "reminder", date(2026, 11, 20)),
            touch(customer, "call", date(2026, 11, 3), undone=True),
            touch(customer, "payment", date(2026, 11, 4)),
            touch(customer, "call", date(2026, 10, 31)),
        ]
    )
    session.flush()
    (line,) = executive.cockpit(session, OPERATOR, as_of=TODAY).collectors
    assert line.touches == 2


def test_disputes_by_reason_with_the_age_of_those_whose_day_is_known(session: Session) -> None:
    company = a_company(session)
    for number, (reason, opened_on, is_known) in enumerate(
        [("price", date(2026, 11, 12), True), ("price", date(2026, 6, 1), False), ("delivery", date(2026, 6, 1), False)]
    ):
        invoice = debtor(session, company, f"C{number}", 1000 * (number + 1), date(2026, 11, 1))
        dispute = DisputeRow(
            company_id=company.id,
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            reason=reason,
            opened_on=opened_on,
            opened_on_is_known=is_known,
            answer_due_on=opened_on,
        )
        session.add(dispute)
    session.flush()
    shown = executive.cockpit(session, OPERATOR, as_of=TODAY).disputes
    assert [(one.reason, one.count, one.open_minor, one.average_age) for one in shown] == [
        ("delivery", 1, 3000, None),
        ("price", 2, 3000, 10.0),
    ]
    assert [one.by_age for one in shown] == [(0, 0, 0, 0, 3000), (1000, 0, 0, 0, 2000)]


def test_companies_stand_side_by_side_in_their_own_currency(session: Session) -> None:
    first, second = a_company(session, "ALFA"), a_company(session, "BETA", currency="GBP")
    debtor(session, first, "C1", 50000, date(2026, 11, 1))
    debtor(session, second, "C1", 70000, date(2026, 11, 1))
    shown = executive.cockpit(session, OPERATOR, as_of=TODAY, currency="EUR")
    assert shown.now.totals.receivables == 50000
    assert [(line.company.currency, line.figures.totals.receivables) for line in shown.companies] == [
        ("EUR", 50000),
        ("GBP", 70000),
    ]


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        pytest.param([{"dso_countback": 50}], {"dso_countback": 50}, id="one company's own"),
        pytest.param([{"receivables": 100}, {"receivables": 50}], {"receivables": 150}, id="amounts add up"),
        pytest.param([{"cei": 80}, {"cei": 90}], {"cei": 82.5}, id="ratios are weighted by sales"),
        pytest.param([{"cei": 80}, {}], {}, id="a goal that one company lacks is none"),
    ],
)
def test_goals_of_several_companies(session: Session, targets: list[dict[str, float]], expected: object) -> None:
    for number, own in enumerate(targets):
        company = a_company(session, f"CO{number}", targets=own)
        customer = a_customer(session, company)
        billed = 3000 if number == 0 else 1000
        an_invoice(session, customer, "N", billed, date(2026, 10, 1), date(2026, 11, 1))
    assert executive.cockpit(session, OPERATOR, as_of=TODAY).targets == expected


def test_an_empty_ledger_has_an_empty_cockpit(session: Session) -> None:
    shown = executive.cockpit(session, OPERATOR, as_of=TODAY)
    assert (shown.debtors, shown.collectors, shown.disputes, shown.now.dso) == ([], [], [], None)


def test_sales_have_no_cockpit_of_figures(session: Session) -> None:
    actor = Actor(1, "hugo@alfa.example", "Hugo", (Grant(Role.SALES),))
    with pytest.raises(ForbiddenError):
        executive.cockpit(session, actor, as_of=TODAY)


def test_every_bar_and_point_leads_to_documents_that_sum_to_it(session: Session) -> None:
    first, other = a_company(session), a_company(session, "BETA")
    for number, due_on in enumerate((date(2026, 3, 1), date(2026, 6, 1), date(2026, 10, 20), date(2027, 1, 1))):
        customer = a_customer(session, first if number else other, f"C{number}", country="FR" if number < 3 else "")
        paid = [(date(2026, 9, 15), 333)]
        an_invoice(session, customer, f"N{number}", 10_001 + number, due_on - timedelta(days=40), due_on, paid=paid)
    for company, part in (("", Part()), ("ALFA", Part(country="FR"))):
        shown = executive.cockpit(session, OPERATOR, as_of=TODAY, company=company, currency="EUR", part=part)
        spec, _ = ageing_spec(shown, "en", "/invoices/?")
        pieces = [row for layer in spec["layer"] for row in layer["data"]["values"] if "go" in row]
        assert len(pieces) == 13 * 6
        by_day = dict(shown.series)
        seen = 0
        for piece in pieces:
            params = dict(parse_qsl(piece["go"])) | {"company": company, "country": part.country}
            day = date.fromisoformat(params["as_of"])
            listed = records.invoices(session, OPERATOR, invoice_question(params, day, "EUR")).totals
            assert listed.open_minor == by_day[day].totals.ageing[params["bucket"]]
            seen += listed.open_minor
        assert seen == sum(told.totals.receivables or 0 for told in by_day.values()) > 0
        points = [row for layer in dso_spec(shown, "en", "/executive/?")["layer"] for row in layer["data"]["values"]]
        assert {row["go"] for row in points if "go" in row} == {f"as_of={day}" for day in by_day}
