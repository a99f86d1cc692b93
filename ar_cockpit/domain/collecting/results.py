"""What a collector's month came to: whom they contacted, and what was collected after a contact of theirs."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# Receipt that comes later than this after a contact is not held to have come because of it.
AFTER_CONTACT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody of ours wrote to a customer or spoke with it."""

    customer_id: int
    on: date
    email: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a customer's documents were settled by on one day."""

    customer_id: int
    on: date
    minor: int


def touched(contacts: Iterable[Contact], start: date, end: date) -> dict[str, int]:
    """Return how many different customers each person contacted from ``start`` to ``end``, both included."""
    whom: dict[str, set[int]] = defaultdict(set)
    for one in contacts:
        if start <= one.on <= end:
            whom[one.email].add(one.customer_id)
    return {email: len(customers) for email, customers in whom.items()}


def collected_after_contact(contacts: Iterable[Contact], money: Iterable[Receipt]) -> dict[str, int]:
    """Return what came within 30 days of a contact, by who contacted last before it (or on the same day)."""
    by_customer: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for one in sorted(contacts, key=lambda contact: (contact.on, contact.email)):
        by_customer[one.customer_id].append((one.on, one.email))
    found: Counter[str] = Counter()
    for came in money:
        known = by_customer.get(came.customer_id, [])
        place = bisect_right([on for on, _ in known], came.on)
        if place and came.on - known[place - 1][0] <= AFTER_CONTACT:
            found[known[place - 1][1]] += came.minor
    return dict(found)
