"""What comes back finds its message, once; what follows from it is only what it proves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select, update
from sqlmodel import Session, col

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import ContactRow, CustomerRow, IncomingMailRow, MessageRow, TouchpointRow
from ar_cockpit.domain.errors import ForbiddenError, SettingsError
from ar_cockpit.mail.imap import ImapMailbox
from ar_cockpit.services.collecting import customer_record, worklist
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.sending.mailbox import Moment, read_mailbox
from ar_cockpit.services.sending.mailboxes import mailboxes_of, read_all
from ar_cockpit.services.sending.protocol import Orders, send
from ar_cockpit.settings import get_settings
from tests.mailboxes import Box, a_reply, from_exchange, from_gmail, from_postfix, from_qmail, imap_server, mail
from tests.reminding import DAY, OPERATOR, Moody, mail_server, queued

AT = Moment(datetime(2026, 3, 3, 12, 0, tzinfo=UTC), ZoneInfo("Europe/Paris"))
ADDRESS = "ann@x.example"
Row = TypeVar("Row")


@pytest.fixture
def sent(engine: Engine) -> str:
    """The Message-ID of a reminder that was sent to Ann."""
    queued(engine, ADDRESS)
    with mail_server(Moody()) as mailer:
        send(engine, OPERATOR, mailer, Orders(DAY))
    with Session(engine) as session:
        return session.execute(select(col(MessageRow.message_id))).scalar_one()


def read(engine: Engine, *mails: bytes, box: Box | None = None) -> dict[str, int]:
    with imap_server(box or Box(list(mails))) as mailbox:
        return dict(read_mailbox(engine, OPERATOR, mailbox, AT))


def the(engine: Engine, table: type[Row]) -> Row:
    with Session(engine, expire_on_commit=False) as session:
        return session.execute(select(table)).scalars().one()


def reasons(engine: Engine) -> tuple[str, list[str]]:
    with Session(engine) as session:
        (task,) = worklist.team_day(session, OPERATOR, as_of=DAY).tasks
        return task.action.value, [reason.code for reason in task.reasons]


def told(engine: Engine) -> list[tuple[str, str]]:
    """What the customer's timeline says, newest first."""
    with Session(engine) as session:
        line = customer_record.find(session, OPERATOR, the(engine, CustomerRow).code)
        shown = customer_record.record(session, OPERATOR, line, as_of=DAY, at=AT.at)
    return [(entry.code, entry.remark) for entry in shown.timeline]


def plan(engine: Engine) -> list[tuple[str, str]]:
    with Session(engine) as session:
        made = reminders.plan(session, OPERATOR, DAY.replace(day=4))
        return [("message", touch.step.key) for touch in made.day.touches] + [
            ("held", held.reason.value) for held in made.held
        ]


@pytest.mark.parametrize("shape", [from_postfix, from_exchange, from_gmail, from_qmail])
def test_a_hard_bounce_marks_message_and_address_and_makes_a_task(
    engine: Engine, sent: str, shape: Callable[[str, str], bytes]
) -> None:
    assert read(engine, shape(sent, ADDRESS)) == {"bounce": 1}
    message, touch = the(engine, MessageRow), the(engine, TouchpointRow)
    assert (message.state, touch.kind, touch.message_row_id) == ("bounced", "bounce", message.id)
    assert "550" in message.error
    assert the(engine, ContactRow).bounced_email == ADDRESS
    assert the(engine, IncomingMailRow).status.startswith("5.1.1")
    assert [code for code, _ in told(engine)] == ["message"]  # once, by the message that came back
    assert reasons(engine)[0] == "call"
    assert "message_bounced" in reasons(engine)[1]


def test_an_invoice_whose_reminder_bounced_waits_for_another_address_and_is_then_written_to(
    engine: Engine, sent: str
) -> None:
    read(engine, from_postfix(sent, ADDRESS))
    assert plan(engine) == [("held", "no_contact")]
    with transaction(engine) as session:
        session.execute(update(ContactRow).values(email="bob@x.example"))
    assert plan(engine) == [("message", "reminder_1")]


