"""What reports say of every customer, summed up from the ledger's packs: how it pays, and what it owes by age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from ar_cockpit.db.narrowed import Ints
from ar_cockpit.db.queries.figures.habits import YEAR
from ar_cockpit.db.queries.figures.packed import Packed, number, summed
from ar_cockpit.db.queries.figures.packs import Pack
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, BUCKETS
from ar_cockpit.domain.figures.habits import Habit, PaidInYear

_EPOCH = date(1970, 1, 1)
_LIMITS = [bucket.last_day for bucket in BUCKETS if bucket.last_day is not None]


def habits(read: Packed, as_of: date) -> Iterator[tuple[int, Habit]]:
    """Yield what :func:`ar_cockpit.db.queries.figures.habits.habits` says of each customer that settled anything."""
    for pack in read.packs:
        told, first = pack.documents, pack.documents.least("customer")
        is_paid = told.after("closed_on", number(as_of - 2 * YEAR)) & ~told.after("closed_on", number(as_of))
        of = np.flatnonzero(is_paid & (told.column("is_invoice") == 1))
        place, minor = told.column("customer", of) - first, told.column("minor", of)
        late = told.column("closed_on", of) - told.column("due_on", of)
        is_now = told.after("closed_on", number(as_of - YEAR))[of]
        size = int(place.max()) + 1 if len(of) else 0
        years = [
            (
                summed(place[these], (minor * late)[these], size).tolist(),
                summed(place[these], minor[these], size).tolist(),
            )
            for these in (is_now, ~is_now)
        ]
        settled, settled_late = (np.bincount(at, minlength=size).tolist() for at in (place, place[late > 0]))
        for one in np.unique(place).tolist():
            now, before = (PaidInYear(weighted[one], weight[one]) for weighted, weight in years)
            yield first + one, Habit(now, before, settled[one], settled_late[one])


def ages(read: Packed, as_of: date, currency: str) -> Iterator[tuple[int, str, int, date, list[int]]]:
    """Yield (customer, currency, documents, oldest due date, open by age) of who has open documents."""
    for pack in read.packs:
        of, minor = _open_on(pack, number(as_of))
        told, first = pack.documents, pack.documents.least("customer")
        place, own, due_on = told.column("customer", of) - first, told.column("currency", of), told.column("due_on", of)
        age = np.searchsorted(_LIMITS, number(as_of) - due_on)
        for index, code in enumerate(pack.currencies):
            if currency not in {"", code} or not (own == index).any():
                continue
            some = np.flatnonzero(own == index)
            whose, dues = place[some], due_on[some]
            customers, where, count = np.unique(whose, return_inverse=True, return_counts=True)
            oldest = np.full(len(customers), dues.max())
            np.minimum.at(oldest, where, dues)
            size = len(BUCKET_KEYS)
            by_age = summed(where * size + age[some], minor[some], len(customers) * size).reshape(-1, size)
            columns = (one.tolist() for one in (customers + first, count, oldest, by_age))
            for customer_id, documents, since, amounts in zip(*columns, strict=True):
                yield customer_id, code, documents, _EPOCH + timedelta(days=since), amounts


def _open_on(pack: Pack, day: int) -> tuple[Ints, Ints]:
    """Return the documents with something open on a day, and how much."""
    told, applied = pack.documents, pack.applied
    of = np.flatnonzero(~told.after("invoice_on", day) & told.after("closed_on", day))
    is_open = np.zeros(told.count, np.bool_)
    is_open[of] = True
    owner = applied.column("document")
    until = np.flatnonzero(is_open[owner] & ~applied.after("applied_on", day))
    minor = told.column("minor", of) - summed(owner[until], applied.column("minor", until), told.count)[of]
    return of[minor != 0], minor[minor != 0]
