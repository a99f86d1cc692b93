"""Ageing: open amounts by days overdue, in six buckets that always sum to the receivables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ar_cockpit.domain.figures.receivables import Document


class AgeBasis(StrEnum):
    """The day that age is counted from."""

    DUE = "due"
    INVOICE = "invoice"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Open amounts of an age up to ``last_day`` that no bucket before has taken; the last has no end."""

    key: str
    last_day: int | None


NOT_DUE = Bucket("not_due", 0)
BUCKETS = (
    NOT_DUE,
    Bucket("1-30", 30),
    Bucket("31-60", 60),
    Bucket("61-90", 90),
    Bucket("91-120", 120),
    Bucket("over_120", None),
)
BUCKET_KEYS = tuple(bucket.key for bucket in BUCKETS)
OVERDUE_KEYS = BUCKET_KEYS[1:]


@dataclass(frozen=True, slots=True)
class DisputeAge:
    """Disputes open for so many days; no days at all: their first day is not known."""

    key: str
    first_day: int | None = None
    last_day: int | None = None

    @property
    def is_old(self) -> bool:
        """Whether it has gone on for longer than two months."""
        return self.first_day is not None and self.first_day > 60


DISPUTE_AGES = (
    DisputeAge("until_30", 0, 30),
    DisputeAge("until_60", 31, 60),
    DisputeAge("until_90", 61, 90),
    DisputeAge("over_90", 91),
    DisputeAge("unknown"),
)


def bucket_for(days: int) -> Bucket:
    """Return the first bucket that reaches ``days``; a document due today is not due."""
    return next(bucket for bucket in BUCKETS if bucket.last_day is None or days <= bucket.last_day)


def days_overdue(due_on: date, as_of: date) -> int:
    """Return the days from the due date to ``as_of``, never below zero."""
    return max(0, (as_of - due_on).days)


def bucket_span(key: str, as_of: date) -> tuple[date | None, date | None]:
    """Return the first and last due date that fall into bucket ``key`` on ``as_of``; ``None`` is without end."""
    index = BUCKET_KEYS.index(key)
    youngest = None if index == 0 else as_of - timedelta(days=(BUCKETS[index - 1].last_day or 0) + 1)
    last_day = BUCKETS[index].last_day
    return (None if last_day is None else as_of - timedelta(days=last_day)), youngest


def ageing(documents: Iterable[Document], as_of: date, basis: AgeBasis = AgeBasis.DUE) -> dict[str, int]:
    """Return the open amounts of ``as_of`` by bucket, every bucket present."""
    totals = dict.fromkeys(BUCKET_KEYS, 0)
    for document in documents:
        counted_from = document.due_on if basis is AgeBasis.DUE else document.invoice_on
        totals[bucket_for((as_of - counted_from).days).key] += document.open_minor(as_of)
    return totals


def overdue(totals: dict[str, int]) -> int:
    """Return what an ageing by due date holds beyond its first bucket."""
    return sum(totals[key] for key in OVERDUE_KEYS)
