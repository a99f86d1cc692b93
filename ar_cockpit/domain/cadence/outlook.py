"""What the coming days would bring to a customer if nothing were paid: the plan of each day after the day before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from ar_cockpit.domain.cadence.day import InvoiceFacts, Owed, Touch
from ar_cockpit.domain.cadence.ladder import Done
from ar_cockpit.domain.cadence.plan import Addressee, CustomerFacts, make_plan
from ar_cockpit.domain.policy.model import Channel, Policy


@dataclass
class Outlook:
    """Facts as they stand on the first day, and what the days looked at so far have added to them."""

    policy: Policy
    first_day: date
    addressees: Sequence[Addressee]
    invoices: Sequence[Owed]
    customers: CustomerFacts
    facts: InvoiceFacts
    closed_on: Mapping[date, frozenset[str]] = field(default_factory=dict)

    def days(self, count: int) -> Iterator[tuple[date, list[Touch]]]:
        """Yield the touches of the first day and of each of the ``count`` days after it."""
        for later in range(count + 1):
            on = self.first_day + timedelta(days=later)
            customers = replace(self.customers, closed_countries=self.closed_on.get(on, frozenset()))
            plan = make_plan(self.policy, on, self.addressees, self.invoices, customers, self.facts)
            yield on, plan.day.touches
            told = {(one.invoice_id, one.step): 0 for one in plan.day.tellings}
            self.facts = replace(self.facts, told=dict(self.facts.told) | told)
            for touch in plan.day.touches:
                self._record(touch)
            self._sleep()

    def _record(self, touch: Touch) -> None:
        if touch.channel is Channel.ALLOCATE:
            # What is proposed once need not be told again each day.
            invoice_ids = {item.invoice_id for item in touch.items}
            self.invoices = [row for row in self.invoices if row[0] not in invoice_ids]
            return
        done = dict(self.facts.done)
        for item in touch.items:
            before = done.get(item.invoice_id)
            first = before or Done(0, item.step.offset, item.step.offset, 0, 0)
            keys = first.keys | self.facts.bits.get(item.step.key, 0)
            done[item.invoice_id] = first._replace(keys=keys, last_offset=item.step.offset, since_last=0)
        self.facts = replace(self.facts, done=done)
        if not touch.step.is_quiet:
            since = dict(self.customers.since_reminder) | {touch.customer_id: 0}
            self.customers = replace(self.customers, since_reminder=since)

    def _sleep(self) -> None:
        """Let a night pass: everything is a day older, and nobody was written to today."""
        self.invoices = [(*row[:4], row[4] + 1, *row[5:]) for row in self.invoices]
        done = {
            key: one._replace(since_first=one.since_first + 1, since_last=one.since_last + 1)
            for key, one in self.facts.done.items()
        }
        told = {key: days + 1 for key, days in self.facts.told.items()}
        self.facts = replace(self.facts, done=done, told=told)
        since = {key: days + 1 for key, days in self.customers.since_reminder.items()}
        self.customers = replace(self.customers, since_reminder=since, touched_today=frozenset())
