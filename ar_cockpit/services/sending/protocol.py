"""Sending by the protocol: claim, look again, announce, fence, hand over, record. At most once, and nothing lost.

Each step is a transaction of its own, which is why this service opens them itself: the fence has to be on disk before
the first byte of a message leaves. Messages go in waves over a few connections, so that one commit fences several;
a wave begins with one message and doubles while the server takes them, and falls back to one when a connection is lost.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db import locks
from ar_cockpit.db.queries.reminders import outbox as queries
from ar_cockpit.db.queries.reminders.claimed import Claimed, threads
from ar_cockpit.db.queries.reminders.outbox import Settled
from ar_cockpit.db.queries.reminders.papers import papers_of
from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.mail.smtp import Answer, Mailer, Refusal, Verdict, Wire
from ar_cockpit.services.sending.enclosing import enclosed
from ar_cockpit.services.sending.parcels import UNWRITABLE, Parcel, pack, shown_in
from ar_cockpit.services.sending.recheck import recheck

MOST_AT_ONCE = 8
LOST_IN_A_ROW = 3
_PROLONG_SECONDS = 20
_RECORD_SECONDS = 0.25

Windows = Callable[[Session], "list[tuple[str, str]]"]


@dataclass(slots=True)
class SendReport:
    """How many messages came to which end in this run, and why it stopped early, if it did."""

    counts: Counter[str] = field(default_factory=Counter)
    stopped: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing failed, nothing is unknown, and the run went through."""
        return not (self.counts["failed"] or self.counts["unknown"] or self.stopped)


@dataclass(frozen=True, slots=True)
class Orders:
    """What a run is told: the business date, how many at most, and what may go now (``None``: everything)."""

    as_of: date
    most: int | None = None
    retry_now: bool = False
    windows: Windows | None = None
    stop: threading.Event = field(default_factory=threading.Event)


def send(engine: Engine, actor: Actor, mailer: Mailer, orders: Orders) -> SendReport:
    """Send what waits; raise ``SettingsError`` when the server cannot be used at all, with nothing changed."""
    actor.require(Permission.RUN_JOBS)
    owner = f"sender-{secrets.token_hex(8)}"
    lock = locks.try_lock(engine, owner)
    sender = _Sender(engine, mailer, orders, owner)
    try:
        sender.run()
    finally:
        sender.leave()
        if lock:
            lock.release()
        locks.forget(engine, owner)
    return sender.report()


