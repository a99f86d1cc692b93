"""The collector's day on screen: the ranked list, the customer that is open, and what of it is selected."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import reflex as rx
from reflex.event import EventSpec
from reflex.state import OnLoadInternalState

from ar_cockpit import routes
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.services import clock
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.services.collecting.worklist import NOBODY
from ar_cockpit.state.collector import day as collector_day
from ar_cockpit.state.collector.day import EVERYBODY, Asked, Day
from ar_cockpit.state.collector.moving import next_key
from ar_cockpit.state.collector.rows import (
    ContactLine,
    RecordView,
    ageing_line,
    record_view,
)
from ar_cockpit.state.collector.task_rows import PointLine, TaskLine, clock_time, point_lines
from ar_cockpit.state.customer.invoices import OpenInvoices
from ar_cockpit.state.customer.people import contact_lines
from ar_cockpit.state.customer.told import Timeline
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.figures import AgeingPart
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState

FRESH_FOR = timedelta(seconds=8)  # moving from customer to customer does not rank everybody anew
ANY = "*"  # no choice: a menu's entry may not be empty
_VIEW = Permission.VIEW_QUEUE


class _Listed(NamedTuple):
    """What the list on screen was made of."""

    asked: Asked | None = None
    pulse: str = ""
    at: datetime | None = None


class CollectorState(OpenInvoices, Timeline, SessionState):
    """The list at the left and the customer in the middle."""

    day_label: str = ""
    tasks: list[TaskLine] = []
    more: str = ""
    more_words: str = ""  # what brings the tasks that follow
    tab: str = "open"
    open_count: str = ""
    done_count: str = ""
    snoozed_count: str = ""
    done_words: str = ""
    touched_words: str = ""
    done_percent: int = 0
    live_words: str = ""
    why: list[PointLine] = []
    why_words: str = ""
    covers: str = ""
    taken_words: str = ""  # somebody else has the customer open
    gone_words: str = ""  # the customer left the list while it was open here
    who: str = ""
    whos: list[Choice] = []
    reason: str = ""
    reasons: list[Choice] = []
    least: str = ""
    segment: str = ""
    segments: list[Choice] = []
    filter_count: int = 0
    is_loaded: bool = False
    current: str = ""
    pane: str = "list"
    record: RecordView = RecordView()
    has_record: bool = False
    missing: str = ""
    moved: str = ""  # that the address named another customer, which became this one
    contacts: list[ContactLine] = []
    ageing: list[AgeingPart] = []
    list_href: str = ""
    record_href: str = ""
    _listed: _Listed = _Listed()
    _order: tuple[str, ...] = ()
    _more: str = ""  # how many tasks the list has with those that follow
    _reasons: dict[str, tuple[str, tuple[Reason, ...]]] = {}  # by task: its rank and why
    _taken: dict[int, str] = {}
    _customer_id: int = 0
    _heading: str = ""  # the customer that keys lead to while the screen is on its way there
    _left: str = ""  # the customer that an act has just dealt with
    _brought: str = ""  # the customer that is drawn already when its address arrives

    @rx.event
    @allowed(_VIEW)
    async def load(self) -> None:
        """Fill the screen from its address; a list that only grew old is ranked anew behind the customer."""
        asked = self._asked()
        is_named = bool(self.params.get(routes.CUSTOMER_PARAM))
        if asked != self._listed.asked or not self.is_loaded or not (is_named or self._is_fresh()):
            self._draw_day(await asyncio.to_thread(collector_day.load_day, asked), asked)
        self.gone_words = ""
        self._mark_current()
        if not self.current or self._brought != self.current:
            await self._open_record()
        self._brought = ""
        self._tell_beside()

    @rx.event
    @allowed(_VIEW)
    async def bring(self) -> None:
        """Draw the customer that an act or a key led to, before its address has made its way through the browser."""
        if self._brought != self.current or not self.current:
            await self._open_record()
        self._brought = self.current if self.has_record else ""
        self.gone_words = ""
        self._tell_beside()

    @rx.event
    @allowed(_VIEW)
    async def catch_up(self) -> None:
        """Rank the day anew if it is not fresh: what one waits for is on the screen by now."""
        if self._heading == self.current:
            self._heading = ""
        asked = self._listed.asked
        if asked is None or self._is_fresh():
            return
        self._draw_day(await asyncio.to_thread(collector_day.load_day, asked), asked)
        self._tell_beside()

    @rx.event
    @allowed(_VIEW)
    async def refresh(self) -> Any:
        """Show what others did since, without touching what is being written here."""
        asked = self._listed.asked
        if asked is None or await asyncio.to_thread(collector_day.pulse, asked) == self._listed.pulse:
            return None
        here, was_here = self.current, self.current in self._order
        day = await asyncio.to_thread(collector_day.load_day, asked)
        self._draw_day(day, asked)
        await self._open_record(keep_selection=True)
        if self.current in self._order:
            self.gone_words = ""
        elif was_here:
            self.gone_words = collector_day.gone_words(day, self.record.name, self.language)
        self._tell_beside()
        return self._anew() if self.current != here else None  # it was merged: the forms are for the other one

    @rx.event
    @allowed(_VIEW)
    def clear_filters(self) -> EventSpec:
        """Show every task of the tab again."""
        return rx.redirect(self._address(reason="", least="", segment=""))

    @rx.event
    @allowed(_VIEW)
    def show_more(self) -> EventSpec | None:
        """Show the tasks that follow below those that are shown; the address keeps how many."""
        return rx.redirect(self._address(most=self._more), replace=True) if self._more else None

    @rx.event
    @allowed(_VIEW)
    def show_group(self, group: str) -> None:
        """Show messages, calls or money alone in the timeline, or all."""
        self.timeline_group = group

    def _asked(self) -> Asked:
        params = self.params
        self.tab = params.get("tab", "open") if params.get("tab") in {"done", "snoozed"} else "open"
        self.reason, self.least, self.segment = (params.get(key, "") for key in ("reason", "least", "segment"))
        most = collector_day.most_of(params)
        filters = collector_day.Filters(self.tab, self.reason, self.least, self.segment, most)
        return Asked(self.actor, self.as_of_date, self.company, params.get("who", ""), filters, self.language)

    def _draw_day(self, day: Day, asked: Asked) -> None:
        self._listed = _Listed(asked, day.pulse, clock.now())
        self.day_label = rows.weekday(self.as_of_date, self.language)
        told = self._say("queue.nobody", number=rows.number(day.unassigned, self.language))
        nobody = [Choice(NOBODY, told)] if day.unassigned or day.who == NOBODY else []
        self.who = day.who
        self.whos = [Choice(EVERYBODY, self._say("collector.everybody")), *nobody, *day.collectors]
        self.covers = self._say("queue.covers", names=", ".join(day.covers)) if day.covers else ""
        self.reasons = [Choice(ANY, self._say("collector.any_reason")), *day.reasons]
        self.segments = [Choice(ANY, self._say("queue.any_segment")), *day.segments]
        self.filter_count = sum(bool(chosen) for chosen in (self.reason, self.least, self.segment))
        self.tasks = [collector_day.line(task, asked, self._task_address, day) for task in day.shown]
        self.more = self._count("collector.more", day.hidden) if day.hidden else ""
        self._more, self.more_words = collector_day.way_on(day, asked)
        self._order = day.order
        told = zip(self.tasks, day.shown, strict=True)
        self._reasons = {line.key: (line.rank, task.reasons) for line, task in told}
        self._taken = {
            key: self._say("queue.taken.since", name=day.names.get(one.email, one.email), time=clock_time(one.taken_at))
            for key, one in day.taken.items()
        }
        self.open_count, self.done_count, self.snoozed_count = (rows.number(n, self.language) for n in day.counts)
        n_open, n_done, _ = day.counts
        self.done_words = self._say("collector.done_of", done=n_done, total=n_done + n_open)
        self.touched_words = self._say("collector.touched", done=day.touched[0], total=day.touched[1])
        self.done_percent = round(100 * n_done / (n_done + n_open)) if n_done + n_open else 0
        self.live_words = collector_day.live_words(day, asked, clock.now()) if self.as_of == self.today else ""
        self.is_loaded = True

    def _tell_beside(self) -> None:
        """Say of the customer that is open who else is at it, and why it stands where it does."""
        self.taken_words = self._taken.get(self._customer_id, "")
        rank, reasons = self._reasons.get(self.current, ("", ()))
        self.why = point_lines(reasons, self.language)
        points = sum(reason.points for reason in reasons)
        self.why_words = self._count("queue.why", points, rank=rank) if reasons else ""

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
        code = self.current.rpartition("/")[2]
        if code != found.customer.code:
            self.moved = self._say("record.moved", code=code, name=found.customer.name)
        elif not is_same:
            self.moved = ""
        self._draw_record(found, keep_selection=is_same and (keep_selection or bool(self.selected)))

    def _draw_record(self, found: CustomerRecord, *, keep_selection: bool) -> None:
        self._customer_id = found.customer.customer_id
        self.record, self.has_record, self.missing = record_view(found, self.params, self.language), True, ""
        self.current = self.record.key
        self.contacts = contact_lines(found.contacts, self.language)
        self.ageing = ageing_line(found, self.language)
        self._draw_timeline(found)
        self._draw_invoices(found, keep_selection=keep_selection)

    def _leave(self) -> list[Any]:
        """Go on to the next customer: drawn at once, while its address and the list follow."""
        wanted = next_key(self._order, self.current, {line.key for line in self.tasks if line.taken})
        self._left, self._heading = self.current, ""
        return self._lead_to(wanted)

    def _lead_to(self, key: str) -> list[Any]:
        """Show a customer at once, and let the address come after it."""
        address = self._task_address(key)
        follow = self._anew() if address == self._address() else [rx.redirect(address)]
        self.current, self._customer_id = key, 0
        return [CollectorState.bring, *follow]

    def _go(self, address: str) -> Any:
        """Go to an address of this screen; where it is there already, fill the screen anew."""
        return rx.redirect(address) if address != self._address() else self._anew()

    def _anew(self) -> list[Any]:
        """Return what fills all of the screen anew without a change of address."""
        return [OnLoadInternalState.on_load_internal]

    def _is_past(self, shown: object) -> bool:
        """Return whether the customer that was on the screen at a press is not the open one any more.

        A second press on what was just dealt with is passed over; any other is told to have done nothing.
        """
        pressed_at = str(shown or "")
        if pressed_at in {"", self.current}:
            return False
        if pressed_at != self._left:
            self._notify("watch", self._say("collector.moved_on"), mend=self._say("collector.moved_on.mend"))
        return True

    def _is_fresh(self) -> bool:
        return self._listed.at is not None and clock.now() - self._listed.at < FRESH_FOR

    def _forget_day(self) -> None:
        """Rank everybody anew, behind what is shown first."""
        self._listed = self._listed._replace(at=None)
