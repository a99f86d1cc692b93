"""The database's sums equal the pure reference on random ledgers, on any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from ar_cockpit.db.queries.figures import flows as kept
from ar_cockpit.db.queries.figures import sums as figures
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.figures import ageing, kpis, receivables
from ar_cockpit.domain.figures.ageing import AgeBasis
from ar_cockpit.domain.figures.receivables import Allocation, Document, Kind, Payment
from ar_cockpit.services.figures import flows, reporting
from tests.builders import a_company, a_customer, an_invoice
from tests.property.examples import undone

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 600).map(lambda days: FIRST + timedelta(days=days))


@dataclass(frozen=True)
class Billed:
    """A document as drawn: which company and currency, and the reference value."""

    company: str
    currency: str
    document: Document


@st.composite
def documents(draw: st.DrawFn) -> Billed:
    kind = draw(st.sampled_from([Kind.INVOICE, Kind.INVOICE, Kind.CREDIT_NOTE]))
    amount = draw(st.integers(1, 10**9)) * (-1 if kind is Kind.CREDIT_NOTE else 1)
    invoice_on = draw(DAYS)
    due_on = invoice_on + timedelta(days=draw(st.integers(-3, 90)))
    days = draw(st.lists(st.integers(-5, 200), max_size=3, unique=True).map(sorted))
    parts: list[Allocation] = []
    left = amount
    for number, offset in enumerate(days):
        minor = left if draw(st.booleans()) else left // 3
        returned = number == 1 and draw(st.booleans())  # the money of the first part came back
        minor = -parts[0].minor if returned and parts else minor
        if minor:
            parts.append(Allocation(invoice_on + timedelta(days=offset), minor))
            left -= minor
    document = Document(invoice_on, due_on, amount, kind, tuple(parts))
    company, currency = draw(st.sampled_from([("ALFA", "EUR"), ("ALFA", "USD"), ("BETA", "EUR")]))
    return Billed(company, currency, document)


LEDGERS = st.lists(documents(), max_size=12)


def stored(session: Session, ledger: list[Billed]) -> Slice:
    """Write the ledger and return the slice of its euros."""
    rows = {code: a_company(session, code) for code in ("ALFA", "BETA")}
    customers = {code: a_customer(session, company) for code, company in rows.items()}
    for number, billed in enumerate(ledger):
        document = billed.document
        an_invoice(
            session,
            customers[billed.company],
            f"N{number}",
            document.amount_minor,
            document.invoice_on,
            document.due_on,
            paid=[(part.allocated_on, part.minor) for part in document.allocations],
            kind=document.kind.value,
            currency=billed.currency,
        )
    return Slice(tuple(row.id for row in rows.values()), "EUR")


def check(session: Session, ledger: list[Billed], as_of: date) -> None:
    about = stored(session, ledger)
    euros = [billed.document for billed in ledger if billed.currency == "EUR"]
    days = [as_of, *kpis.month_ends_before(as_of, 3)]
    facts = reporting.facts(session, about, days)
    told = {day: kpis.kpis(kpis.totals_of(euros, day)) for day in days}
    assert {day: facts.kpis(day) for day in days} == told
    assert flows.refresh(session) == list(about.company_ids)
    assert kept.are_built(session, about.company_ids)
    facts = reporting.facts(session, about, days)
    assert {day: facts.kpis(day) for day in days} == told
    counted = reporting.count_back_series(session, about, as_of, 4)
    assert counted == {day: figure.dso_countback for day, figure in told.items()}
    by_invoice = figures.ageing_on(session, about, [as_of], AgeBasis.INVOICE)[as_of].values()
    summed = {key: sum(one[key] for one in by_invoice) for key in ageing.BUCKET_KEYS}
    assert summed == ageing.ageing(euros, as_of, AgeBasis.INVOICE)
    period = reporting_period(as_of)
    late = figures.days_late_of_settled(session, about, period).values()
    told = (sum(part for part, _ in late), sum(whole for _, whole in late))
    assert told == receivables.days_late_of_settled(euros, period)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=LEDGERS, as_of=DAYS)
def test_sql_equals_the_reference_on_sqlite(empty: Session, ledger: list[Billed], as_of: date) -> None:
    with undone(empty):
        check(empty, ledger, as_of)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=LEDGERS, as_of=DAYS)
def test_sql_equals_the_reference_on_postgresql(postgres: Session, ledger: list[Billed], as_of: date) -> None:
    with undone(postgres):
        check(postgres, ledger, as_of)


@given(ledger=LEDGERS, as_of=DAYS)
def test_the_buckets_sum_to_the_receivables(ledger: list[Billed], as_of: date) -> None:
    known = [billed.document for billed in ledger]
    for basis in AgeBasis:
        assert sum(ageing.ageing(known, as_of, basis).values()) == receivables.receivables(known, as_of)


@given(ledger=LEDGERS, as_of=DAYS)
def test_what_is_billed_is_open_or_was_paid(ledger: list[Billed], as_of: date) -> None:
    known = [billed.document for billed in ledger if billed.document.invoice_on <= as_of]
    billed = sum(document.amount_minor for document in known)
    paid = sum(part.minor for document in known for part in document.allocations if part.allocated_on <= as_of)
    assert receivables.receivables(known, as_of) == billed - paid


@given(parts=st.lists(st.tuples(DAYS, st.integers(1, 10**6)), max_size=5), as_of=DAYS)
def test_money_received_is_applied_or_unapplied(parts: list[tuple[date, int]], as_of: date) -> None:
    paid_on = min((day for day, _ in parts), default=FIRST)
    whole = sum(minor for _, minor in parts) + 7
    payment = Payment(paid_on, whole, tuple(Allocation(day, minor) for day, minor in parts))
    applied = sum(minor for day, minor in parts if day <= as_of)
    assert receivables.unapplied_cash([payment], as_of) == (whole - applied if paid_on <= as_of else 0)
