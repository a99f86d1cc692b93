"""How many steps of each customer wait for a credit manager's word: what fills the action ``approve``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting.worklist import WorkBook
from ar_cockpit.db.queries.reminders import decisions
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.cadence.ladder import Held, OpenInvoice, rung
from ar_cockpit.domain.cadence.plan import Known, choose, make_plan
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.facts import load_one
from ar_cockpit.services.reminders.looking import look

_FEW = 4  # customers that are asked about one by one, by questions composed once


class _Waiting(NamedTuple):
    customer_id: int
    invoice_id: int
    step: str


def approvals_due(session: Session, book: WorkBook, as_of: date) -> dict[int, int]:
    """Return the number of steps that wait for a word, by customer; what is declined for now does not wait.

    Only customers with an invoice old enough for such a step are looked at: planning costs more than judging.
    """
    earliest = _earliest(policies.in_force(session).policy)
    if earliest is None:
        return {}
    old = {
        customer_id
        for customer_id, items in book.credit.items.items()
        if any(item.open_minor > 0 and (as_of - item.due_on).days >= earliest for item in items)
    }
    if not old:
        return {}
    held = list(_of_few(session, book, old, as_of) if len(old) <= _FEW else _of_many(session, old, as_of))
    these = among(session, col(CustomerRow.id), sorted(old))
    declined = decisions.declined(session, these, as_of) if held else {}
    waiting: dict[int, set[str]] = defaultdict(set)
    for one in held:
        if (one.invoice_id, one.step) not in declined:
            waiting[one.customer_id].add(one.step)
    return {customer_id: len(steps) for customer_id, steps in waiting.items()}


def _of_few(session: Session, book: WorkBook, customers: Collection[int], as_of: date) -> Iterator[_Waiting]:
    for line in (one for one in book.credit.lines if one.customer_id in customers):
        known = load_one(session, replace(book.credit, lines=[line]), book.unapplied, as_of)
        policy, one, facts = known.policy, known.addressee, known.plan
        plan = make_plan(policy, as_of, [one], known.invoices, facts.customers, facts.invoices)
        held = [waits for waits in plan.day.held if waits.reason is Held.NEEDS_APPROVAL]
        if not held:
            continue
        owed = {row[0]: row for row in known.invoices}
        cadence = choose(policy, Known(one, sorted(owed.values(), key=_oldest_first), facts.customers)).cadence
        for waits in held:
            done = facts.invoices.done.get(waits.invoice_id)
            place = rung(cadence, owed[waits.invoice_id][4], done, facts.invoices.bits).place
            yield _Waiting(line.customer_id, waits.invoice_id, cadence.steps[place].key)


def _oldest_first(row: Sequence[Any]) -> tuple[int, str]:
    return -row[4], row[1]


def _of_many(session: Session, customers: Collection[int], as_of: date) -> Iterator[_Waiting]:
    looked = look(session, among(session, col(CustomerRow.id), sorted(customers)), as_of)
    held = [one for one in looked.plan.day.held if one.reason is Held.NEEDS_APPROVAL]
    owed = {row[0]: row for customer_id in {one.customer_id for one in held} for row in looked.owed[customer_id]}
    for one in held:
        place = looked.rung(one.customer_id, OpenInvoice._make(owed[one.invoice_id][:5])).place
        step = looked.choice(one.customer_id).cadence.steps[place].key
        yield _Waiting(one.customer_id, one.invoice_id, step)


def _earliest(policy: Policy) -> int | None:
    """Return the days to the due date of the first step that needs a word, if any cadence has one."""
    offsets = [step.offset for cadence in policy.cadences.values() for step in cadence.steps if step.approve]
    return min(offsets, default=None)
