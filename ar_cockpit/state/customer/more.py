"""What the customer page loads after the record, and shows in tabs: how it pays, where it belongs, its files."""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.timeline import Entry
from ar_cockpit.domain.customers.mentions import handles_of
from ar_cockpit.domain.customers.numbers import grouped
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.domain.figures.listing import Show
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.drawn.behaviour import behaviour_spec
from ar_cockpit.services.collecting import customer_record, questions, timeline
from ar_cockpit.services.customers import onboarding, page, pausing
from ar_cockpit.services.customers.page import CustomerMore as Found
from ar_cockpit.services.customers.page import History
from ar_cockpit.services.limits import history as limit_history
from ar_cockpit.services.limits import scores
from ar_cockpit.settings import get_settings
from ar_cockpit.state.collector.rows import ContactLine
from ar_cockpit.state.customer import rows as drawn
from ar_cockpit.state.customer.opened import OpenedCustomer
from ar_cockpit.state.customer.people import contact_lines
from ar_cockpit.state.customer.rows import (
    BandRow,
    ChangeRow,
    FileRow,
    NumberRow,
    SegmentView,
    StepRow,
    TermsView,
)
from ar_cockpit.state.customer.scores import RaiseRow, ScoreRow, raise_rows, score_history
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.timeline import TimelineLine, timeline_line
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.navigation import address, carried
from ar_cockpit.state.frame.session import Choice
from ar_cockpit.state.lists.filters import download_address

TABS = ("timeline", "behaviour", "segment", "files", "terms")
FOUND_AT_ONCE = 50
LATEST_SHOWN = 200  # before somebody asks for all
SCORES_SHOWN = timedelta(days=730)
_SEE = Permission.VIEW_CUSTOMERS


@dataclass
class _Seen:
    """What the services told."""

    more: Found
    left: list[page.Contact]
    pause: date | None
    identity: onboarding.Identity
    question: questions.Question | None
    scores: list[limit_history.Scored] = field(default_factory=list)
    raises: list[Reason] = field(default_factory=list)


