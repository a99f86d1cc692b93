"""Connections at work: each is a thread with one session, told what to do next, telling what the server said."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from queue import SimpleQueue

from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.mail.smtp import Answer, Mailer, Refusal, Verdict, Wire
from ar_cockpit.services.sending.parcels import Parcel

_GOODBYE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Announced:
    """The server took the envelope: not a byte of the message has left."""

    line: int
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Answered:
    """What the server made of a message; ``is_begun`` when it was handed over, else it is provably unsent."""

    line: int
    parcel: Parcel
    answer: Answer
    is_begun: bool


@dataclass(frozen=True, slots=True)
class NotOpened:
    """No session could be had; ``error`` says why, and the message was not touched."""

    line: int
    parcel: Parcel
    error: SettingsError


@dataclass(frozen=True, slots=True)
class Broken:
    """Something of ours failed: the run ends with it."""

    error: BaseException


Event = Announced | Answered | NotOpened | Broken


class Line:
    """One connection and its thread."""

    def __init__(self, number: int, mailer: Mailer, events: SimpleQueue[Event], wire: Wire | None = None) -> None:
        self.number, self.mailer, self.events, self.wire = number, mailer, events, wire
        self._orders: SimpleQueue[tuple[str, Parcel | None]] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=f"smtp-{number}", daemon=True)
        self._thread.start()

    def announce(self, parcel: Parcel) -> None:
        """Give the envelope to the server; an event tells what became of it."""
        self._orders.put(("announce", parcel))

    def hand_over(self, parcel: Parcel) -> None:
        """Give the announced message to the server; an event tells the answer."""
        self._orders.put(("hand_over", parcel))

    def withdraw(self) -> None:
        """Take the announced message back."""
        self._orders.put(("withdraw", None))

    def close(self) -> None:
        """End the session once what was told is done; :meth:`join` waits for it."""
        self._orders.put(("close", None))

    def join(self) -> None:
        """Wait a little for the end; what hangs is left to the end of the process."""
        self._thread.join(_GOODBYE_SECONDS)

    def _work(self) -> None:
        while True:
            order, parcel = self._orders.get()
            try:
                if parcel is not None:
                    self.events.put(self._announce(parcel) if order == "announce" else self._hand_over(parcel))
                elif self.wire is not None:
                    self.wire.close() if order == "close" else self.wire.reset()
            except BaseException as error:  # noqa: BLE001 (it ends the run in the thread that leads)
                self.events.put(Broken(error))
            if order == "close":
                return

    def _announce(self, parcel: Parcel) -> Event:
        try:
            self.wire = self.wire or self.mailer.open()
        except SettingsError as error:
            return NotOpened(self.number, parcel, error)
        try:
            self.wire.envelope(*parcel.envelope)
        except Refusal as refusal:
            return self._told(parcel, refusal.answer, is_begun=False)
        return Announced(self.number, parcel)

    def _hand_over(self, parcel: Parcel) -> Event:
        assert self.wire is not None, "an announced message has a session"  # noqa: S101 (a slip of ours)
        return self._told(parcel, self.wire.data(parcel.content), is_begun=True)

    def _told(self, parcel: Parcel, answer: Answer, *, is_begun: bool) -> Answered:
        if self.wire is not None and answer.is_lost:
            self.wire.drop()
            self.wire = None
        elif self.wire is not None and answer.verdict is not Verdict.SENT:
            self.wire.reset()
        return Answered(self.number, parcel, answer, is_begun)
