"""The script of a call: what is known of the customer that is open, as points to go through."""

from __future__ import annotations

import asyncio

import reflex as rx

from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.script import CallFacts, script
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.domain.figures.receivables import Kind
from ar_cockpit.i18n.reasons import SCRIPT, sentence
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.state.collector import day as collector_day
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.frame.access import allowed


class CollectorScript(CollectorActs):
    """The points, one sentence each."""

    points: list[str] = []
    _written_for: str = ""

    @rx.event
    @allowed(Permission.WORK_CUSTOMERS)
    async def prepare_script(self) -> None:
        """Write the script of the customer that is open, while the call's form is shown."""
        wanted = f"{self.current}:{self.as_of}:{self.language}" if self.act == "call" and self.current else ""
        if not wanted or wanted == self._written_for:
            return
        self._written_for, self.points = wanted, []
        try:
            found = await asyncio.to_thread(collector_day.load_record, self.actor, self.current, self.as_of_date)
        except NotFoundError:
            return
        self.points = [sentence(point, self.language, SCRIPT) for point in script(facts_of(found))]


def facts_of(found: CustomerRecord) -> CallFacts:
    """Return what is known before a call, in the customer's currency."""
    currency = found.standing.facts.currency
    own = [one for one in found.invoices if one.invoice.kind == Kind.INVOICE.value and one.invoice.currency == currency]
    overdue = [one for one in own if one.days_overdue > 0 and not one.invoice.is_disputed]
    contact = next((one.name for one in found.contacts if one.name), "")
    return CallFacts(
        contact=contact,
        overdue_minor=sum(one.invoice.open_minor for one in overdue),
        currency=currency,
        overdue_count=len(overdue),
        oldest_days=max((one.days_overdue for one in overdue), default=0),
        disputed=tuple(one.invoice.number for one in own if one.invoice.is_disputed),
        promised_minor=sum(one.invoice.open_minor for one in own if one.state.code == "promised"),
        promise_broken=any(one.state.code == "promise_broken" for one in own),
        reminders=found.standing.facts.reminders_unanswered,
        usual_days_late=found.habit.now.days_late,
    )
