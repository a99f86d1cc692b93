"""A waiting message and the others of its customer: an outage or a stop must not let two leave on one day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

SUPERSEDED, TOO_SOON = "superseded", "too_soon"
_ONE_A_DAY = 1


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


def overtaken_by(one: Mail, mails: Sequence[Mail], on: date, spacing: int) -> str:
    """Return why ``one`` does not go on a day beside the other ``mails`` of its customer, or nothing.

    ``spacing`` is the least days between two reminders; whatever it is, one message a day is enough. Of several that
    wait the newest goes, of several currencies the one that has waited longest; what left before ``one`` was written
    the plan knew of.
    """
    if _is_superseded(one, mails):
        return SUPERSEDED
    others = (other for other in mails if other.row_id != one.row_id)
    return TOO_SOON if any(_keeps_away(one, other, on, spacing, mails) for other in others) else ""


def _is_newer(other: Mail, one: Mail) -> bool:
    return (other.business_on, other.row_id) > (one.business_on, one.row_id)


def _is_superseded(one: Mail, mails: Iterable[Mail]) -> bool:
    return any(
        other.currency == one.currency and (other.asks or not one.asks) and _is_newer(other, one) for other in mails
    )


def _keeps_away(one: Mail, other: Mail, on: date, spacing: int, mails: Sequence[Mail]) -> bool:
    if not other.is_out:
        return not _is_newer(other, one) and not _is_superseded(other, mails)
    left_since = other.went_at is None or other.went_at > one.queued_at
    apart = max(spacing, _ONE_A_DAY) if one.asks and other.asks else _ONE_A_DAY
    return left_since and (on - other.went_on).days < apart
