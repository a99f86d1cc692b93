"""Senders are killed at any moment, and several send at once: nothing goes twice, nothing is lost from sight."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.sending import outbox
from tests.reminding import DAY, OPERATOR, Moody, mail_server, queued

MAILS = 60
KILLS = 4


@dataclass
class Counting(Moody):
    """Tells when so many steps of the protocol have been heard."""

    steps: int = 0
    wanted: int = -1
    reached: threading.Event = field(default_factory=threading.Event)

    def after(self, steps: int) -> threading.Event:
        """Return what is set once so many more steps were heard."""
        self.reached.clear()
        self.wanted = self.steps + steps
        return self.reached

    def _count(self) -> None:
        self.steps += 1
        if self.steps == self.wanted:
            self.reached.set()

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._count()
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        self._count()
        return answer


def sender(url: str, mailer: SmtpMailer, home: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "AR_DATABASE_URL": url,
        "AR_HOME": str(home),
        "AR_SMTP_URL": f"smtp://127.0.0.1:{mailer.port}?tls=none",
    }
    command = [sys.executable, "-m", "ar_cockpit.cli", "outbox", "send", "--as-of", DAY.isoformat()]
    return subprocess.Popen(command, env=environment, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def outcome(engine: Engine) -> dict[str, str]:
    with Session(engine) as session:
        return {one.message_id: one.state for one in outbox.list_messages(session, OPERATOR)}


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    """A database with mails waiting."""
    queued(engine, *(f"m{n}@x.example" for n in range(MAILS)))
    return engine


def test_killed_at_any_moment_nothing_goes_twice_and_nothing_is_lost(
    waiting: Engine, database_url: str, tmp_path: Path
) -> None:
    dice = random.Random(20260303)  # noqa: S311 (moments to be killed at)
    server = Counting()
    with mail_server(server) as mailer:
        for _ in range(KILLS):
            heard = server.after(dice.randint(1, 12))
            process = sender(database_url, mailer, tmp_path)
            heard.wait(60)
            process.kill()
            process.wait()
        while "queued" in outcome(waiting).values() or {"claimed", "sending"} & set(outcome(waiting).values()):
            assert sender(database_url, mailer, tmp_path).wait(60) in (0, 1)
    accepted, states = Counter(server.accepted), outcome(waiting)
    assert [key for key, times in accepted.items() if times > 1] == []
    assert [key for key, state in states.items() if state == "sent" and key not in accepted] == []
    assert [key for key, state in states.items() if state not in ("sent", "unknown")] == []
    assert len(states) == MAILS


def test_several_senders_at_once_share_the_work(waiting: Engine, database_url: str, tmp_path: Path) -> None:
    server = Counting()
    with mail_server(server) as mailer:
        processes = [sender(database_url, mailer, tmp_path) for _ in range(2)]
        assert [process.wait(120) for process in processes] == [0, 0]
    assert set(outcome(waiting).values()) == {"sent"}
    assert Counter(server.accepted) == Counter(outcome(waiting).keys())
