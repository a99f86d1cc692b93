"""What the customer page shows after its record: one statement for all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting import promises
from ar_cockpit.db.queries.collecting.promises import StoredPromise
from ar_cockpit.db.tables import (
    CustomerFileRow,
    CustomerMergeRow,
    CustomerRow,
    CustomerSegmentRow,
    InvoiceRow,
    SegmentChangeRow,
)
from ar_cockpit.db.together import AS_OF, CUSTOMER, Together, earlier
from ar_cockpit.domain.customers.behaviour import BANDS, LATE_DAYS
from ar_cockpit.domain.figures.receivables import Kind

MOST_CHANGES = 100
MOST_FILES = 200


class SegmentNow(NamedTuple):
    """Where the customer belongs, and by which facts."""

    segment: str
    cadence: str
    since_on: date
    judged_on: date
    policy_number: int
    score: int | None
    parts: dict[str, int]
    facts: dict[str, str]


class SegmentChange(NamedTuple):
    """A move from one segment to another, with its reason as a code and facts."""

    changed_on: date
    before: str
    after: str
    score_before: int | None
    score_after: int | None
    reason: str
    facts: dict[str, Any]


class StoredFile(NamedTuple):
    """A file about the customer."""

    file_id: int
    original_name: str
    size_bytes: int
    media_type: str
    finance_only: bool
    uploaded_by: str
    uploaded_at: datetime


class Kept(NamedTuple):
    """What is agreed with the customer and whether it is archived."""

    late_rate_bp: int | None
    archived_at: datetime | None
    archived_by: str
    segment_named: str  # in its own record: beats every rule


class Merged(NamedTuple):
    """A customer that became this one."""

    code: str
    name: str
    merged_at: datetime
    merged_by: str


@dataclass(frozen=True, slots=True)
class More:
    """The answers."""

    bands: dict[str, int]
    settled: list[tuple[date, int]]
    segment: SegmentNow | None
    changes: list[SegmentChange]
    files: list[StoredFile]
    promises: list[StoredPromise]
    kept: Kept
    merged: list[Merged]


def more(session: Session, customer_id: int, as_of: date) -> More:
    """Return what is known of a customer besides its record."""
    told = _OF_ONE.ask(session, customer=customer_id, as_of=as_of)
    return More(
        bands={row[0]: int(row[1]) for row in told["bands"]},
        settled=[(day, count) for day, count in told["settled"]],
        segment=next((SegmentNow(*row) for row in told["segment"]), None),
        changes=[SegmentChange(*row) for row in told["changes"]],
        files=[StoredFile(*row) for row in told["files"]],
        promises=promises.made_of(told),
        kept=Kept(*told["kept"][0]),
        merged=[Merged(*row) for row in told["merged"]],
    )


def _questions() -> Mapping[str, Select[*tuple[Any, ...]]]:
    segment, change = CustomerSegmentRow, SegmentChangeRow
    return {
        "bands": _bands(),
        "settled": _settled_days(),
        "segment": select(
            col(segment.segment),
            col(segment.cadence),
            col(segment.since_on),
            col(segment.judged_on),
            col(segment.policy_number),
            col(segment.score),
            col(segment.parts),
            col(segment.facts),
        ).where(col(segment.customer_id) == CUSTOMER),
        "changes": select(
            col(change.changed_on),
            col(change.before),
            col(change.after),
            col(change.score_before),
            col(change.score_after),
            col(change.reason),
            col(change.facts),
        )
        .where(col(change.customer_id) == CUSTOMER, col(change.changed_on) <= AS_OF)
        .order_by(col(change.changed_on).desc(), col(change.id).desc())
        .limit(MOST_CHANGES),
        "files": _files(),
        **promises.questions((col(CustomerRow.id) == CUSTOMER,), AS_OF),
        "kept": select(
            col(CustomerRow.late_rate_bp),
            col(CustomerRow.archived_at),
            col(CustomerRow.archived_by),
            col(CustomerRow.segment_key),
        ).where(col(CustomerRow.id) == CUSTOMER),
        "merged": _merged(),
    }


def _settled() -> tuple[ColumnElement[bool], ...]:
    row = InvoiceRow
    return (
        col(row.customer_id) == CUSTOMER,
        col(row.closed_on) > earlier(AS_OF, LATE_DAYS),
        col(row.closed_on) <= AS_OF,
        col(row.kind) == Kind.INVOICE.value,
    )


def _bands() -> Select[*tuple[Any, ...]]:
    late = days_between(col(InvoiceRow.closed_on), col(InvoiceRow.due_on))
    ends = [(late <= band.last, literal(band.key)) for band in BANDS if band.last is not None]
    band = case(*ends, else_=literal(BANDS[-1].key)).label("band")
    return select(band, func.count()).where(*_settled()).group_by("band")


def _settled_days() -> Select[*tuple[Any, ...]]:
    return (
        select(col(InvoiceRow.closed_on), func.count())
        .where(*_settled())
        .group_by(col(InvoiceRow.closed_on))
        .order_by(col(InvoiceRow.closed_on))
    )


def _files() -> Select[*tuple[Any, ...]]:
    row = CustomerFileRow
    return (
        select(
            col(row.id),
            col(row.original_name),
            col(row.size_bytes),
            col(row.media_type),
            col(row.finance_only),
            col(row.uploaded_by),
            col(row.uploaded_at),
        )
        .where(col(row.customer_id) == CUSTOMER, col(row.removed_at).is_(None))
        .order_by(col(row.uploaded_at).desc(), col(row.id).desc())
        .limit(MOST_FILES)
    )


def _merged() -> Select[*tuple[Any, ...]]:
    row = CustomerMergeRow
    return (
        select(col(CustomerRow.code), col(CustomerRow.name), col(row.merged_at), col(row.merged_by))
        .join(CustomerRow, col(CustomerRow.id) == col(row.from_id))
        .where(col(row.into_id) == CUSTOMER)
        .order_by(col(row.id))
    )


_OF_ONE = Together(_questions)
