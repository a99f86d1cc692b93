"""One message of the outbox: as it went, what it lists, what happened to it, and what to do."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.services import clock
from ar_cockpit.services.sending import deciding, register
from ar_cockpit.services.sending.register import Opened
from ar_cockpit.settings import get_settings
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.outbox.rows import HistoryLine, InvoiceOf, history_of, invoice_of, why_of
from ar_cockpit.state.outbox.screen import DECIDE, TAKE_BACK, VIEW, OutboxState


class OutboxMessage(OutboxState):
    """The message that is open, if there is one."""

    key: str = ""
    title: str = ""
    stands: str = ""
    state_words: str = ""
    state_kind: str = ""
    state_icon: str = ""
    why: str = ""
    to: str = ""
    html: str = ""
    text: str = ""
    invoices: list[InvoiceOf] = []
    history: list[HistoryLine] = []
    address: str = ""
    is_marked: bool = False

    @rx.event
    @allowed(VIEW)
    async def open(self) -> None:
        """Show the message that the address names."""
        wanted = self.params.get("message", "")
        self.key = ""
        if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 12:
            return
        try:
            found = await asyncio.to_thread(_opened, self.actor, int(wanted))
        except NotFoundError as error:
            self._notify_error(error)
            return
        self._show(found)

    @rx.event
    @allowed(VIEW)
    def close(self) -> rx.event.EventSpec:
        """Go back to the list."""
        self.key = ""
        return rx.redirect(self._address(message=""))

    @rx.event
    @allowed(*DECIDE)
    def write_address(self, address: str) -> None:
        """Change the address that is being corrected."""
        self.address = address

    @rx.event
    @allowed(*DECIDE)
    def say_sent(self) -> Any:
        """It went."""
        return self._resolve(as_sent=True)

    @rx.event
    @allowed(*DECIDE)
    def say_again(self) -> Any:
        """It did not: send it, under the same Message-ID."""
        return self._resolve(as_sent=False)

    @rx.event
    @allowed(*DECIDE)
    def take_back(self) -> Any:
        """Take the message out of the outbox."""
        self._act(TAKE_BACK, [self._row_id()])
        return self._again()

    @rx.event
    @allowed(*DECIDE)
    def send_to(self) -> Any:
        """Send a message that failed again, to the address that is written."""
        with transaction() as session:
            deciding.send_to(session, self.actor, self._row_id(), self.address, at=clock.now())
        self._notify("ok", self._say("outbox.done.send_to", address=self.address.strip()))
        return self._again()

    @rx.event
    @allowed(*DECIDE)
    def correct(self) -> Any:
        """Give the contact another address than the one that bounced."""
        with transaction() as session:
            deciding.correct_address(session, self.actor, self._row_id(), self.address)
        self._notify("ok", self._say("outbox.done.correct", address=self.address.strip()))
        return self._again()

    @rx.event
    @allowed(*DECIDE)
    def clear(self) -> Any:
        """Say that the address works again."""
        with transaction() as session:
            deciding.clear_mark(session, self.actor, self._row_id())
        self._notify("ok", self._say("outbox.done.clear", address=self.to))
        return self._again()

    def _resolve(self, *, as_sent: bool) -> Any:
        with transaction() as session:
            count = deciding.resolve(session, self.actor, [self._row_id()], as_sent=as_sent, at=clock.now())
        self._notify("ok", self._count(f"outbox.done.{'went' if as_sent else 'again'}", count))
        return self._again()

    def _row_id(self) -> int:
        if not self.key:
            raise NotFoundError("There is no such message.")
        return int(self.key)

    def _again(self) -> Any:
        return [OutboxState.load, OutboxMessage.open]

    def _show(self, found: Opened) -> None:
        line, zone = found.line, get_settings().zone
        item = self._item(line)
        self.key, self.title, self.stands = item.key, line.subject, line.state
        self.state_words, self.state_kind, self.state_icon = item.state, item.kind, item.icon
        self.why, self.to = why_of(line, zone, self.language), line.recipient
        self.html, self.text = found.html, found.text or self._say("outbox.no_text")
        self.invoices = [invoice_of(one, line.currency, self.language) for one in found.items]
        self.history = history_of(line, found.history, found.names, zone, self.language)
        self.address, self.is_marked = line.recipient, found.is_marked


def _opened(actor: Actor, row_id: int) -> Opened:
    with reading() as session:
        return register.opened(session, actor, row_id)
