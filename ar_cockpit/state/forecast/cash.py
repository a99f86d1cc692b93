"""The cash to come: by day, week and summed up, what drives it, what if, and how the last quarter's forecast went."""

from __future__ import annotations

import asyncio
import importlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.forecast.supposition import supposition
from ar_cockpit.drawn.cockpit import cash_spec
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.rates import missing_told
from ar_cockpit.state.executive import charts
from ar_cockpit.state.forecast import cash_beside, cash_rows, waiting
from ar_cockpit.state.forecast.cash_beside import JudgedItem, SupposedItem
from ar_cockpit.state.forecast.cash_rows import CustomerItem, KindItem, PayerItem, PlaceItem, SpanItem
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.lists.filters import customer_address, download_address

if TYPE_CHECKING:
    from ar_cockpit.services.figures.cash_ahead import CashAhead

VIEWS = ("week", "day", "sum")
SHOWN = 25  # customers


class CashAheadState(SessionState):
    """What the page of the cash to come shows, already in words."""

    is_loaded: bool = False
    is_empty: bool = False
    view: str = VIEWS[0]
    spec: dict[str, Any] = {}
    unit: str = ""
    summary: str = ""
    judged_summary: str = ""
    spans: list[SpanItem] = []
    places: list[PlaceItem] = []
    customers: list[CustomerItem] = []
    kinds: list[KindItem] = []
    payers: list[PayerItem] = []
    payers_head: str = ""
    every_week: str = ""
    supposed: list[SupposedItem] = []
    supposed_summary: str = ""
    judged: list[JudgedItem] = []
    terms: str = "0"
    failing: str = "none"
    later: bool = False
    customer_choices: list[Choice] = []
    term_choices: list[Choice] = []
    csv_href: str = ""
    xlsx_href: str = ""

    @rx.event(background=True)
    @allowed(Permission.VIEW_FIGURES)
    async def load(self) -> None:
        """Fill the page from its address without keeping anybody waiting."""
        async with self:
            actor, asked, address = self.actor, self._asked(), dict(self.params)
        await waiting.until_kept(actor, as_of=asked["as_of"], company=asked["company"])
        shown = await asyncio.to_thread(_shown, actor, address, **asked)
        async with self:
            if dict(self.params) == address:
                self._draw(shown)

    @rx.event
    @allowed(Permission.VIEW_FIGURES)
    def suppose_later(self, checked: bool) -> rx.event.EventSpec:
        """Suppose that everybody pays a week later, or no longer."""
        return self._choose(later="week" if checked else "")

    @rx.event
    @allowed(Permission.VIEW_FIGURES)
    def suppose_nothing(self) -> rx.event.EventSpec:
        """Suppose nothing any more."""
        return self._choose(later="", terms="", failing="")

    def _asked(self) -> dict[str, Any]:
        asked = {"as_of": self.as_of_date, "company": self.company}
        return asked | ({"into": self.consolidate} if self.consolidate else {"currency": self.currency})

    def _draw(self, shown: CashAhead) -> None:
        outlook, language = shown.outlook, self.language
        by = self.params.get("by", "")
        self.view = by if by in VIEWS else VIEWS[0]
        self.is_empty = not shown.places
        self._draw_chart(shown)
        self.places = cash_rows.place_items(shown, language)
        self.kinds = cash_rows.kind_items(shown, language)
        self.customers = cash_rows.customer_items(
            shown.customers[:SHOWN],
            outlook.currency,
            language,
            lambda company, code: customer_address(self, company, code),
        )
        self._draw_week(shown)
        self.supposed = cash_beside.supposed_items(shown, language)
        self.supposed_summary = cash_beside.supposed_summary(shown, language)
        self.judged = cash_beside.judged_items(shown, language)
        self.judged_summary = charts.cash_summary(outlook, language)
        asked = supposition(self.params)
        self.terms, self.later = str(asked.terms_days), asked.a_week_later
        self.failing = asked.failing if shown.failing else "none"
        self.term_choices = self._terms(asked.terms_days)
        nobody = Choice("none", self._say("ahead.failing.none"))
        named = [Choice(f"{one.company}/{one.code}", f"{one.name} ({one.company})") for one in shown.customers]
        self.customer_choices = [nobody, *named]
        self.csv_href, self.xlsx_href = (download_address(f"cash.{kind}", self) for kind in ("csv", "xlsx"))
        self.is_loaded = True

    def _draw_week(self, shown: CashAhead) -> None:
        """Say who is to pay the week that the address names."""
        self.payers, self.payers_head, self.every_week = [], "", self._address(week="")
        try:
            start = date.fromisoformat(self.params.get("week", ""))
        except ValueError:
            return
        documents = {"week": "", "by": "", "terms": "", "failing": "", "later": ""}

        def owed(company: str, code: str) -> str:
            return self._address(routes.INVOICES, company=company, customer=code, **documents)

        self.payers = cash_rows.payer_items(shown, start, self.language, owed)
        if self.payers:
            self.payers_head = self._say("ahead.week.head", date=rows.day(start, self.language))

    def _draw_chart(self, shown: CashAhead) -> None:
        outlook, language = shown.outlook, self.language
        self.spec, self.unit, self.spans = {}, "", []
        if outlook.missing:
            self.summary = missing_told(outlook.missing, language)
            return
        self.summary = cash_rows.quarter_words(shown, language)
        if not shown.cumulated:
            return
        if self.view == "day":
            self.spec, self.unit = cash_rows.days_spec(shown, language)
            spans = outlook.forecast.days
        elif self.view == "sum":
            self.spec, self.unit = cash_rows.summed_spec(shown, language)
            spans = shown.cumulated
        else:
            supposed = [week.supposed for week in shown.supposed]
            self.spec, self.unit = cash_spec(outlook, language, supposed, ahead=self._of_week)
            spans = outlook.forecast.weeks
        self.spans = cash_rows.span_items(spans, outlook.currency, language, weekday=self.view == "day")
        if self.view == "week":
            ways = [self._of_week(one.start) for one in spans]
            self.spans = [replace(item, href=way) for item, way in zip(self.spans, ways, strict=True)]

    def _of_week(self, start: date) -> str:
        return self._address(week=start.isoformat())

    def _terms(self, chosen: int) -> list[Choice]:
        days = sorted({-30, -15, -7, 0, 7, 15, 30, 45, 60, chosen})
        return [
            Choice(
                str(one),
                self._say("ahead.terms.same")
                if not one
                else self._count("ahead.terms.longer" if one > 0 else "ahead.terms.shorter", abs(one)),
            )
            for one in days
        ]


def _shown(actor: Actor, address: dict[str, str], **asked: Any) -> CashAhead:
    importlib.import_module("pandas")  # whole before charts are made: Altair looks at it from any thread
    from ar_cockpit.services.figures import cash_ahead  # noqa: PLC0415 (slow to load: with the first use)

    with reading() as session:
        return cash_ahead.ahead(session, actor, asked=supposition(address), **asked)
