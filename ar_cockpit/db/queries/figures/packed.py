"""What is summed up at the look from the ledger's packs: a part of the customers, and any past day.

Each figure says what the same question to the ledger's rows does, to the cent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, func, literal_column, select
from sqlmodel import Session, col

from ar_cockpit.db import packing
from ar_cockpit.db.narrowed import Ints, Mask
from ar_cockpit.db.packing import numbers, packed_numbers
from ar_cockpit.db.queries.figures import owing, packs, parts
from ar_cockpit.db.queries.figures.packs import Pack
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.streaming import whole
from ar_cockpit.db.tables import CustomerRow, PaymentRow
from ar_cockpit.domain.calendar import Period, month_end, month_start
from ar_cockpit.domain.figures.listing import Part

_EPOCH = date(1970, 1, 1)
_NOUGHT: ColumnElement[int] = literal_column("0")  # written out, so that the index of unapplied payments serves
_HALF = 26  # bits of an amount that are summed up apart, so that no sum of floats is rounded


@dataclass(frozen=True, slots=True)
class Packed:
    """The packs of some companies, and which customers are meant."""

    packs: Sequence[Pack]
    chosen: Mask | None = None  # by the customer's key; none: all
    is_most: bool = False  # whether more than half of the companies' customers are meant

    def others(self) -> Packed:
        """Return the same of all other customers."""
        return self if self.chosen is None else replace(self, chosen=~self.chosen, is_most=not self.is_most)

    def of(self, about: Slice) -> Iterator[tuple[Pack, int, Mask]]:
        """Yield each pack with documents of a slice, the place of its currency, and which documents they are."""
        for pack in self.packs:
            if pack.company_id not in about.company_ids or about.currency not in pack.currencies:
                continue
            place = pack.currencies.index(about.currency)
            is_meant = _equals(pack.documents.column("currency"), place)
            if self.chosen is not None:
                is_meant &= self.chosen[pack.documents.column("customer")]
            if is_meant.any():
                yield pack, place, is_meant


class Owing(NamedTuple):
    """What customers owe, each with :data:`ar_cockpit.db.queries.figures.owing.AMOUNTS`."""

    customers: Ints
    amounts: Ints


def packed(session: Session, company_ids: Sequence[int], part: Part) -> Packed | None:
    """Return the packs of companies for questions about a part of their customers, or nothing unless they hold."""
    found = packs.read(session, company_ids)
    if found is None:
        return None
    return Packed(found, *_chosen(session, company_ids, part)) if part else Packed(found)


def rows(read: Packed, about: Slice, first: date) -> tuple[Ints, Mask, Ints]:
    """Return what :class:`ar_cockpit.db.queries.figures.flows_of_parts.PartRows` is made of."""
    documents: list[Ints] = [np.zeros((0, 4), np.int64)]
    is_late: list[Mask] = [np.zeros(0, np.bool_)]
    payments: list[Ints] = [np.zeros((0, 5), np.int64)]
    for pack, _, is_meant in read.of(about):
        told, after = pack.documents, pack.documents.after("closed_on", number(first))
        of = np.flatnonzero(is_meant)
        company = np.full(len(of), pack.company_id)
        documents.append(
            np.column_stack([company, *(told.column(one, of) for one in ("invoice_on", "due_on", "minor"))])
        )
        is_late.append(after[of])
        owner = pack.applied.column("document")
        which = np.flatnonzero((is_meant & after)[owner])
        on, minor = (pack.applied.column(one, which) for one in ("applied_on", "minor"))
        due_on, issued = (told.column(one, owner[which]) for one in ("due_on", "invoice_on"))
        payments.append(np.column_stack([np.full(len(which), pack.company_id), on, due_on, minor, issued]))
    return np.concatenate(documents), np.concatenate(is_late), np.concatenate(payments)


def owed(read: Packed, about: Slice, as_of: date) -> Owing:
    """Return what :func:`ar_cockpit.db.queries.figures.owing.of_slice` says of each customer."""
    customers, amounts = [np.zeros(0, np.int64)], [np.zeros((len(owing.AMOUNTS), 0), np.int64)]
    for pack, _, is_meant in read.of(about):
        first, made = pack.documents.least("customer"), _owed_of(pack, is_meant, as_of)
        some = np.flatnonzero(made.any(axis=0))
        customers.append(some + first)
        amounts.append(made[:, some])
    return Owing(np.concatenate(customers), np.concatenate(amounts, axis=1))


def applied_since(read: Packed, about: Slice, as_of: date) -> dict[int, int]:
    """Return by company what was applied after a day of payments that were received by it."""
    found: dict[int, int] = dict.fromkeys(about.company_ids, 0)
    for pack in read.packs:
        if pack.company_id not in found or about.currency not in pack.currencies:
            continue
        told = pack.applied
        of = np.flatnonzero(told.after("applied_on", number(as_of)) & ~told.after("paid_on", number(as_of)))
        is_meant = _equals(told.column("payers_currency", of), pack.currencies.index(about.currency))
        if read.chosen is not None:
            is_meant &= read.chosen[told.column("payer", of)]
        found[pack.company_id] += int(told.column("minor", of[is_meant]).sum())
    return found


def unapplied(session: Session, read: Packed, about: Slice, as_of: date) -> dict[int, int]:
    """Return by company the money received by a day and not applied by it."""
    row, found = PaymentRow, applied_since(read, about, as_of)
    left = col(row.unapplied_minor)
    columns = (packed_numbers(session, one) for one in (col(row.customer_id), left))
    received = (col(row.company_id).in_(about.company_ids), col(row.currency) == about.currency, left != _NOUGHT)
    question = select(col(row.company_id), *columns).where(*received, col(row.paid_on) <= as_of)
    for company_id, payers, minor in packing.packed(session, question.group_by(col(row.company_id))):
        amounts = numbers([minor])
        is_meant = slice(None) if read.chosen is None else read.chosen[numbers([payers])]
        found[company_id] += int(amounts[is_meant].sum())
    return found


def days_late_of_settled(read: Packed, about: Slice, period: Period) -> dict[int, tuple[int, int]]:
    """Return what :func:`ar_cockpit.db.queries.figures.sums.days_late_of_settled` does."""
    totals = dict.fromkeys(about.company_ids, (0, 0))
    start, end = number(period.start), number(period.end)
    for pack, _, is_meant in read.of(about):
        told = pack.documents
        is_invoice = is_meant & _equals(told.column("is_invoice"), 1)
        is_later = told.after("closed_on", end)
        for_good = np.flatnonzero(is_invoice & told.after("closed_on", start - 1) & ~is_later)
        settled = [(for_good, told.column("closed_on", for_good))]
        settled.append(_settled_for_a_while(pack, is_invoice & is_later, start, end))
        for of, on in settled:
            minor = told.column("minor", of)
            late, weight = totals[pack.company_id]
            weighted = int((minor * (on - told.column("due_on", of))).sum())
            totals[pack.company_id] = (late + weighted, weight + int(minor.sum()))
    return totals


def number(day: date) -> int:
    """Return a day as NumPy counts it."""
    return (day - _EPOCH).days


def summed(places: Any, minor: Ints, size: int) -> Ints:
    """Return the exact sums of amounts by place, faster than one after the other."""
    low = np.bincount(places, minor & ((1 << _HALF) - 1), size).astype(np.int64)
    high = np.bincount(places, minor >> _HALF, size).astype(np.int64)
    return low + (high << _HALF)


def _chosen(session: Session, company_ids: Sequence[int], part: Part) -> tuple[Mask, bool]:
    """Return of each customer, by its key, whether it belongs to a part; and whether most do."""
    row = CustomerRow
    theirs = col(row.company_id).in_(company_ids)
    question = select(packed_numbers(session, col(row.id))).where(theirs, *parts.conditions(part))
    ids = numbers([one for (one,) in packing.packed(session, question)])
    # As long as any key of a pack may ask for.
    ((last,),) = whole(session, select(func.max(col(row.id))))
    ((every,),) = whole(session, select(func.count()).select_from(row).where(theirs))
    chosen = np.zeros((last or 0) + 1, np.bool_)
    chosen[ids] = True
    return chosen, 2 * len(ids) > every


def _owed_of(pack: Pack, is_meant: Mask, as_of: date) -> Ints:
    """Return the amounts of a pack's customers, from the first of them on."""
    told, applied, day = pack.documents, pack.applied, number(as_of)
    begins, ends = number(month_start(as_of)), number(month_end(as_of))
    place = told.column("customer") - told.least("customer")
    owner, minor = applied.column("document"), applied.column("minor")
    size = int(place.max()) + 1
    falls_due = ~told.after("invoice_on", begins - 1) & ~told.after("due_on", ends)
    is_open = is_meant & ~told.after("invoice_on", day) & told.after("closed_on", day)
    of = np.flatnonzero(is_open)
    by_then = ~applied.after("applied_on", day)
    whole_amount = told.column("minor", of)
    to_open = np.flatnonzero(is_open[owner])
    until = to_open[by_then[to_open]]
    left = whole_amount - summed(owner[to_open], minor[to_open], told.count)[of]
    due = whole_amount - summed(owner[until], minor[until], told.count)[of]
    is_there, is_late = due != 0, ~told.after("due_on", day - 1)[of]
    month = np.flatnonzero(is_meant[owner] & applied.after("applied_on", begins - 1))
    of_month, in_month = owner[month], minor[month]
    where = place[of]
    sums = (
        (where[is_there], None),
        (where[is_there & is_late], None),
        (where, due),
        (where[is_late], due[is_late]),
        (where[falls_due[of]], left[falls_due[of]]),
        (place[of_month][falls_due[of_month]], in_month[falls_due[of_month]]),
        (place[of_month][by_then[month]], in_month[by_then[month]]),
    )
    return np.array(
        [np.bincount(at, minlength=size) if by is None else summed(at, by, size) for at, by in sums], np.int64
    )


def _settled_for_a_while(pack: Pack, is_later: Mask, start: int, end: int) -> tuple[Ints, Ints]:
    """Return invoices that were settled at a period's end and opened again later, with the day they were settled."""
    told, applied = pack.documents, pack.applied
    owner, since = applied.column("document"), applied.after("applied_on", end)
    is_again = np.zeros(told.count, np.bool_)
    is_again[owner[since]] = True  # whatever opened it again was applied later
    before = np.flatnonzero((is_later & is_again)[owner] & ~since)
    paid = summed(owner[before], applied.column("minor", before), told.count)
    last = told.column("invoice_on")
    np.maximum.at(last, owner[before], applied.column("applied_on", before))
    is_settled = np.zeros(told.count, np.bool_)
    is_settled[owner[before]] = True
    is_settled &= (paid == told.column("minor")) & (last >= start) & ~told.after("invoice_on", end)
    of = np.flatnonzero(is_settled)
    return of, last[of]


def _equals(values: Ints, wanted: int) -> Mask:
    found: Mask = values == wanted
    return found
