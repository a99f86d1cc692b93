"""What waited too long does not leave beside what came after it: the last look before a mail goes knows of the others.

Spacing counts from the day on which a reminder left, whatever day it was written for.
"""

from __future__ import annotations

from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import ContactRow, CustomerRow, DisputeRow, MessageRow
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.reminders import stopping
from ar_cockpit.services.sending import protocol as sending
from ar_cockpit.services.sending.protocol import Orders
from tests.builders import a_payment, an_invoice
from tests.reminding import AT, DAY, OPERATOR, Moody, a_debtor, mail_server, run


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def send(engine: Engine, on: date) -> list[str]:
    """Send what waits and return the subjects of what left."""
    moody = Moody()
    with mail_server(moody) as mailer:
        sending.send(engine, OPERATOR, mailer, Orders(on))
    return [str(message_from_bytes(raw, policy=policy.default)["Subject"]) for raw in moody.raw]


def messages(engine: Engine) -> list[tuple[str, str, str]]:
    """Return step, state and reason of all messages, in the order of their days."""
    with reading(engine) as session:
        rows = session.exec(select(MessageRow).order_by(col(MessageRow.business_on), col(MessageRow.id)))
        return [(row.step, row.state, row.error) for row in rows]


NEWER = "A newer message to the customer takes its place."


def test_after_an_outage_of_the_mail_server_only_the_newest_reminder_leaves(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=3)
    run(engine, DAY)
    run(engine, later(15))
    assert len(send(engine, later(15))) == 1
    assert messages(engine) == [("reminder_1", "cancelled", NEWER), ("reminder_2", "sent", "")]


def test_after_a_stop_is_released_only_the_newest_reminder_leaves(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=3)
    run(engine, DAY)
    with transaction(engine) as session:
        stopping.stop(session, OPERATOR, "a doubt", at=AT)
    run(engine, later(16))
    with transaction(engine) as session:
        stopping.release(session, OPERATOR, at=AT)
    run(engine, later(20))
    assert len(send(engine, later(20))) == 1
    assert messages(engine) == [("reminder_1", "cancelled", NEWER), ("reminder_2", "sent", "")]


def test_what_only_the_older_one_listed_is_planned_again(engine: Engine) -> None:
    with transaction(engine) as session:
        first = a_debtor(session, days_late=3)
        customer = session.get_one(CustomerRow, first.customer_id)
        second = an_invoice(session, customer, "C1-2", 70000, date(2026, 2, 1), later(-3))
        own = {"company_id": second.company_id, "customer_id": customer.id, "invoice_id": second.id}
    run(engine, DAY)
    with transaction(engine) as session:
        session.add(DisputeRow(**own, reason="price", opened_on=later(10), answer_due_on=later(20)))
    run(engine, later(15))
    assert len(send(engine, later(15))) == 1
    with transaction(engine) as session:
        session.exec(select(DisputeRow)).one().closed_on = later(20)
    with reading(engine) as session:
        plan = reminders.plan(session, OPERATOR, later(30))
    (touch,) = plan.day.touches
    assert [(item.number, item.step.key) for item in touch.items] == [("C1-1", "call_1"), ("C1-2", "reminder_1")]


def test_spacing_counts_from_the_day_a_reminder_left(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=3)
    run(engine, DAY)
    assert len(send(engine, later(14))) == 1
    for days, planned in ((15, 0), (28, 0), (29, 1)):
        with reading(engine) as session:
            assert len(reminders.plan(session, OPERATOR, later(days)).messages) == planned, days


def test_an_old_invoice_climbs_from_the_day_a_reminder_left(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=100)
    run(engine, DAY)
    assert len(send(engine, later(14))) == 1
    for days, planned in ((15, 0), (28, 0), (29, 1)):
        with reading(engine) as session:
            assert len(reminders.plan(session, OPERATOR, later(days)).messages) == planned, days


def test_what_customers_will_get_counts_from_that_day_too(engine: Engine) -> None:
    with transaction(engine) as session:
        customer_id = a_debtor(session, days_late=3).customer_id
    run(engine, DAY)
    send(engine, later(14))
    with reading(engine) as session:
        coming = reminders.upcoming(session, OPERATOR, customer_id, later(15), days=20)
    assert [one.on for one in coming if one.channel == "email"][:1] == [later(29)]


def test_a_reminder_in_another_currency_keeps_its_distance_to_the_one_that_waited(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, days_late=3)
        customer = session.get_one(CustomerRow, invoice.customer_id)
    run(engine, DAY)
    with transaction(engine) as session:
        an_invoice(session, customer, "USD-1", 90000, date(2026, 1, 1), later(5), currency="USD")
        an_invoice(session, customer, "USD-2", 90000, date(2026, 1, 1), later(-9), currency="USD")
    run(engine, later(15))
    assert len(send(engine, later(15))) == 1
    assert [state for _, state, _ in messages(engine)].count("cancelled") == 1


def test_a_courtesy_that_waited_past_the_due_date_is_none_any_more(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=-7)
    run(engine, DAY)
    assert send(engine, later(8)) == []
    assert [(step, state) for step, state, _ in messages(engine)] == [("courtesy", "cancelled")]


def test_money_that_came_since_and_covers_everything_is_allocated_and_nobody_is_reminded(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, days_late=3)
    run(engine, DAY)
    with transaction(engine) as session:
        a_payment(session, session.get_one(CustomerRow, invoice.customer_id), "P1", 50000, DAY)
    assert send(engine, DAY) == []
    assert messages(engine) == [("reminder_1", "cancelled", "Money or credit notes of the customer cover it now.")]
    with reading(engine) as session:
        plan = reminders.plan(session, OPERATOR, later(1))
    assert [touch.channel for touch in plan.day.touches] == ["allocate"]


@pytest.mark.parametrize("minor", [49_999, 1])
def test_money_that_does_not_cover_it_stops_nothing(engine: Engine, minor: int) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, days_late=3)
    run(engine, DAY)
    with transaction(engine) as session:
        a_payment(session, session.get_one(CustomerRow, invoice.customer_id), "P1", minor, DAY)
    assert len(send(engine, DAY)) == 1


def test_an_address_that_bounced_since_is_not_written_to(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=3)
    run(engine, DAY)
    with transaction(engine) as session:
        contact = session.exec(select(ContactRow)).one()
        contact.bounced_at, contact.bounced_email = AT, contact.email.upper()
    assert send(engine, DAY) == []
    assert messages(engine)[0][1:] == ("cancelled", "Its address bounced since it was queued.")


def test_what_is_left_below_the_minimum_waits(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, days_late=3)
        small = an_invoice(
            session, session.get_one(CustomerRow, invoice.customer_id), "S", 900, date(2026, 1, 1), later(-3)
        )
        assert small.open_minor == 900
    run(engine, DAY)
    with transaction(engine) as session:
        paid = session.get_one(type(invoice), invoice.id)
        paid.open_minor, paid.closed_on = 0, DAY
    assert send(engine, DAY) == []
    assert messages(engine)[0][1:] == ("cancelled", "What is left of it is below the minimum.")
