"""The rows behind figures that are sums of no documents: payments not applied yet, and contacts."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from ar_cockpit.db.queries.figures import debtors
from ar_cockpit.db.queries.figures import reports as stored
from ar_cockpit.db.queries.figures.collectors import TOUCHES
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.calendar import Period, month_start, months_before
from ar_cockpit.domain.reports.definition import Row
from ar_cockpit.services.reports.asked import Asked, billed_in, chosen_customers, grouped, known_customers, named

_MONTHS_BEFORE = 2  # and the one that collectors are counted in


def unapplied(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    """Yield the payments of which something was applied to no document by the day."""
    chosen, ids = chosen_customers(session, actor, asked)
    known, groups = known_customers(session, actor, asked, chosen), debtors.group_names(session, ids)
    for one in stored.unapplied_payments(session, chosen, ids, asked.as_of, asked.documents_in):
        who = known.get(one.customer_id)
        if who is None:
            continue
        amounts = {"amount": one.amount, "unapplied": one.unapplied}
        yield {
            **named(who),
            **grouped(who, groups),
            **billed_in(one.currency),
            "payment": one.number,
            "paid_on": one.paid_on,
            **amounts,
        }


def contacts(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    """Yield the contacts of the month and the two before it, that collectors are counted by; no words of them."""
    chosen, ids = chosen_customers(session, actor, asked)
    known = known_customers(session, actor, asked, chosen)
    period = Period(months_before(month_start(asked.as_of), _MONTHS_BEFORE), asked.as_of)
    for customer_id, contact, happened_on, by in stored.contacts(session, chosen, ids, TOUCHES, period):
        who = known.get(customer_id)
        if who is not None:
            yield {**named(who), "contact": contact, "happened_on": happened_on, "by": by, "contacts": 1}
