"""The rows behind figures that are sums of no documents: payments not applied yet, and contacts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import Session

from ar_cockpit.db.queries.figures import reports as stored
from ar_cockpit.db.queries.figures.collectors import TOUCHES
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.calendar import Period, month_start
from ar_cockpit.domain.reports.definition import Row
from ar_cockpit.services.reports.asked import Asked, billed_in, chosen_customers, known_customers, named

_CONTACTS_BEFORE = timedelta(days=62)  # the months before the one that collectors are counted in


def unapplied(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    """Yield the payments of which something was applied to no document by the day."""
    chosen, ids = chosen_customers(session, actor, asked)
    known = known_customers(session, actor, asked, chosen)
    for one in stored.unapplied_payments(session, chosen, ids, asked.as_of, asked.documents_in):
        amounts = {"amount": one.amount, "unapplied": one.unapplied}
        yield {
            **named(known[one.customer_id]),
            **billed_in(one.currency),
            "payment": one.number,
            "paid_on": one.paid_on,
            **amounts,
        }


def contacts(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    """Yield the contacts of the month and the two before it, that collectors are counted by; no words of them."""
    chosen, ids = chosen_customers(session, actor, asked)
    known = known_customers(session, actor, asked, chosen)
    period = Period(month_start(asked.as_of - _CONTACTS_BEFORE), asked.as_of)
    for customer_id, contact, happened_on, by in stored.contacts(session, chosen, ids, TOUCHES, period):
        who = {"contact": contact, "happened_on": happened_on, "by": by, "contacts": 1}
        yield {**named(known[customer_id]), **who}
