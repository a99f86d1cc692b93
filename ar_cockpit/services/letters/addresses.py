"""Where a customer's letters go: typed by a person, before whatever an import brought."""

from __future__ import annotations

from sqlmodel import Session

from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.mail.compose import one_line
from ar_cockpit.services import audit, reach
from ar_cockpit.services.collecting.touchpoints import subject

MOST_LINES, LONGEST_LINE = 5, 80


def set_postal_address(session: Session, actor: Actor, customer_id: int, written: str) -> str:
    """Note a customer's postal address, a line each, and return it as noted; nothing typed forgets it."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    lines = [told for one in written.splitlines() if (told := one_line(one))]
    if len(lines) > MOST_LINES or any(len(one) > LONGEST_LINE for one in lines):
        raise InputError(
            "This address does not fit the window of an envelope.",
            f"Use at most {MOST_LINES} lines of {LONGEST_LINE} characters, without the name and the country.",
        )
    row = session.get_one(CustomerRow, customer_id)
    before, row.postal_address = row.postal_address, "\n".join(lines)
    session.flush()
    if before != row.postal_address:
        after = {"address": row.postal_address}
        audit.record(session, actor, "customer.address", subject(line), {"address": before}, after)
    return row.postal_address
