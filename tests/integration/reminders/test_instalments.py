"""An instalment of a payment plan is told of ahead: once, kindly, with its own amount, and only while it is to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CustomerRow, HoldRow, InvoiceRow, MessageRow, PaymentPlanRow
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.plans import Terms
from ar_cockpit.services import reach
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.collecting import plans
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import page
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.sending import protocol as sending
from ar_cockpit.services.sending.protocol import Orders
from tests.builders import a_payment, an_allocation
from tests.reminding import AT, DAY, OPERATOR, POLICY, Moody, a_debtor, mail_server, run

WORK = Permission.WORK_CUSTOMERS
FIRST, SECOND = date(2026, 3, 10), date(2026, 4, 10)  # a Tuesday and a Friday
MONDAY = date(2026, 3, 9)


@pytest.fixture(autouse=True)
def _policy(monkeypatch: pytest.MonkeyPatch) -> None:
    told = POLICY.replace('minimum_amount = "10.00"\n', 'minimum_amount = "10.00"\ninstalment_notice_days = 3\n')
    monkeypatch.setattr("tests.reminding.POLICY", told)


@pytest.fixture
def planned(engine: Engine) -> Engine:
    """A customer that agreed on ``DAY`` to pay its 500.00 in two instalments: the first of 200.00."""
    with transaction(engine) as session:
        invoice = a_debtor(session)
        line = reach.customer(session, OPERATOR, WORK, invoice.customer_id)
        chosen = reach.invoices(session, OPERATOR, WORK, [invoice.id], DAY)
        plans.agree(session, OPERATOR, line, chosen, (Terms(FIRST, 2, down_minor=20_000), ""), Moment(DAY, AT))
    return engine


def messages(engine: Engine) -> list[tuple[str, str, str, str]]:
    with reading(engine) as session:
        rows = session.exec(select(MessageRow).order_by(col(MessageRow.business_on)))
        return [(row.business_on.isoformat(), row.template, row.step, row.state) for row in rows]


def send(engine: Engine, day: date) -> None:
    with mail_server(Moody()) as mailer:
        sending.send(engine, OPERATOR, mailer, Orders(day))


def pay(session: Session, minor: int, day: date) -> None:
    invoice, customer = session.exec(select(InvoiceRow)).one(), session.exec(select(CustomerRow)).one()
    payment = a_payment(session, customer, f"P{minor}", minor, day)
    an_allocation(session, payment, invoice, minor, day)
    refresh_open(session)


def test_each_instalment_is_told_of_once_with_its_amount_and_starts_no_spacing(planned: Engine) -> None:
    for day in (DAY + timedelta(days=1), date(2026, 3, 6), date(2026, 3, 7), MONDAY, MONDAY, FIRST):
        run(planned, day)  # four days ahead is early, three fall on a Saturday, and on the day itself it is late
    told = ("2026-03-09", "instalment", "occasion:instalment:2026-03-10", "queued")
    assert messages(planned) == [told]
    with reading(planned) as session:
        row = session.exec(select(MessageRow)).one()
        assert row.subject == "Instalment of €200.00 on 10 March 2026"
        assert session.exec(select(CustomerRow.last_reminded_on)).one() is None
    send(planned, MONDAY)
    with transaction(planned) as session:
        pay(session, 20_000, FIRST)
    for day in (SECOND - timedelta(days=4), SECOND - timedelta(days=3), SECOND - timedelta(days=2)):
        run(planned, day)
    second = ("2026-04-07", "instalment", "occasion:instalment:2026-04-10", "queued")
    assert messages(planned) == [(*told[:3], "sent"), second]


def test_the_plan_of_the_day_and_the_customers_page_say_so(planned: Engine) -> None:
    with reading(planned) as session:
        plan = reminders.plan(session, OPERATOR, MONDAY)
        assert [(touch.step.template, touch.total_minor) for touch in plan.messages] == [("instalment", 50_000)]
        assert plan.held == []
        line = reach.customer(session, OPERATOR, WORK, session.exec(select(CustomerRow.id)).one())
        coming = page.more(session, OPERATOR, line, date(2026, 3, 6)).coming
    assert [(one.on, one.template) for one in coming] == [(MONDAY, "instalment")]


def paid(session: Session) -> None:
    pay(session, 20_000, DAY + timedelta(days=2))


def ended(session: Session) -> None:
    key = session.exec(select(PaymentPlanRow.id)).one()
    plans.cancel(session, OPERATOR, key, "insolvent", Moment(DAY + timedelta(days=2), AT))


def held(session: Session) -> None:
    row = session.exec(select(CustomerRow)).one()
    session.add(HoldRow(company_id=row.company_id, customer_id=row.id, reason="x", set_on=DAY, set_by="x"))


@pytest.mark.parametrize("stop", [paid, ended, held])
def test_it_is_told_neither_planned_nor_sent_once_it_is_paid_ended_or_stopped(
    planned: Engine, stop: Callable[[Session], None]
) -> None:
    run(planned, MONDAY)
    with transaction(planned) as session:
        stop(session)
    send(planned, MONDAY)
    assert [(one[1], one[3]) for one in messages(planned)] == [("instalment", "cancelled")]
    with reading(planned) as session:
        assert all(touch.step.template != "instalment" for touch in reminders.plan(session, OPERATOR, FIRST).messages)


def test_what_came_of_it_meanwhile_is_taken_off_what_is_asked_for(planned: Engine) -> None:
    run(planned, MONDAY)
    with transaction(planned) as session:
        pay(session, 5_000, MONDAY)
    send(planned, MONDAY)
    with reading(planned) as session:
        row = session.exec(select(MessageRow)).one()
        assert (row.state, row.subject) == ("sent", "Instalment of €150.00 on 10 March 2026")
