"""Sending as `bench` measures it: mails into a sink, beside the same conversations without a database; and kills."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, text
from sqlmodel import Session

from ar_cockpit.bench.imports import beside
from ar_cockpit.bench.sink import sink
from ar_cockpit.db.migrate import migrate
from ar_cockpit.db.queries.reminders.claimed import claimed_messages
from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import CompanyRow, ContactRow, CustomerRow, InvoiceRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.sending.orders import MOST_AT_ONCE, Orders
from ar_cockpit.services.sending.parcels import Parcel, packed_of, packing_of
from ar_cockpit.services.sending.protocol import send

NAMES = ("send_outbox", "kills")
DAY = date(2026, 3, 3)  # a Tuesday
_ME = Actor.local_operator()
_TRIALS = (("answers at once", 0.0, 2000, 300.0), ("round trips of 20 ms", 20.0, 800, 80.0))
KILLS = 200
_MAILS_TO_KILL = 4000
_STEPS = 24  # of the protocol that a sender takes at most before it is killed
_PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Sent:
    """Mails a second: by the product, and by the same conversations without a database."""

    name: str
    mails: int
    goal: float
    product: float
    floor: float
    work_ms: float  # of this process, for each mail


@dataclass(slots=True)
class Killed:
    """What became of the mails of senders that were killed at random moments."""

    kills: int = 0
    mails: int = 0
    duplicates: int = 0
    lost: int = 0
    unknown: int = 0
    unknown_delivered: int = 0
    heard: Counter[str] = field(default_factory=Counter)


def measure_sending(engine: Engine) -> list[Sent]:
    """Send mails into a sink, one that answers at once and one that is far away."""
    found = []
    for name, delay, mails, goal in _TRIALS:
        with _outbox(engine, mails) as address, sink(delay) as (port, _):
            mailer = SmtpMailer("127.0.0.1", port, tls="none")
            own = make_engine(address)
            floor = _talk_only(mailer, _parcels(own))
            begun, working = time.perf_counter(), time.process_time()
            sent = send(own, _ME, mailer, Orders(DAY)).counts["sent"]
            seconds, work = time.perf_counter() - begun, time.process_time() - working
            own.dispose()
            found.append(Sent(name, sent, goal, sent / seconds, floor, work / sent * 1000))
    return found


def measure_kills(engine: Engine, kills: int = KILLS) -> Killed:
    """Kill senders at random moments, let the rest go out, and compare what the server took with what we say."""
    dice, told = random.Random(20260303), Killed()  # noqa: S311 (moments to be killed at)
    with _outbox(engine, _MAILS_TO_KILL) as address, sink(tells=True) as (port, said):
        ears = _Ears(said, told.heard)
        for _ in range(kills):
            steps = ears.after(dice.randint(1, _STEPS))
            process = _sender(address, port)
            steps.wait(30)
            time.sleep(dice.random() * _PAUSE)
            if process.pid and process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
                told.kills += 1
            process.join()
        while _waits(address):
            process = _sender(address, port)
            process.join()
        _compare(address, told)
    return told


class _Ears:
    """Hears what the sink tells, and says when so many steps were heard."""

    def __init__(self, said: IO[str], heard: Counter[str]) -> None:
        self.heard, self.steps, self.wanted = heard, 0, -1
        self.reached = threading.Event()
        threading.Thread(target=self._listen, args=(said,), daemon=True).start()

    def after(self, steps: int) -> threading.Event:
        """Return what is set once so many more steps were heard."""
        self.reached.clear()
        self.wanted = self.steps + steps
        return self.reached

    def _listen(self, said: IO[str]) -> None:
        for line in said:
            if line[0] == "<":
                self.heard[line.strip()] += 1
            self.steps += 1
            if self.steps >= self.wanted:
                self.reached.set()


def _sender(address: str, port: int) -> multiprocessing.process.BaseProcess:
    # Forked: it begins at once, so that hundreds of them take minutes. It opens its own connections.
    process = multiprocessing.get_context("fork").Process(target=_send, args=(address, port), daemon=True)
    process.start()
    return process


def _send(address: str, port: int) -> None:
    send(make_engine(address), _ME, SmtpMailer("127.0.0.1", port, tls="none"), Orders(DAY))


def _waits(address: str) -> bool:
    with _opened(address) as session:
        question = "SELECT count(*) FROM message WHERE state IN ('queued', 'claimed', 'sending')"
        return bool(session.execute(text(question)).scalar_one())


def _compare(address: str, told: Killed) -> None:
    with _opened(address) as session:
        states = dict(session.execute(text("SELECT message_id, state FROM message WHERE channel = 'email'")).all())
    told.mails = len(states)
    told.duplicates = sum(count > 1 for count in told.heard.values())
    unknown = [key for key, state in states.items() if state == "unknown"]
    told.unknown, told.unknown_delivered = len(unknown), sum(key in told.heard for key in unknown)
    # Lost: said to be sent and never taken, or in no state that a person would look at.
    told.lost = sum(state != "unknown" and not (state == "sent" and key in told.heard) for key, state in states.items())


def _talk_only(mailer: SmtpMailer, parcels: list[Parcel]) -> float:
    """Return the mails a second of the conversations alone."""
    waiting = iter(parcels)
    turn = threading.Lock()

    def talk() -> None:
        wire = mailer.open()
        while True:
            with turn:
                parcel = next(waiting, None)
            if parcel is None:
                break
            wire.envelope(*parcel.envelope)
            wire.data(parcel.content)
        wire.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        for one in [pool.submit(talk) for _ in range(MOST_AT_ONCE)]:
            one.result()
    return len(parcels) / (time.perf_counter() - begun)


def _parcels(engine: Engine) -> list[Parcel]:
    with transaction(engine) as session:
        ids = list(session.execute(text("SELECT id FROM message WHERE channel = 'email'")).scalars())
        messages = claimed_messages(session, ids)
        packing = packing_of(session, messages)
    return [one for one in packed_of(engine, messages, packing).values() if isinstance(one, Parcel)]


@contextmanager
def _outbox(engine: Engine, mails: int) -> Iterator[str]:
    """Make a database beside the one in use, with so many reminders queued."""
    with tempfile.TemporaryDirectory(prefix="ar-cockpit-bench-") as folder:
        if engine.dialect.name == "sqlite":
            yield _filled(f"sqlite:///{Path(folder) / 'outbox.db'}", mails)
        else:
            with beside(engine) as address:
                yield _filled(address, mails)


def _filled(address: str, mails: int) -> str:
    migrate(own := make_engine(address))
    with transaction(own) as session:
        company = CompanyRow(code="ALFA", name="Alfa", currency="EUR", timezone="Europe/Paris", country="FR")
        session.add(company)
        session.flush()
        common = {"company_id": company.id, "currency": "EUR"}
        customers = [
            CustomerRow(code=f"C{n:06}", name=f"Customer {n}", payment_terms_days=30, **common)  # type: ignore[arg-type]  # a row's fields
            for n in range(mails)
        ]
        session.add_all(customers)
        session.flush()
        session.add_all(_of_customers(customers, company.id))
    with transaction(own) as session:
        reminders.run(session, _ME, DAY, at=datetime(2026, 3, 3, 8, tzinfo=UTC))
    own.dispose()
    return address


def _of_customers(customers: list[CustomerRow], company_id: int) -> Iterator[ContactRow | InvoiceRow]:
    for one in customers:
        key = {"company_id": company_id, "customer_id": one.id}
        yield ContactRow(name="Ann Lee", email=f"{one.code.lower()}@x.example", **key)  # type: ignore[arg-type]  # a row's fields
        yield InvoiceRow(
            number=f"{one.code}-1",
            invoice_on=DAY - timedelta(days=40),
            due_on=DAY - timedelta(days=10),
            amount_minor=50_000,
            open_minor=50_000,
            currency="EUR",
            **key,  # type: ignore[arg-type]  # a row's fields
        )


@contextmanager
def _opened(address: str) -> Iterator[Session]:
    # Nothing of it is left open when a sender is forked.
    own = make_engine(address)
    with transaction(own) as session:
        yield session
    own.dispose()
