"""Figures as reported: the frozen days, and what the ledger says of one of them today."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.listing import page_of
from ar_cockpit.services.figures import snapshots
from ar_cockpit.services.figures.snapshots import PAGE, Compared, ReportedDay
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.filters import download_address
from ar_cockpit.state.snapshots.rows import (
    DayItem,
    DocumentItem,
    FigureItem,
    day_item,
    document_items,
    figure_items,
)

EVERY = "every"


class SnapshotsState(SessionState):
    """The frozen days, and the one that is looked at."""

    is_loaded: bool = False
    shown_currency: str = ""
    days: list[DayItem] = []
    chosen: str = ""
    chosen_head: str = ""
    not_frozen: str = ""  # why the day of the address is not shown
    figures: list[FigureItem] = []
    documents: list[DocumentItem] = []
    documents_note: str = ""
    page: int = 1
    pages: int = 1
    sums: str = ""
    csv_href: str = ""
    days_csv: str = ""
    days_xlsx: str = ""

    @rx.event
    @allowed(Permission.VIEW_FIGURES)
    async def load(self) -> None:
        """Fill the page from its address."""
        day = self._day()
        asked = {"company": self.company, "currency": self.currency, "into": self.consolidate}
        every = self.params.get("days", "") == EVERY
        found = await asyncio.to_thread(_ask, self.actor, self.as_of_date, asked, every, day, page_of(self.params))
        self._draw(*found)
        is_missed = day is not None and self.chosen == ""
        self.not_frozen = self._say("snapshots.not_frozen", day=rows.day(day, self.language)) if is_missed else ""

    def _draw(self, currency: str, lines: list[ReportedDay], compared: Compared | None) -> None:
        self.shown_currency = currency
        self.chosen = compared.line.day.isoformat() if compared else ""
        self.days = [
            day_item(line, currency, self.language, self._way(line.day.isoformat()), self.chosen) for line in lines
        ]
        self.days_csv, self.days_xlsx = (download_address(f"reported-days.{kind}", self) for kind in ("csv", "xlsx"))
        self.figures, self.documents = [], []
        self.chosen_head = self.documents_note = self.csv_href = ""
        if compared:
            self._draw_compared(compared)
        self.is_loaded = True

    def _draw_compared(self, found: Compared) -> None:
        self.chosen_head = self._say(
            "snapshots.head",
            day=rows.day(found.line.day, self.language),
            taken=rows.day(found.line.taken_at.date(), self.language),
        )
        self.figures = figure_items(found, self.language, self._list_of)
        hrefs = [self._invoice(one.number, found.companies.get(one.company_id, "")) for one in found.documents]
        self.documents = document_items(found, self.language, hrefs)
        if not found.line.has_documents:
            self.documents_note = self._say("snapshots.no_documents")
        self.page, self.pages = found.page, max(1, -(-found.differing // PAGE))
        told = (rows.money_cents(minor, currency, self.language) for currency, minor in found.change.items())
        self.sums = self._count(
            "snapshots.sums",
            found.differing,
            total=rows.number(found.differing, self.language),
            change=", ".join(told) or rows.NOTHING,
        )
        self.csv_href = download_address("reported.csv", self) if found.differing else ""

    def _way(self, day: str) -> str:
        return self._address(day="" if day == self.chosen else day, page="")

    def _invoice(self, number: str, company: str) -> str:
        return self._address(
            routes.INVOICES, q=number, show="all", company=company, as_of=self.chosen, day="", days="", page=""
        )

    def _list_of(self, show: str) -> str:
        return self._address(routes.INVOICES, show=show, as_of=self.chosen, day="", days="", page="")

    def _day(self) -> date | None:
        try:
            return date.fromisoformat(self.params.get("day", ""))
        except ValueError:
            return None


def _ask(
    actor: Actor, as_of: date, asked: dict[str, Any], every: bool, day: date | None, page: int
) -> tuple[str, list[ReportedDay], Compared | None]:
    with reading() as session:
        currency, lines = snapshots.reported(session, actor, as_of=as_of, every_day=every, **asked)
        compared = snapshots.compare(session, actor, day, page=page, **asked) if day else None
        return currency, lines, compared
