"""What the key figures of a part of the customers are made of, by one pass over its documents.

Nothing is kept of a part. The most of all customers is everything that is kept less what the few others make, so that
no part costs more than half a ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.figures import applied, flows, parts
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.streaming import narrow
from ar_cockpit.db.tables import AllocationRow, InvoiceRow
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, BUCKETS

Ageing = dict[date, dict[int, dict[str, int]]]
Sales = list[tuple[date, int, int]]
Ints = NDArray[np.int64]
_LIMITS = tuple(bucket.last_day for bucket in BUCKETS if bucket.last_day is not None)


def ageing_and_sales(session: Session, about: Slice, days: Sequence[date]) -> tuple[Ageing, Sales]:
    """Return the open amounts of ``days`` by company and age, and the sales by day up to the last of them."""
    asked = sorted(set(days))
    others = _are_few_others(session, about)
    chosen = parts.documents_of(about.part, about.company_ids, about.currency, others=others)
    ageing, sold = _ageing(session, chosen, about, asked), _sold(session, chosen, asked[-1])
    if others:
        whole = Slice(about.company_ids, about.currency)
        ageing = _less(flows.ageing_on(session, whole, asked), ageing)
        counted = flows.documents_by_day(session, whole, asked[-1])
        sold = {
            key: (count - sold.get(key, (0, 0))[0], minor - sold.get(key, (0, 0))[1])
            for key, (count, minor) in counted.items()
        }
    return ageing, [(day, company, minor) for (day, company), (count, minor) in sorted(sold.items()) if count > 0]


def settled_within(session: Session, about: Slice, ledgers_of: Sequence[date], days: int) -> dict[date, int]:
    """Return what :func:`cash_in.settled_within` does, of a part of the customers."""
    others = _are_few_others(session, about)
    chosen = parts.documents_of(about.part, about.company_ids, about.currency, others=others)
    first, issued = min(ledgers_of), col(InvoiceRow.invoice_on)
    on, minor = col(AllocationRow.allocated_on), col(AllocationRow.amount_minor)
    sums = (
        func.sum(case(((on > day) & (on <= day + timedelta(days=days)) & (issued <= day), minor), else_=0))
        for day in ledgers_of
    )
    question = (
        select(*sums)
        .select_from(InvoiceRow)
        .join(AllocationRow, col(AllocationRow.invoice_id) == col(InvoiceRow.id))
        .where(chosen, on > first, col(InvoiceRow.closed_on) > first)
    )
    found = [int(one or 0) for one in session.execute(question).one()]
    if not others:
        return dict(zip(ledgers_of, found, strict=True))
    whole = applied.settled_within(session, Slice(about.company_ids, about.currency), ledgers_of, days)
    return {day: whole[day] - one for day, one in zip(ledgers_of, found, strict=True)}


def _are_few_others(session: Session, about: Slice) -> bool:
    is_most = parts.is_most(session, about.part, about.company_ids)
    return is_most and flows.are_built(session, about.company_ids)


def _ageing(session: Session, chosen: ColumnElement[bool], about: Slice, asked: Sequence[date]) -> Ageing:
    """Return the open amounts of each day: what became of each age between one day and the next, added up."""
    moved = np.zeros((len(about.company_ids), len(asked) + 1, len(BUCKET_KEYS)), dtype=np.int64)
    for question, sign in ((_documents, 1), (_payments, -1)):
        rows = list(narrow(session, question(chosen, asked[0])))
        if rows:
            _add(moved, np.array(rows, dtype=np.int64), sign, about, asked)
    beyond = np.cumsum(moved[:, :-1], axis=1)
    return {
        day: {company: _buckets(beyond[row, place].tolist()) for row, company in enumerate(about.company_ids)}
        for place, day in enumerate(asked)
    }


def _add(moved: Ints, rows: Ints, sign: int, about: Slice, asked: Sequence[date]) -> None:
    """Add rows of (company, day, due day, amount), days counted from the first one asked for, to what moved."""
    days = np.array([(day - asked[0]).days for day in asked], dtype=np.int64)
    order = np.argsort(about.company_ids)
    company = order[np.searchsorted(np.array(about.company_ids)[order], rows[:, 0])]
    reached = [rows[:, 1], *(np.maximum(rows[:, 1], rows[:, 2] + limit + 1) for limit in _LIMITS)]
    for place, day in enumerate(reached):
        np.add.at(moved[:, :, place], (company, np.searchsorted(days, day)), sign * rows[:, 3])


def _documents(chosen: ColumnElement[bool], first: date) -> Select[*tuple[Any, ...]]:
    """Return the question of the documents that are open on or after ``first``; the others are of no age on any day."""
    row = InvoiceRow
    return select(
        col(row.company_id),
        days_between(col(row.invoice_on), first),
        days_between(col(row.due_on), first),
        col(row.amount_minor),
    ).where(chosen, col(row.closed_on) > first)


def _payments(chosen: ColumnElement[bool], first: date) -> Select[*tuple[Any, ...]]:
    row, on = InvoiceRow, col(AllocationRow.allocated_on)
    # What was applied before the document's own day counts from that day on.
    day = case((on > col(row.invoice_on), on), else_=col(row.invoice_on))
    return (
        select(
            col(row.company_id),
            days_between(day, first),
            days_between(col(row.due_on), first),
            col(AllocationRow.amount_minor),
        )
        .join(AllocationRow, col(AllocationRow.invoice_id) == col(row.id))
        .where(chosen, col(row.closed_on) > first)
    )


def _sold(session: Session, chosen: ColumnElement[bool], until: date) -> dict[tuple[date, int], tuple[int, int]]:
    day, company = col(InvoiceRow.invoice_on), col(InvoiceRow.company_id)
    question = (
        select(day, company, func.count(), func.sum(col(InvoiceRow.amount_minor)))
        .where(chosen, day <= until)
        .group_by(day, company)
    )
    return {(on, of): (count, int(minor)) for on, of, count, minor in session.execute(question)}


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
