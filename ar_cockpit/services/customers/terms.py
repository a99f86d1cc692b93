"""The rate for late payments that was agreed with one customer: it stands in the place of its company's."""

from __future__ import annotations

from decimal import Decimal

from sqlmodel import Session

from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services import audit, reach
from ar_cockpit.services.collecting.touchpoints import subject
from ar_cockpit.services.papers.terms import rate_in_hundredths


def set_late_rate(session: Session, actor: Actor, customer_id: int, percent: Decimal | None) -> None:
    """Note the rate in percent a year that was agreed with a customer, or (``None``) that its company's terms count."""
    line = reach.customer(session, actor, Permission.SET_CREDIT, customer_id)
    wanted = rate_in_hundredths(percent)
    row = session.get_one(CustomerRow, customer_id)
    before, row.late_rate_bp = row.late_rate_bp, wanted
    session.flush()
    if before != wanted:
        told = {"late_rate_bp": wanted}
        audit.record(session, actor, "customer.late_rate", subject(line), {"late_rate_bp": before}, told)
