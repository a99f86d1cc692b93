"""Telling sales owners of coming steps: recorded, so that a step waits until they have had their days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, insert

from ar_cockpit.db.queries.reminders import messages as stored
from ar_cockpit.db.queries.reminders.steps_done import TOLD
from ar_cockpit.db.tables import TouchpointRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.cadence.day import Telling


def record_tellings(session: Session, actor: Actor, tellings: Sequence[Telling], on: date, at: datetime) -> None:
    """Record that sales owners are told of coming steps: one entry for each customer and step."""
    grouped: dict[tuple[int, str], list[Telling]] = defaultdict(list)
    for telling in tellings:
        grouped[telling.customer_id, telling.step].append(telling)
    if not grouped:
        return
    writers = stored.correspondences(session, [customer_id for customer_id, _ in grouped])
    session.execute(
        insert(TouchpointRow),
        [
            {
                "company_id": writers[customer_id].company_id,
                "customer_id": customer_id,
                "kind": TOLD,
                "happened_on": on,
                "happened_at": at,
                "actor_email": actor.email,
                "text": ", ".join(telling.number for telling in some),
                "facts": {"step": step, "invoice_ids": [telling.invoice_id for telling in some]},
            }
            for (customer_id, step), some in grouped.items()
        ],
    )
