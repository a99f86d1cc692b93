"""What a step attaches goes with its mail: frozen when the message is recorded, the same however often it is tried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import (
    CustomerRow,
    InvoiceRow,
    MessagePaperRow,
    MessageRow,
    TouchpointRow,
)
from ar_cockpit.domain.errors import InputError
from ar_cockpit.services.documents.attach import UPLOAD, Origin, take_in
from ar_cockpit.services.documents.storage import receiving, store
from ar_cockpit.services.documents.sweep import sweep
from ar_cockpit.services.reminders import extras
from ar_cockpit.services.reminders import manual as manual_reminders
from ar_cockpit.services.reminders.manual import Wording
from ar_cockpit.services.sending import outbox
from ar_cockpit.services.sending import protocol as sending
from ar_cockpit.services.sending.protocol import Orders, SendReport
from ar_cockpit.settings import get_settings
from tests.builders import an_invoice
from tests.pdfs import a_pdf
from tests.reminding import AT, DAY, OPERATOR, POLICY, Moody, a_debtor, mail_server, run

ATTACHING = POLICY.replace(
    'key = "reminder_1"\n', 'key = "reminder_1"\n  attach = ["statement", "invoices"]\n  interest = true\n'
)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("tests.reminding.POLICY", ATTACHING)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def two_invoices(engine: Engine) -> None:
    """A customer with two overdue invoices of which the first has its PDF."""
    with transaction(engine) as session:
        first = a_debtor(session, "C1", "ann@x.example")
        customer = session.get_one(CustomerRow, first.customer_id)
        an_invoice(session, customer, "C1-2", 20000, first.invoice_on, first.due_on)
        invoice_id = first.id
    attach_file(engine, invoice_id, a_pdf("first"))


def attach_file(engine: Engine, invoice_id: int, content: bytes) -> None:
    settings = get_settings()
    with receiving(settings) as incoming:
        incoming.write(content)
        take_in(
            partial(transaction, engine), OPERATOR, store(settings), invoice_id, incoming, Origin("x.pdf", UPLOAD, AT)
        )


def send(engine: Engine, moody: Moody) -> SendReport:
    with mail_server(moody) as mailer:
        return sending.send(engine, OPERATOR, mailer, Orders(DAY, retry_now=True))


def mail(moody: Moody, place: int = -1) -> EmailMessage:
    read = message_from_bytes(moody.raw[place], policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def enclosed(read: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_payload(decode=True) for part in read.iter_attachments()}  # type: ignore[misc]


def words(read: EmailMessage) -> str:
    body = read.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\xa0", " ")


def test_a_step_that_attaches_sends_the_statement_and_the_invoices_that_have_a_pdf(engine: Engine) -> None:
    two_invoices(engine)
    run(engine)
    moody = Moody()
    send(engine, moody)
    papers = enclosed(mail(moody))
    assert list(papers) == ["Statement of account on 2026-03-03 - C1.pdf", "C1-1.pdf"]
    assert papers["C1-1.pdf"] == a_pdf("first")
    assert papers["Statement of account on 2026-03-03 - C1.pdf"].startswith(b"%PDF-")
    told = words(mail(moody))
    assert "Enclosed as PDF: the statement of your account and invoice C1-1." in told
    assert "Not enclosed: C1-2. We gladly send copies" in told
    # 700.00 for three days at 12.15 %, and twice 40.00
    assert "€0.70" in told
    assert "€80.00" in told


def test_a_message_that_is_tried_again_carries_the_same_bytes(engine: Engine) -> None:
    two_invoices(engine)
    run(engine)
    first, again = Moody(drop_after=1), Moody()
    send(engine, first)
    with transaction(engine) as session:
        key = session.exec(select(MessageRow.message_id)).one()
        outbox.resolve(session, OPERATOR, key, as_sent=False, at=AT)
        invoice_id = session.exec(select(InvoiceRow.id).where(InvoiceRow.number == "C1-1")).one()
    attach_file(engine, invoice_id, a_pdf("a newer version"))
    send(engine, again)
    assert enclosed(mail(again)) == enclosed(mail(first))
    kept = sweep(partial(transaction, engine), OPERATOR, get_settings(), at=AT + timedelta(days=3000))
    assert kept["removed"] == 0


def test_what_was_paid_since_leaves_the_mail_with_its_file(engine: Engine) -> None:
    two_invoices(engine)
    run(engine)
    with transaction(engine) as session:
        session.execute(update(InvoiceRow).where(col(InvoiceRow.number) == "C1-1").values(open_minor=0, closed_on=DAY))
    moody = Moody()
    send(engine, moody)
    assert list(enclosed(mail(moody))) == ["Statement of account on 2026-03-03 - C1.pdf"]
    assert "C1-1" not in words(mail(moody))


def test_papers_beyond_the_bound_stay_behind_and_can_be_asked_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_invoices(engine)
    monkeypatch.setattr(extras, "MOST_BYTES", extras.ROOM_FOR_A_STATEMENT + 100)
    run(engine)
    moody = Moody()
    send(engine, moody)
    assert list(enclosed(mail(moody))) == ["Statement of account on 2026-03-03 - C1.pdf"]
    assert "Not enclosed: C1-1, C1-2." in words(mail(moody))


def test_a_message_does_not_go_without_what_it_promises(engine: Engine) -> None:
    two_invoices(engine)
    run(engine)
    with reading(engine) as session:
        sha256 = session.exec(select(MessagePaperRow.sha256).where(MessagePaperRow.kind == "invoice")).one()
    store(get_settings()).remove(sha256)
    moody = Moody()
    assert send(engine, moody).counts["failed"] == 1
    assert moody.raw == []
    with reading(engine) as session:
        assert "missing from the store" in session.exec(select(MessageRow.error)).one()


def test_no_attachment_unless_the_step_asks_for_one(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.reminding.POLICY", POLICY)
    two_invoices(engine)
    run(engine)
    moody = Moody()
    send(engine, moody)
    assert enclosed(mail(moody)) == {}
    assert "nclosed" not in words(mail(moody))


def test_a_person_chooses_what_goes_with_a_mail_of_their_own(engine: Engine) -> None:
    two_invoices(engine)
    with transaction(engine) as session:
        ids = session.exec(select(InvoiceRow.id)).all()
        customer_id = session.exec(select(CustomerRow.id)).one()
        wording = Wording(attach=("statement", "invoices"), body="As agreed.")
        manual_reminders.send_manual(session, OPERATOR, customer_id, ids, wording, as_of=DAY, at=AT)
        with pytest.raises(InputError, match="can be attached"):
            manual_reminders.preview(session, OPERATOR, customer_id, ids, Wording(attach=("x",)), as_of=DAY)
    moody = Moody()
    send(engine, moody)
    assert len(enclosed(mail(moody))) == 2


@pytest.mark.parametrize(
    ("outcome", "days", "is_told"),
    [("reached", 1, True), ("says_paid", 7, True), ("reached", 8, False), ("no_answer", 1, False)],
)
def test_a_call_of_the_last_days_is_mentioned(engine: Engine, outcome: str, days: int, is_told: bool) -> None:
    two_invoices(engine)
    with transaction(engine) as session:
        customer = session.exec(select(CustomerRow)).one()
        session.add(
            TouchpointRow(
                company_id=customer.company_id,
                customer_id=customer.id,
                kind="call",
                happened_on=DAY - timedelta(days=days),
                happened_at=AT - timedelta(days=days),
                actor_email="x@velmora.example",
                facts={"outcome": outcome},
            )
        )
    run(engine)
    moody = Moody()
    send(engine, moody)
    day = DAY - timedelta(days=days)
    assert (f"{day.day} {day:%B} {day.year}" in words(mail(moody))) == is_told
