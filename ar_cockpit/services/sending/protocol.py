"""Sending by the protocol: claim, look again, announce, fence, hand over, record. At most once, and nothing lost.

Each step is committed before the next begins, which is why this service opens its transactions itself: the fence has
to be on disk before the first byte of a message leaves. One thread leads and does all that concerns the database; up
to eight connections talk to the server meanwhile. What they have told since the last commit is recorded, and what may
be handed over is fenced, in one commit for all of them: while it is on its way to the disk, the others talk on.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from queue import Empty, SimpleQueue

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db import locks
from ar_cockpit.db.queries.reminders import accounts as account_queries
from ar_cockpit.db.queries.reminders import outbox as queries
from ar_cockpit.db.queries.reminders.claimed import Claimed, threads
from ar_cockpit.db.queries.reminders.outbox import Settled
from ar_cockpit.db.queries.reminders.papers import papers_of
from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.mail.smtp import Answer, Mailer, Verdict
from ar_cockpit.services.sending.accounts import UNCAPPED, Account, pace_of
from ar_cockpit.services.sending.enclosing import enclosed
from ar_cockpit.services.sending.lines import Announced, Answered, Broken, Event, Line, NotOpened
from ar_cockpit.services.sending.parcels import Packing, Parcel, pack, shown_in
from ar_cockpit.services.sending.recheck import recheck

MOST_AT_ONCE = 8
LOST_IN_A_ROW = 3
_AHEAD = 8  # messages claimed for each connection: claiming has a price for each time, and a second look goes stale
_FRESH_SECONDS = 5.0
_PROLONG_SECONDS = 20.0
_LOOK_SECONDS = 1.0

Windows = Callable[[Session], "list[tuple[str, str]]"]


@dataclass(slots=True)
class SendReport:
    """How many messages came to which end in this run, and why it stopped early or waits, if it does."""

    counts: Counter[str] = field(default_factory=Counter)
    stopped: str = ""
    waits_seconds: float = 0.0  # until an account's cap lets the next one go
    handled: int = 0  # how many of the most it was allowed

    @property
    def is_whole(self) -> bool:
        """Whether nothing failed, nothing is unknown, and the run went through."""
        return not (self.counts["failed"] or self.counts["unknown"] or self.stopped)


@dataclass(frozen=True, slots=True)
class Orders:
    """What a run is told: the business date, how many at most, and what may go now (``None``: everything).

    ``patience`` is for how many seconds at a time it waits for a cap to let the next message go.
    """

    as_of: date
    most: int | None = None
    retry_now: bool = False
    windows: Windows | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    patience: float = 0.0
    at_once: int = MOST_AT_ONCE


def send(engine: Engine, actor: Actor, by: Mailer | Account, orders: Orders) -> SendReport:
    """Send what waits by one account; raise ``SettingsError`` when it cannot be used at all, with nothing changed."""
    actor.require(Permission.RUN_JOBS)
    account = by if isinstance(by, Account) else Account(by.name, by, getattr(by, "caps", ()))
    owner = f"sender-{secrets.token_hex(8)}"
    lock = locks.try_lock(engine, owner)
    sender = _Sender(engine, account, orders, owner)
    try:
        sender.run()
    finally:
        sender.leave()
        if lock:
            lock.release()
        locks.forget(engine, owner)
    return sender.report()


class _Sender:
    def __init__(self, engine: Engine, account: Account, orders: Orders, owner: str) -> None:
        self.engine, self.account, self.orders, self.owner = engine, account, orders, owner
        self.events: SimpleQueue[Event] = SimpleQueue()
        self.lines: list[Line] = []
        self.idle: list[int] = []
        self.ahead: deque[tuple[Parcel, float]] = deque()
        self.told: list[Announced | Answered] = []  # since the last commit
        self.sending: dict[int, Parcel] = {}  # by line
        self.width, self.widest = 1, max(1, min(orders.at_once, MOST_AT_ONCE))
        self.lost = self.handled = self.cancelled = self.found_unknown = 0
        self.outcomes: dict[int, str] = {}
        self.stopped = self.last_words = ""
        self.is_dry = False  # the last claim found nothing
        self.waits = 0.0
        self.prolonged = time.monotonic()
        self.broken: BaseException | None = None

    def run(self) -> None:
        """Take back what the dead held, then send until nothing waits."""
        if not self._recover():
            return
        with transaction(self.engine) as session:
            self.pace = pace_of(session, self.account)
        self._open_first()
        while True:
            self._claim()
            self._assign()
            if self._busy():
                self._listen()
                self._commit()
            elif self._is_over():
                return

    def leave(self) -> None:
        """End the sessions and give back what was claimed and not begun."""
        for line in self.lines:
            line.close()
        for line in self.lines:
            line.join()
        answered = [*self.told, *self._unheard()]
        with transaction(self.engine) as session:
            self._record(session, [one for one in answered if isinstance(one, Answered)])
            queries.release(session, self.owner)
            if self.lines:
                self.pace.give_back(session)

    def report(self) -> SendReport:
        """Return how many messages came to which end."""
        counts = Counter(self.outcomes.values())
        counts["unknown"] += self.found_unknown
        counts["cancelled"] += self.cancelled
        return SendReport(counts, self.stopped, self.waits, self.handled)

    def _unheard(self) -> Iterator[Event]:
        """Yield what the connections still told after the run was broken off."""
        while not self.events.empty():
            yield self.events.get()

    def _recover(self) -> bool:
        with transaction(self.engine) as session:
            owners = queries.owners_at_work(session)
        dead = [owner for owner in owners if locks.is_free(self.engine, owner)]
        with transaction(self.engine) as session:
            self.found_unknown = queries.take_back(session, dead)
            if self.orders.retry_now:
                queries.forget_waits(session)
            is_waiting = bool(queries.waiting(session, self.account.messages))
        for owner in dead:
            locks.forget(self.engine, owner)
        return is_waiting

    def _open_first(self) -> None:
        try:
            wire = self.account.mailer.open()
        except SettingsError as error:
            with transaction(self.engine) as session:
                account_queries.refused(session, self.pace.account_id, error.sentence)
            raise
        with transaction(self.engine) as session:
            account_queries.works(session, self.pace.account_id)
        self.lines = [Line(0, self.account.mailer, self.events, wire)]
        self.idle = [0]

    def _busy(self) -> int:
        return len(self.lines) - len(self.idle)

    def _may_begin(self) -> bool:
        return not (self.stopped or self.broken or self.orders.stop.is_set())

    def _claim(self) -> None:
        """Keep some messages ready: claimed, looked at again, packed."""
        if not self._may_begin() or self.is_dry or len(self.ahead) >= self.width:
            return
        wanted = self.width * _AHEAD if self.width > 1 else 1
        if self.orders.most is not None:
            wanted = min(wanted, self.orders.most - self.handled)
        with transaction(self.engine) as session:
            free = self.pace.free(session) + self.pace.granted if self.pace.is_capped else UNCAPPED
            wanted = min(wanted, free - len(self.ahead))
            if wanted <= 0:
                return
            allowed = self.orders.windows(session) if self.orders.windows else None
            row_ids = queries.claim(session, self.owner, wanted, allowed, self.account.messages)
            messages, cancelled = recheck(session, row_ids, self.orders.as_of) if row_ids else ([], 0)
            packing = self._packing(session, messages)
            self.cancelled += cancelled
        self.is_dry = not row_ids
        self.handled += len(messages)
        self._pack(messages, packing)

    def _packing(self, session: Session, messages: list[Claimed]) -> Packing:
        """Ask for what the parcels are made of."""
        row_ids = [message.row_id for message in messages]
        if not row_ids:
            return Packing({}, {}, {})
        return Packing(threads(session, row_ids), shown_in(session, messages), papers_of(session, row_ids))

    def _pack(self, messages: list[Claimed], packing: Packing) -> None:
        """Make parcels of messages; drawing a paper for the first time is a transaction of its own."""
        papers = enclosed(partial(transaction, self.engine), packing.named)
        packed = {
            one.row_id: pack(one, packing.earlier.get(one.row_id, ()), packing.shown, papers.get(one.row_id, ()))
            for one in messages
        }
        refused = {row_id: one for row_id, one in packed.items() if isinstance(one, Answer)}
        if refused:
            with transaction(self.engine) as session:
                for row_id, answer in refused.items():
                    self._settle(session, row_id, answer, counts=False)
        ready_at = time.monotonic()
        self.ahead.extend((one, ready_at) for one in packed.values() if isinstance(one, Parcel))

    def _assign(self) -> None:
        """Let every connection that may work announce a message; give back what has waited for too long."""
        if self.pace.is_capped and self.ahead and self._may_begin():
            wanted = min(len(self.ahead), self.width - self._busy())
            if wanted > self.pace.granted:
                with transaction(self.engine) as session:
                    self.pace.take(session, wanted)
        stale = [parcel.row_id for parcel, since in self.ahead if time.monotonic() - since > _FRESH_SECONDS]
        if stale or not self._may_begin():
            self._give_back()
        while self.ahead and self._busy() < self.width:
            if not self.pace.use():
                return
            parcel, _ = self.ahead.popleft()
            if not self.idle:
                self.lines.append(Line(len(self.lines), self.account.mailer, self.events))
                self.idle.append(len(self.lines) - 1)
            self.lines[self.idle.pop()].announce(parcel)

    def _give_back(self) -> None:
        """Queue again what is ready and not begun: it is looked at once more before it goes."""
        given = [parcel.row_id for parcel, _ in self.ahead]
        self.ahead.clear()
        if given:
            with transaction(self.engine) as session:
                queries.release(session, self.owner, given)
            self.handled -= len(given)
            self.is_dry = False

    def _listen(self) -> None:
        """Wait for news of the connections, and take all there is."""
        try:
            self._hear(self.events.get(timeout=_LOOK_SECONDS))
            while True:
                self._hear(self.events.get_nowait())
        except Empty:
            pass

    def _hear(self, event: Event) -> None:
        if isinstance(event, Broken):
            self.broken = event.error
            raise event.error
        if isinstance(event, NotOpened):
            self._narrow(event)
            return
        self.told.append(event)
        if isinstance(event, Answered):
            self.sending.pop(event.line, None)
            self.idle.append(event.line)
            self._count(event.answer)
            self._keep_busy()

    def _keep_busy(self) -> None:
        """Let a connection announce its next message while the commit of its last one is under way."""
        if self.ahead and self._may_begin() and not self.pace.is_capped:
            self._assign()

    def _narrow(self, event: NotOpened) -> None:
        """A server may want fewer connections than we do; without any it counts as one that was lost."""
        self.idle.append(event.line)
        self.ahead.appendleft((event.parcel, time.monotonic()))
        self.pace.granted += self.pace.is_capped
        self.last_words = str(event.error)
        if event.line and self._busy():
            self.widest = max(1, event.line)
            self.width = min(self.width, self.widest)
        else:
            self._count(Answer(Verdict.LATER, str(event.error), is_lost=True))

    def _count(self, answer: Answer) -> None:
        if not answer.is_lost:
            self.lost = 0
            self.width = min(self.width + 1, self.widest)
            return
        self.last_words = answer.words
        self.lost += 1
        self.width = 1
        if self.lost >= LOST_IN_A_ROW:
            self.stopped = f"{LOST_IN_A_ROW} connections in a row were lost ({self.last_words})"

    def _commit(self) -> None:
        """Record every answer and, durably, what is about to be handed over; walk away from what is not ours now."""
        told, self.told = self.told, []
        announced = [one for one in told if isinstance(one, Announced)]
        prolongs = bool(self.sending) and time.monotonic() - self.prolonged > _PROLONG_SECONDS
        if not told and not prolongs:
            return
        with transaction(self.engine) as session:
            self._record(session, [one for one in told if isinstance(one, Answered)])
            begun = [one.parcel.row_id for one in announced if not self.orders.stop.is_set()]
            fenced = queries.fence(session, self.owner, begun) if begun else set()
            if prolongs:
                queries.prolong(session, self.owner, [parcel.row_id for parcel in self.sending.values()])
                self.prolonged = time.monotonic()
        for one in announced:
            if one.parcel.row_id in fenced:
                self.sending[one.line] = one.parcel
                self.lines[one.line].hand_over(one.parcel)
            else:
                self.lines[one.line].withdraw()
                self.idle.append(one.line)

    def _record(self, session: Session, answered: list[Answered]) -> None:
        sent = [one.parcel.row_id for one in answered if one.answer.verdict is Verdict.SENT]
        if sent:
            for row_id in queries.settle_sent(session, self.owner, sent):
                self.outcomes[row_id] = Verdict.SENT.value
        for one in answered:
            if one.answer.verdict is not Verdict.SENT:
                self._settle(session, one.parcel.row_id, one.answer, counts=not one.is_begun)
        if self.stopped:
            account_queries.refused(session, self.pace.account_id, self.stopped)

    def _settle(self, session: Session, row_id: int, answer: Answer, *, counts: bool) -> None:
        settled = Settled(answer.verdict.value, answer.words, counts=counts, waits=answer.code > 0)
        if queries.settle(session, self.owner, row_id, settled):
            self.outcomes[row_id] = answer.verdict.value

    def _is_over(self) -> bool:
        """Return whether the run ends; otherwise wait until a cap lets the next message go."""
        done = self.orders.most is not None and self.handled >= self.orders.most
        if not self._may_begin() or (not self.ahead and (self.is_dry or done)):
            return True
        with transaction(self.engine) as session:
            if self.pace.free(session) + self.pace.granted > 0:
                return False
            still = bool(queries.waiting(session, self.account.messages)) or bool(self.ahead)
        self.waits = self.pace.wait_seconds if still else 0.0
        if not still or self.waits > self.orders.patience:
            return True
        self._give_back()
        self.orders.stop.wait(self.waits + 0.01)
        self.waits = 0.0
        return False
