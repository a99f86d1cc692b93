"""A small world to remind in: the worked example's ledger, messages in the outbox, and a mail server with moods."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, ContactRow, CustomerRow, InvoiceRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.reminders import policy
from ar_cockpit.services.reminders import run as reminders
from tests.builders import a_company, a_customer, an_invoice

OPERATOR = Actor.local_operator()
DAY = date(2026, 3, 3)  # a Tuesday
AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)

POLICY = """
version = 1
[[segment]]
key = "standard"
cadence = "standard"
[[cadence]]
key = "standard"
minimum_amount = "10.00"
send_on = ["mon", "tue", "wed", "thu", "fri"]
window = ["08:00", "18:00"]
  [[cadence.step]]
  key = "courtesy"
  offset = -7
  channel = "email"
  template = "courtesy"
  tone = "friendly"
  [[cadence.step]]
  key = "reminder_1"
  offset = 3
  channel = "email"
  template = "reminder"
  tone = "friendly"
  [[cadence.step]]
  key = "reminder_2"
  offset = 18
  channel = "email"
  template = "reminder"
  tone = "neutral"
  [[cadence.step]]
  key = "call_1"
  offset = 33
  channel = "call"
  template = "call"
  tone = "neutral"
  [[cadence.step]]
  key = "formal"
  offset = 75
  channel = "letter"
  template = "formal_notice"
  tone = "formal_notice"
  approve = true
"""


def a_contact(session: Session, customer: CustomerRow, email: str, language: str = "en", **more: object) -> ContactRow:
    """Store a contact of ``customer``."""
    row = ContactRow(
        company_id=customer.company_id,
        customer_id=customer.id,
        email=email,
        language=language,
        **({"name": "Ann Lee"} | more),
    )
    session.add(row)
    session.flush()
    return row


def a_debtor(session: Session, code: str = "C1", email: str = "", days_late: int = 3, **more: object) -> InvoiceRow:
    """Store a customer of company ALFA with a contact and one invoice of 500.00 that many days overdue on ``DAY``."""
    policy.load(session, OPERATOR, POLICY, at=AT)
    company = session.exec(select(CompanyRow).where(CompanyRow.code == "ALFA")).first() or a_company(session)
    customer = a_customer(session, company, code, **more)
    a_contact(session, customer, email or f"{code.lower()}@x.example")
    due_on = date.fromordinal(DAY.toordinal() - days_late)
    return an_invoice(session, customer, f"{code}-1", 50000, date(2026, 1, 1), due_on)


def queued(engine: Engine, *emails: str) -> None:
    """Put one reminder for each of ``emails`` into the outbox."""
    with transaction(engine) as session:
        for place, email in enumerate(emails):
            a_debtor(session, f"C{place:03}", email)
    run(engine)


def run(engine: Engine, day: date = DAY) -> reminders.RunReport:
    """Run the cadence of ``day``."""
    with transaction(engine) as session:
        return reminders.run(session, OPERATOR, day, at=AT)


@dataclass
class Moody:
    """Answers by the recipient's name: ``r550`` refuses it, ``d552`` the message, ``drop-after`` vanishes."""

    accepted: list[str] = field(default_factory=list)  # Message-IDs
    raw: list[bytes] = field(default_factory=list)
    connections: int = 0
    drop_after: int = 0  # so many messages are accepted but never answered
    drop_before: int = 0  # so many envelopes end in a lost connection

    async def handle_MAIL(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, _session: SmtpSession, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        name = address.rpartition("@")[0]
        if self.drop_before or name == "drop-before":
            self.drop_before = max(0, self.drop_before - 1)
            server.transport.abort()
            return "250 nobody hears this"
        if name[0] == "r" and name[1:4].isdigit():
            return f"{name[1:4]} 5.1.1 as you wish"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        name = str(envelope.rcpt_tos[0]).rpartition("@")[0]
        if name[0] == "d" and name[1:4].isdigit():
            return f"{name[1:4]} as you wish"
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        self.raw.append(raw)
        self.accepted.append(str(message_from_bytes(raw)["Message-ID"]))
        if name == "hang":
            await asyncio.sleep(30)
        if self.drop_after or name == "drop-after":
            self.drop_after = max(0, self.drop_after - 1)
            server.transport.abort()
        return "250 OK"


@contextmanager
def mail_server(moody: Moody, *, timeout: float = 10) -> Iterator[SmtpMailer]:
    """Run ``moody`` on a free port and yield how to reach it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(moody, hostname="127.0.0.1", port=port, ready_timeout=20)
    controller.start()
    try:
        yield SmtpMailer("127.0.0.1", port, tls="none", timeout=timeout)
    finally:
        controller.stop()
