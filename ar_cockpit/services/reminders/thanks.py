"""Thanks for payments, added to a day's plan: rare, and never where anything is amiss."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.reminders import occasions
from ar_cockpit.db.queries.reminders import plan as facts
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.cadence.plan import CadencePlan, Known, thank
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.services.reminders.facts import PlanFacts, addressees


def add_thanks(
    session: Session, wanted: ColumnElement[bool], plan: CadencePlan, policy: Policy, known: PlanFacts
) -> None:
    """Add a message of thanks for each customer who paid lately, whose cadence gives them and who is not written to."""
    if not any(cadence.thank_you_every for cadence in policy.cadences.values()):
        return
    as_of = plan.day.on
    settled = occasions.settled(session, wanted, as_of)
    for touch in plan.day.touches:
        settled.pop(touch.customer_id, None)
    if not settled:
        return
    these = and_(wanted, among(session, col(CustomerRow.id), settled))
    since = occasions.days_since_thanks(session, these, as_of)
    owed: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in facts.open_invoices(session, these, as_of):
        owed[row[5]].append(row)
    for one in addressees(session, these):
        rows = sorted(owed[one.customer_id], key=lambda invoice: (-invoice[4], invoice[1]))
        thank(plan, policy, Known(one, rows, known.customers), settled[one.customer_id], since.get(one.customer_id))
