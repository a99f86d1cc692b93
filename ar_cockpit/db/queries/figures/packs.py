"""The ledger a second time: each company's documents, and what was applied to them, as columns of numbers.

A million documents read as rows cost seconds, as columns a tenth of one; so what nothing is summed up of beforehand (a
part of the customers, any past day) is summed up at the look. The customers of a company are packed so many at a time,
in the order of their keys: of what changed few packs are written anew. Packs hold while the sums by day do, and the
same triggers take them back (:mod:`ar_cockpit.db.marks`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from ar_cockpit.db.narrowed import Narrow
from ar_cockpit.db.queries.figures.packing import Made, computed
from ar_cockpit.db.streaming import whole_bytes
from ar_cockpit.db.tables import FiguresStateRow, LedgerPackRow

__all__ = ["Pack", "begin", "computed", "is_still_true", "keep", "kept", "outdated", "read", "stored"]

# Days are counted as NumPy does; ``document`` is the place among the pack's documents, ``payer`` the payment's
# customer.
DOCUMENTS = ("customer", "currency", "is_invoice", "invoice_on", "due_on", "closed_on", "minor")
APPLIED = ("document", "applied_on", "minor", "payer", "payers_currency", "paid_on")
_KEPT = 1  # in ``packing``; 0 is nothing, any other number whoever is making them


@dataclass(frozen=True, slots=True)
class Pack:
    """The documents of some customers of a company, and what was applied to them."""

    company_id: int
    currencies: Sequence[str]
    documents: Narrow
    applied: Narrow


def read(session: Session, company_ids: Sequence[int]) -> list[Pack] | None:
    """Return the packs of companies, or nothing unless all of them hold."""
    row, state = LedgerPackRow, FiguresStateRow
    # By one statement, so that what is read held when it was read.
    question = (
        select(col(state.company_id), col(row.currencies), col(row.documents), col(row.applied))
        .outerjoin(row, col(row.company_id) == col(state.company_id))
        .where(col(state.company_id).in_(company_ids), *_holds())
        .order_by(col(state.company_id), col(row.number))
    )
    told = whole_bytes(session, question)
    if {company_id for company_id, *_ in told} != set(company_ids):
        return None
    return [
        Pack(company_id, currencies.split(), Narrow(documents, DOCUMENTS), Narrow(applied, APPLIED))
        for company_id, currencies, documents, applied in told
        if documents is not None
    ]


def outdated(session: Session) -> list[int]:
    """Return the companies whose packs are to be made; those whose sums by day are first."""
    row = FiguresStateRow
    missing = select(col(row.company_id)).where(col(row.flows_are_built), col(row.packing) != _KEPT)
    return list(session.execute(missing.order_by(col(row.company_id))).scalars())


def kept(session: Session) -> list[int]:
    """Return the companies whose packs hold."""
    return list(session.execute(select(col(FiguresStateRow.company_id)).where(*_holds())).scalars())


def begin(session: Session, company_id: int) -> int:
    """Return the number by which whoever makes the packs of a company knows whether they may be put down."""
    row, number = FiguresStateRow, 2 + secrets.randbelow(1 << 60)
    is_meant = (col(row.company_id) == company_id, col(row.flows_are_built))
    session.execute(update(row).where(*is_meant).values(packing=number))
    return number


def is_still_true(session: Session, company_id: int, number: int) -> bool:
    """Return whether nobody wrote to the company since :func:`begin`; keep others from it to the transaction's end."""
    row = FiguresStateRow
    state = select(col(row.flows_are_built), col(row.packing)).where(col(row.company_id) == company_id)
    found = session.execute(state.with_for_update()).first()
    return found is not None and tuple(found) == (True, number)


def stored(session: Session, company_id: int) -> dict[int, Made]:
    """Return the packs kept of a company, by number."""
    row = LedgerPackRow
    columns = (col(row.number), col(row.currencies), col(row.documents), col(row.applied))
    rows = whole_bytes(session, select(*columns).where(col(row.company_id) == company_id))
    return {number: Made(currencies, bytes(one), bytes(other)) for number, currencies, one, other in rows}


def keep(session: Session, company_id: int, packs: Mapping[int, Made]) -> None:
    """Keep these packs of a company, which is held, in place of those before; what is the same is not written."""
    row, before = LedgerPackRow, stored(session, company_id)
    other = [number for number in before.keys() | packs.keys() if before.get(number) != packs.get(number)]
    if other:
        session.execute(delete(row).where(col(row.company_id) == company_id, col(row.number).in_(other)))
    new = [
        {"company_id": company_id, "number": number, **packs[number]._asdict()} for number in other if number in packs
    ]
    if new:
        session.execute(insert(row), new)
    state = FiguresStateRow
    session.execute(update(state).where(col(state.company_id) == company_id).values(packing=_KEPT))


def _holds() -> Iterator[Any]:
    yield col(FiguresStateRow.flows_are_built)
    yield col(FiguresStateRow.packing) == _KEPT
