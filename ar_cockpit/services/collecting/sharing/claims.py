"""Who is at which customer: told to everybody, so that two people do not work on one without knowing."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from ar_cockpit.db.queries.collecting import sharing as stored
from ar_cockpit.db.queries.collecting.sharing import LAPSES, Claim
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services import reach

__all__ = ["LAPSES", "Claim"]


def take(session: Session, actor: Actor, customer_id: int, *, at: datetime) -> Claim:
    """Take a customer that is free, let go of any other, and return who has it now: oneself or whoever was first."""
    reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    stored.release(session, actor.email, but=customer_id)
    stored.claim(session, customer_id, actor.email, at)
    # Whoever had it may have let go between the two statements.
    return stored.claims(session, at).get(customer_id) or Claim(customer_id, actor.email, at)


def take_over(session: Session, actor: Actor, customer_id: int, *, at: datetime) -> Claim:
    """Take a customer from whoever has it: that person's screen says so."""
    reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    held = stored.claims(session, at).get(customer_id)
    if held is not None:
        stored.release_customer(session, customer_id)
    return take(session, actor, customer_id, at=at)


def let_go(session: Session, actor: Actor) -> None:
    """Let go of whatever one has."""
    stored.release(session, actor.email)


def taken(session: Session, actor: Actor, *, at: datetime) -> dict[int, Claim]:
    """Return which customers others have open."""
    actor.require(Permission.VIEW_QUEUE)
    return {key: one for key, one in stored.claims(session, at).items() if one.email != actor.email}
