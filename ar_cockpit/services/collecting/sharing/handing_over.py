"""Give customers to another collector, with a word why."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting import sharing as stored
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import mentions
from ar_cockpit.services.people.users import normal_email

HANDOVER = "handover"


def hand_over(
    session: Session, actor: Actor, customer_ids: Sequence[int], to: str, note: str, when: Moment
) -> list[int]:
    """Make ``to`` the customers' collector and return the keys by which this is undone; the note stands beside it."""
    lines = reach.customers(session, actor, Permission.WORK_CUSTOMERS, customer_ids)
    email = normal_email(to)
    theirs = stored.collects_for(session, email)
    for line in lines:
        if line.company_id not in theirs:
            raise InputError(f"{email} does not collect for this company.", "Choose one of the team.")
        if email == line.collector_email.lower():
            raise RefusedError(f"{line.name} is with {email} already.", "Choose somebody else.")
    text = touchpoints.required_text(note, "The note")
    given = update(CustomerRow).where(col(CustomerRow.id).in_(customer_ids)).values(collector_email=email)
    session.execute(given)
    told = [(line, {"to": email, "before": line.collector_email}) for line in lines]
    done = touchpoints.write_all(session, actor, told, HANDOVER, when, text=text)
    mentions.ring_one(session, actor, list(zip(lines, done, strict=True)), email, at=when.at)
    return done
