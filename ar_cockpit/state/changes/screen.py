"""What moved a figure between two days: the figure and the first day from the address, the second is the day shown."""

from __future__ import annotations

import asyncio
import importlib
from dataclasses import replace
from datetime import date
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.figures.waterfall import MOST_LISTED, MOST_STEPS, shortened
from ar_cockpit.drawn.changes import AMOUNTS, change_spec
from ar_cockpit.services.figures import changes
from ar_cockpit.services.figures.changes import FIGURES, Change, Moved
from ar_cockpit.state.changes.rows import StepItem, step_items, summary
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.filters import download_address

EVERY = "every"  # in the address: all others one by one


class ChangesState(SessionState):
    """A figure's change, drawn and as a table."""

    is_loaded: bool = False
    has_steps: bool = False
    since: str = ""
    last_since: str = ""  # the latest day that may be chosen
    spec: dict[str, Any] = {}
    picture: str = ""
    csv_href: str = ""
    xlsx_href: str = ""
    steps: list[StepItem] = []
    summary: str = ""
    head: str = ""

    @rx.event
    @allowed(Permission.VIEW_FIGURES)
    async def load(self) -> None:
        """Fill the page from its address."""
        asked = Moved(self._figure(), self._since(), self.as_of_date)
        choices = {"company": self.company, "currency": self.currency, "into": self.consolidate}
        most = MOST_LISTED if self.params.get("others", "") == EVERY else MOST_STEPS
        self._draw(await asyncio.to_thread(_ask, self.actor, asked, choices | {"most": most}))

    @rx.event
    @allowed(Permission.VIEW_FIGURES)
    def choose_since(self, form: dict[str, Any]) -> rx.event.EventSpec:
        """Compare with another day."""
        return rx.redirect(self._address(since=str(form.get("since", ""))))

    def _draw(self, found: Change) -> None:
        self.since = found.since.isoformat()
        self.last_since = date.fromordinal(found.until.toordinal() - 1).isoformat()
        self.head = self._say(
            "targets.changes.head",
            figure=self._say(f"targets.figure.{found.figure}"),
            since=rows.day(found.since, self.language),
            until=rows.day(found.until, self.language),
        )
        self.picture = download_address(f"chart-change.{routes.ENDING}", self)
        self.csv_href, self.xlsx_href = (download_address(f"changes.{kind}", self) for kind in ("csv", "xlsx"))
        self.has_steps = bool(found.waterfall and found.waterfall.steps)
        show = "overdue" if found.figure == "overdue" else ""

        def documents(company: str, code: str) -> str:
            return self._documents(company, code, show)

        ends = self._end(found, found.since), self._end(found, found.until)
        every = self._address(others=EVERY)
        drawn = replace(found, waterfall=shortened(found.waterfall)) if found.waterfall else found
        self.spec = change_spec(drawn, self.language, documents, ends, every)
        self.steps = step_items(found, self.language, documents, ends, "" if self.params.get("others") else every)
        self.summary = summary(found, self.language)
        self.is_loaded = True

    def _end(self, found: Change, day: date) -> str:
        """Return where the figure of a day leads: an amount to its documents, a DSO to the cockpit of the day."""
        fresh = {"figure": "", "since": "", "change_as": "", "others": "", routes.AS_OF_PARAM: day.isoformat()}
        if found.figure not in AMOUNTS:
            return self._address(routes.EXECUTIVE, **fresh)
        return self._address(routes.INVOICES, show="overdue" if found.figure == "overdue" else "", **fresh)

    def _documents(self, company: str, customer: str, show: str) -> str:
        chosen = {"show": show, "company": company, "customer": customer}
        into = {routes.CONSOLIDATE_PARAM: self.consolidate} if self.consolidate else {}
        return self._address(routes.INVOICES, figure="", since="", change_as="", others="", **chosen, **into)

    def _figure(self) -> str:
        given = self.params.get("figure", "")
        return given if given in FIGURES else FIGURES[0]

    def _since(self) -> date:
        usual = reporting_period(self.as_of_date).day_before
        try:
            given = date.fromisoformat(self.params.get("since", ""))
        except ValueError:
            return usual
        return given if given < self.as_of_date else usual


def _ask(actor: Actor, asked: Moved, choices: dict[str, Any]) -> Change:
    # Altair looks at pandas as soon as any thread has begun to import it: let it be whole before charts are made.
    importlib.import_module("pandas")
    with reading() as session:
        return changes.change(session, actor, asked, **choices)
