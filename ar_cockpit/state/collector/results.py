"""What collectors' months came to: the team's month, one person's months, and the goal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.calendar import month_start, months_before
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import results
from ar_cockpit.services.collecting.results import Goal, Result, Results
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.lists.filters import download_address

MONTHS_OFFERED = 12


@dataclass
class ResultItem:
    """A month of a person as drawn; ``change_kind`` is ok where less is overdue, bad where more is."""

    key: str
    name: str
    href: str
    month: str
    touched: str
    collected: str
    promised: str
    kept: str
    change: str
    change_kind: str
    goal: str
    goal_raw: str
    percent: int
    percent_words: str
    is_chosen: bool


class ResultsState(SessionState):
    """The page of results."""

    people: list[ResultItem] = []
    months: list[ResultItem] = []
    month: str = ""
    month_label: str = ""
    month_choices: list[Choice] = []
    person_name: str = ""
    may_set: bool = False
    needs_company: bool = False
    csv_href: str = ""
    xlsx_href: str = ""
    is_loaded: bool = False
    goal_of: str = ""
    goal_name: str = ""
    goal_amount: str = ""
    goal_error: str = ""

    @rx.event
    @allowed(Permission.VIEW_QUEUE)
    async def load(self) -> None:
        """Fill the page from its address."""
        await self._load()

    @rx.event
    @allowed(Permission.VIEW_QUEUE)
    def choose_month(self, month: str) -> EventSpec:
        """Show another month."""
        return rx.redirect(self._address(month="" if month == month_start(self.as_of_date).isoformat() else month))

    @rx.event
    @allowed(Permission.LEAD_TEAM)
    def ask_goal(self, email: str) -> None:
        """Open the dialog for a person's goal; an empty one shuts it."""
        self.goal_error = ""
        known = {item.key: item for item in self.people}
        self.goal_of = email if email in known else ""
        if self.goal_of:
            self.goal_name, self.goal_amount = known[email].name, known[email].goal_raw

    @rx.event
    @allowed(Permission.LEAD_TEAM)
    async def save_goal(self, form: dict[str, Any]) -> None:
        """Keep the goal of the month; an empty field takes it away."""
        written = str(form.get("amount", "")).strip()
        try:
            amount = read_amount(written, self.language) if written else None
            about = Goal(self._company(), self.goal_of, date.fromisoformat(self.month), self.currency)
            before = self._set_goal(about, amount)
        except CockpitError as error:
            self.goal_error = self._refusal(error)
            return
        told = "" if before is None else decimal_string(before, self.currency)
        back = ResultsState.put_goal_back(self.goal_of, told, self.month, self._company(), self.currency)
        self._notify("ok", self._say("queue.goal.set", name=self.goal_name), undo=back)
        self.goal_of = ""
        await self._load()

    @rx.event
    @allowed(Permission.LEAD_TEAM)
    async def put_goal_back(self, email: str, amount: str, month: str, company: str, currency: str) -> None:
        """Undo a change of a goal where it was made, whatever company and month are on screen by now."""
        about = Goal(company, email, date.fromisoformat(month), currency)
        self._set_goal(about, Decimal(amount) if amount else None)
        self._notify("ok", self._say("shell.undone"))
        await self._load()

    def _set_goal(self, about: Goal, amount: Decimal | None) -> int | None:
        with transaction() as session:
            return results.set_goal(session, self.actor, about, amount, at=clock.now())

    def _company(self) -> str:
        """Return the company that goals are of: the one chosen, or the only one there is."""
        return self.company or (self.companies[0].value if len(self.companies) == 1 else "")

    async def _load(self) -> None:
        today = month_start(self.as_of_date)
        offered = [months_before(today, back) for back in range(MONTHS_OFFERED)]
        wanted = self.params.get("month", "")
        month = next((one for one in offered if one.isoformat() == wanted), today)
        found = await asyncio.to_thread(self._ask, month)
        self.month, self.month_label = month.isoformat(), rows.month(month, self.language)
        self.month_choices = [Choice(one.isoformat(), rows.month(one, self.language)) for one in offered]
        self.people = [self._item(one, is_chosen=one.email == found.person) for one in found.people]
        self.months = [self._item(one) for one in found.months]
        self.person_name = found.months[0].name if found.months else ""
        self.may_set = found.may_set_goals and bool(self._company())
        self.needs_company = found.may_set_goals and not self._company()
        self.csv_href = download_address("results.csv", self)
        self.xlsx_href = download_address("results.xlsx", self)
        self.is_loaded = True

    def _ask(self, month: date) -> Results:
        with reading() as session:
            return results.results(
                session,
                self.actor,
                month=month,
                as_of=self.as_of_date,
                currency=self.currency,
                company=self.company,
                person=self.params.get("person", ""),
            )

    def _item(self, one: Result, *, is_chosen: bool = False) -> ResultItem:
        change, goal = one.overdue_change_minor, one.goal_minor
        percent = round(100 * one.collected_minor / goal) if goal else 0
        return ResultItem(
            key=one.email,
            name=one.name,
            href=self._address(routes.RESULTS, person=one.email),
            month=rows.month(one.month.start, self.language),
            touched=rows.number(one.touched, self.language),
            collected=rows.money(one.collected_minor, self.currency, self.language),
            promised=rows.number(one.promised, self.language),
            kept=self._say("queue.kept_of", kept=one.kept, decided=one.decided) if one.decided else rows.NOTHING,
            change=("+" if change > 0 else "") + rows.money(change, self.currency, self.language),
            change_kind="bad" if change > 0 else "ok" if change < 0 else "",
            goal=rows.money(goal, self.currency, self.language) if goal is not None else rows.NOTHING,
            goal_raw=decimal_string(goal, self.currency) if goal is not None else "",
            percent=min(100, max(0, percent)),
            percent_words=rows.percent(percent / 100, self.language, 0) if goal else "",
            is_chosen=is_chosen,
        )
