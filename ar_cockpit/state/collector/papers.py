"""What goes to the customer on paper: letters that wait, the statement of account, and where letters go."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.services.letters import addresses, letters
from ar_cockpit.services.letters.letters import NO_ADDRESS, NO_INTEREST, UNCONFIRMED, Desk, DrawnLetter
from ar_cockpit.services.letters.short import ShortMessage
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.phones import dialled
from ar_cockpit.state.frame.access import allowed

_WORK = Permission.WORK_CUSTOMERS


@dataclass
class PaperLine:
    """A letter that waits, ready to draw; without an address nothing on it is to be asked for any more."""

    key: str
    title: str
    about: str
    href: str
    problem: str


@dataclass
class ShortLine:
    """A short message that waits, ready to be typed or opened on a telephone."""

    key: str
    title: str
    text: str
    language: str
    phone: str
    href: str


class CollectorPapers(CollectorState):
    """The papers of the customer that is open."""

    waiting: list[PaperLine] = []
    short: list[ShortLine] = []
    statement_href: str = ""
    address: str = ""
    is_addressable: bool = True
    is_addressing: bool = False
    address_error: str = ""

    @rx.event
    @allowed(Permission.VIEW_QUEUE)
    async def load_papers(self) -> None:
        """Look which letters of this customer wait, and whether one would arrive."""
        self.waiting, self.statement_href, self.is_addressing, self.address_error = [], "", False, ""
        self.short = []
        if not self.has_record or not self.actor.may(_WORK):
            return
        desk = await asyncio.to_thread(_ask, self.actor, self._customer_id, self.as_of_date)
        self.waiting = [self._line(one) for one in desk.waiting]
        self.short = [self._short(one) for one in desk.short]
        self.statement_href = f"{routes.STATEMENTS}/{self._customer_id}"
        self.address, self.is_addressable = desk.address, desk.is_deliverable

    @rx.event
    @allowed(_WORK)
    def ask_address(self, is_asked: bool) -> None:
        """Show the form for the postal address, or shut it."""
        self.is_addressing, self.address_error = is_asked, ""

    @rx.event
    @allowed(_WORK)
    def save_address(self, form: dict[str, Any]) -> Any:
        """Note where this customer's letters go."""
        self.address_error = ""
        try:
            with transaction() as session:
                addresses.set_postal_address(session, self.actor, self._customer_id, str(form.get("address", "")))
        except InputError as error:
            self.address_error = self._refusal(error)
            return None
        self._notify("ok", self._say("papers.address_saved"))
        return CollectorPapers.load_papers

    def _line(self, one: DrawnLetter) -> PaperLine:
        currency = one.letter.currency
        about = [
            rows.weekday(one.letter.business_on, self.language),
            self._count("timeline.invoices", len(one.invoices)),
            rows.money_cents(one.total_minor, currency, self.language),
        ]
        line = PaperLine(
            key=str(one.letter.message_row_id),
            title=self._say(f"template.{one.letter.template}"),
            about=", ".join(about),
            href=f"{routes.LETTERS}/{one.letter.message_row_id}",
            problem=" ".join(self._problem(code, one.why) for code in one.missing),
        )
        if one.sheet is None:
            return replace(line, about=about[0], href="", problem=self._say("papers.nothing_left"))
        return line

    def _short(self, one: ShortMessage) -> ShortLine:
        number = dialled(one.phone)
        return ShortLine(
            key=str(one.message_row_id),
            title=f"{self._say(f'template.{one.template}')}, {rows.weekday(one.business_on, self.language)}",
            text=one.text or self._say("papers.nothing_left"),
            language=one.language if one.text else self.language,
            phone=one.phone,
            href=f"sms:{number}?body={quote(one.text)}" if number and one.text else "",
        )

    def _problem(self, code: str, why: str) -> str:
        known = {
            NO_ADDRESS: "papers.no_address",
            NO_INTEREST: "papers.no_interest",
            UNCONFIRMED: "papers.unconfirmed",
        }
        return self._say(known[code], why=refusal(self.language, why))


def _ask(actor: Actor, customer_id: int, as_of: date) -> Desk:
    with reading() as session:
        return letters.desk(session, actor, customer_id, as_of)