class _Sender:
    def __init__(self, engine: Engine, mailer: Mailer, orders: Orders, owner: str) -> None:
        self.engine, self.mailer, self.orders, self.owner = engine, mailer, orders, owner
        self.wires: list[Wire | None] = []
        self.width, self.widest = 1, MOST_AT_ONCE
        self.lost = self.handled = self.cancelled = self.found_unknown = 0
        self.outcomes: dict[int, str] = {}
        self.stopped = self.last_words = ""
        self.row_ids: dict[int, int] = {}
        self.pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="smtp")

    def run(self) -> None:
        """Take back what the dead held, then send wave after wave."""
        if not self._recover():
            return
        self.wires = [self.mailer.open()]
        while not self.orders.stop.is_set() and not self.stopped:
            most = self.width if self.orders.most is None else min(self.width, self.orders.most - self.handled)
            if most <= 0:
                return
            found, messages = self._claim(most)
            if not found:
                return
            if messages:
                self._wave(messages)

    def leave(self) -> None:
        """End the sessions and give back what was claimed and not begun."""
        self.pool.shutdown(wait=False)
        for wire in self.wires:
            if wire:
                wire.close()
        with transaction(self.engine) as session:
            queries.release(session, self.owner)

    def report(self) -> SendReport:
        """Return how many messages came to which end."""
        counts = Counter(self.outcomes.values())
        counts["unknown"] += self.found_unknown
        counts["cancelled"] += self.cancelled
        return SendReport(counts, self.stopped)

    def _recover(self) -> bool:
        with transaction(self.engine) as session:
            owners = queries.owners_at_work(session)
        dead = [owner for owner in owners if locks.is_free(self.engine, owner)]
        with transaction(self.engine) as session:
            self.found_unknown = queries.take_back(session, dead)
            if self.orders.retry_now:
                queries.forget_waits(session)
            is_waiting = bool(queries.waiting(session))
        for owner in dead:
            locks.forget(self.engine, owner)
        return is_waiting

    def _claim(self, most: int) -> tuple[bool, list[Claimed]]:
        """Return whether anything was claimed, and of it what may go after a second look."""
        with transaction(self.engine) as session:
            allowed = self.orders.windows(session) if self.orders.windows else None
            row_ids = queries.claim(session, self.owner, most, allowed)
            messages, cancelled = recheck(session, row_ids, self.orders.as_of) if row_ids else ([], 0)
            self.cancelled += cancelled
        return bool(row_ids), messages

    def _wave(self, messages: list[Claimed]) -> None:
        ready = self._connected(len(messages))
        if not ready:
            self._count_losses([True])
            return self._release()
        messages = messages[:ready]
        self.handled += len(messages)
        refused, announced = self._announce(messages)
        fenced = self._fence(refused, announced)
        answers = refused | self._hand_over(fenced)
        self._count_losses([answers[slot].is_lost for slot in sorted(answers)])
        return self._release()

    def _connected(self, wanted: int) -> int:
        """Return how many connections are open of the ``wanted`` ones; a server may want fewer than we do."""
        self.wires += [None] * (wanted - len(self.wires))
        for slot in range(wanted):
            if self.wires[slot] is None:
                try:
                    self.wires[slot] = self.mailer.open()
                except SettingsError as error:
                    self.widest = max(1, slot)
                    self.last_words = str(error)
                    return slot
        return wanted

    def _announce(self, messages: list[Claimed]) -> tuple[dict[int, Answer], dict[int, Parcel]]:
        """Give every envelope to the server: what it refuses is provably unsent."""
        refused: dict[int, Answer] = {}
        parcels: dict[int, Parcel] = {}
        for slot, parcel in enumerate(self._packed(messages)):
            if isinstance(parcel, Answer):
                refused[slot] = parcel
            else:
                parcels[slot] = parcel
        asked = {slot: self.pool.submit(self._wire(slot).envelope, *one.envelope) for slot, one in parcels.items()}
        wait(asked.values())
        for slot, future in asked.items():
            error = future.exception()
            if isinstance(error, Refusal):
                refused[slot] = error.answer
                self._after(slot, error.answer)
                del parcels[slot]
            elif error is not None:
                raise error
        self.row_ids = {slot: message.row_id for slot, message in enumerate(messages)}
        return refused, parcels

    def _packed(self, messages: list[Claimed]) -> list[Parcel | Answer]:
        with transaction(self.engine) as session:
            earlier = threads(session, [message.row_id for message in messages])
            shown = shown_in(session, messages)
            named = papers_of(session, [message.row_id for message in messages])
        papers = enclosed(partial(transaction, self.engine), named)
        return [
            pack(message, earlier.get(message.row_id, ()), shown, papers.get(message.row_id, ()))
            for message in messages
        ]

    def _fence(self, refused: dict[int, Answer], announced: dict[int, Parcel]) -> dict[int, Parcel]:
        """Record the refusals and, durably, what is about to be handed over; walk away from what is not ours now."""
        with transaction(self.engine) as session:
            for slot, answer in refused.items():
                self._settle(session, slot, answer, counts=answer.code != UNWRITABLE)
            ids = [self.row_ids[slot] for slot in announced]
            fenced = queries.fence(session, self.owner, ids)
        for slot in announced:
            if self.row_ids[slot] not in fenced:
                self._wire(slot).reset()
        return {slot: parcel for slot, parcel in announced.items() if self.row_ids[slot] in fenced}

    def _hand_over(self, parcels: dict[int, Parcel]) -> dict[int, Answer]:
        answers: dict[int, Answer] = {}
        slots = {self.pool.submit(self._wire(slot).data, one.content): slot for slot, one in parcels.items()}
        pending: set[Future[Answer]] = set(slots)
        waited = 0.0
        while pending:
            done, pending = wait(pending, timeout=_RECORD_SECONDS)
            waited += _RECORD_SECONDS
            with transaction(self.engine) as session:
                for future in done:
                    answers[slots[future]] = future.result()
                    self._settle(session, slots[future], future.result(), counts=False)
                if pending and waited >= _PROLONG_SECONDS:
                    queries.prolong(session, self.owner, [self.row_ids[slots[future]] for future in pending])
                    waited = 0.0
        for slot, answer in answers.items():
            self._after(slot, answer)
        return answers

    def _settle(self, session: Session, slot: int, answer: Answer, *, counts: bool) -> None:
        settled = Settled(answer.verdict.value, answer.words, counts=counts, waits=answer.code > 0)
        if queries.settle(session, self.owner, self.row_ids[slot], settled):
            self.outcomes[self.row_ids[slot]] = answer.verdict.value

    def _after(self, slot: int, answer: Answer) -> None:
        if answer.is_lost:
            self.last_words = answer.words
            self._wire(slot).drop()
            self.wires[slot] = None
        elif answer.verdict is not Verdict.SENT:
            self._wire(slot).reset()

    def _count_losses(self, losses: Sequence[bool]) -> None:
        for is_lost in losses:
            self.lost = self.lost + 1 if is_lost else 0
        if self.lost >= LOST_IN_A_ROW:
            self.stopped = f"{LOST_IN_A_ROW} connections in a row were lost ({self.last_words})"
        self.width = 1 if self.lost else min(self.width * 2, self.widest)

    def _release(self) -> None:
        with transaction(self.engine) as session:
            queries.release(session, self.owner)

    def _wire(self, slot: int) -> Wire:
        wire = self.wires[slot]
        assert wire is not None, "a wave only uses open connections"  # noqa: S101 (a slip of ours, never an answer)
        return wire
