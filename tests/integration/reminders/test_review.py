"""What people decide before reminders go: approvals, a look through the day, the stop of all, handling by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from ar_cockpit.db.queries.reminders import outbox as queue
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import AuditRow, CompanyRow, ContactRow, CustomerRow, MessageItemRow, MessageRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.errors import ForbiddenError, NotFoundError, RefusedError
from ar_cockpit.services.collecting import holds, undo
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.reminders import approvals, day_view, manual, reviewing, stopping
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.reminders.day_view import DayFilter
from ar_cockpit.services.sending.protocol import Orders, send
from tests.builders import a_company, a_customer, an_invoice
from tests.reminding import AT, DAY, OPERATOR, Moody, a_debtor, mail_server, queued, run

CREDIT = Actor(5, "credit@x.example", "Cleo", (Grant(Role.CREDIT_MANAGER),))
COLLECTOR = Actor(6, "ann@x.example", "Ann", (Grant(Role.COLLECTOR),))
WHEN = Moment(DAY, AT)
READY = DAY + timedelta(days=45)  # the day on which the climbing invoice comes to its formal notice


def an_old_debtor(engine: Engine, code: str = "C1") -> None:
    """Let a customer climb to the step that needs approval."""
    with transaction(engine) as session:
        a_debtor(session, code, days_late=200)
    for later in (0, 15, 30):
        run(engine, DAY + timedelta(days=later))


def touches(engine: Engine, day: date) -> list[tuple[str, int]]:
    with reading(engine) as session:
        plan = reminders.plan(session, OPERATOR, day)
        return [(touch.step_key, touch.customer_id) for touch in plan.day.touches]


def reason_of(engine: Engine, day: date = DAY) -> list[Held]:
    with reading(engine) as session:
        return [one.reason for one in reminders.plan(session, OPERATOR, day).held]


def test_an_approved_step_goes_with_the_next_run_and_no_other(engine: Engine) -> None:
    an_old_debtor(engine)
    with transaction(engine) as session:
        (waiting,) = approvals.waiting(session, CREDIT, READY)
        assert (waiting.step.key, waiting.totals, waiting.oldest_days) == ("formal", {"EUR": 50000}, 245)
        assert waiting.since_on == READY
        seen = approvals.preview(session, CREDIT, waiting.customer.customer_id, "formal", READY)
        assert "C1-1" in seen["text_body"]
        approvals.approve(session, CREDIT, waiting.keys, "She will not pay", Moment(READY, AT))
        assert approvals.waiting(session, CREDIT, READY) == []
    assert [step for step, _ in touches(engine, READY)] == ["formal"]
    assert run(engine, READY).tasks == 1
    with reading(engine) as session:
        acts = session.exec(select(AuditRow.action)).all()
        assert "step.approve" in acts


def test_who_may_not_approve_is_refused_and_what_does_not_wait_cannot_be_approved(engine: Engine) -> None:
    an_old_debtor(engine)
    with transaction(engine) as session:
        (waiting,) = approvals.waiting(session, COLLECTOR, READY)
        with pytest.raises(ForbiddenError):
            approvals.approve(session, COLLECTOR, waiting.keys, "", Moment(READY, AT))
        stranger = Actor(7, "other@x.example", "Other", (Grant(Role.CREDIT_MANAGER, 99),))
        with pytest.raises(RefusedError):
            approvals.approve(session, stranger, waiting.keys, "", Moment(READY, AT))
        with pytest.raises(RefusedError):
            approvals.approve(session, CREDIT, [(waiting.keys[0][0], "reminder_1")], "", Moment(READY, AT))


def test_a_declined_step_is_asked_again_after_its_day(engine: Engine) -> None:
    an_old_debtor(engine)
    until = READY + timedelta(days=14)
    with transaction(engine) as session:
        (waiting,) = approvals.waiting(session, CREDIT, READY)
        (decided,) = approvals.decline(session, CREDIT, waiting.keys, "She called", until, Moment(READY, AT))
    with transaction(engine) as session:
        (later,) = approvals.waiting(session, CREDIT, until)
        assert later.declined is not None
        assert (later.declined.note, later.declined.until_on) == ("She called", until)
        assert approvals.waiting(session, CREDIT, until + timedelta(days=1))[0].declined is None
        approvals.take_back(session, CREDIT, [decided], at=AT)
        assert approvals.waiting(session, CREDIT, until)[0].declined is None
    assert reason_of(engine, until) == [Held.NEEDS_APPROVAL]


def test_an_approval_is_taken_back_until_it_has_been_done(engine: Engine) -> None:
    an_old_debtor(engine)
    with transaction(engine) as session:
        keys = approvals.waiting(session, CREDIT, READY)[0].keys
        decided = approvals.approve(session, CREDIT, keys, "", Moment(READY, AT))
        approvals.take_back(session, CREDIT, decided, at=AT)
        assert len(approvals.waiting(session, CREDIT, READY)) == 1
        decided = approvals.approve(session, CREDIT, keys, "", Moment(READY, AT))
    run(engine, READY)
    with transaction(engine) as session:
        assert session.exec(select(MessageRow.state).where(MessageRow.step == "formal")).all() == ["to_do"]
        approvals.take_back(session, CREDIT, decided, at=AT)
        assert session.exec(select(MessageRow).where(MessageRow.step == "formal")).all() == []
        assert len(approvals.waiting(session, CREDIT, READY)) == 1
        decided = approvals.approve(session, CREDIT, keys, "", Moment(READY, AT))
    run(engine, READY)
    with transaction(engine) as session:
        session.exec(select(MessageRow).where(MessageRow.step == "formal")).one().state = "done"  # posted
    with transaction(engine) as session, pytest.raises(RefusedError, match="done already"):
        approvals.take_back(session, CREDIT, decided, at=AT)


def test_every_open_invoice_is_in_one_part_of_the_day_and_filters_find_it(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, "C1", collector_email="Ann@x.example")
        a_debtor(session, "C2", days_late=-20)
        a_debtor(session, "C3", tags=["manual"])
    with reading(engine) as session:
        found = day_view.view(session, COLLECTOR, DAY)
        sums = found.sums()
        assert [sums[part].invoices for part in ("messages", "tasks", "held")] == [1, 0, 2]
        assert sums["held"].totals == {"EUR": 100000}
        assert list(found.reasons()) == ["manual", "not_due_yet"]
        assert [one.number for one in found.held_rows(DayFilter(text="c3"))] == ["C3-1"]
        assert len(found.touches("messages", DayFilter(collector="ann@x.example", segment="standard"))) == 1
        assert found.touches("messages", DayFilter(cadence="another")) == []
        exported = list(day_view.export_rows(found, DayFilter()))
        assert sorted(part for part, *_ in exported) == ["held", "held", "messages"]


def test_exactly_the_chosen_messages_go(engine: Engine) -> None:
    with transaction(engine) as session:
        ids = [a_debtor(session, code).customer_id for code in ("C1", "C2", "C3")]
        assert "C2-1" in reviewing.preview(session, COLLECTOR, ids[1], DAY)["text_body"]
        chosen = reviewing.send_chosen(session, COLLECTOR, ids[:2], DAY, at=AT)
        assert (chosen.asked, chosen.recorded) == (2, 2)
        with pytest.raises(NotFoundError):
            reviewing.preview(session, COLLECTOR, ids[1], DAY)
        number, rows = day_view.recorded(session, COLLECTOR, DAY, 1)
        assert (number, {row.customer for row in rows}, {row.state for row in rows}) == (2, {"C1", "C2"}, {"queued"})
        assert reviewing.send_chosen(session, COLLECTOR, ids[:2], DAY, at=AT).recorded == 0
        holds.skip_day(session, COLLECTOR, ids[2], WHEN)
    assert run(engine).messages == 0
    assert run(engine, DAY + timedelta(days=1)).messages == 1


def test_a_stop_keeps_the_run_from_planning_and_the_queue_from_leaving(engine: Engine) -> None:
    queued(engine, "one@x.example", "two@x.example")
    with transaction(engine) as session:
        a_debtor(session, "LATER")
        stopping.stop(session, CREDIT, "The bank's details were wrong", at=AT)
        with pytest.raises(RefusedError):
            stopping.stop(session, CREDIT, "Again", at=AT)
        (told,) = stopping.standing(session, COLLECTOR)
        assert (told.reason, told.stopped_by, told.company) == ("The bank's details were wrong", CREDIT.email, "")
    assert run(engine).messages == 0
    assert Held.ON_HOLD in reason_of(engine)
    moody = Moody()
    with mail_server(moody) as mailer:
        send(engine, OPERATOR, mailer, Orders(DAY))
        assert moody.accepted == []
        with transaction(engine) as session:
            assert {row.state for row in session.exec(select(MessageRow))} == {"queued"}
            stopping.release(session, CREDIT, at=AT)
        send(engine, OPERATOR, mailer, Orders(DAY))
    assert len(moody.accepted) == 2
    assert run(engine).messages == 1


def test_a_stop_between_claim_and_fence_lets_nothing_through(engine: Engine) -> None:
    queued(engine, "one@x.example")
    with transaction(engine) as session:
        (row_id,) = queue.claim(session, "sender-a", 8)
    with transaction(engine) as session:
        stopping.stop(session, CREDIT, "Wait", at=AT)
    with transaction(engine) as session:
        assert queue.fence(session, "sender-a", [row_id]) == set()
        queue.release(session, "sender-a")
        assert session.exec(select(MessageRow.state)).one() == "queued"
        assert queue.claim(session, "sender-a", 8) == []
        assert not queue.waiting(session)


def test_a_stop_is_of_one_company_and_of_those_who_may(engine: Engine) -> None:
    queued(engine, "one@x.example")
    with transaction(engine) as session:
        other = a_company(session, "BETA")
        theirs = Actor(8, "beta@x.example", "B", (Grant(Role.CREDIT_MANAGER, other.id),))
        stopping.stop(session, theirs, "Ours only", at=AT, company="BETA")
        assert len(queue.waiting(session)) == 1
        with pytest.raises(RefusedError, match="your own companies"):
            stopping.stop(session, theirs, "All of them", at=AT)
        with pytest.raises(NotFoundError):
            stopping.stop(session, theirs, "Not mine", at=AT, company="ALFA")
        with pytest.raises(ForbiddenError):
            stopping.stop(session, COLLECTOR, "Please", at=AT)
        assert stopping.standing(session, Actor(9, "a@x.example", "A", (Grant(Role.COLLECTOR, 12345),))) == []


def test_nobody_writes_by_hand_while_all_is_stopped(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session)
        stopping.stop(session, CREDIT, "Wait", at=AT, company="ALFA")
        with pytest.raises(RefusedError, match="stopped by"):
            manual.send_manual(
                session, COLLECTOR, invoice.customer_id, [invoice.id], manual.Wording(), as_of=DAY, at=AT
            )


def test_a_customer_is_handled_by_hand_until_it_is_set_back(engine: Engine) -> None:
    with transaction(engine) as session:
        customer_id = a_debtor(session, "C1").customer_id
        tagged = a_debtor(session, "C2", tags=["Manual", "vip"]).customer_id
        done = holds.mark_manual(session, COLLECTOR, customer_id, "Lawyers write", WHEN)
        listed = day_view.by_hand(session, COLLECTOR, DAY)
        assert [(one.code, one.reason, one.since_on) for one in listed] == [
            ("C1", "Lawyers write", DAY),
            ("C2", "", None),
        ]
    assert reason_of(engine) == [Held.MANUAL, Held.MANUAL]
    with transaction(engine) as session:
        undo.undo(session, COLLECTOR, done, at=AT)
        back = holds.unmark_manual(session, COLLECTOR, tagged, WHEN)
        assert session.get_one(CustomerRow, tagged).tags == ["vip"]
        assert day_view.by_hand(session, COLLECTOR, DAY) == []
        undo.undo(session, COLLECTOR, back, at=AT)
        assert session.get_one(CustomerRow, tagged).tags == ["Manual", "vip"]
    assert reason_of(engine) == [Held.MANUAL]


def test_a_message_to_somebody_taken_over_by_hand_does_not_go(engine: Engine) -> None:
    queued(engine, "one@x.example")
    with transaction(engine) as session:
        customer_id = session.exec(select(CustomerRow.id)).one()
        holds.mark_manual(session, COLLECTOR, customer_id, "I talk to them", WHEN)
    moody = Moody()
    with mail_server(moody) as mailer:
        send(engine, OPERATOR, mailer, Orders(DAY))
    assert moody.accepted == []
    with reading(engine) as session:
        assert session.exec(select(MessageItemRow.dropped)).one() == "manual"


def test_small_reminders_are_looked_through_alone_and_who_is_left_out_stands_below_with_the_reason(
    engine: Engine,
) -> None:
    with transaction(engine) as session:
        a_debtor(session, "C1", "ann@x.example")
        company = session.exec(select(CompanyRow)).one()
        for code, minor, email in (("C2", 9_000, "bob@x.example"), ("C3", 70_000, "")):
            row = a_customer(session, company, code, language="en", country="FR")
            if email:
                session.add(ContactRow(company_id=company.id, customer_id=row.id, email=email))
            an_invoice(session, row, f"{code}-1", minor, DAY - timedelta(days=40), DAY - timedelta(days=10))
    with reading(engine) as session:
        found = day_view.view(session, COLLECTOR, DAY)
        codes = {key: who.code for key, who in found.who.items()}
        listed = [codes[one.customer_id] for one in found.touches(day_view.MESSAGES, DayFilter())]
        assert listed == ["C1", "C2"]
        small = [codes[one.customer_id] for one in found.touches(day_view.MESSAGES, DayFilter(small="100"))]
        assert small == ["C2"]
        (out,) = found.excluded(DayFilter())
        assert (codes[out.customer_id], out.reasons, out.totals) == ("C3", {"no_contact": 1}, {"EUR": 70_000})
        assert found.excluded(DayFilter(small="100")) == []
