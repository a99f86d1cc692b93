"""A message is sent at most once and never lost from sight, whatever the mail server does."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import Engine, text, update
from sqlmodel import Session, col, select

from ar_cockpit.db import locks
from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CustomerRow, DisputeRow, InvoiceRow, MessageItemRow, MessageRow
from ar_cockpit.domain.errors import RefusedError, SettingsError
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.sending import outbox
from ar_cockpit.services.sending import protocol as sending
from ar_cockpit.services.sending.outbox import OutboxEntry
from ar_cockpit.services.sending.protocol import Orders, SendReport
from tests.builders import an_invoice
from tests.reminding import AT, DAY, OPERATOR, Moody, a_debtor, mail_server, queued, run


def send(engine: Engine, mailer: SmtpMailer, **more: object) -> SendReport:
    return sending.send(engine, OPERATOR, mailer, Orders(DAY, **more))  # type: ignore[arg-type]  # options of a test


def entries(engine: Engine) -> list[OutboxEntry]:
    with Session(engine) as session:
        return outbox.list_messages(session, OPERATOR)


def states(engine: Engine) -> dict[str, tuple[str, int]]:
    return {one.contact.split("@")[0]: (one.state, one.attempts) for one in entries(engine)}


def test_what_waits_goes_once_and_then_nothing_waits(engine: Engine) -> None:
    queued(engine, *(f"m{n}@x.example" for n in range(20)))
    moody = Moody()
    with mail_server(moody) as mailer:
        assert send(engine, mailer).counts["sent"] == 20
        assert sum(send(engine, mailer).counts.values()) == 0
    assert Counter(moody.accepted) == Counter(one.message_id for one in entries(engine))
    assert {one.state for one in entries(engine)} == {"sent"}
    assert all(one.sent_at for one in entries(engine))


def test_a_mail_arrives_with_text_and_html_and_the_headers_of_an_automatic_one(engine: Engine) -> None:
    queued(engine, "ann@x.example")
    moody = Moody()
    with mail_server(moody) as mailer:
        send(engine, mailer)
    read = message_from_bytes(moody.raw[0], policy=policy.default)
    assert read["To"] == "Ann Lee <ann@x.example>"
    assert read["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        body = read.get_body((kind,))
        assert body is not None
        assert "C000-1" in body.get_content()


@pytest.mark.parametrize(
    ("name", "state", "attempts", "error"),
    [
        ("r550", "failed", 1, r"^550 5\.1\.1"),
        ("r450", "queued", 1, r"^450 "),
        ("r421", "queued", 1, r"^421 "),
        ("d552", "failed", 1, r"^552 "),
        ("d451", "queued", 1, r"^451 "),
        ("drop-after", "unknown", 1, "after DATA began"),
    ],
)
def test_each_answer_leads_to_its_state_and_the_others_go(
    engine: Engine, name: str, state: str, attempts: int, error: str
) -> None:
    queued(engine, "before@x.example", f"{name}@x.example", "after@x.example")
    with mail_server(Moody()) as mailer:
        report = send(engine, mailer)
    assert states(engine) == {"before": ("sent", 1), name: (state, attempts), "after": ("sent", 1)}
    assert (report.counts["sent"], report.counts[state], report.is_whole) == (2, 1, state == "queued")
    (told,) = (one.error for one in entries(engine) if one.contact.startswith(name))
    assert re.search(error, told)


def test_a_server_that_hangs_after_the_message_leaves_it_unknown(engine: Engine) -> None:
    queued(engine, "hang@x.example", "other@x.example")
    with mail_server(Moody(), timeout=0.5) as mailer:
        report = send(engine, mailer)
    assert states(engine) == {"hang": ("unknown", 1), "other": ("sent", 1)}
    assert report.counts["unknown"] == 1
    assert "time-out after DATA" in entries(engine)[0].error


def test_a_deferred_message_waits_for_its_time_unless_told_otherwise(engine: Engine) -> None:
    queued(engine, "r450@x.example")
    with mail_server(Moody()) as mailer:
        send(engine, mailer)
        assert sum(send(engine, mailer).counts.values()) == 0
        assert send(engine, mailer, retry_now=True).counts["queued"] == 1
    assert states(engine) == {"r450": ("queued", 2)}


def test_neither_failed_nor_unknown_messages_are_tried_again(engine: Engine) -> None:
    queued(engine, "r550@x.example", "drop-after@x.example")
    moody = Moody()
    with mail_server(moody) as mailer:
        send(engine, mailer)
        assert sum(send(engine, mailer, retry_now=True).counts.values()) == 0
    assert len(moody.accepted) == 1


def test_a_connection_lost_before_data_is_opened_again_and_the_message_goes(engine: Engine) -> None:
    queued(engine, "one@x.example", "two@x.example")
    moody = Moody(drop_before=1)
    with mail_server(moody) as mailer:
        report = send(engine, mailer)
    assert report.counts["sent"] == 2
    assert sorted(attempts for _, attempts in states(engine).values()) == [1, 2]


def test_a_run_gives_up_after_three_lost_connections_in_a_row(engine: Engine) -> None:
    queued(engine, *(f"m{n}@x.example" for n in range(6)))
    moody = Moody(drop_after=99)
    with mail_server(moody) as mailer:
        report = send(engine, mailer)
    assert (report.counts["unknown"], len(moody.accepted)) == (3, 3)
    assert "three" in report.stopped or "3" in report.stopped
    assert Counter(one.state for one in entries(engine)) == {"unknown": 3, "queued": 3}


def test_no_more_are_sent_than_asked_for(engine: Engine) -> None:
    queued(engine, *(f"m{n}@x.example" for n in range(5)))
    with mail_server(Moody()) as mailer:
        assert send(engine, mailer, most=2).counts["sent"] == 2
    assert Counter(one.state for one in entries(engine)) == {"sent": 2, "queued": 3}


def test_a_server_that_cannot_be_reached_changes_nothing(engine: Engine) -> None:
    queued(engine, "one@x.example")
    with pytest.raises(SettingsError, match="cannot be reached"):
        send(engine, SmtpMailer("127.0.0.1", 1, tls="none"))
    assert states(engine) == {"one": ("queued", 0)}


def test_an_address_that_is_none_fails_without_bothering_the_server(engine: Engine) -> None:
    queued(engine, "jürgen@x.example", "ok@x.example")
    with mail_server(Moody()) as mailer:
        send(engine, mailer)
    assert states(engine) == {"jürgen": ("failed", 0), "ok": ("sent", 1)}


def pay(engine: Engine, number: str, on: date = DAY) -> None:
    with transaction(engine) as session:
        session.execute(update(InvoiceRow).where(col(InvoiceRow.number) == number).values(open_minor=0, closed_on=on))


def test_a_message_whose_invoices_were_paid_since_is_cancelled_with_the_reason(engine: Engine) -> None:
    queued(engine, "one@x.example")
    pay(engine, "C000-1")
    moody = Moody()
    with mail_server(moody) as mailer:
        assert send(engine, mailer).counts["cancelled"] == 1
    assert (moody.accepted, states(engine)) == ([], {"one": ("cancelled", 0)})
    assert "paid" in entries(engine)[0].error


def test_what_was_disputed_since_is_left_out_and_the_message_is_rewritten(engine: Engine) -> None:
    with transaction(engine) as session:
        first = a_debtor(session, "C9", "one@x.example")
        owner = session.get_one(CustomerRow, first.customer_id)
        second = an_invoice(session, owner, "C9-2", 70000, date(2026, 1, 1), DAY - timedelta(days=5))
        ids = (first.id, second.id, owner.id, owner.company_id)
    run(engine)
    with transaction(engine) as session:
        dispute = {"reason": "price", "opened_on": DAY, "answer_due_on": DAY}
        session.add(DisputeRow(company_id=ids[3], customer_id=ids[2], invoice_id=ids[1], **dispute))
    moody = Moody()
    with mail_server(moody) as mailer:
        send(engine, mailer)
    body = message_from_bytes(moody.raw[0], policy=policy.default).get_body(("plain",))
    assert body is not None
    assert "C9-1" in body.get_content()
    assert "C9-2" not in body.get_content()
    with Session(engine) as session:
        assert session.exec(select(MessageRow.total_minor)).one() == 50000
        dropped = dict(session.exec(select(MessageItemRow.invoice_id, MessageItemRow.dropped)).all())
    assert dropped == {ids[0]: "", ids[1]: "disputed"}


def test_a_step_that_was_dropped_unsent_is_done_later(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, "C1", "one@x.example")
        keys = {"company_id": invoice.company_id, "customer_id": invoice.customer_id, "invoice_id": invoice.id}
    run(engine)
    with transaction(engine) as session:
        tomorrow = DAY + timedelta(days=1)
        facts = {"reason": "price", "opened_on": DAY, "closed_on": tomorrow, "answer_due_on": DAY}
        session.add(DisputeRow(**keys, **facts))
    moody = Moody()
    with mail_server(moody) as mailer:
        assert send(engine, mailer).counts["cancelled"] == 1
        assert run(engine, DAY + timedelta(days=1)).messages == 1
        sending.send(engine, OPERATOR, mailer, Orders(DAY + timedelta(days=1)))
    assert len(moody.accepted) == 1


def test_reminders_of_the_same_invoice_stand_in_one_thread(engine: Engine) -> None:
    queued(engine, "one@x.example")
    moody = Moody()
    with mail_server(moody) as mailer:
        send(engine, mailer)
        run(engine, DAY + timedelta(days=15))
        sending.send(engine, OPERATOR, mailer, Orders(DAY + timedelta(days=15)))
    first, second = (message_from_bytes(raw) for raw in moody.raw)
    assert second["In-Reply-To"] == first["Message-ID"]


def held_by(engine: Engine, owner: str, state: str, lease: str) -> None:
    with transaction(engine) as session:
        session.execute(
            text("UPDATE message SET state = :state, owner = :owner, lease_until = :lease"),
            {"state": state, "owner": owner, "lease": lease},
        )


FUTURE, PAST = "2099-01-01 00:00:00.000000+00:00", "2001-01-01 00:00:00.000000+00:00"


@pytest.mark.parametrize(("state", "after"), [("claimed", ("sent", 1)), ("sending", ("unknown", 0))])
@pytest.mark.parametrize("lease", [FUTURE, PAST], ids=["dead sender", "lease ran out"])
def test_what_a_dead_sender_held_is_taken_back(engine: Engine, state: str, after: tuple[str, int], lease: str) -> None:
    queued(engine, "one@x.example")
    if lease == FUTURE:
        dead = locks.try_lock(engine, "sender-dead")
        assert dead is not None
        dead.release()
    held_by(engine, "sender-dead", state, lease)
    moody = Moody()
    with mail_server(moody) as mailer:
        send(engine, mailer)
    assert states(engine) == {"one": after}
    assert len(moody.accepted) == (1 if state == "claimed" else 0)


def test_what_a_living_sender_holds_is_left_to_it(engine: Engine) -> None:
    queued(engine, "one@x.example")
    alive = locks.try_lock(engine, "sender-alive")
    assert alive is not None
    held_by(engine, "sender-alive", "claimed", FUTURE)
    with mail_server(Moody()) as mailer:
        assert sum(send(engine, mailer).counts.values()) == 0
    assert states(engine) == {"one": ("claimed", 0)}
    alive.release()


@pytest.mark.parametrize(("as_sent", "accepted", "state"), [(True, 1, "sent"), (False, 2, "sent")])
def test_a_person_decides_about_an_unknown_message(engine: Engine, as_sent: bool, accepted: int, state: str) -> None:
    queued(engine, "one@x.example")
    moody = Moody(drop_after=1)
    with mail_server(moody) as mailer:
        send(engine, mailer)
        (one,) = entries(engine)
        with transaction(engine) as session:
            outbox.resolve(session, OPERATOR, one.message_id, as_sent=as_sent, at=datetime.now(UTC))
        send(engine, mailer)
    assert len(moody.accepted) == accepted
    assert len(set(moody.accepted)) == 1, "it goes again under the same Message-ID"
    assert entries(engine)[0].state == state


def test_only_an_unknown_message_is_resolved(engine: Engine) -> None:
    queued(engine, "one@x.example")
    key = entries(engine)[0].message_id
    with transaction(engine) as session, pytest.raises(RefusedError, match="not unknown"):
        outbox.resolve(session, OPERATOR, key, as_sent=True, at=AT)
