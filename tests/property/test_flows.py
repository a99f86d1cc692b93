"""The sums by day follow any acts, whoever writes: they equal the ledger, or are known to be out of date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text, update
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.figures import applied, cash_in, sums
from ar_cockpit.db.queries.figures import flows as kept
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.tables import AllocationRow, CustomerRow, InvoiceRow
from ar_cockpit.domain.calendar import month_end
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.figures import flows
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice
from tests.property.examples import undone

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 500).map(lambda days: FIRST + timedelta(days=days))


@dataclass(frozen=True)
class Act:
    """One thing that happens to the ledger; ``is_followed`` is an act of a service that keeps the sums itself."""

    kind: str
    which: int
    day: date
    minor: int
    is_followed: bool


ACTS = st.lists(
    st.builds(
        Act,
        st.sampled_from(["bill", "pay", "pay", "take_back", "move", "correct", "recurrency", "refresh", "remove"]),
        st.integers(0, 50),
        DAYS,
        st.integers(-500, 1000).filter(bool),
        st.booleans(),
    ),
    max_size=14,
)


def do(session: Session, customers: list[CustomerRow], act: Act, number: int) -> None:
    """Change the ledger as ``act`` says."""
    invoices = list(session.exec(select(InvoiceRow.id).order_by(col(InvoiceRow.id))))
    if act.kind == "refresh":
        flows.refresh(session)
    elif act.kind == "bill" or not invoices:
        customer = customers[act.which % len(customers)]
        an_invoice(session, customer, f"N{number}", act.minor, act.day, act.day + timedelta(days=act.which))
    elif act.is_followed:
        with flows.following(session, invoices[act.which % len(invoices) :][:2]):
            change(session, act, invoices[act.which % len(invoices)], number)
    else:
        change(session, act, invoices[act.which % len(invoices)], number)


def change(session: Session, act: Act, invoice_id: int, number: int) -> None:
    invoice = session.get_one(InvoiceRow, invoice_id)
    one = col(InvoiceRow.id) == invoice_id
    if act.kind == "pay":
        payment = a_payment(
            session, session.get_one(CustomerRow, invoice.customer_id), f"P{number}", act.minor, act.day
        )
        an_allocation(session, payment, invoice, act.minor)
    elif act.kind == "take_back":
        session.execute(delete(AllocationRow).where(col(AllocationRow.invoice_id) == invoice_id))
    elif act.kind == "move":
        session.execute(update(InvoiceRow).where(one).values(due_on=act.day))
    elif act.kind == "correct":
        session.execute(update(InvoiceRow).where(one).values(amount_minor=act.minor, invoice_on=act.day))
    elif act.kind == "recurrency":
        session.execute(update(InvoiceRow).where(one).values(currency="USD"))
    elif act.kind == "remove":
        session.execute(delete(AllocationRow).where(col(AllocationRow.invoice_id) == invoice_id))
        session.execute(text(f"DELETE FROM invoice WHERE id = {invoice_id}"))
        session.expire(invoice)
        return
    refresh_open(session, {invoice_id})


def check(session: Session, acts: list[Act], as_of: date) -> None:
    companies = [a_company(session, code) for code in ("ALFA", "BETA")]
    customers = [a_customer(session, company) for company in companies]
    for number, act in enumerate(acts):
        do(session, customers, act, number)
        session.expunge_all()
        customers = list(session.exec(select(CustomerRow).order_by(col(CustomerRow.id))))
        for company in session.exec(select(CustomerRow.company_id)).all():
            if not kept.are_built(session, [company]):
                continue
            for currency in ("EUR", "USD"):
                about = Slice((company,), currency)
                days = [as_of, act.day, act.day - timedelta(days=40)]
                assert kept.ageing_on(session, about, days) == sums.ageing_on(session, about, days)
                assert kept.sales_by_day(session, about, as_of) == sums.sales_by_day(session, about, as_of)
                ledgers = [*days, month_end(as_of), month_end(act.day)]
                came = cash_in.settled_within(session, about, ledgers, 30)
                assert applied.settled_within(session, about, ledgers, 30) == came


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, as_of=DAYS)
def test_the_sums_equal_the_ledger_after_any_acts_on_sqlite(empty: Session, acts: list[Act], as_of: date) -> None:
    with undone(empty):
        check(empty, acts, as_of)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, as_of=DAYS)
def test_the_sums_equal_the_ledger_after_any_acts_on_postgresql(
    postgres: Session, acts: list[Act], as_of: date
) -> None:
    with undone(postgres):
        check(postgres, acts, as_of)


@pytest.mark.parametrize("is_followed", [True, False])
def test_an_act_that_follows_keeps_the_sums_and_any_other_makes_them_unreliable(
    session: Session, *, is_followed: bool
) -> None:
    company = a_company(session)
    customer = a_customer(session, company)
    an_invoice(session, customer, "F1", 1000, FIRST, FIRST + timedelta(days=30))
    flows.refresh(session)
    assert kept.are_built(session, [company.id])
    do(session, [customer], Act("pay", 0, FIRST + timedelta(days=9), 400, is_followed), 1)
    assert kept.are_built(session, [company.id]) is is_followed
