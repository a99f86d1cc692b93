"""The settlements that open-items exports propose: a list to accept from, all, some or none."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services.importing.settling import decisions
from ar_cockpit.services.importing.settling.decisions import Decision
from ar_cockpit.services.importing.settling.waiting import Sums, Waiting, sums, waiting
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.days import read_day_if_any
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.imports.undoing import number_of, undo_import

PER_PAGE = 50
ACCEPT, DECLINE = "accept", "decline"


@dataclass
class SettlingLine:
    """One proposed settlement."""

    key: str
    number: str
    customer: str
    company: str
    due: str
    export: str
    remark: str
    open: str
    left: str
    paid: str
    is_part: bool


class SettlingState(SessionState):
    """What waits in the companies of the reader, and what is chosen of it."""

    is_loaded: bool = False
    banner: str = ""
    lines: list[SettlingLine] = []
    chosen: list[str] = []
    chosen_words: str = ""
    all_chosen: bool = False
    day: str = ""
    page: int = 1
    pages: int = 1
    counted: str = ""
    asking: str = ""  # accept or decline, while the dialog is open
    question: str = ""
    is_working: bool = False
    _every: list[str] = []

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def look(self) -> None:
        """Say on another page that something waits."""
        found = await asyncio.to_thread(_sums, self.actor, self.company, None)
        self.banner = self._words("settling.banner", found) if found.count else ""

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def load(self) -> None:
        """Fill the list from the address."""
        given = self.params.get("page", "")
        self.page = max(1, int(given)) if given.isdigit() and len(given) < PER_PAGE else 1
        found = await asyncio.to_thread(_waiting, self.actor, self.company)
        self._every = [str(one.proposal_id) for one in found]
        start = (self.page - 1) * PER_PAGE
        self.lines = [self._line(one) for one in found[start : start + PER_PAGE]]
        self.pages = max(1, -(-len(found) // PER_PAGE))
        self.counted = self._count("settling.count", len(found), total=rows.number(len(found), self.language))
        await self._choose([key for key in self.chosen if key in set(self._every)])
        self.is_loaded = True

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def toggle(self, key: str) -> None:
        """Choose one, or not any more."""
        await self._choose([one for one in self.chosen if one != key] if key in self.chosen else [*self.chosen, key])

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def toggle_all(self) -> None:
        """Choose everything that waits, on all pages, or nothing."""
        await self._choose([] if self.all_chosen else list(self._every))

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    def set_day(self, day: str) -> None:
        """Settle on another day than that of each export."""
        self.day = day

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def ask(self, what: str) -> None:
        """Say what accepting or declining will do."""
        if not self.chosen:
            return
        found = await asyncio.to_thread(_sums, self.actor, "", self._ids())
        self.asking = what if what in (ACCEPT, DECLINE) else ""
        self.question = self._words(f"settling.ask.{self.asking}", found) if self.asking else ""

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    def cancel(self) -> None:
        """Leave everything as it is."""
        self.asking = ""

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def decide(self) -> Any:
        """Do what was asked for with everything that is chosen."""
        what, self.asking = self.asking, ""
        if what == ACCEPT:
            on = read_day_if_any(self.day)
            done = await asyncio.to_thread(_accept, self.actor, self._ids(), on, date.fromisoformat(self.today))
        elif what == DECLINE:
            done = await asyncio.to_thread(_decline, self.actor, self._ids())
        else:
            return None
        total = rows.number(done.count, self.language)
        words = self._count(f"settling.done.{what}", done.count, total=total)
        take_back = SettlingState.take_back(str(done.batch_id)) if done.batch_id else None
        self._notify("ok", words, undo=take_back)
        self.chosen = []
        return SettlingState.load

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def take_back(self, batch: str) -> Any:
        """Open the invoices again that were just settled."""
        await asyncio.to_thread(undo_import, self.actor, number_of(batch))
        return SettlingState.load

    async def _choose(self, keys: list[str]) -> None:
        self.chosen = keys
        self.all_chosen = bool(keys) and len(keys) == len(self._every)
        found = await asyncio.to_thread(_sums, self.actor, "", self._ids()) if keys else Sums(0, {})
        self.chosen_words = self._words("settling.chosen", found) if keys else self._say("settling.none_chosen")

    def _ids(self) -> list[int]:
        return [int(key) for key in self.chosen if key.isdigit()]

    def _words(self, key: str, found: Sums) -> str:
        amounts = " + ".join(
            rows.money_cents(minor, currency, self.language) for currency, minor in found.by_currency.items()
        )
        return self._count(key, found.count, total=rows.number(found.count, self.language), amounts=amounts)

    def _line(self, one: Waiting) -> SettlingLine:
        def money(minor: int) -> str:
            return rows.money_cents(minor, one.currency, self.language)

        return SettlingLine(
            str(one.proposal_id),
            one.number,
            one.customer_name,
            one.company,
            rows.day(one.due_on, self.language),
            self._say("settling.export", file=one.file_name, date=rows.day(one.exported_on, self.language)),
            "" if one.is_customer_listed else self._say("settling.customer_absent"),
            money(one.open_minor),
            money(one.left_minor) if one.left_minor else rows.NOTHING,
            money(one.paid_minor),
            bool(one.left_minor),
        )

    @rx.var
    def list_href(self) -> str:
        """The list of settlements, with the company that is chosen."""
        return self._address(routes.SETTLEMENTS, page="", batch="", upload="", content="", into="")


def _waiting(actor: Actor, company: str) -> list[Waiting]:
    with reading() as session:
        return waiting(session, actor, company=company)


def _sums(actor: Actor, company: str, only: list[int] | None) -> Sums:
    with reading() as session:
        return sums(session, actor, company=company, only=only)


def _accept(actor: Actor, ids: list[int], on: date | None, today: date) -> Decision:
    with transaction() as session:
        return decisions.accept(session, actor, ids, on, today=today)


def _decline(actor: Actor, ids: list[int]) -> Decision:
    with transaction() as session:
        return decisions.decline(session, actor, ids)
