"""The facts of all customers, kept for a minute in the process: many edits of a draft ask them again and again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Lock

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.services import clock
from ar_cockpit.services.reminders import membership
from ar_cockpit.services.reminders.membership import Membership, Portfolio

FRESH_FOR = timedelta(minutes=1)
_MOST = 4  # of different people's portfolios: each holds every customer

_Key = tuple[Actor, date, str]
_kept: dict[_Key, tuple[datetime, Portfolio]] = {}
_lock = Lock()


def portfolio_of(actor: Actor, as_of: date, database: str) -> Portfolio:
    """Return the portfolio of ``actor``, at most a minute old; ``database`` keeps those of two apart."""
    key, now = (actor, as_of, database), clock.now()
    with _lock:
        found = _kept.get(key)
    if found and now - found[0] < FRESH_FOR:
        return found[1]
    with reading() as session:
        known = membership.portfolio(session, actor, as_of)
    with _lock:
        _kept[key] = (now, known)
        for old in sorted(_kept, key=lambda one: _kept[one][0])[:-_MOST]:
            del _kept[old]
    return known


def members_of(actor: Actor, as_of: date, database: str, policy: Policy) -> Membership:
    """Return where ``policy`` puts every customer."""
    return membership.members(portfolio_of(actor, as_of, database), policy)
