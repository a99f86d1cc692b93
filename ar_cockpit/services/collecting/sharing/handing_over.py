"""Give a customer to another collector, with a word why."""

from __future__ import annotations

from sqlmodel import Session

from ar_cockpit.db.queries.collecting import sharing as stored
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.people.users import normal_email

HANDOVER = "handover"


def hand_over(session: Session, actor: Actor, customer_id: int, to: str, note: str, when: Moment) -> int:
    """Make ``to`` the customer's collector and return the key by which this is undone; the note stands beside it."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    email = normal_email(to)
    if email not in {known for known, _ in stored.collectors(session, [line.company_id])}:
        raise InputError(f"{email} does not collect for this company.", "Choose one of the team.")
    if email == line.collector_email.lower():
        raise RefusedError(f"{line.name} is with {email} already.", "Choose somebody else.")
    text = touchpoints.required_text(note, "The note")
    session.get_one(CustomerRow, customer_id).collector_email = email
    facts = {"to": email, "before": line.collector_email}
    return touchpoints.write(session, actor, line, HANDOVER, when, text=text, **facts)
