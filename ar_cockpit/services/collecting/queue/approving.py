"""How many steps of each customer wait for a credit manager's word: what fills the action ``approve``."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting.worklist import WorkBook
from ar_cockpit.db.queries.reminders import decisions
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.cadence.ladder import Held, OpenInvoice
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.looking import look


def approvals_due(session: Session, book: WorkBook, as_of: date) -> dict[int, int]:
    """Return the number of steps that wait for a word, by customer; what is declined for now does not wait.

    Only customers with an invoice old enough for such a step are looked at: planning costs more than judging.
    """
    earliest = _earliest(policies.in_force(session).policy)
    if earliest is None:
        return {}
    old = [
        customer_id
        for customer_id, items in book.credit.items.items()
        if any(item.open_minor > 0 and (as_of - item.due_on).days >= earliest for item in items)
    ]
    if not old:
        return {}
    these = among(session, col(CustomerRow.id), sorted(old))
    looked = look(session, these, as_of)
    held = [one for one in looked.plan.day.held if one.reason is Held.NEEDS_APPROVAL]
    declined = decisions.declined(session, these, as_of) if held else {}
    owed = {row[0]: row for customer_id in {one.customer_id for one in held} for row in looked.owed[customer_id]}
    waiting: dict[int, set[str]] = defaultdict(set)
    for one in held:
        invoice = OpenInvoice._make(owed[one.invoice_id][:5])
        place = looked.rung(one.customer_id, invoice).place
        step = looked.choice(one.customer_id).cadence.steps[place].key
        if (one.invoice_id, step) not in declined:
            waiting[one.customer_id].add(step)
    return {customer_id: len(steps) for customer_id, steps in waiting.items()}


def _earliest(policy: Policy) -> int | None:
    """Return the days to the due date of the first step that needs a word, if any cadence has one."""
    offsets = [step.offset for cadence in policy.cadences.values() for step in cadence.steps if step.approve]
    return min(offsets, default=None)
