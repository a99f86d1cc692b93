"""A waiting message and the others of its customer: an outage or a stop must not let two leave on one day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

SUPERSEDED, TOO_SOON = "superseded", "too_soon"


class Mail(NamedTuple):
    """A message of a customer that waits or has left; ``went_on`` is its day until it goes on a later one."""

    row_id: int
    customer_id: int
    currency: str
    business_on: date
    is_out: bool
    asks: bool  # for money: courtesy notices do not
    went_on: date
    queued_at: datetime
    went_at: datetime | None


def overtaken_by(one: Mail, others: Iterable[Mail], on: date, spacing: int | None) -> str:
    """Return why ``one`` does not go on a day beside the ``others`` of its customer, or nothing.

    ``spacing`` is the least days between two reminders, or ``None`` where none is kept any more.
    """
    reasons = {_overtaken(one, other, on, spacing) for other in others if other.row_id != one.row_id}
    return SUPERSEDED if SUPERSEDED in reasons else max(reasons, default="")


def _overtaken(one: Mail, other: Mail, on: date, spacing: int | None) -> str:
    is_newer = (other.business_on, other.row_id) > (one.business_on, one.row_id)
    if is_newer and other.currency == one.currency and (other.asks or not one.asks):
        return SUPERSEDED
    if spacing is None or not (one.asks and other.asks):
        return ""
    if not other.is_out:  # of another currency, and before it in the queue
        return "" if is_newer else TOO_SOON
    # What had left before this was written the plan knew of.
    left_since = other.went_at is None or other.went_at > one.queued_at
    return TOO_SOON if left_since and (on - other.went_on).days < spacing else ""