def test_what_was_given_up_after_tries_bounces_without_blaming_the_address(engine: Engine, sent: str) -> None:
    assert read(engine, from_postfix(sent, ADDRESS, "4.4.7")) == {"expired": 1}
    assert the(engine, MessageRow).state == "bounced"
    assert the(engine, ContactRow).bounced_at is None


def test_a_delay_changes_nothing_but_is_kept(engine: Engine, sent: str) -> None:
    assert read(engine, from_postfix(sent, ADDRESS, "4.4.1", "delayed")) == {"delayed": 1}
    assert the(engine, MessageRow).state == "sent"
    assert the(engine, IncomingMailRow).kind == "delayed"


@pytest.mark.parametrize(
    ("mail_of", "state"),
    [
        (lambda sent: from_postfix(sent, ADDRESS, "2.0.0", "delivered"), "sent"),
        (lambda sent: from_postfix(sent, ADDRESS), "bounced"),
        (lambda sent: mail("Dear Ann", From="dunning@alfa.example", Message_ID=sent), "unknown"),
        (lambda sent: from_postfix(sent, ADDRESS, "4.4.1", "delayed"), "unknown"),
    ],
    ids=["a report of delivery proves it", "a bounce proves it", "a copy is shown", "a delay is shown"],
)
def test_an_unknown_message_is_resolved_by_what_proves_that_it_went_and_by_nothing_else(
    engine: Engine, sent: str, mail_of: Callable[[str], bytes], state: str
) -> None:
    with transaction(engine) as session:
        session.execute(update(MessageRow).values(state="unknown", sent_at=None))
    read(engine, mail_of(sent))
    assert the(engine, MessageRow).state == state
    assert the(engine, IncomingMailRow).kind in ("delivered", "bounce", "copy", "delayed")


def test_a_reply_stands_in_the_timeline_and_asks_for_an_answer(engine: Engine, sent: str) -> None:
    assert read(engine, a_reply(sent)) == {"reply": 1}
    touch = the(engine, TouchpointRow)
    assert (touch.kind, touch.actor_email, touch.happened_on) == ("reply", ADDRESS, DAY)
    assert touch.text == "Re: Reminder\nWe pay on Friday."
    assert told(engine)[0] == ("reply", "Re: Reminder\nWe pay on Friday.")
    assert reasons(engine)[0] == "review_reply"


