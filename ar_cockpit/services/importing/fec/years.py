"""The years that a company's ledger has from FECs, and how another one stands to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from ar_cockpit.db.tables import ImportBatchRow
from ar_cockpit.importing.fec.reader import Year

FORMAT = "fec"
_STATES = ("loaded", "loaded_in_part", "unchanged")
_MOST_DAYS_BETWEEN = 92  # a quiet last quarter has no entries at all


class Opening(NamedTuple):
    """A document or payment that stands for what an earlier year, not imported then, left open."""

    kind: str
    number: str
    ref: str
    customer: str
    minor: int  # debit less credit, in cents


@dataclass(frozen=True, slots=True)
class PastYear:
    """One FEC that was imported."""

    batch_id: int
    first: date
    last: date
    closes_on: date
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The imported years around one that is being imported."""

    earlier: Sequence[PastYear]
    same: Sequence[PastYear]
    later: Sequence[PastYear]

    @property
    def is_continued(self) -> bool:
        """Whether an earlier year is there, so that opening entries say nothing new."""
        return bool(self.earlier)

    @property
    def not_before(self) -> list[int]:
        """The imports of this year and of later ones."""
        return [one.batch_id for one in (*self.same, *self.later)]

    def gap_after(self, first: date) -> date | None:
        """Return the last imported day before a gap that a year may be missing from."""
        last = max((one.closes_on for one in self.earlier), default=first)
        return last if (first - last).days > _MOST_DAYS_BETWEEN else None

    @property
    def openings(self) -> list[Opening]:
        """What the first later year carried over, when it was imported before this one."""
        having = [one for one in self.later if one.openings]
        first = min((one.first for one in having), default=None)
        newest = max((one for one in having if one.first == first), key=lambda one: one.batch_id, default=None)
        return list(newest.openings) if newest else []


def neighbours(session: Session, company_id: int, year: Year) -> Neighbours:
    """Return the company's imported years, by how they stand to ``year``."""
    row = ImportBatchRow
    question = select(col(row.id), col(row.report)).where(
        col(row.company_id) == company_id, col(row.format) == FORMAT, col(row.state).in_(_STATES)
    )
    past = [_past(batch_id, report[FORMAT]) for batch_id, report in session.execute(question) if FORMAT in report]
    return Neighbours(
        [one for one in past if one.last < year.first],
        [one for one in past if one.first <= year.last and one.last >= year.first],
        [one for one in past if one.first > year.last],
    )


def as_remembered(year: Year, openings: Sequence[Opening]) -> dict[str, Any]:
    """Return what is kept of a year with its import."""
    days = {"first": year.first.isoformat(), "last": year.last.isoformat(), "closes_on": year.closes_on.isoformat()}
    return days | {"openings": [list(one) for one in openings]}


def _past(batch_id: int, told: dict[str, Any]) -> PastYear:
    first, last, closes_on = (date.fromisoformat(told[name]) for name in ("first", "last", "closes_on"))
    return PastYear(batch_id, first, last, closes_on, tuple(Opening(*one) for one in told["openings"]))
