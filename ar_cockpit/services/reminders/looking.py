"""A day's plan with what it was made from at hand: whose invoices, how much, at which step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session

from ar_cockpit.db.queries.reminders import plan as facts
from ar_cockpit.domain.cadence.day import Day, InvoiceFacts
from ar_cockpit.domain.cadence.ladder import OpenInvoice, Rung, rung
from ar_cockpit.domain.cadence.plan import Addressee, CadencePlan, Choice, Known, choose, make_plan
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.facts import PlanFacts, addressees, load
from ar_cockpit.services.reminders.policy import InForce
from ar_cockpit.services.reminders.thanks import add_thanks


@dataclass(slots=True)
class Looked:
    """A plan, and the open invoices it decided about, by customer, each list the oldest due date first."""

    plan: CadencePlan
    in_force: InForce
    known: PlanFacts
    customers: dict[int, Addressee] = field(default_factory=dict)
    owed: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)

    def choice(self, customer_id: int) -> Choice:
        """Return the segment and the cadence of a customer that owes something."""
        made = self.plan.choices.get(customer_id)
        one, owed = self.customers[customer_id], self.owed.get(customer_id, [])
        return made or choose(self.in_force.policy, Known(one, owed, self.known.customers))

    def rung(self, customer_id: int, invoice: OpenInvoice) -> Rung:
        """Return the step that an invoice stands at, and how."""
        facts_of = self.known.invoices
        cadence = self.choice(customer_id).cadence
        return rung(cadence, invoice.days, facts_of.done.get(invoice.invoice_id), facts_of.bits)


def look(session: Session, wanted: ColumnElement[bool], as_of: date) -> Looked:
    """Return the plan of ``as_of`` for the ``wanted`` customers, as a run would make it; changes nothing."""
    in_force = policies.in_force(session)
    known = load(session, wanted, as_of, in_force.policy)
    looked = Looked(CadencePlan(Day(as_of)), in_force, known)
    invoices = _noting(looked, facts.open_invoices(session, wanted, as_of))
    looked.plan = plan_of(in_force.policy, as_of, _named(looked, addressees(session, wanted)), invoices, looked)
    add_thanks(session, wanted, looked.plan, in_force.policy, known)
    owing = {key: one for key, one in looked.customers.items() if key in looked.owed}
    looked.customers = {**owing, **looked.plan.addressees}
    for owed in looked.owed.values():
        owed.sort(key=lambda row: (-row[4], row[1]))
    return looked


def plan_of(
    policy: Policy,
    on: date,
    customers: Iterable[Addressee],
    invoices: Iterable[tuple[Any, ...]],
    looked: Looked,
    approving: InvoiceFacts | None = None,
) -> CadencePlan:
    """Return the plan of these customers, with other facts of invoices when ``approving`` is given."""
    return make_plan(policy, on, customers, invoices, looked.known.customers, approving or looked.known.invoices)


def _named(looked: Looked, found: Iterable[Addressee]) -> Iterator[Addressee]:
    for one in found:
        looked.customers[one.customer_id] = one
        yield one


def _noting(looked: Looked, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    owed = looked.owed
    for row in rows:
        owed.setdefault(row[5], []).append(row)
        yield row