@pytest.mark.parametrize("head", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"}])
def test_an_automatic_reply_is_only_noted(engine: Engine, sent: str, head: dict[str, str]) -> None:
    assert read(engine, a_reply(sent, "I am away.", **head)) == {"auto_reply": 1}
    assert the(engine, TouchpointRow).kind == "auto_reply"
    assert reasons(engine)[0] != "review_reply"


def test_a_reply_that_quotes_a_bounce_is_a_reply(engine: Engine, sent: str) -> None:
    said = "Your mail came back to us: 550 5.1.1 <ann@x.example> user unknown, what is wrong?"
    assert read(engine, a_reply(sent, said)) == {"reply": 1}
    assert the(engine, MessageRow).state == "sent"


def test_mails_about_nothing_of_ours_and_garbage_are_passed_over_and_not_kept(engine: Engine, sent: str) -> None:
    strange = [a_reply("<other@x.example>"), b"\xff\xfe\x00garbage", mail("x", Content_Type="text/plain; charset=nope")]
    assert read(engine, *strange, a_reply(sent)) == {"other": 3, "reply": 1}


def test_a_long_html_reply_becomes_bounded_plain_text(engine: Engine, sent: str) -> None:
    marked = "<style>p {color: red}</style><p>We&nbsp;pay&#33;</p><script>alert(1)</script>" + "<p>and so on</p>" * 999
    read(engine, a_reply(sent, marked, Content_Type="text/html; charset=utf-8"))
    text = the(engine, TouchpointRow).text
    assert len(text) <= 2000
    assert "We\xa0pay!" in text
    assert "<" not in text
    assert "alert" not in text
    assert "color" not in text


def counted(engine: Engine) -> tuple[int, int]:
    with Session(engine) as session:
        tables = (IncomingMailRow, TouchpointRow)
        first, second = (session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
        return first, second


def test_a_reading_that_is_broken_off_goes_on_where_it_was_and_nothing_is_recorded_twice(
    engine: Engine, sent: str
) -> None:
    box = Box([a_reply(sent, f"Answer {place}") for place in range(5)], hang_up_after=2)
    with imap_server(box) as mailbox:
        with pytest.raises(SettingsError, match="cannot be read"):
            read_mailbox(engine, OPERATOR, mailbox, AT)
        assert counted(engine) == (2, 2)
        assert read_mailbox(engine, OPERATOR, mailbox, AT) == {"reply": 3}
        assert read_mailbox(engine, OPERATOR, mailbox, AT) == {}
        box.validity += 1  # the server numbers its mails anew: everything is looked at again
        assert read_mailbox(engine, OPERATOR, mailbox, AT) == {"known": 5}
    assert counted(engine) == (5, 5)
    assert not [one for one in box.commands if one.startswith(("SELECT", "UID STORE"))], "its flags stay as they are"


@pytest.mark.parametrize(
    ("changes", "said"), [({"password": "wrong"}, "wrong password"), ({"folder": "Nowhere"}, "no such folder")]
)
def test_a_mailbox_that_cannot_be_read_is_one_clear_line(engine: Engine, changes: dict[str, str], said: str) -> None:
    with imap_server(Box()) as one:
        values = {"host": one.host, "port": one.port, "user": one.user, "password": one.password} | changes
        with pytest.raises(SettingsError, match=said):
            read_mailbox(engine, OPERATOR, ImapMailbox(**values, is_encrypted=False), AT)  # type: ignore[arg-type]  # texts


def test_only_who_runs_jobs_reads_the_mailbox(engine: Engine) -> None:
    nobody = type(OPERATOR)(1, "a@b.example", "A", ())
    with imap_server(Box()) as mailbox, pytest.raises(ForbiddenError):
        read_mailbox(engine, nobody, mailbox, AT)


def test_the_address_of_a_mailbox_is_read_or_refused_with_the_mend() -> None:
    box = ImapMailbox.of_url("imaps://inbox%40alfa.example:p%40ss@mail.example/Lists/AR")
    assert (box.user, box.password, box.port, box.folder) == ("inbox@alfa.example", "p@ss", 993, "Lists/AR")
    for wrong in ("", "http://x@y", "imaps://mail.example"):
        with pytest.raises(SettingsError, match=r"mailbox|AR_IMAP_URL"):
            ImapMailbox.of_url(wrong)


def test_a_bounce_of_the_address_before_a_correction_does_not_touch_the_new_one(engine: Engine, sent: str) -> None:
    from ar_cockpit.db.queries.reminders.outbox import note  # noqa: PLC0415

    with transaction(engine) as session:
        row = session.execute(select(MessageRow)).scalars().one()
        row.recipient = "bob@x.example"
        note(session, [row.id], "readdressed")
        session.get_one(CustomerRow, row.customer_id)
    assert read(engine, from_postfix(sent, ADDRESS)) == {"bounce": 1}
    assert the(engine, MessageRow).state == "sent"


def test_several_companies_have_a_mailbox_each_and_one_that_fails_keeps_no_other(engine: Engine, sent: str) -> None:
    with imap_server(Box()) as broken, imap_server(Box(mails=[from_postfix(sent, ADDRESS)])) as good:
        mailboxes = [replace(broken, password="wrong"), good]
        with pytest.raises(SettingsError, match="wrong password"):
            read_all(engine, OPERATOR, mailboxes, AT)
    assert the(engine, MessageRow).state == "bounced"


def test_the_mailboxes_of_companies_are_read_from_the_settings_each_once() -> None:
    settings = replace(get_settings(), imap_url="imaps://a:b@x.example", imap_urls="")
    more = '{"ONE": "imaps://a:b@x.example", "TWO": "imaps://c:d@y.example/AR"}'
    assert [box.user for box in mailboxes_of(settings)] == ["a"]
    assert [box.user for box in mailboxes_of(replace(settings, imap_urls=more))] == ["a", "c"]
    assert mailboxes_of(replace(settings, imap_url="")) == []
    for wrong in ("[]", "{", '{"ONE": ""}'):
        with pytest.raises(SettingsError, match="AR_IMAP_URLS"):
            mailboxes_of(replace(settings, imap_urls=wrong))
