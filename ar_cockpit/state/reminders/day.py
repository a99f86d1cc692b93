"""A day's plan on screen: what goes, what people do, why the rest waits; looked through and sent as chosen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.listing import page_of
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import holds, undo
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.lists.records import pages_of
from ar_cockpit.services.reminders import day_view, reviewing
from ar_cockpit.services.reminders.day_view import HELD, MESSAGES, PAGE, TASKS, DayFilter, DayView
from ar_cockpit.services.reminders.reviewing import Chosen
from ar_cockpit.state.display import titles
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.lists.filters import Filter
from ar_cockpit.state.reminders import day_rows
from ar_cockpit.state.reminders.day_rows import ByHandItem, HeldItem, Part, ReasonItem, RecordedItem, TouchItem
from ar_cockpit.state.reminders.previewed import Previewed
from ar_cockpit.state.reminders.words import small_words, totals_words

GONE, BY_HAND = "gone", "manual"
SHOWN = (MESSAGES, TASKS, HELD, GONE, BY_HAND)
TOMORROW = "tomorrow"
_WORK = Permission.WORK_CUSTOMERS
FILTERS = ("reason", "segment", "cadence", "step", "collector", "small", "q")
SMALL = ("100", "500", "1000", "5000")  # whole units
MOST_EXCLUDED = 50


class DayState(Previewed, SessionState):
    """One part of the day, a page of it, and what is left out of the messages."""

    show: str = MESSAGES
    parts: list[Part] = []
    reasons: list[ReasonItem] = []
    messages: list[TouchItem] = []
    held: list[HeldItem] = []
    excluded: list[TouchItem] = []  # customers of whom nothing goes, below the messages
    excluded_words: str = ""
    excluded_href: str = ""
    gone: list[RecordedItem] = []
    by_hand: list[ByHandItem] = []
    filters: list[Filter] = []
    segments: list[Choice] = []
    cadences: list[Choice] = []
    steps: list[Choice] = []
    collectors: list[Choice] = []
    smalls: list[Choice] = []
    words: str = ""
    day_label: str = ""
    is_tomorrow: bool = False
    is_loaded: bool = False
    page: int = 1
    pages: int = 1
    sums: str = ""
    csv_href: str = ""
    xlsx_href: str = ""
    send_words: str = ""  # on the button; empty: nothing can be sent
    is_any_ticked: bool = False
    is_confirming: bool = False
    is_sending: bool = False
    consequences: str = ""
    _left_out: frozenset[int] = frozenset()
    _confirmed: tuple[int, ...] = ()
    _read_for: str = ""

    @rx.event
    @allowed(Permission.VIEW_PLAN)
    async def load(self) -> None:
        """Fill the page from the address."""
        await self._load()

    @rx.event
    @allowed(_WORK)
    async def tick(self, customer_id: int, is_on: bool) -> None:
        """Take a message along, or leave it to the run."""
        alone = frozenset((customer_id,))
        self._left_out = self._left_out - alone if is_on else self._left_out | alone
        await self._load()

    @rx.event
    @allowed(_WORK)
    async def tick_all(self, is_on: bool) -> None:
        """Take all messages that are listed along, or none."""
        found = await asyncio.to_thread(_view, self.actor, self._on(), self.company)
        listed = frozenset(touch.customer_id for touch in found.touches(MESSAGES, self._wanted()))
        self._left_out = self._left_out - listed if is_on else self._left_out | listed
        await self._load()

    @rx.event
    @allowed(Permission.VIEW_PLAN)
    async def preview(self, customer_id: int) -> None:
        """Show the mail as it will go."""
        seen = await asyncio.to_thread(_preview, self.actor, customer_id, self._on())
        self._show_preview(seen)

    @rx.event
    @allowed(_WORK)
    async def confirm(self) -> None:
        """Say what will happen before the ticked messages go."""
        found = await asyncio.to_thread(_view, self.actor, self._on(), self.company)
        going = self._going(found)
        self._confirmed = tuple(touch.customer_id for touch in going)
        sums = day_view.touch_sums(going)
        rest = len(found.messages) - len(going)
        said = [self._count("review.send.consequences", len(going), total=totals_words(sums.totals, self.language))]
        said += [self._count("review.send.rest", rest)] if rest else []
        self.consequences = " ".join(said)
        self.is_confirming = bool(going)

    @rx.event
    @allowed(_WORK)
    def cancel(self) -> None:
        """Go back to the list."""
        self.is_confirming, self._confirmed = False, ()

    @rx.event
    @allowed(_WORK)
    async def send(self) -> AsyncIterator[None]:
        """Put exactly the confirmed messages into the outbox."""
        chosen, self._confirmed = self._confirmed, ()
        if self.is_sending or not chosen or self.as_of_banner:
            return
        self.is_confirming, self.is_sending = False, True
        yield
        try:
            done = await asyncio.to_thread(_send, self.actor, chosen, self._on())
        finally:
            self.is_sending = False
        self._notify("ok", self._count("review.sent", done.recorded))
        if done.recorded < done.asked:
            self._notify("watch", self._count("review.sent.changed", done.asked - done.recorded))
        self._left_out = frozenset()
        await self._load()

    @rx.event
    @allowed(_WORK)
    async def not_today(self, customer_id: int) -> None:
        """Leave a customer out of the day for good; tomorrow it has its turn again."""
        if self.as_of_banner:  # a past day is looked at, not changed
            return
        with transaction() as session:
            done = holds.skip_day(session, self.actor, customer_id, Moment(self._on(), clock.now()))
        self._notify("ok", self._say("review.skipped"), undo=DayState.take_back(done))
        await self._load()

    @rx.event
    @allowed(_WORK)
    async def set_back(self, customer_id: int) -> None:
        """Let reminders to a customer go by themselves again."""
        with transaction() as session:
            done = holds.unmark_manual(session, self.actor, customer_id, self._when_today())
        self._notify("ok", self._say("review.by_hand.back"), undo=DayState.take_back(done))
        await self._load()

    @rx.event
    @allowed(_WORK)
    async def take_back(self, touchpoint_id: int) -> None:
        """Undo what a notice told of."""
        with transaction() as session:
            undo.undo(session, self.actor, touchpoint_id, at=clock.now())
        self._notify("ok", self._say("shell.undone"))
        await self._load()

    @rx.event
    @allowed(Permission.VIEW_PLAN)
    def search(self, form: dict[str, str]) -> rx.event.EventSpec:
        """Look for a customer or an invoice."""
        return rx.redirect(self._address(q=str(form.get("q", "")).strip(), page=""))

    @rx.event
    @allowed(Permission.VIEW_PLAN)
    def filter_by(self, name: str, value: str) -> rx.event.EventSpec:
        """Show only what has this segment, cadence, step or collector."""
        chosen = {name: value} if name in FILTERS else {}
        return rx.redirect(self._address(**chosen, page=""))

    async def _load(self) -> None:
        self._begin_list()
        found = await asyncio.to_thread(_view, self.actor, self._on(), self.company)
        wanted, page = self._wanted(), page_of(self.params)
        self.parts = day_rows.parts(found, self)
        self.reasons = day_rows.reasons(found, self)
        self.messages, self.held, self.gone, self.by_hand = [], [], [], []
        if self.show in (MESSAGES, TASKS):
            touches = found.touches(self.show, wanted)
            self.messages = [day_rows.touch_item(found, one, self) for one in self._cut(touches, page)]
            self.sums = day_rows.sums_words(day_view.touch_sums(touches), self)
        elif self.show == HELD:
            rows = found.held_rows(wanted)
            self.held = [day_rows.held_item(found, one, self) for one in self._cut(rows, page)]
            self.sums = day_rows.sums_words(day_view.held_sums(rows), self)
        else:
            await self._load_others(page)
        self._draw_excluded(found, wanted)
        going = day_view.touch_sums(self._going(found)) if self.show == MESSAGES else day_view.Sums()
        self.is_any_ticked = going.count > 0
        can_send = going.count and not self.is_tomorrow and not self.as_of_banner and self._may(_WORK)
        self.send_words = self._count("review.send", going.count) if can_send else ""
        self._draw_choices(found, wanted)
        self.is_loaded = True

    async def _load_others(self, page: int) -> None:
        on = self._on()
        if self.show == GONE:
            number, some = await asyncio.to_thread(_recorded, self.actor, on, page, self.company)
            self.gone = [day_rows.recorded_item(one, self) for one in some]
            self.page, self.pages = page, pages_of(number)
            self.sums = self._count("review.gone.sums", number)
        else:
            listed = await asyncio.to_thread(_by_hand, self.actor, on, self.company)
            self.by_hand = [day_rows.by_hand_item(one, self) for one in self._cut(listed, page)]
            self.sums = self._count("review.by_hand.sums", len(listed))

    def _draw_excluded(self, found: DayView, wanted: DayFilter) -> None:
        """Below the last of the messages: who is left out, and why."""
        is_end = self.show == MESSAGES and self.page == self.pages
        some = found.excluded(wanted) if is_end else []
        self.excluded = [day_rows.excluded_item(found, one, self) for one in some[:MOST_EXCLUDED]]
        self.excluded_words = self._count("review.excluded", len(some)) if some else ""
        self.excluded_href = self._address(show=HELD, page="", small="")

    def _begin_list(self) -> None:
        wanted = self.params.get("show", MESSAGES)
        self.show = wanted if wanted in SHOWN else MESSAGES
        self.is_tomorrow = self.params.get("day", "") == TOMORROW
        self.day_label = day_rows.day_words(self._on(), self)
        if self._read_for != f"{self._on()}:{self.company}":
            self._read_for, self._left_out = f"{self._on()}:{self.company}", frozenset()

    def _cut(self, listed: list[Any], page: int) -> list[Any]:
        self.pages = max(1, -(-len(listed) // PAGE))
        self.page = min(page, self.pages)
        return listed[(self.page - 1) * PAGE : self.page * PAGE]

    def _going(self, found: DayView) -> list[Any]:
        """Return the messages that are listed and ticked."""
        return [one for one in found.touches(MESSAGES, self._wanted()) if one.customer_id not in self._left_out]

    def _draw_choices(self, found: DayView, wanted: DayFilter) -> None:
        self.words = wanted.text
        self.filters = [
            Filter(label, self._address(**{name: "", "page": ""}))
            for name, label in day_rows.filters_told(wanted, self).items()
        ]
        policy, language = found.looked.in_force.policy, self.language
        names = titles.step_titles(policy, language)
        self.segments = [Choice(one.key, titles.segment_title(one, language)) for one in policy.segments]
        self.cadences = [Choice(one.key, titles.cadence_title(one, language)) for one in policy.cadences.values()]
        self.steps = [Choice(key, names.get(key, self._say("timeline.upcoming.allocate"))) for key in found.steps()]
        self.smalls = [Choice(one, small_words(one, self.language)) for one in SMALL]
        self.collectors = [Choice(email, email) for email in found.collectors()]
        self.csv_href, self.xlsx_href = day_rows.downloads(self)

    def _wanted(self) -> DayFilter:
        given = {name: self.params.get(name, "") for name in FILTERS}
        return DayFilter(text=given.pop("q").strip(), **given)

    def _on(self) -> Any:
        return self.as_of_date + timedelta(days=1 if self.params.get("day", "") == TOMORROW else 0)


def _view(actor: Actor, on: Any, company: str) -> DayView:
    with reading() as session:
        return day_view.view(session, actor, on, company=company)


def _recorded(actor: Actor, on: Any, page: int, company: str) -> Any:
    with reading() as session:
        return day_view.recorded(session, actor, on, page, company=company)


def _by_hand(actor: Actor, on: Any, company: str) -> Any:
    with reading() as session:
        return day_view.by_hand(session, actor, on, company=company)


def _preview(actor: Actor, customer_id: int, on: Any) -> dict[str, Any]:
    with reading() as session:
        return reviewing.preview(session, actor, customer_id, on)


def _send(actor: Actor, chosen: tuple[int, ...], on: Any) -> Chosen:
    with transaction() as session:
        return reviewing.send_chosen(session, actor, chosen, on, at=clock.now())
