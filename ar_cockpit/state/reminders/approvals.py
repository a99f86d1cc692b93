"""What waits for a credit manager's word: looked at as it would go, let go or declined, one by one or together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.figures.listing import page_of
from ar_cockpit.services import clock
from ar_cockpit.services.reminders import approvals
from ar_cockpit.services.reminders.approvals import Beside, WaitingStep
from ar_cockpit.state.display import rows, titles
from ar_cockpit.state.display.days import read_day
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.filters import record_address
from ar_cockpit.state.reminders.previewed import Previewed
from ar_cockpit.state.reminders.words import channel_words, habit_words, totals_words

PAGE = 50
_DECLINE_DAYS = 14
_MAY = Permission.APPROVE_STEP


@dataclass
class ApprovalItem:
    """A step of a customer that waits, ready to draw."""

    key: str
    customer: str
    code: str
    href: str
    company: str
    step: str
    channel: str
    cadence: str
    invoices: str
    total: str
    oldest: str
    since: str
    habit: str
    contact: str
    declined: str
    is_selected: bool
    is_current: bool


class ApprovalsState(Previewed, SessionState):
    """The list, what is selected of it, and the letter that is looked at."""

    items: list[ApprovalItem] = []
    is_loaded: bool = False
    page: int = 1
    pages: int = 1
    sums: str = ""
    selected: list[str] = []
    chosen_words: str = ""
    current: str = ""
    is_declining: bool = False
    decline_words: str = ""
    decline_until: str = ""
    decline_error: str = ""
    note: str = ""  # of the next approval
    _waiting: dict[str, tuple[list[tuple[int, str]], str]] = {}  # by row: what is decided, and its sum in words

    @rx.event
    @allowed(Permission.VIEW_PLAN)
    async def load(self) -> None:
        """Fill the list."""
        await self._load()

    @rx.event
    @allowed(_MAY)
    def toggle(self, key: str, is_on: bool) -> None:
        """Select a row, or leave it out."""
        others = [one for one in self.selected if one != key]
        self._select([*others, key] if is_on and key in self._waiting else others)

    @rx.event
    @allowed(_MAY)
    def toggle_all(self, is_on: bool) -> None:
        """Select every row of the page that nobody declined, or none."""
        self._select([one.key for one in self.items if not one.declined] if is_on else [])

    @rx.event
    @allowed(Permission.VIEW_PLAN)
    async def on_key(self, key: str) -> Any:
        """Move, select, look, approve or decline without the mouse."""
        keys = [one.key for one in self.items]
        if not keys:
            return None
        place = keys.index(self.current) if self.current in keys else -1
        if key in {"j", "k"}:
            self.current = keys[min(max(place + (1 if key == "j" else -1), 0), len(keys) - 1)]
            self._mark()
        elif key == "x" and self.current in keys and self._may(_MAY):
            others = [one for one in self.selected if one != self.current]
            self._select(others if self.current in self.selected else [*others, self.current])
        elif key == "o" and self.current in keys:
            return ApprovalsState.preview(self.current)
        elif key == "a" and self.selected:
            return ApprovalsState.approve
        elif key == "d" and self.selected:
            return ApprovalsState.ask_decline(True)
        return None

    @rx.event
    @allowed(Permission.VIEW_PLAN)
    async def preview(self, key: str) -> None:
        """Show the letter or mail as it would go."""
        customer_id, step = int(key.partition(":")[0]), key.partition(":")[2]
        seen = await asyncio.to_thread(_preview, self.actor, customer_id, step, self.as_of_date)
        self.current = key
        self._mark()
        self._show_preview(seen)

    @rx.event
    @allowed(_MAY)
    def write_note(self, note: str) -> None:
        """Keep why the next steps are let go, for the record."""
        self.note = str(note)

    @rx.event
    @allowed(_MAY)
    async def approve(self) -> None:
        """Let the selected steps go with the next run."""
        await self._approve(list(self.selected))

    @rx.event
    @allowed(_MAY)
    async def approve_one(self, key: str) -> None:
        """Let one customer's step go with the next run."""
        await self._approve([key])

    @rx.event
    @allowed(_MAY)
    def decline_one(self, key: str) -> None:
        """Ask why, and until when, one customer's step does not go."""
        self._select([key] if key in self._waiting else [])
        self._ask_decline()

    @rx.event
    @allowed(_MAY)
    def ask_decline(self, is_open: bool) -> None:
        """Open or close the dialog."""
        if is_open:
            self._ask_decline()
        else:
            self.is_declining = False

    @rx.event
    @allowed(_MAY)
    async def decline(self, form: dict[str, Any]) -> None:
        """Keep the selected steps back until a day."""
        keys, number = self._keys(self.selected), len(self.selected)
        try:
            until = read_day(form.get("until"))
            with transaction() as session:
                reason = str(form.get("reason", ""))
                done = approvals.decline(session, self.actor, keys, reason, until, self._when_today())
        except InputError as error:
            self.decline_error = self._refusal(error)
            return
        self.is_declining = False
        day = rows.weekday(until, self.language)
        said = self._count("review.declined", number, day=day)
        self._notify("ok", said, undo=ApprovalsState.take_back(done))
        await self._load()

    @rx.event
    @allowed(_MAY)
    async def take_back(self, decided: list[int]) -> None:
        """Undo a decision while nothing has gone."""
        with transaction() as session:
            approvals.take_back(session, self.actor, decided, at=clock.now())
        self._notify("ok", self._say("shell.undone"))
        await self._load()

    async def _approve(self, chosen: list[str]) -> None:
        keys = self._keys(chosen)
        with transaction() as session:
            done = approvals.approve(session, self.actor, keys, self.note, self._when_today())
        said = self._count("review.approved", len(chosen))
        self._notify("ok", said, undo=ApprovalsState.take_back(done))
        self.shows_preview, self.note = False, ""
        await self._load()

    async def _load(self) -> None:
        found, beside = await asyncio.to_thread(_ask, self.actor, self.as_of_date, self.company, page_of(self.params))
        self.pages = max(1, -(-len(found) // PAGE))
        self.page = min(page_of(self.params), self.pages)
        self._waiting = {_key(one): (one.keys, totals_words(one.totals, self.language)) for one in found}
        shown = found[(self.page - 1) * PAGE : self.page * PAGE]
        self.items = [self._item(one, beside) for one in shown]
        totals: dict[str, int] = {}
        for one in found:
            for currency, minor in one.totals.items():
                totals[currency] = totals.get(currency, 0) + minor
        self.sums = self._count("review.approvals.sums", len(found), total=totals_words(totals, self.language))
        self._select([key for key in self.selected if key in self._waiting])
        self.is_loaded = True

    def _item(self, one: WaitingStep, beside: dict[int, Beside]) -> ApprovalItem:
        line, known = one.customer, beside[one.customer.customer_id]
        key = _key(one)
        numbers = [invoice.number for invoice in one.invoices]
        declined = one.declined
        contact = known.last_contact_on
        return ApprovalItem(
            key=key,
            customer=line.name,
            code=line.code,
            href=record_address(self, line.company_code, line.code),
            company=line.company_code,
            step=one.step.title or self._say(f"template.{one.step.template}"),
            channel=channel_words(one.step.channel.value, self.language),
            cadence=titles.key_title(one.cadence, self.language),
            invoices=numbers[0] + (f" +{len(numbers) - 1}" if len(numbers) > 1 else ""),
            total=totals_words(one.totals, self.language),
            oldest=self._count("review.days", one.oldest_days),
            since=rows.day(one.since_on, self.language),
            habit=habit_words(known.habit, self.language),
            contact=rows.day(contact, self.language) if contact else self._say("review.contact.never"),
            declined=self._say(
                "review.declined.until",
                day=rows.weekday(declined.until_on, self.language),
                who=declined.decided_by,
                reason=declined.note,
            )
            if declined
            else "",
            is_selected=key in self.selected,
            is_current=key == self.current,
        )

    def _ask_decline(self) -> None:
        if not self.selected:
            return
        self.decline_error, self.is_declining = "", True
        self.decline_until = (date.fromisoformat(self.today) + timedelta(days=_DECLINE_DAYS)).isoformat()
        self.decline_words = self._count("review.decline.consequences", len(self.selected))

    def _select(self, keys: list[str]) -> None:
        self.selected = keys
        totals = [self._waiting[key][1] for key in keys]
        self.chosen_words = self._count("review.chosen", len(keys), total=" + ".join(totals[:3])) if keys else ""
        self._mark()

    def _mark(self) -> None:
        for one in self.items:
            one.is_selected, one.is_current = one.key in self.selected, one.key == self.current
        self.items = list(self.items)

    def _keys(self, chosen: list[str]) -> list[tuple[int, str]]:
        return [tuple(key) for one in chosen if one in self._waiting for key in self._waiting[one][0]]


def _key(one: WaitingStep) -> str:
    return f"{one.customer.customer_id}:{one.step.key}"


def _ask(actor: Actor, as_of: date, company: str, page: int) -> tuple[list[WaitingStep], dict[int, Beside]]:
    with reading() as session:
        found = approvals.waiting(session, actor, as_of, company=company)
        page = min(page, max(1, -(-len(found) // PAGE)))
        shown = [one.customer.customer_id for one in found[(page - 1) * PAGE : page * PAGE]]
        return found, approvals.beside(session, actor, shown, as_of)


def _preview(actor: Actor, customer_id: int, step: str, as_of: date) -> dict[str, Any]:
    with reading() as session:
        return approvals.preview(session, actor, customer_id, step, as_of)
