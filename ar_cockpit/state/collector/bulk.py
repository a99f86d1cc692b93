"""One act for many tasks: ticked in the list, previewed with what it does to each, done, taken back as one."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError, InputError
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import bulk
from ar_cockpit.services.collecting.bulk import Act, Chosen, Consequence, Done
from ar_cockpit.services.collecting.sharing import portfolios
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.days import read_day
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice

_WORK = Permission.WORK_CUSTOMERS
_SNOOZE_DAYS = 7


@dataclass
class BulkLine:
    """What the act does to one customer, or why it leaves it out."""

    key: str
    name: str
    text: str
    amount: str
    is_out: bool


class CollectorBulk(CollectorState):
    """The ticked tasks, and the dialog that asks before anything is done with them."""

    picked: list[str] = []  # customers' ids, in the order of the list
    picked_words: str = ""
    all_picked: bool = False
    bulk_act: str = ""
    bulk_title: str = ""
    bulk_lines: list[BulkLine] = []
    bulk_words: str = ""
    bulk_error: str = ""
    bulk_confirm: str = ""
    bulk_team: list[Choice] = []
    bulk_to: str = ""
    bulk_day: str = ""
    bulk_today: str = ""
    can_run: bool = False

    @rx.event
    @allowed(_WORK)
    def pick(self, customer_id: str) -> None:
        """Tick a task, or take the tick away."""
        self._pick(customer_id)

    @rx.event
    @allowed(_WORK)
    async def on_list_key(self, key: str) -> None:
        """``b`` ticks the task that is open, ``h`` hands it over."""
        here = [line.id for line in self.tasks if line.key == self.current]
        if here and key == "b":
            self._pick(here[0])
        elif here and key == "h":
            self.picked = here
            self._tell_picked()
            await self._ask(Act.HANDOVER.value)

    @rx.event
    @allowed(_WORK)
    def pick_all(self) -> None:
        """Tick every task that is shown, or none."""
        self.picked = [] if self.all_picked else [line.id for line in self.tasks]
        self._tell_picked()

    @rx.event
    @allowed(_WORK)
    def drop_all(self) -> None:
        """Take all ticks away."""
        self.picked, self.bulk_act = [], ""
        self._tell_picked()

    @rx.event
    @allowed(_WORK)
    async def ask(self, act: str) -> None:
        """Open the dialog of an act, with what it would do; an empty one shuts it."""
        await self._ask(act)

    @rx.event
    @allowed(_WORK)
    async def choose_to(self, email: str) -> None:
        """Choose who gets the customers."""
        self.bulk_to = email if email in {choice.value for choice in self.bulk_team} else ""
        await self._look()

    @rx.event
    @allowed(_WORK)
    async def run_bulk(self, form: dict[str, Any]) -> Any:
        """Do it, tell what became of it, and offer to take it all back."""
        if not self.bulk_act or not self.picked:  # a second press: it is done
            return None
        when = self._when()
        try:
            chosen = self._chosen(form)
            done = await asyncio.to_thread(_run, self.actor, [int(one) for one in self.picked], chosen, when)
        except CockpitError as error:
            self.bulk_error = self._refusal(error)
            return None
        back = CollectorBulk.undo_bulk(list(done.touchpoint_ids), list(done.message_ids)) if done.count else None
        for name, sentence in done.refused:
            self._notify("watch", f"{name}: {self._refusal(InputError(sentence))}")
        self._notify(
            "ok" if done.count else "watch", self._count(f"queue.bulk.{chosen.act.value}.done", done.count), undo=back
        )
        self.bulk_act, self.picked = "", []
        self._tell_picked()
        self._forget_day()
        return self._anew()

    @rx.event
    @allowed(_WORK)
    async def undo_bulk(self, touchpoint_ids: list[int], message_ids: list[str]) -> Any:
        """Take back what was done to many at once, as far as it still can be."""
        done = Done(tuple(int(one) for one in touchpoint_ids), tuple(str(one) for one in message_ids))
        taken = await asyncio.to_thread(_take_back, self.actor, done)
        left = done.count - taken
        self._notify("watch" if left else "ok", self._count("queue.bulk.undone", taken))
        if left:
            self._notify("watch", self._count("queue.bulk.not_undone", left))
        self._forget_day()
        return self._anew()

    async def _ask(self, act: str) -> None:
        self.bulk_error = ""
        if act not in set(Act) or not self.picked:
            self.bulk_act = ""
            return
        self.bulk_act = act
        self.bulk_title = self._count(f"queue.bulk.{act}.title", len(self.picked))
        self.bulk_today = (self.as_of_date + timedelta(days=1)).isoformat()
        self.bulk_day = (self.as_of_date + timedelta(days=_SNOOZE_DAYS)).isoformat()
        self.bulk_to, self.bulk_team = "", []
        if act == Act.HANDOVER:
            self.bulk_team = await asyncio.to_thread(_team, self.actor, self.company)
        await self._look()

    def _pick(self, customer_id: str) -> None:
        if customer_id in self.picked:
            self.picked = [one for one in self.picked if one != customer_id]
        else:
            chosen = {*self.picked, customer_id}
            self.picked = [line.id for line in self.tasks if line.id in chosen]
        self._tell_picked()

    def _chosen(self, form: dict[str, Any]) -> Chosen:
        act, text = Act(self.bulk_act), str(form.get("note", ""))
        if act is Act.SNOOZE:
            return Chosen(act, until=read_day(form.get("day")), text=text)
        if act is Act.HANDOVER and not self.bulk_to:
            raise InputError("Nobody is chosen.", "Choose who gets the customers.")
        return Chosen(act, to=self.bulk_to, text=text)

    async def _look(self) -> None:
        chosen = Chosen(Act(self.bulk_act), to=self.bulk_to)
        ids = [int(one) for one in self.picked]
        try:
            found = await asyncio.to_thread(_preview, self.actor, ids, chosen, self.as_of_date)
        except CockpitError as error:
            self.bulk_error, self.can_run = self._refusal(error), False
            return
        self.bulk_lines = [self._line(one) for one in found]
        kept = [one for one in found if not one.left_out]
        self.can_run = bool(kept)
        self.bulk_words = self._count(
            f"queue.bulk.{chosen.act.value}.means", len(kept), amount=_sums(kept, self.language)
        )
        if len(kept) < len(found):
            self.bulk_words += " " + self._count("queue.bulk.left_out", len(found) - len(kept))
        self.bulk_confirm = self._count(f"queue.bulk.{chosen.act.value}.confirm", len(kept))

    def _line(self, one: Consequence) -> BulkLine:
        text = ""
        if one.left_out:
            text = self._say(f"queue.bulk.out.{one.left_out}")
        elif self.bulk_act == Act.MAIL:
            text = self._count("queue.bulk.invoices", len(one.invoice_ids))
        elif self.bulk_act == Act.HANDOVER:
            names = {choice.value: choice.label for choice in self.bulk_team}
            email = one.customer.collector_email
            text = self._say("queue.bulk.from", name=names.get(email, email) or self._say("queue.nobody"))
        amount = rows.money(one.amount_minor, one.currency, self.language)
        return BulkLine(str(one.customer.customer_id), one.customer.name, text, amount, bool(one.left_out))

    def _tell_picked(self) -> None:
        self.picked_words = self._count("queue.picked", len(self.picked)) if self.picked else ""
        self.all_picked = bool(self.picked) and len(self.picked) == len(self.tasks)


def _sums(found: list[Consequence], language: str) -> str:
    totals: Counter[str] = Counter()
    for one in found:
        totals[one.currency] += one.amount_minor
    return " + ".join(rows.money(minor, currency, language) for currency, minor in sorted(totals.items()))


def _team(actor: Actor, company: str) -> list[Choice]:
    with reading() as session:
        return [Choice(email, name) for email, name in portfolios.team(session, actor, company)]


def _preview(actor: Actor, ids: list[int], chosen: Chosen, on: date) -> list[Consequence]:
    with reading() as session:
        return bulk.preview(session, actor, ids, chosen, on)


def _run(actor: Actor, ids: list[int], chosen: Chosen, when: bulk.Moment) -> Done:
    with transaction() as session:
        return bulk.run(session, actor, bulk.preview(session, actor, ids, chosen, when.on), chosen, when)


def _take_back(actor: Actor, done: Done) -> int:
    with transaction() as session:
        return bulk.take_back(session, actor, done, at=clock.now())
