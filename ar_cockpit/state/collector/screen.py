"""The collector's day on screen: the ranked list, the customer that is open, and what of it is selected."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

import reflex as rx
from reflex.event import EventSpec

from ar_cockpit import routes
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.services import clock
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.state.collector import day as collector_day
from ar_cockpit.state.collector.day import EVERYBODY, Asked, Day
from ar_cockpit.state.collector.rows import (
    ContactLine,
    RecordView,
    TaskLine,
    ageing_line,
    record_view,
    timeline_lines,
)
from ar_cockpit.state.customer.invoices import OpenInvoices
from ar_cockpit.state.customer.people import contact_lines
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.figures import AgeingPart
from ar_cockpit.state.display.timeline import TimelineLine
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState

FRESH_FOR = timedelta(seconds=8)  # moving from customer to customer does not rank everybody anew
MINUTES_OF_AN_HOUR = 60
_VIEW = Permission.VIEW_QUEUE


class _Listed(NamedTuple):
    """What the list on screen was made of."""

    asked: Asked | None = None
    pulse: str = ""
    at: datetime | None = None


class CollectorState(OpenInvoices, SessionState):
    """The list at the left and the customer in the middle."""

    day_label: str = ""
    tasks: list[TaskLine] = []
    more: str = ""
    tab: str = "open"
    open_count: str = ""
    done_count: str = ""
    snoozed_count: str = ""
    done_words: str = ""
    touched_words: str = ""
    done_percent: int = 0
    live_words: str = ""
    who: str = ""
    whos: list[Choice] = []
    reason: str = ""
    reasons: list[Choice] = []
    least: str = ""
    filter_count: int = 0
    is_loaded: bool = False
    current: str = ""
    pane: str = "list"
    record: RecordView = RecordView()
    has_record: bool = False
    missing: str = ""
    contacts: list[ContactLine] = []
    ageing: list[AgeingPart] = []
    timeline: list[TimelineLine] = []
    timeline_group: str = "all"
    list_href: str = ""
    record_href: str = ""
    _listed: _Listed = _Listed()
    _order: tuple[str, ...] = ()
    _customer_id: int = 0

    @rx.event
    @allowed(_VIEW)
    async def load(self) -> None:
        """Fill the screen from its address."""
        asked = self._asked()
        now = clock.now()
        is_fresh = self._listed.at is not None and now - self._listed.at < FRESH_FOR
        if asked != self._listed.asked or not is_fresh or not self.is_loaded:
            self._draw_day(await asyncio.to_thread(collector_day.load_day, asked), asked)
        self._mark_current()
        await self._open_record()

    @rx.event
    @allowed(_VIEW)
    async def refresh(self) -> None:
        """Show what others did since, without touching what is being written here."""
        asked = self._listed.asked
        if asked is None or await asyncio.to_thread(collector_day.pulse, asked) == self._listed.pulse:
            return
        self._draw_day(await asyncio.to_thread(collector_day.load_day, asked), asked)
        await self._open_record(keep_selection=True)

    @rx.event
    @allowed(_VIEW)
    def clear_filters(self) -> EventSpec:
        """Show every task of the tab again."""
        return rx.redirect(self._address(reason="", least=""))

    @rx.event
    @allowed(_VIEW)
    def show_group(self, group: str) -> None:
        """Show messages, calls or money alone in the timeline, or all."""
        self.timeline_group = group

    def _asked(self) -> Asked:
        params = self.params
        self.tab = params.get("tab", "open") if params.get("tab") in {"done", "snoozed"} else "open"
        self.reason, self.least = params.get("reason", ""), params.get("least", "")
        filters = collector_day.Filters(self.tab, self.reason, self.least)
        return Asked(self.actor, self.as_of_date, self.company, params.get("who", ""), filters, self.language)

    def _draw_day(self, day: Day, asked: Asked) -> None:
        self._listed = _Listed(asked, day.pulse, clock.now())
        self.day_label = rows.weekday(self.as_of_date, self.language)
        self.who, self.whos = day.who, [Choice(EVERYBODY, self._say("collector.everybody")), *day.collectors]
        self.reasons = day.reasons
        self.filter_count = sum(bool(chosen) for chosen in (self.reason, self.least))
        self.tasks = [collector_day.line(task, asked, self._task_address, day.names) for task in day.shown]
        self.more = self._count("collector.more", day.hidden) if day.hidden else ""
        self._order = day.order
        self.open_count, self.done_count, self.snoozed_count = (rows.number(n, self.language) for n in day.counts)
        n_open, n_done, _ = day.counts
        self.done_words = self._say("collector.done_of", done=n_done, total=n_done + n_open)
        self.touched_words = self._say("collector.touched", done=day.touched[0], total=day.touched[1])
        self.done_percent = round(100 * n_done / (n_done + n_open)) if n_done + n_open else 0
        self.live_words = self._live(day)
        self.is_loaded = True

    def _live(self, day: Day) -> str:
        if self.as_of != self.today:
            return ""
        if day.other is None:
            return self._say("collector.live")
        minutes = max(0, int((clock.now() - day.other.happened_at).total_seconds() // 60))
        name = day.names.get(day.other.actor_email, day.other.actor_email)
        in_minutes = minutes < MINUTES_OF_AN_HOUR
        key, number = ("minutes_ago", minutes) if in_minutes else ("hours_ago", minutes // MINUTES_OF_AN_HOUR)
        ago = self._count(f"collector.{key}", number)
        return self._say("collector.live.took", name=name, customer=day.other.customer_name, ago=ago)

    def _task_address(self, key: str) -> str:
        return self._address(**{routes.CUSTOMER_PARAM: key, "act": ""})

    def _mark_current(self) -> None:
        """Open the customer of the address, else (on a wide screen) the first of the list."""
        wanted = self.params.get(routes.CUSTOMER_PARAM, "")
        if wanted and "/" not in wanted and self.company:
            wanted = f"{self.company}/{wanted}"
        self.current = wanted or (self._order[0] if self._order else "")
        self.list_href = self._address(**{routes.CUSTOMER_PARAM: "", "act": ""})
        self.record_href = self._task_address(self.current)
        self.pane = "list" if not wanted else "act" if self.params.get("act") else "record"

    async def _open_record(self, *, keep_selection: bool = False) -> None:
        if not self.current:
            self.has_record, self.missing, self._customer_id = False, "", 0
            return
        try:
            found = await asyncio.to_thread(collector_day.load_record, self.actor, self.current, self.as_of_date)
        except NotFoundError as error:
            self.has_record, self.missing, self._customer_id = False, self._refusal(error), 0
            return
        is_same = found.customer.customer_id == self._customer_id
        self._draw_record(found, keep_selection=is_same and (keep_selection or bool(self.selected)))

    def _draw_record(self, found: CustomerRecord, *, keep_selection: bool) -> None:
        self._customer_id = found.customer.customer_id
        self.record, self.has_record, self.missing = record_view(found, self.params, self.language), True, ""
        self.current = self.record.key
        self.contacts = contact_lines(found.contacts, self.language)
        self.ageing = ageing_line(found, self.language)
        self.timeline = timeline_lines(found, self.as_of_date, self.language)
        self._draw_invoices(found, keep_selection=keep_selection)

    def _next_address(self) -> str:
        """Return where to go when this customer is dealt with: the next open one, else the list."""
        keys = list(self._order)
        at = keys.index(self.current) if self.current in keys else -1
        others = [*keys[at + 1 :], *keys[: max(at, 0)]]
        return self._address(**{routes.CUSTOMER_PARAM: others[0] if others else "", "act": ""})

    def _when(self) -> Moment:
        """Return the moment of an act; the past can be looked at, not acted in."""
        if self.as_of != self.today:
            raise RefusedError(self._say("collector.past"), self._say("collector.past.mend"))
        return Moment(self.as_of_date, clock.now())

    def _forget_day(self) -> None:
        """Rank everybody anew at the next load."""
        self._listed = self._listed._replace(at=None)
