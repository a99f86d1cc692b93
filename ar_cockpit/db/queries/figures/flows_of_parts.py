"""What the key figures of a part of the customers are made of: its documents read once, and what was applied to them.

Nothing is kept of a part. The most of all customers is everything that is kept less what the few others make, so that
no part costs more than half a ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import applied, flows, packed, parts
from ar_cockpit.db.queries.figures.packed import Packed
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.streaming import narrow
from ar_cockpit.db.tables import AllocationRow, InvoiceRow
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, BUCKETS

Ageing = dict[date, dict[int, dict[str, int]]]
Sales = list[tuple[date, int, int]]
Ints = NDArray[np.int64]
_LIMITS = tuple(bucket.last_day for bucket in BUCKETS if bucket.last_day is not None)
_EPOCH = date(1970, 1, 1)
_AT_ONCE = 20_000
_DOCUMENT, _CLOSED, _APPLIED = 4, 5, 6  # where a row has the document's key, its last day, and what was applied when
_DAYS = (1, 2, _CLOSED, _APPLIED)


@dataclass(frozen=True, slots=True)
class PartRows:
    """The documents of a part, or of the few ``others``, and what was applied to those open after a first day.

    Rows are (company, day, due day, amount), days counted as numpy does; of what was applied, the document's day too.
    """

    about: Slice
    others: bool
    documents: Ints
    is_late: NDArray[np.bool_]  # whether a document is open after the first day
    payments: Ints


def rows(session: Session, about: Slice, first: date, read: Packed | None = None) -> PartRows:
    """Read what figures of days from ``first`` on are made of; documents closed by then are sales and nothing else.

    From packs, when they hold and are ``read``; otherwise from the ledger's rows.
    """
    if read:
        few = read.others() if read.is_most else read
        return PartRows(about, read.is_most, *packed.rows(few, about, first))
    others = _are_few_others(session, about)
    chosen = parts.documents_of(about.part, about.company_ids, about.currency, others=others)
    told = _numbers(session, _documents(chosen, first))
    # A document stands in as many rows as there were applied parts.
    once = told[np.unique(told[:, _DOCUMENT], return_index=True)[1]]
    is_late = once[:, _CLOSED] > packed.number(first)
    return PartRows(about, others, once[:, :_DOCUMENT], is_late, told[:, [0, _APPLIED, 2, _APPLIED + 1, 1]])


def ageing_and_sales(session: Session, read: PartRows, days: Sequence[date]) -> tuple[Ageing, Sales]:
    """Return the open amounts of ``days`` by company and age, and the sales by day up to the last of them."""
    asked = sorted(set(days))
    ageing, sold = _ageing(read, asked), _sold(read, asked[-1])
    if read.others:
        whole = Slice(read.about.company_ids, read.about.currency)
        ageing = _less(flows.ageing_on(session, whole, asked), ageing)
        counted = flows.documents_by_day(session, whole, asked[-1])
        sold = {
            key: (count - sold.get(key, (0, 0))[0], minor - sold.get(key, (0, 0))[1])
            for key, (count, minor) in counted.items()
        }
    return ageing, [(day, company, minor) for (day, company), (count, minor) in sorted(sold.items()) if count > 0]


def settled_within(session: Session, read: PartRows, ledgers_of: Sequence[date], days: int) -> dict[date, int]:
    """Return what :func:`cash_in.settled_within` does, of a part of the customers."""
    on, issued, minor = read.payments[:, 1], read.payments[:, 4], read.payments[:, 3]
    found = {}
    for day in ledgers_of:
        number = packed.number(day)
        is_meant = (on > number) & (on <= number + days) & (issued <= number)
        found[day] = int(minor[is_meant].sum())
    if not read.others:
        return found
    whole = applied.settled_within(session, Slice(read.about.company_ids, read.about.currency), ledgers_of, days)
    return {day: whole[day] - one for day, one in found.items()}


def _are_few_others(session: Session, about: Slice) -> bool:
    is_most = parts.is_most(session, about.part, about.company_ids)
    return is_most and flows.are_built(session, about.company_ids)


def _ageing(read: PartRows, asked: Sequence[date]) -> Ageing:
    """Return the open amounts of each day: what became of each age between one day and the next, added up."""
    ids = read.about.company_ids
    moved = np.zeros((len(ids), len(asked) + 1, len(BUCKET_KEYS)), dtype=np.int64)
    _add(moved, read.documents[read.is_late], 1, ids, asked)
    # What was applied before the document's own day counts from that day on.
    paid = read.payments[:, :4].copy()
    paid[:, 1] = np.maximum(paid[:, 1], read.payments[:, 4])
    _add(moved, paid, -1, ids, asked)
    beyond = np.cumsum(moved[:, :-1], axis=1)
    return {
        day: {company: _buckets(beyond[row, place].tolist()) for row, company in enumerate(ids)}
        for place, day in enumerate(asked)
    }


def _add(moved: Ints, told: Ints, sign: int, company_ids: Sequence[int], asked: Sequence[date]) -> None:
    """Add rows of (company, day, due day, amount) to what moved."""
    if not len(told):
        return
    days = np.array([packed.number(day) for day in asked], dtype=np.int64)
    # Where each day of the whole span stands, looked up once: quicker than to look for every row's.
    places = np.searchsorted(days, np.arange(days[0], days[-1] + 2))
    company = _places(told[:, 0], company_ids) * (len(days) + 1)
    reached = [told[:, 1], *(np.maximum(told[:, 1], told[:, 2] + limit + 1) for limit in _LIMITS)]
    for age, day in enumerate(reached):
        where = company + places[np.clip(day, days[0], days[-1] + 1) - days[0]]
        moved[:, :, age] += sign * packed.summed(where, told[:, 3], moved[:, :, age].size).reshape(moved.shape[:2])


def _sold(read: PartRows, until: date) -> dict[tuple[date, int], tuple[int, int]]:
    """Return the number of documents and their amount by day and company."""
    ids = read.about.company_ids
    told = read.documents[read.documents[:, 1] <= packed.number(until)]
    if not len(told):
        return {}
    first, last = int(told[:, 1].min()), int(told[:, 1].max())
    shape = (last - first + 1, len(ids))
    place = (told[:, 1] - first) * len(ids) + _places(told[:, 0], ids)
    counts = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)
    minors = packed.summed(place, told[:, 3], counts.size).reshape(shape)
    return {
        (_day(first + day), ids[company]): (int(counts[day, company]), int(minors[day, company]))
        for day, company in zip(*(one.tolist() for one in np.nonzero(counts)), strict=True)
    }


def _documents(chosen: ColumnElement[bool], first: date) -> Select[*tuple[Any, ...]]:
    """Return the question for documents and, of those open after ``first``, what was applied to them.

    The others are of no age later. Where nothing was applied stands nought.
    """
    row, allocation = InvoiceRow, AllocationRow
    is_open = col(row.closed_on) > first
    return (
        select(
            *(col(row.company_id), col(row.invoice_on), col(row.due_on), col(row.amount_minor)),
            *(col(row.id), col(row.closed_on)),
            func.coalesce(col(allocation.allocated_on), col(row.invoice_on)),
            func.coalesce(col(allocation.amount_minor), literal_column("0")),
        )
        .outerjoin(allocation, (col(allocation.invoice_id) == col(row.id)) & is_open)
        .where(chosen)
    )


def _numbers(session: Session, question: Select[*tuple[Any, ...]]) -> Ints:
    """Return the rows of :func:`_documents` as numbers, days as numpy counts them.

    Some at a time: as Python has them, the rows of half a ledger would take two hundred megabytes.
    """
    answer, made = narrow(session, question), [np.zeros((0, _APPLIED + 2), dtype=np.int64)]
    while some := list(islice(answer, _AT_ONCE)):
        columns = (
            np.array(one, dtype="datetime64[D]").astype(np.int64) if place in _DAYS else np.array(one, dtype=np.int64)
            for place, one in enumerate(zip(*some, strict=True))
        )
        made.append(np.column_stack(list(columns)))
    return np.concatenate(made)


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def _places(companies: Ints, company_ids: Sequence[int]) -> Ints:
    """Return where each company stands among ``company_ids``."""
    order = np.argsort(company_ids)
    found: Ints = order[np.searchsorted(np.array(company_ids)[order], companies)]
    return found


def _less(whole: Ageing, others: Ageing) -> Ageing:
    return {
        day: {
            company: {key: minor - others[day][company][key] for key, minor in aged.items()}
            for company, aged in by_company.items()
        }
        for day, by_company in whole.items()
    }


def _buckets(reached: Sequence[int]) -> dict[str, int]:
    return dict(zip(BUCKET_KEYS, (whole - later for whole, later in pairwise([*reached, 0])), strict=True))
