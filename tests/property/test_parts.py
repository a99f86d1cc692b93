"""The figures of a part of the customers equal the pure reference of their documents, on any day."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from sqlmodel import Session, col, update

from ar_cockpit.db.queries.figures import cash_in
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.tables import CompanyRow, CustomerRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.figures import kpis
from ar_cockpit.domain.figures.listing import InvoiceQuestion, Part, Show
from ar_cockpit.services.figures import executive, flows, reporting
from ar_cockpit.services.lists import records
from tests.builders import a_customer
from tests.property.examples import undone
from tests.property.test_figures import DAYS, LEDGERS, Billed, stored

OPERATOR = Actor.local_operator()
Parts = list[tuple[Part, set[str]]]  # with the companies whose customers they are


def check(session: Session, ledger: list[Billed], as_of: date) -> None:
    about = stored(session, ledger)
    first = CustomerRow.company_id == about.company_ids[0]
    session.execute(update(CustomerRow).where(first).values(country="DE", sales_email="s@x.example"))
    # Two more customers that owe nothing make the second company's the most of all.
    alfa, beta = (session.get_one(CompanyRow, one) for one in about.company_ids)
    for code in ("E1", "E2"):
        a_customer(session, beta, code, country="FR", collector_email="c@x.example")
    session.execute(update(CustomerRow).where(CustomerRow.company_id == beta.id).values(collector_email="c@x.example"))
    parts: Parts = [
        (Part(country="DE"), {alfa.code}),
        (Part(sales="s@x.example", country="FR"), set()),
        (Part(collector="c@x.example"), {beta.code}),
    ]
    check_parts(session, ledger, as_of, about, parts)
    flows.refresh(session)  # from here on the most of all customers is what is kept less the others
    check_parts(session, ledger, as_of, about, parts)


def check_parts(session: Session, ledger: list[Billed], as_of: date, about: Slice, parts: Parts) -> None:
    days = [as_of, *kpis.month_ends_before(as_of, 3)]
    for part, companies in parts:
        own = [one.document for one in ledger if one.currency == "EUR" and one.company in companies]
        facts = reporting.facts(session, Slice(about.company_ids, "EUR", part), days)
        assert {day: facts.kpis(day) for day in days} == {day: kpis.kpis(kpis.totals_of(own, day)) for day in days}
        about_part = Slice(about.company_ids, "EUR", part)
        came = executive.came_within(session, about_part, days, facts.read)
        assert came == cash_in.settled_within(session, about_part, days, 30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=LEDGERS, as_of=DAYS)
def test_a_part_equals_the_reference_on_sqlite(empty: Session, ledger: list[Billed], as_of: date) -> None:
    with undone(empty):
        check(empty, ledger, as_of)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=LEDGERS, as_of=DAYS)
def test_a_part_equals_the_reference_on_postgresql(postgres: Session, ledger: list[Billed], as_of: date) -> None:
    with undone(postgres):
        check(postgres, ledger, as_of)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=LEDGERS, as_of=DAYS)
def test_groups_add_up_and_lead_to_documents_of_the_same_sum(empty: Session, ledger: list[Billed], as_of: date) -> None:
    with undone(empty):
        about = stored(empty, ledger)
        empty.execute(
            update(CustomerRow).where(col(CustomerRow.company_id) == about.company_ids[0]).values(country="DE")
        )
        shown = executive.cockpit(empty, OPERATOR, as_of=as_of, currency="EUR")
        for lines in shown.breakdown.lines.values():
            assert sum(line.open_minor or 0 for line in lines) == shown.now.totals.receivables
            assert sum(line.overdue_minor or 0 for line in lines) == shown.now.totals.overdue
        alone = executive.cockpit(empty, OPERATOR, as_of=as_of, currency="EUR", part=Part(country="DE"))
        asked = InvoiceQuestion(as_of, "EUR", part=Part(country="DE"))
        assert records.invoices(empty, OPERATOR, asked).totals.open_minor == alone.now.totals.receivables
        overdue = InvoiceQuestion(as_of, "EUR", part=Part(country="DE"), show=Show.OVERDUE)
        assert records.invoices(empty, OPERATOR, overdue).totals.open_minor == alone.now.totals.overdue
        assert sum(line.open_minor or 0 for line in alone.collectors) == alone.now.totals.receivables
        assert alone.targets == {}
