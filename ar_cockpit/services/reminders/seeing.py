"""A firm step that a sales owner saw in the cockpit: it counts as told from that day, whatever became of the digest.

Only what a digest names counts, so that the one digest before a firm step is still written; and only what its reader
saw, on the customer's card with the pause beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.reminders import digests as stored
from ar_cockpit.db.queries.reminders.steps_done import TOLD, told
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.cadence.pausing import FirmStep
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment


def news(
    session: Session, actor: Actor, line: CustomerLine, shown: Iterable[FirmStep | None], when: Moment
) -> list[FirmStep]:
    """Return those of the ``shown`` steps that ``actor``, the customer's sales owner, was to be told of and was not."""
    steps = [one for one in shown if one is not None]
    if not steps or actor.user_id is None or line.sales_email != actor.email:
        return []
    waiting = {
        (invoice_id, step)
        for step, invoice_ids in stored.not_gone(session, actor.user_id, line.customer_id, when.on)
        for invoice_id in invoice_ids
    }
    if not waiting:
        return []
    heard = told(session, col(CustomerRow.id) == line.customer_id, when.on).heard
    found = []
    for one in steps:
        new = tuple(key for key in one.invoice_ids if (key, one.step) in waiting and (key, one.step) not in heard)
        found += [FirmStep(one.step, new)] if new else []
    return found


def note(session: Session, actor: Actor, line: CustomerLine, shown: Iterable[FirmStep | None], when: Moment) -> int:
    """Write down what :func:`news` returns, and return how many invoices that is about."""
    found = news(session, actor, line, shown, when)
    for one in found:
        facts: dict[str, Any] = {"step": one.step, "invoice_ids": list(one.invoice_ids), "digest_id": None}
        touchpoints.write(session, actor, line, TOLD, when, seen="cockpit", **facts)
    return sum(len(one.invoice_ids) for one in found)