class CustomerMore(OpenedCustomer):
    """The tabs below the record."""

    tab: str = "timeline"
    has_more: bool = False
    late_spec: dict[str, Any] = {}
    late_picture: str = ""
    late_summary: str = ""
    bands: list[BandRow] = []
    month_end: str = ""
    promises: str = ""
    segment: SegmentView = SegmentView()
    score_spec: dict[str, Any] = {}
    score_summary: str = ""
    score_rows: list[ScoreRow] = []
    raises: list[RaiseRow] = []
    question: str = ""  # of sales, that nobody answered yet
    changes: list[ChangeRow] = []
    steps: list[StepRow] = []
    paused: str = ""
    files: list[FileRow] = []
    file_key: str = ""  # of the customer, for uploads
    page_href: str = ""  # its own page
    most_mb: int = 0
    terms: TermsView = TermsView()
    identity: list[NumberRow] = []
    lei: str = ""
    iban: str = ""  # empty for who may not see it
    merged: list[str] = []
    left: list[ContactLine] = []
    mentions: list[Choice] = []
    note: str = ""  # that is being written
    note_inside: bool = False
    note_error: str = ""
    words: str = ""
    found: list[TimelineLine] = []
    found_words: str = ""
    found_more: bool = False
    shows_all: bool = False  # the whole timeline, however old
    _found_at_most: int = FOUND_AT_ONCE
    _notes: dict[int, tuple[str, bool]] = {}  # begun and left, by customer

    @rx.event
    @allowed(_SEE)
    async def load(self) -> None:
        """Fill the tabs for the customer that is open, once its record is drawn."""
        key = await self._which()
        if not key:
            self._forget()
            return
        try:
            seen = await asyncio.to_thread(_load, self.actor, key, self.as_of_date)
        except NotFoundError:
            self._forget()
            return
        found = seen.more
        is_other = found.customer.customer_id != self._customer_id
        if is_other:
            self._change_note(found.customer.customer_id)
            self.words, self.found, self.found_words, self.found_more = "", [], "", False
            self.shows_all = False
        self.left = contact_lines(seen.left, self.language)
        self.paused = self._say("record.paused", day=rows.weekday(seen.pause, self.language)) if seen.pause else ""
        self._draw(found)
        self._draw_beside(seen)
        planned: list[Entry] = timeline.planned(found.coming)
        told = [timeline_line(entry, self.as_of_date, self.language, {}) for entry in planned]
        record = await self._record_shown()
        record._tell_occasions(found.customer.customer_id, told)
        if self.words or self.shows_all:
            await self._search()

    @rx.event
    @allowed(_SEE)
    def choose_tab(self, tab: str) -> None:
        """Show another tab."""
        self.tab = tab if tab in TABS else "timeline"

    @rx.event
    @allowed(_SEE)
    async def search(self, form: dict[str, Any]) -> None:
        """Look for words in everything that ever happened with the customer; no words end the search."""
        self.words, self._found_at_most = str(form.get("words", "")).strip()[:80], FOUND_AT_ONCE
        await self._search()

    @rx.event
    @allowed(_SEE)
    async def show_all(self) -> None:
        """Go on below the latest entries: everything that ever happened, a page at a time."""
        self.shows_all, self.words = True, ""
        # What is on the screen already stays, and a page is added to it.
        self._found_at_most = LATEST_SHOWN + FOUND_AT_ONCE
        await self._search()

    @rx.event
    @allowed(_SEE)
    async def find_more(self) -> None:
        """Show more of what was found."""
        self._found_at_most += FOUND_AT_ONCE
        await self._search()

    async def _search(self) -> None:
        self.found, self.found_words, self.found_more = [], "", False
        if not self.words and not self.shows_all:
            return
        told = await asyncio.to_thread(_history, self.actor, self._opened(), self.as_of_date)
        lines = [timeline_line(entry, self.as_of_date, self.language, told.names) for entry in told.entries]
        hits = [line for line in lines if holds(line, self.words)]
        self.found, self.found_more = hits[: self._found_at_most], len(hits) > self._found_at_most
        key = "record.found" if self.words else "record.whole"
        self.found_words = self._count(key, len(hits), words=self.words)

    def _change_note(self, to: int) -> None:
        """Put the note that was begun away with its customer, and take out what was begun for this one."""
        begun = {key: told for key, told in self._notes.items() if key != self._customer_id}
        if self.note.strip() and self._customer_id:
            begun[self._customer_id] = (self.note, self.note_inside)
        self.note, self.note_inside = begun.pop(to, ("", False))
        self._notes, self.note_error = begun, ""

    def _forget(self) -> None:
        self._change_note(0)
        self.key, self.customer_name, self._customer_id, self.has_more = "", "", 0, False
        self.page_href, self.left = "", []
        self.may_work = self.may_note = self.may_keep_inside = self.may_set_terms = False

    def _settled_before(self, company: str, code: str) -> str:
        """Return the list of a customer's documents, before what is asked of them; of all currencies, as counted."""
        own = {routes.COMPANY_PARAM: company, "customer": code, "show": Show.ALL.value}
        in_one = {routes.CURRENCY_PARAM: "", routes.CONSOLIDATE_PARAM: self.currency}
        return f"{address(routes.INVOICES, carried(self.params) | own | in_one)}&"

    def _draw(self, found: Found) -> None:
        line, language = found.customer, self.language
        self.key, self.customer_name = f"{line.company_code}/{line.code}", line.name
        self._customer_id, self.file_key = line.customer_id, str(line.customer_id)
        self._note_rights(self.actor, line.company_id, owns=line.sales_email == self.actor.email)
        lead = self._settled_before(line.company_code, line.code)
        self.late_spec = behaviour_spec(found.distribution, language, lead)
        self.late_picture = download_address(f"chart-late.{routes.ENDING}", self) if self.late_spec else ""
        self.late_summary = drawn.behaviour_summary(found.distribution, language)
        self.bands = drawn.band_rows(found.distribution, language, lead)
        self.month_end = drawn.month_end_words(found.month_end, language)
        self.promises = drawn.kept_words(found.promises_kept, language)
        self.segment = drawn.segment_view(found, language)
        self.changes = drawn.change_rows(found.changes, language)
        self.steps = drawn.step_rows([*found.steps, *found.coming], language)
        self.files = drawn.file_rows(found.files, found.names, language)
        self.most_mb = get_settings().document_max_mb
        self.terms = drawn.terms_view(found, language)
        self.merged = [
            self._say("record.merged_from", code=one.code, name=one.name, day=rows.day(one.merged_at.date(), language))
            for one in found.merged
        ]
        handles = handles_of(one.email for one in found.colleagues if one.email != self.actor.email)
        self.mentions = [
            Choice(handles[one.email.lower()], one.name) for one in found.colleagues if one.email.lower() in handles
        ]
        theirs = {routes.COMPANY_PARAM: line.company_code, routes.CUSTOMER_PARAM: line.code}
        self.page_href = address(routes.CUSTOMER, carried(self.params) | theirs)
        self.has_more = True

    def _draw_beside(self, seen: _Seen) -> None:
        """Draw the scores over time, the numbers, and the question that waits."""
        told = score_history(seen.scores, self.as_of_date, self.language)
        self.score_spec, self.score_summary, self.score_rows = told.spec, told.summary, told.rows
        self.raises = raise_rows(seen.raises, self.language)
        self.identity = drawn.identity_rows(seen.identity, self.language)
        self.lei, self.iban = seen.identity.lei, grouped(seen.identity.iban)
        asked = seen.question
        is_theirs = asked is not None and asked.asked_by != self.actor.email
        self.question = (
            self._say("question.waits", name=asked.name, day=rows.weekday(asked.on, self.language), text=asked.text)
            if asked and is_theirs
            else ""
        )

    def _loading(self) -> Any:
        return CustomerMore.load


def holds(line: TimelineLine, words: str) -> bool:
    """Return whether a line of the timeline holds every one of the words, whatever their accents and capitals."""
    told = _plain(f"{line.day} {line.text} {line.remark}")
    return all(word in told for word in _plain(words).split())


def _plain(text: str) -> str:
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in taken_apart if not unicodedata.combining(sign))


def _load(actor: Actor, key: str, as_of: date) -> _Seen:
    company, _, code = key.rpartition("/")
    with reading() as session:
        line = customer_record.find(session, actor, code, company)
        found = page.more(session, actor, line, as_of)
        held = pausing.paused(session, line.customer_id, as_of)
        seen = _Seen(
            more=found,
            left=page.left_contacts(session, line),
            pause=max((one.until_on for one in held if one.until_on), default=None),
            identity=onboarding.identity(session, actor, line),
            question=questions.open_question(session, line.customer_id, as_of),
        )
        if actor.may(Permission.VIEW_STANDING, line.company_id, owns=line.sales_email == actor.email):
            seen.scores = limit_history.scores(session, actor, line.customer_id, as_of - SCORES_SHOWN)
            told = scores.explain(session, actor, line.customer_id, as_of)
            seen.raises = told.raises
            if told.score and found.segment:  # the segment is the night's, the score the moment's
                now = found.segment._replace(score=told.score.total, parts=dict(told.score.parts))
                seen.more = replace(found, segment=now)
    return seen


def _history(actor: Actor, customer_id: int, as_of: date) -> History:
    with reading() as session:
        return page.history(session, actor, customer_id, as_of)
