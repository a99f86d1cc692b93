"""What the outbox may be asked for: the choices of an address, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ar_cockpit.domain.figures.listing import Sort, page_of, sort_of

SORTS = ("queued", "customer", "recipient", "total", "attempts")
NEWEST_FIRST = Sort("queued", descending=True)
_LONGEST_TEXT = 100


class Tab(StrEnum):
    """Which messages: by what may have to be done about them."""

    ALL = "all"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    FAILED = "failed"
    BOUNCED = "bounced"
    SENT = "sent"
    CANCELLED = "cancelled"


STATES: Mapping[Tab, tuple[str, ...]] = {
    Tab.WAITING: ("queued", "claimed", "sending"),
    Tab.UNKNOWN: ("unknown",),
    Tab.FAILED: ("failed",),
    Tab.BOUNCED: ("bounced",),
    Tab.SENT: ("sent",),
    Tab.CANCELLED: ("cancelled",),
}


@dataclass(frozen=True, slots=True)
class OutboxQuestion:
    """A page of messages."""

    tab: Tab = Tab.ALL
    company: str = ""
    customer: str = ""  # the customer's code
    on: date | None = None  # the business date
    text: str = ""
    sort: Sort = NEWEST_FIRST
    page: int = 1


def outbox_question(params: Mapping[str, str]) -> OutboxQuestion:
    """Read an address; what it says wrongly counts as not said."""
    tab = params.get("state", "")
    try:
        on = date.fromisoformat(params.get("day", ""))
    except ValueError:
        on = None
    return OutboxQuestion(
        tab=Tab(tab) if tab in set(Tab) else Tab.ALL,
        company=params.get("company", ""),
        customer=params.get("customer", "")[:_LONGEST_TEXT],
        on=on,
        text=params.get("q", "").strip()[:_LONGEST_TEXT],
        sort=sort_of(params, SORTS, NEWEST_FIRST),
        page=page_of(params),
    )


def tab_counts(by_state: Mapping[str, int]) -> dict[Tab, int]:
    """Return how many messages stand under each tab."""
    counts = {tab: sum(by_state.get(state, 0) for state in states) for tab, states in STATES.items()}
    return {Tab.ALL: sum(counts.values()), **counts}
