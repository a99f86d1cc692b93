"""What is said outside of the ladder: a promise was not kept, and thanks; once, and never where anything is amiss."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import (
    CustomerRow,
    DisputeRow,
    HoldRow,
    InvoiceRow,
    MessageItemRow,
    MessageRow,
    PromiseInvoiceRow,
    PromiseRow,
)
from ar_cockpit.domain.access import Permission
from ar_cockpit.services import reach
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.customers import page
from ar_cockpit.services.reminders import day_view
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.sending import protocol as sending
from ar_cockpit.services.sending.protocol import Orders
from tests.builders import a_payment, an_allocation, an_invoice
from tests.reminding import DAY, OPERATOR, POLICY, Moody, a_debtor, mail_server, run

OCCASIONAL = POLICY.replace(
    'minimum_amount = "10.00"\n', 'minimum_amount = "10.00"\nnames_broken_promises = true\nthank_you_every = 90\n'
)
Told = list[tuple[str, str, str]]


@pytest.fixture(autouse=True)
def _policy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.reminding.POLICY", OCCASIONAL)


def messages(engine: Engine) -> Told:
    """Return day, template and step of every message that was not cancelled."""
    with reading(engine) as session:
        rows = session.exec(select(MessageRow).order_by(MessageRow.business_on)).all()  # type: ignore[arg-type]
        return [(row.business_on.isoformat(), row.template, row.step) for row in rows if row.state != "cancelled"]


def send(engine: Engine, day: date) -> None:
    with mail_server(Moody()) as mailer:
        sending.send(engine, OPERATOR, mailer, Orders(day))


def pay(engine: Engine, day: date) -> None:
    with transaction(engine) as session:
        invoice, customer = session.exec(select(InvoiceRow)).one(), session.exec(select(CustomerRow)).one()
        payment = a_payment(session, customer, "P1", invoice.amount_minor, day)
        an_allocation(session, payment, invoice, invoice.amount_minor)
        refresh_open(session)


def promise(session: Session, invoice: InvoiceRow, made_on: date, promised_for: date) -> None:
    keys = {"company_id": invoice.company_id}
    row = PromiseRow(
        customer_id=invoice.customer_id,
        amount_minor=invoice.open_minor,
        currency=invoice.currency,
        made_on=made_on,
        promised_for=promised_for,
        grace_days=3,
        **keys,
    )
    session.add(row)
    session.flush()
    session.add(PromiseInvoiceRow(promise_id=row.id, invoice_id=invoice.id, **keys))


@pytest.fixture
def promised(engine: Engine) -> Engine:
    """A customer that promised on ``DAY``, when it was reminded, to pay the next day: broken on the Sunday after."""
    with transaction(engine) as session:
        a_debtor(session, days_late=3)
    run(engine)
    with transaction(engine) as session:
        invoice = session.exec(select(InvoiceRow)).one()
        promise(session, invoice, DAY, DAY + timedelta(days=1))
    return engine


def test_a_broken_promise_is_named_on_the_next_working_day_once_and_starts_the_spacing(promised: Engine) -> None:
    for days in (4, 5, 6, 7, 14):
        run(promised, DAY + timedelta(days=days))
        run(promised, DAY + timedelta(days=days))
    monday = "2026-03-09"
    assert messages(promised)[1:] == [(monday, "broken_promise", "occasion:promise:2026-03-08")]
    with reading(promised) as session:
        assert session.exec(select(CustomerRow.last_reminded_on)).one() == date.fromisoformat(monday)
    # The step that came due meanwhile waits for the spacing, and then comes as if nothing had been.
    run(promised, DAY + timedelta(days=20))
    run(promised, DAY + timedelta(days=21))
    assert messages(promised)[2:] == [("2026-03-24", "reminder", "reminder_2")]


def test_the_plan_says_what_the_run_does(promised: Engine) -> None:
    with reading(promised) as session:
        plan = reminders.plan(session, OPERATOR, date(2026, 3, 9))
    assert [touch.step.template for touch in plan.messages] == ["broken_promise"]
    assert plan.held == []


def test_the_customers_page_foretells_it_on_the_day_on_which_a_run_writes_it(promised: Engine) -> None:
    with reading(promised) as session:
        line = reach.customer(session, OPERATOR, Permission.VIEW_CUSTOMERS, session.exec(select(CustomerRow.id)).one())
        coming = page.more(session, OPERATOR, line, DAY + timedelta(days=1)).coming
    # It breaks on a Sunday, on which nothing is sent.
    assert [(one.on.isoformat(), one.template) for one in coming] == [("2026-03-09", "broken_promise")]


def test_the_days_own_reminder_gives_way_to_the_notice(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, days_late=3)
        promise(session, invoice, DAY - timedelta(days=6), DAY - timedelta(days=5))
    run(engine)
    assert messages(engine) == [("2026-03-03", "broken_promise", "reminder_1")]
    run(engine, DAY + timedelta(days=1))
    assert len(messages(engine)) == 1


def dispute(session: Session, invoice: InvoiceRow) -> None:
    keys = {"company_id": invoice.company_id, "customer_id": invoice.customer_id}
    session.add(DisputeRow(invoice_id=invoice.id, reason="price", opened_on=DAY, answer_due_on=DAY, **keys))


def hold(session: Session, invoice: InvoiceRow) -> None:
    keys = {"company_id": invoice.company_id, "customer_id": invoice.customer_id}
    session.add(HoldRow(reason="x", set_on=DAY, set_by="x", **keys))


def by_hand(session: Session, invoice: InvoiceRow) -> None:
    session.get_one(CustomerRow, invoice.customer_id).tags = ["manual"]


def cover(session: Session, invoice: InvoiceRow) -> None:
    a_payment(session, session.get_one(CustomerRow, invoice.customer_id), "P9", invoice.open_minor, DAY)


@pytest.mark.parametrize("stop", [dispute, hold, by_hand, cover])
def test_whatever_stops_reminders_stops_the_notice(
    promised: Engine, stop: Callable[[Session, InvoiceRow], None]
) -> None:
    with transaction(promised) as session:
        stop(session, session.exec(select(InvoiceRow)).one())
    run(promised, date(2026, 3, 9))
    assert len(messages(promised)) == 1


def test_after_an_outage_of_a_week_nobody_hears_of_it_any_more(promised: Engine) -> None:
    run(promised, date(2026, 3, 16))
    assert len(messages(promised)) == 1


@pytest.fixture
def paid(engine: Engine) -> Engine:
    """A customer that paid the day after its reminder went."""
    with transaction(engine) as session:
        a_debtor(session, days_late=3)
    run(engine)
    send(engine, DAY)
    pay(engine, DAY + timedelta(days=1))
    return engine


def test_a_customer_that_pays_after_a_reminder_is_thanked_once(paid: Engine) -> None:
    for days in (1, 1, 2, 3, 4, 5, 6, 10):
        run(paid, DAY + timedelta(days=days))
    assert messages(paid)[1:] == [("2026-03-04", "thank_you", "occasion:thanks")]
    with reading(paid) as session:
        row = session.exec(select(MessageRow).where(MessageRow.template == "thank_you")).one()
        assert (row.total_minor, row.state) == (50000, "queued")
        assert "500.00" in row.text_body
    send(paid, DAY + timedelta(days=1))
    with reading(paid) as session:
        states = session.exec(select(MessageRow.state)).all()
        assert list(states) == ["sent", "sent"]


def another_overdue(session: Session, invoice: InvoiceRow) -> None:
    customer = session.get_one(CustomerRow, invoice.customer_id)
    an_invoice(session, customer, "C1-2", 900, date(2026, 1, 1), DAY - timedelta(days=1))


def another_disputed(session: Session, invoice: InvoiceRow) -> None:
    customer = session.get_one(CustomerRow, invoice.customer_id)
    dispute(session, an_invoice(session, customer, "C1-2", 900, date(2026, 3, 1), date(2026, 4, 1)))


def thanked_lately(session: Session, invoice: InvoiceRow) -> None:
    sent = session.exec(select(MessageRow)).one()
    copied = sent.model_dump(exclude={"id"}) | {
        "template": "thank_you",
        "message_id": "<before@x.example>",
        "business_on": DAY - timedelta(days=88),
    }
    session.add(MessageRow(**copied))
    assert invoice.id


@pytest.mark.parametrize("stop", [another_overdue, another_disputed, hold, by_hand, thanked_lately])
def test_nobody_is_thanked_while_anything_is_amiss_or_twice_in_a_while(
    paid: Engine, stop: Callable[[Session, InvoiceRow], None]
) -> None:
    with transaction(paid) as session:
        stop(session, session.exec(select(InvoiceRow)).one())
    run(paid, DAY + timedelta(days=1))
    with reading(paid) as session:
        items = session.exec(select(MessageItemRow.step)).all()
    assert "occasion:thanks" not in items


def test_thanks_are_taken_back_when_the_payment_is(paid: Engine) -> None:
    run(paid, DAY + timedelta(days=1))
    with transaction(paid) as session:
        invoice = session.exec(select(InvoiceRow)).one()
        invoice.open_minor, invoice.closed_on = invoice.amount_minor, date(9999, 12, 31)
    send(paid, DAY + timedelta(days=1))
    with reading(paid) as session:
        row = session.exec(select(MessageRow).where(MessageRow.template == "thank_you")).one()
        assert (row.state, "not paid" in row.error) == ("cancelled", True)


def test_cadences_without_the_switch_say_neither(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.reminding.POLICY", POLICY)
    with transaction(engine) as session:
        a_debtor(session, days_late=3)
    run(engine)
    send(engine, DAY)
    pay(engine, DAY + timedelta(days=1))
    run(engine, DAY + timedelta(days=1))
    assert len(messages(engine)) == 1


def test_the_screen_shows_the_thanks_that_the_plan_tells_of(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=3)
    run(engine, DAY)
    send(engine, DAY)
    pay(engine, DAY + timedelta(days=1))
    on = DAY + timedelta(days=2)
    with reading(engine) as session:
        planned = reminders.plan(session, OPERATOR, on)
        shown = day_view.view(session, OPERATOR, on)
        assert [touch.step.template for touch in planned.messages] == ["thank_you"]
        assert shown.messages == planned.messages
        (touch,) = shown.touches(day_view.MESSAGES, day_view.DayFilter(text="C1-1", cadence="standard"))
        assert (shown.who[touch.customer_id].code, shown.looked.choice(touch.customer_id).segment.key) == (
            "C1",
            "standard",
        )
