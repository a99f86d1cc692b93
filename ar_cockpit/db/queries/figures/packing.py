"""How a company's ledger becomes packs: each table read once from end to end, and put together in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlmodel import Session, col

from ar_cockpit.db.hints import unindexed
from ar_cockpit.db.narrowed import Ints, narrowed
from ar_cockpit.db.streaming import narrow, whole
from ar_cockpit.db.tables import AllocationRow, CustomerRow, InvoiceRow, PaymentRow
from ar_cockpit.domain.figures.receivables import Kind

_CUSTOMERS = 1024  # of a pack
_AT_ONCE = 20_000  # rows that Python holds: those of a large company would be hundreds of megabytes
_MOST_BY_INDEX = 20  # a company of less than this part of all customers is looked up; another's rows lie everywhere
_EPOCH = date(1970, 1, 1)


class Made(NamedTuple):
    """A pack as it is stored."""

    currencies: str
    documents: bytes
    applied: bytes


def computed(session: Session, company_id: int) -> dict[int, Made]:
    """Return the packs that a company's ledger makes, by number."""
    theirs = _theirs(session, company_id)
    codes = _Numbered()
    documents = _documents(session, theirs, codes)
    customers = np.unique(documents[1])  # of documents alone: who has none comes and goes without taking packs back
    if not len(customers):
        return {}
    applied = _applied(session, theirs)
    payments = _payments(session, theirs, codes)
    order = sorted(codes)
    sorted_place = np.array([order.index(code) for code in codes], np.int64)
    documents[2], payments[2] = sorted_place[documents[2]], sorted_place[payments[2]]
    return _packed(customers, documents, _with_payments(applied, payments), " ".join(order))


class _Numbered(dict[Any, int]):
    """A number for each value in the order in which they are first seen."""

    def __missing__(self, value: Any) -> int:
        self[value] = len(self)
        return self[value]


class _Days(dict[Any, int]):
    """Days as NumPy counts them: a ledger has few, and each in many rows."""

    def __missing__(self, day: Any) -> int:
        self[day] = ((date.fromisoformat(day) if isinstance(day, str) else day) - _EPOCH).days
        return self[day]


def _theirs(session: Session, company_id: int) -> Any:
    """Return what asks of a table whether a row is the company's."""
    count = select(func.count()).select_from(CustomerRow)
    (every,) = whole(session, count)[0]
    (customers,) = whole(session, count.where(col(CustomerRow.company_id) == company_id))[0]
    if customers * _MOST_BY_INDEX < every:
        return lambda row: col(row.company_id) == company_id
    return lambda row: unindexed(col(row.company_id)) == company_id


def _documents(session: Session, theirs: Any, codes: _Numbered) -> list[Ints]:
    row, days = InvoiceRow, _Days()
    is_invoice: ColumnElement[int] = case((col(row.kind) == Kind.INVOICE.value, 1), else_=0)
    columns = (
        *(col(row.id), col(row.customer_id), col(row.currency), is_invoice),
        *(col(row.invoice_on), col(row.due_on), col(row.closed_on), col(row.amount_minor)),
    )
    found = _columns(session, select(*columns).where(theirs(row)), {2: codes, 4: days, 5: days, 6: days})
    order = np.argsort(found[0])
    return [one[order] for one in found]


def _applied(session: Session, theirs: Any) -> list[Ints]:
    row = AllocationRow
    columns = (col(row.id), col(row.invoice_id), col(row.payment_id), col(row.allocated_on), col(row.amount_minor))
    found = _columns(session, select(*columns).where(theirs(row)), {3: _Days()})
    order = np.lexsort((found[0], found[1]))
    return [one[order] for one in found]


def _payments(session: Session, theirs: Any, codes: _Numbered) -> list[Ints]:
    row = PaymentRow
    columns = (col(row.id), col(row.customer_id), col(row.currency), col(row.paid_on))
    found = _columns(session, select(*columns).where(theirs(row)), {2: codes, 3: _Days()})
    order = np.argsort(found[0])
    return [one[order] for one in found]


def _with_payments(applied: Sequence[Ints], payments: Sequence[Ints]) -> list[Ints]:
    """Return (document, day, amount, payer, its currency, day of the payment) of what was applied."""
    _, document, payment, on, minor = applied
    of = np.searchsorted(payments[0], payment)
    return [document, on, minor, *(one[of] for one in payments[1:])]


def _packed(customers: Ints, documents: Sequence[Ints], applied: Sequence[Ints], currencies: str) -> dict[int, Made]:
    """Divide columns of a company into packs, in each the rows in the order of their documents."""
    pack = np.searchsorted(customers, documents[1]) // _CUSTOMERS
    by_pack = np.argsort(pack, kind="stable")
    place = np.empty_like(by_pack)
    place[by_pack] = np.arange(len(by_pack))
    document = place[np.searchsorted(documents[0], applied[0])]
    by_document = np.argsort(document, kind="stable")
    ends = np.arange(-(-len(customers) // _CUSTOMERS) + 1)
    bounds = np.searchsorted(pack[by_pack], ends)
    bounds_of_applied = np.searchsorted(document[by_document], bounds)
    made = {}
    for number in ends[:-1].tolist():
        own = by_pack[bounds[number] : bounds[number + 1]]
        theirs = by_document[bounds_of_applied[number] : bounds_of_applied[number + 1]]
        rest = (one[theirs] for one in applied[1:])
        made[number] = Made(
            currencies,
            narrowed([one[own] for one in documents[1:]]),
            narrowed([document[theirs] - bounds[number], *rest]),
        )
    return made


def _columns(session: Session, question: Select[*tuple[Any, ...]], numbered: dict[int, Any]) -> list[Ints]:
    """Return the columns of a question; those that are ``numbered`` hold no numbers."""
    width = len(question.selected_columns)
    parts: list[list[Ints]] = [[np.zeros(0, np.int64)] for _ in range(width)]
    for rows in _some(narrow(session, question)):
        for place, values in enumerate(zip(*rows, strict=True)):
            told = map(numbered[place].__getitem__, values) if place in numbered else values
            parts[place].append(np.fromiter(told, np.int64, len(values)))
    return [np.concatenate(one) for one in parts]


def _some(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some
