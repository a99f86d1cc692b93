"""A collector's own message: previewed, sent through the same outbox as the step that was due, taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import (
    ContactRow,
    CustomerRow,
    DisputeRow,
    InvoiceRow,
    MessageItemRow,
    MessageRow,
    StepApprovalRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.services.reminders import manual as manual_reminders
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.reminders import withdrawing
from ar_cockpit.services.reminders.manual import Wording
from ar_cockpit.services.sending import protocol as sending
from ar_cockpit.services.sending.protocol import Orders
from tests.builders import a_letter, an_invoice
from tests.reminding import AT, DAY, OPERATOR, POLICY, Moody, a_debtor, mail_server, run

PLAIN = Wording()


@pytest.fixture
def ids(engine: Engine) -> tuple[int, int]:
    """A customer with one overdue invoice."""
    with transaction(engine) as session:
        invoice = a_debtor(session, "C1", "ann@x.example")
        return invoice.customer_id, invoice.id


def write(engine: Engine, ids: tuple[int, int], wording: Wording = PLAIN, day: date = DAY) -> str:
    with transaction(engine) as session:
        return manual_reminders.send_manual(session, OPERATOR, ids[0], [ids[1]], wording, as_of=day, at=AT)


def test_a_preview_shows_the_mail_as_it_will_go_and_changes_nothing(engine: Engine, ids: tuple[int, int]) -> None:
    with reading(engine) as session:
        draft = manual_reminders.preview(
            session, OPERATOR, ids[0], [ids[1]], Wording("firm", "de", body="Bitte **heute**."), as_of=DAY
        )
    assert (draft.recipient, draft.contact_name, draft.language) == ("ann@x.example", "Ann Lee", "de")
    assert (draft.total_minor, draft.currency, draft.warnings) == (50000, "EUR", ())
    assert "Bitte **heute**." in draft.text
    assert "Fällig am" in draft.html
    with reading(engine) as session:
        assert session.exec(select(MessageRow)).all() == []


def test_what_speaks_against_it_is_told(engine: Engine, ids: tuple[int, int]) -> None:
    run(engine)
    later = DAY + timedelta(days=5)
    with transaction(engine) as session:
        company_id = session.get_one(CustomerRow, ids[0]).company_id
        facts = {"reason": "price", "opened_on": DAY, "answer_due_on": DAY}
        session.add(DisputeRow(company_id=company_id, customer_id=ids[0], invoice_id=ids[1], **facts))
    with reading(engine) as session:
        draft = manual_reminders.preview(session, OPERATOR, ids[0], [ids[1]], PLAIN, as_of=later)
    assert draft.warnings == ("disputed", "spacing")


def test_it_counts_as_the_step_that_was_due(engine: Engine, ids: tuple[int, int]) -> None:
    write(engine, ids)
    with reading(engine) as session:
        assert session.exec(select(MessageItemRow.step)).one() == "reminder_1"
        made = reminders.plan(session, OPERATOR, DAY + timedelta(days=1))
        assert [one.reason.value for one in made.held] == ["not_due_yet"]


@pytest.mark.parametrize(("days_late", "next_step"), [(-20, "courtesy"), (2, "reminder_1")])
def test_before_any_step_is_due_it_stands_for_none(engine: Engine, days_late: int, next_step: str) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, days_late=days_late)
        keys = (invoice.customer_id, invoice.id)
    write(engine, keys)
    with reading(engine) as session:
        assert session.exec(select(MessageItemRow.step)).one() == "manual:2026-03-03"
        coming = reminders.upcoming(session, OPERATOR, keys[0], DAY + timedelta(days=1), days=40)
    assert coming[0].step == next_step


def test_a_call_that_is_due_stays_due(engine: Engine, ids: tuple[int, int]) -> None:
    run(engine)
    run(engine, DAY + timedelta(days=15))
    day = DAY + timedelta(days=30)
    write(engine, ids, day=day)
    with reading(engine) as session:
        coming = reminders.upcoming(session, OPERATOR, ids[0], day + timedelta(days=1), days=20)
    assert [(one.step, (one.on - day).days) for one in coming] == [("call_1", 15)]


def test_it_goes_through_the_outbox_under_the_collector_s_name(engine: Engine, ids: tuple[int, int]) -> None:
    key = write(engine, ids, Wording(subject="A word", body="Hello"))
    moody = Moody()
    with mail_server(moody) as mailer:
        sending.send(engine, OPERATOR, mailer, Orders(DAY, windows=lambda _session: []))
    assert moody.accepted == [key]
    with reading(engine) as session:
        row = session.exec(select(MessageRow)).one()
    assert (row.state, row.origin, row.created_by, row.subject) == ("sent", "person", OPERATOR.email, "A word")


def test_it_is_taken_back_while_it_waits_and_written_again(engine: Engine, ids: tuple[int, int]) -> None:
    key = write(engine, ids)
    with transaction(engine) as session:
        withdrawing.withdraw(session, OPERATOR, key, at=AT)
    with reading(engine) as session:
        made = reminders.plan(session, OPERATOR, DAY)
    assert [touch.step_key for touch in made.day.touches] == ["reminder_1"]
    assert write(engine, ids, Wording(subject="Better")) == key


def test_what_has_left_cannot_be_taken_back(engine: Engine, ids: tuple[int, int]) -> None:
    key = write(engine, ids)
    with mail_server(Moody()) as mailer:
        sending.send(engine, OPERATOR, mailer, Orders(DAY))
    with transaction(engine) as session, pytest.raises(RefusedError, match="does not wait"):
        withdrawing.withdraw(session, OPERATOR, key, at=AT)


def test_what_was_cancelled_before_stays_with_its_reason(engine: Engine, ids: tuple[int, int]) -> None:
    key = write(engine, ids)
    with transaction(engine) as session:
        session.exec(select(MessageRow)).one().state = "cancelled"
    with transaction(engine) as session:
        assert withdrawing.withdraw_all(session, OPERATOR, [key], at=AT) == 0
        assert session.exec(select(MessageRow.state)).one() == "cancelled"


def test_one_message_to_an_address_and_day(engine: Engine, ids: tuple[int, int]) -> None:
    run(engine)
    with pytest.raises(RefusedError, match="for this day already"):
        write(engine, ids)


def test_a_message_of_a_person_is_not_rewritten_by_a_machine(engine: Engine, ids: tuple[int, int]) -> None:
    with transaction(engine) as session:
        owner = session.get_one(CustomerRow, ids[0])
        other = an_invoice(session, owner, "C1-2", 70000, date(2026, 1, 1), DAY).id
        manual_reminders.send_manual(session, OPERATOR, ids[0], [ids[1], other], PLAIN, as_of=DAY, at=AT)
    with transaction(engine) as session:
        paid = session.get_one(InvoiceRow, other)
        paid.open_minor, paid.closed_on = 0, DAY
    with mail_server(Moody()) as mailer:
        assert sending.send(engine, OPERATOR, mailer, Orders(DAY)).counts["cancelled"] == 1
    with reading(engine) as session:
        assert "look at it and write again" in session.exec(select(MessageRow.error)).one()


@pytest.mark.parametrize(
    ("wording", "error"),
    [
        (Wording("rude"), InputError),
        (Wording(language="xx"), InputError),
        (Wording(body="x" * 9000), InputError),
    ],
)
def test_what_cannot_be_written_is_refused(
    engine: Engine, ids: tuple[int, int], wording: Wording, error: type[Exception]
) -> None:
    with pytest.raises(error):
        write(engine, ids, wording)


def test_only_open_invoices_of_customers_in_reach_are_written_about(engine: Engine, ids: tuple[int, int]) -> None:
    with pytest.raises(RefusedError, match="Not every chosen invoice is open"):
        write(engine, (ids[0], ids[1] + 99))
    stranger = Actor(7, "c@x.example", "C", (Grant(Role.COLLECTOR, 99),))
    with transaction(engine) as session, pytest.raises(NotFoundError):
        manual_reminders.send_manual(session, stranger, ids[0], [ids[1]], PLAIN, as_of=DAY, at=AT)
    owner = Actor(8, "s@x.example", "S", (Grant(Role.EXECUTIVE),))
    with transaction(engine) as session, pytest.raises(RefusedError):
        manual_reminders.send_manual(session, owner, ids[0], [ids[1]], PLAIN, as_of=DAY, at=AT)


def test_another_contact_of_the_customer_is_written_to_in_its_language(engine: Engine, ids: tuple[int, int]) -> None:
    with transaction(engine) as session:
        company_id = session.get_one(CustomerRow, ids[0]).company_id
        told = {"company_id": company_id, "customer_id": ids[0], "is_primary": False}
        boss = ContactRow(name="Bo Boss", email="bo@x.example", language="de", gets_reminders=False, **told)
        gone = ContactRow(name="Guy Gone", email="guy@x.example", left_on=DAY, **told)
        session.add_all([boss, gone])
        session.flush()
        keys = boss.id, gone.id
    with reading(engine) as session:
        wording = Wording(contact_id=keys[0])
        draft = manual_reminders.preview(session, OPERATOR, ids[0], [ids[1]], wording, as_of=DAY)
        assert (draft.recipient, draft.contact_name, draft.language) == ("bo@x.example", "Bo Boss", "de")
        for refused in (keys[1], keys[0] + 1_000):
            wording = Wording(contact_id=refused)
            with pytest.raises(RefusedError, match="contact"):
                manual_reminders.preview(session, OPERATOR, ids[0], [ids[1]], wording, as_of=DAY)


def a_collector(engine: Engine, ids: tuple[int, int], role: Role = Role.COLLECTOR) -> Actor:
    with reading(engine) as session:
        return Actor(5, "anna@x.example", "Anna", (Grant(role, session.get_one(CustomerRow, ids[0]).company_id),))


def test_a_formal_notice_by_hand_is_no_way_around_the_approval(engine: Engine, ids: tuple[int, int]) -> None:
    anna, notice = a_collector(engine, ids), Wording("formal_notice")
    with reading(engine) as session, pytest.raises(RefusedError, match="approval"):
        manual_reminders.preview(session, anna, ids[0], [ids[1]], notice, as_of=DAY)
    with transaction(engine) as session, pytest.raises(RefusedError, match="approval"):
        manual_reminders.send_manual(session, anna, ids[0], [ids[1]], notice, as_of=DAY, at=AT)
    with transaction(engine) as session:
        invoice = session.get_one(InvoiceRow, ids[1])
        let_go = StepApprovalRow(
            company_id=invoice.company_id, customer_id=ids[0], invoice_id=ids[1], step="formal", decision="approved"
        )
        let_go.decided_on, let_go.decided_at, let_go.decided_by = DAY, AT, "boss@x.example"
        session.add(let_go)
    with reading(engine) as session:
        assert manual_reminders.preview(session, anna, ids[0], [ids[1]], notice, as_of=DAY).template == "formal_notice"


def test_who_may_approve_writes_a_formal_notice_and_everybody_a_firm_reminder(
    engine: Engine, ids: tuple[int, int]
) -> None:
    boss = a_collector(engine, ids, Role.CREDIT_MANAGER)
    with reading(engine) as session:
        for actor, template in ((boss, "formal_notice"), (a_collector(engine, ids), "firm")):
            made = manual_reminders.preview(session, actor, ids[0], [ids[1]], Wording(template), as_of=DAY)
            assert made.template == template


def test_the_script_of_a_call_is_never_mailed(engine: Engine, ids: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="no template 'call'"):
        write(engine, ids, Wording("call"))


APPROVED_MAIL = POLICY.replace('channel = "letter"', 'channel = "email"').replace("offset = 75", "offset = 60")


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.CREDIT_MANAGER])
def test_a_notice_that_was_let_go_and_is_written_by_hand_does_not_leave_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    monkeypatch.setattr("tests.reminding.POLICY", APPROVED_MAIL)
    with transaction(engine) as session:
        invoice = a_debtor(session, "C1", "ann@x.example", days_late=69)
        ids = (invoice.customer_id, invoice.id)
        climbed = a_letter(session, invoice, DAY - timedelta(days=30), AT)
        climbed.state = "done"
        for item in session.exec(select(MessageItemRow)).all():
            item.step, item.step_offset, item.firmness = "call_1", 33, 0
        if role is Role.COLLECTOR:
            let_go = StepApprovalRow(
                company_id=invoice.company_id, customer_id=ids[0], invoice_id=ids[1], step="formal", decision="approved"
            )
            let_go.decided_on, let_go.decided_at, let_go.decided_by = DAY, AT, "boss@x.example"
            session.add(let_go)
    writer = a_collector(engine, ids, role)
    with transaction(engine) as session:
        notice = Wording("formal_notice")
        manual_reminders.send_manual(session, writer, ids[0], [ids[1]], notice, as_of=DAY, at=AT)
    with reading(engine) as session:
        assert "formal" in session.exec(select(MessageItemRow.step)).all()
    for later in (1, 30):
        assert run(engine, DAY + timedelta(days=later)).messages == 0
