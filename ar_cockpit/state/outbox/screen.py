"""The list of messages: state, customer and day from the address; several decided about at once; the pace."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.outbox import OutboxQuestion, Tab, outbox_question
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.services import clock
from ar_cockpit.services.lists.records import pages_of
from ar_cockpit.services.sending import deciding, register
from ar_cockpit.services.sending.register import Going, MessageLine, MessagePage
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.filters import download_address, record_address
from ar_cockpit.state.lists.shown import ListShown
from ar_cockpit.state.outbox.rows import OutboxItem, instant, pace_lines, state_of, why_of

VIEW = Permission.VIEW_PLAN
DECIDE = (Permission.WORK_CUSTOMERS, Permission.RUN_JOBS)
WENT, AGAIN, TAKE_BACK = "went", "again", "take_back"


class OutboxState(ListShown, SessionState):
    """One page of the outbox."""

    items: list[OutboxItem] = []
    tab: str = Tab.ALL.value
    counts: dict[str, str] = {}
    day: str = ""
    pace: str = ""
    accounts: list[str] = []
    pace_problem: str = ""
    is_sending: bool = False
    chosen: list[str] = []
    chosen_words: str = ""
    may_resolve: bool = False
    may_take_back: bool = False
    may_decide: bool = False
    asking: str = ""
    question: str = ""
    _states: dict[str, str] = {}
    _pulse: tuple[Any, ...] = ()

    @rx.event
    @allowed(VIEW)
    async def load(self) -> None:
        """Fill the list from the address."""
        self.may_decide = any(self._may(permission) for permission in DECIDE)
        await self._fill()

    @rx.event
    @allowed(VIEW)
    async def refresh(self) -> None:
        """Show how sending goes on, and the list anew when something changed in it."""
        going = await asyncio.to_thread(_going, self.actor, self.company, self._day_began())
        found = await asyncio.to_thread(_ask, self.actor, self._asked())
        if (going, found) != self._pulse:
            self._draw(found, going)

    @rx.event
    @allowed(VIEW)
    def choose_tab(self, tab: str) -> rx.event.EventSpec:
        """Show messages in other states, from the first page on."""
        return rx.redirect(self._address(state="" if tab == Tab.ALL.value else tab, page=""))

    @rx.event
    @allowed(VIEW)
    def choose_day_of(self, day: str) -> rx.event.EventSpec:
        """Show the messages of one business date; without one, of all."""
        return rx.redirect(self._address(day=day, page=""))

    @rx.event
    @allowed(*DECIDE)
    def toggle(self, key: str) -> None:
        """Choose a message, or no longer."""
        known = [one.key for one in self.items if one.may_choose]
        others = [one for one in self.chosen if one != key]
        self.chosen = others if key in self.chosen or key not in known else [*others, key]
        self._tell_chosen()

    @rx.event
    @allowed(*DECIDE)
    def toggle_all(self) -> None:
        """Choose every message on this page that something can be decided about, or none."""
        known = [one.key for one in self.items if one.may_choose]
        self.chosen = [] if set(known) <= set(self.chosen) else known
        self._tell_chosen()

    @rx.event
    @allowed(*DECIDE)
    def ask(self, act: str) -> None:
        """Say what will happen before it does."""
        if act in (WENT, AGAIN, TAKE_BACK) and self.chosen:
            self.asking = act
            self.question = self._count(f"outbox.ask.{act}", len(self._meant(act)))

    @rx.event
    @allowed(*DECIDE)
    def cancel(self) -> None:
        """Decide nothing."""
        self.asking = ""

    @rx.event
    @allowed(*DECIDE)
    async def decide(self) -> None:
        """Do what was asked about with the chosen messages."""
        act, self.asking = self.asking, ""
        keys = [int(key) for key in self._meant(act)]
        if keys:
            self._act(act, keys)
        self.chosen = []
        self._tell_chosen()
        await self._fill()

    @rx.event
    @allowed(*DECIDE)
    async def put_back(self, keys: list[int]) -> None:
        """Undo having taken messages back."""
        with transaction() as session:
            count = deciding.put_back(session, self.actor, [int(key) for key in keys], at=clock.now())
        self._notify("ok", self._count("outbox.done.put_back", count))
        await self._fill()

    def _act(self, act: str, keys: Sequence[int]) -> None:
        at = clock.now()
        with transaction() as session:
            if act == TAKE_BACK:
                taken = deciding.take_back(session, self.actor, keys, at=at)
            else:
                count = deciding.resolve(session, self.actor, keys, as_sent=act == WENT, at=at)
        if act == TAKE_BACK:
            self._notify("ok", self._count("outbox.done.take_back", len(taken)), undo=OutboxState.put_back(taken))
        else:
            self._notify("ok", self._count(f"outbox.done.{act}", count))

    def _meant(self, act: str) -> list[str]:
        """Return the chosen messages that ``act`` is for."""
        states = ("queued", "failed") if act == TAKE_BACK else ("unknown",)
        return [key for key in self.chosen if self._states.get(key) in states]

    def _tell_chosen(self) -> None:
        self.may_resolve, self.may_take_back = bool(self._meant(WENT)), bool(self._meant(TAKE_BACK))
        self.chosen_words = self._count("outbox.chosen", len(self.chosen)) if self.chosen else ""

    def _asked(self) -> OutboxQuestion:
        return outbox_question(dict(self.params) | {routes.COMPANY_PARAM: self.company})

    def _day_began(self) -> datetime:
        """Return when today began."""
        zone = get_settings().zone
        return datetime.combine(clock.today(zone), time(), zone)

    async def _fill(self) -> None:
        found = await asyncio.to_thread(_ask, self.actor, self._asked())
        going = await asyncio.to_thread(_going, self.actor, self.company, self._day_began())
        self._draw(found, going)

    def _draw(self, found: MessagePage, going: Going) -> None:
        self._pulse = (going, found)
        asked = found.asked
        self.items = [self._item(line) for line in found.lines]
        self._states = {str(line.row_id): line.state for line in found.lines}
        self.chosen = [key for key in self.chosen if key in self._states]
        self._tell_chosen()
        self.counts = {tab.value: rows.number(count, self.language) for tab, count in found.counts.items()}
        self.tab, self.words, self.page = asked.tab.value, asked.text, asked.page
        self.day = asked.on.isoformat() if asked.on else ""
        count = found.counts[asked.tab]
        self.pages, self.sums = pages_of(count), self._count("outbox.sums", count)
        customer = self._say("invoices.filter.customer", code=asked.customer) if asked.customer else ""
        words = self._say("invoices.filter.words", words=asked.text) if asked.text else ""
        self.filters = self._told({"customer": customer, "q": words})
        self.csv_href, self.xlsx_href = (download_address(f"outbox.{kind}", self) for kind in ("csv", "xlsx"))
        self._draw_pace(going)
        self.is_loaded = True

    def _draw_pace(self, going: Going) -> None:
        zone, told = get_settings().zone, going.progress
        self.is_sending = bool(told.waiting and told.sent_last_minute)
        values = {
            "sent": rows.number(told.sent_today, self.language),
            "all": rows.number(told.sent_today + told.waiting, self.language),
            "pace": rows.number(told.sent_last_minute, self.language),
            "at": instant(told.next_attempt_at, zone, self.language),
        }
        key = "sending" if self.is_sending else "waiting" if told.waiting else "idle"
        self.pace = self._say(f"outbox.pace.{key}", **values)
        self.accounts = pace_lines(going, zone, self.language)
        self.pace_problem = refusal(self.language, str(going.error)) if going.error else ""

    def _item(self, line: MessageLine) -> OutboxItem:
        kind, icon = state_of(line)
        zone = get_settings().zone
        return OutboxItem(
            key=str(line.row_id),
            href=self._address(message=str(line.row_id)),
            customer=line.customer_name,
            customer_href=record_address(self, line.company, line.customer),
            company=line.company,
            recipient=line.recipient,
            subject=line.subject,
            state=self._say(f"outbox.state.{line.state}"),
            kind=kind,
            icon=icon,
            why=why_of(line, zone, self.language),
            tries=rows.number(line.attempts, self.language),
            when=instant(line.sent_at or line.queued_at, zone, self.language),
            total=rows.money_cents(line.total_minor, line.currency, self.language),
            may_choose=line.state in ("queued", "failed", "unknown"),
        )


def _ask(actor: Actor, asked: OutboxQuestion) -> MessagePage:
    with reading() as session:
        return register.page(session, actor, asked)


def _going(actor: Actor, company: str, since: datetime) -> Going:
    with reading() as session:
        return register.going(session, actor, company, get_settings(), since)
