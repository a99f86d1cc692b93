"""Tasks to allocate that are open already: planned each day until a person closes them, and recorded once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import messages as stored
from ar_cockpit.domain.cadence.day import Touch
from ar_cockpit.domain.policy.model import Channel


def not_proposed(session: Session, touches: Sequence[Touch]) -> list[Touch]:
    """Return the touches but for tasks that name an invoice which an older one names: they would be taken back.

    Thousands may be open; each would be written, inserted and deleted again every morning.
    """
    named = [item.invoice_id for touch in touches if touch.channel is Channel.ALLOCATE for item in touch.items]
    known = stored.proposed_among(session, named)
    if not known:
        return list(touches)
    return [touch for touch in touches if touch.channel is not Channel.ALLOCATE or not _names_any(touch, known)]


def _names_any(touch: Touch, known: frozenset[int]) -> bool:
    return any(item.invoice_id in known for item in touch.items)
