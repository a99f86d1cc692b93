"""Instalments of payment plans that are near: of which the customer is told ahead, and what is asked for then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session

from ar_cockpit.db.queries.agreements import plans
from ar_cockpit.db.queries.collecting.promises import StoredPromise
from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.policy.model import Policy


def longest_notice(policy: Policy) -> int:
    """Return the days from which on an instalment is near for some cadence; 0 where nobody is told of any."""
    return max(cadence.instalment_notice_days for cadence in policy.cadences.values())


def near(session: Session, promised: Iterable[StoredPromise], as_of: date, days: int) -> dict[int, InstalmentDue]:
    """Return by invoice the next instalment of its plan that falls due within ``days`` and has not come yet.

    ``promised`` are promises in the order of their days. A plan that is behind is no matter for a kind word.
    """
    found: dict[tuple[int, date], tuple[int, frozenset[int]]] = {}
    seen: set[int] = set()
    for one in promised if days else ():
        if one.plan_id is None or one.plan_id in seen or not 0 < (one.promise.promised_for - as_of).days <= days:
            continue
        outcome = one.outcome(as_of)
        left = one.promise.amount_minor - outcome.received_minor if outcome is not None and outcome.holds else 0
        if left > 0:
            seen.add(one.plan_id)
            found[one.plan_id, one.promise.promised_for] = left, one.invoice_ids
    interest = plans.interest_due(session, found)
    return {
        invoice_id: InstalmentDue(*key, left + interest.get(key, 0))
        for key, (left, invoice_ids) in found.items()
        for invoice_id in invoice_ids
    }
