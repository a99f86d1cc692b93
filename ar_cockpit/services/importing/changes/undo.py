"""Taking an import back: made rows go, changed rows get their old values, open amounts follow; all or nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, insert, literal, or_, select, union, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col

from ar_cockpit.db.json_rows import value_in
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    ContactRow,
    CustomerRow,
    DisputeRow,
    ImportBatchRow,
    ImportChangeRow,
    InvoiceRow,
    PaymentRow,
    SettlementProposalRow,
)
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.clock import now
from ar_cockpit.services.groups import assign_groups
from ar_cockpit.services.importing.changes.blockers import Blocker, blockers_of, journaled, made_by
from ar_cockpit.services.importing.changes.reach import batch_within_reach
from ar_cockpit.services.importing.changes.rows import kept_columns, references_to, table_of
from ar_cockpit.services.importing.turn import take_turn

TAKEN_BACK = "taken_back"
_IN_WORDS = {
    "later_import": "{n} row(s) changed by the later import {which}",
    "changed_since": "{n} row(s) of {which} changed by hand since",
    "settled": "{n} settlement(s) accepted from it",
    "payments": "{n} payment(s) or allocation(s) from elsewhere",
    "invoices": "{n} invoice(s) from elsewhere",
    "contacts": "{n} contact(s) added since",
    "disputes": "{n} dispute(s)",
    "documents": "{n} attached document(s)",
    "holds": "{n} hold(s)",
    "messages": "{n} message(s) to customers",
    "promises": "{n} promise(s)",
    "notes": "{n} note(s) and other acts",
    "taken_over": "{n} document(s) or payment(s) taken over from later years",
    "other": "{n} row(s) of {which}",
}
# Restored before made rows go, since a restored row may leave one of them; allocations are written anew.
_UPDATED: tuple[type[SQLModel], ...] = (CustomerRow, ContactRow, InvoiceRow, PaymentRow, DisputeRow)
_DELETED: tuple[type[SQLModel], ...] = (DisputeRow, PaymentRow, InvoiceRow, ContactRow, CustomerRow)


@dataclass(frozen=True, slots=True)
class Undoing:
    """What taking an import back would do, or did: rows by table, and what stands in the way."""

    batch_id: int
    file_name: str
    state: str
    removed: dict[str, int]
    restored: dict[str, int]
    blockers: tuple[Blocker, ...] = ()
    is_known: bool = True  # whether the import kept what it changed: those of older versions did not
    has_happened: bool = False  # it had been taken back before

    @property
    def is_possible(self) -> bool:
        """Whether nothing stands in the way."""
        return self.is_known and not self.blockers and self.state != TAKEN_BACK

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        told = {"batch": self.batch_id, "file": self.file_name, "state": self.state}
        counts = {"removed": self.removed, "restored": self.restored, "already_taken_back": self.has_happened}
        return told | counts | {"blockers": [asdict(one) for one in self.blockers]}


def in_words(blocker: Blocker) -> str:
    """Return what stands in the way as a few words."""
    return _IN_WORDS[blocker.kind].format(n=blocker.count, which=blocker.which)


def consequences(session: Session, actor: Actor, batch_id: int) -> Undoing:
    """Return what taking this import back would do, and what stands in the way."""
    return _consequences(session, batch_within_reach(session, actor, batch_id))


def undo(session: Session, actor: Actor, batch_id: int) -> Undoing:
    """Take the import back in the caller's transaction; a second time changes nothing.

    Raises ``RefusedError`` with everything that stands in the way.
    """
    take_turn(session)
    batch = batch_within_reach(session, actor, batch_id)
    found = _consequences(session, batch)
    if batch.state == TAKEN_BACK:
        return found
    _require(found)
    grouped = _companies_of_customers(session, batch_id)
    try:
        with session.begin_nested():
            _take_back(session, batch_id)
            for company_id in sorted(grouped):
                assign_groups(session, company_id)
    except IntegrityError as error:
        raise RefusedError(
            "Something was done on this import's rows just now; nothing was changed.", "Look again."
        ) from error
    batch.state = TAKEN_BACK
    batch.report = batch.report | {"taken_back": {"at": now().isoformat(), "by": actor.email}}
    session.add(batch)
    after = {"file": batch.file_name, "removed": found.removed, "restored": found.restored}
    audit.record(session, actor, "ledger.import.undo", ("import_batch", str(batch_id)), after=after)
    return Undoing(batch_id, batch.file_name, TAKEN_BACK, found.removed, found.restored)


def _require(found: Undoing) -> None:
    if not found.is_known:
        raise InputError(
            f"Import {found.batch_id} was loaded by an older version, which kept no old values.",
            "Correct it by another import.",
        )
    if found.blockers:
        raise RefusedError(
            f"Import {found.batch_id} cannot be taken back: {'; '.join(in_words(one) for one in found.blockers)}.",
            "Take those back first.",
        )


def _consequences(session: Session, batch: ImportBatchRow) -> Undoing:
    if batch.state == TAKEN_BACK:
        return Undoing(batch.id, batch.file_name, batch.state, {}, {}, has_happened=True)
    written: tuple[type[SQLModel], ...] = (AllocationRow, *_DELETED)
    tables = [table_of(one).name for one in written]
    removed = {name: _size(session, made_by(name, batch.id)) for name in tables}
    had_values = col(ImportChangeRow.before).is_not(None)
    restored = {name: _size(session, journaled(name, batch.id, had_values)) for name in tables}
    return Undoing(
        batch.id,
        batch.file_name,
        batch.state,
        {name: n for name, n in removed.items() if n},
        {name: n for name, n in restored.items() if n},
        tuple(blockers_of(session, batch)),
        "marks" in batch.report,
    )


def _size(session: Session, question: Any) -> int:
    return int(session.execute(select(func.count()).select_from(question.subquery())).scalar_one())


def _take_back(session: Session, batch_id: int) -> None:
    touched = [_touched(session, batch_id, name) for name in ("invoice_id", "payment_id")]
    _remove(session, AllocationRow, batch_id, with_changed=True)
    _remove(session, DisputeRow, batch_id)
    for row_class in _UPDATED:
        _restore(session, row_class, batch_id)
    _follow(session, batch_id)
    for row_class in _DELETED:
        _remove(session, row_class, batch_id)
    _insert_again(session, PaymentRow, batch_id, unapplied_minor=0)
    _insert_again(session, AllocationRow, batch_id)
    refresh_open(session, *touched)
    _remove_unused_companies(session, batch_id)
    own = col(ImportChangeRow.batch_id) == batch_id
    session.execute(delete(ImportChangeRow).where(own).execution_options(synchronize_session=False))


def _companies_of_customers(session: Session, batch_id: int) -> set[int]:
    """Return the companies of which the import made or changed customers: their groups follow."""
    changed = journaled("customer", batch_id, col(ImportChangeRow.before).is_not(None))
    ours = or_(col(CustomerRow.id).in_(made_by("customer", batch_id)), col(CustomerRow.id).in_(changed))
    return set(session.execute(select(col(CustomerRow.company_id)).where(ours).distinct()).scalars())


def _touched(session: Session, batch_id: int, column: str) -> set[int]:
    """Return the invoices, or payments, whose allocations change."""
    change, allocation = ImportChangeRow, table_of(AllocationRow)
    made = select(allocation.c[column]).where(allocation.c.import_batch_id == batch_id)
    ours = and_(col(change.batch_id) == batch_id, col(change.table_name) == "allocation")
    before = select(value_in(session, col(change.before), allocation.c[column])).where(ours)
    after = select(value_in(session, col(change.after), allocation.c[column])).where(ours)
    changed = journaled(column.removesuffix("_id"), batch_id, col(change.before).is_not(None))
    found = session.execute(union(made, before, after, changed)).scalars()
    return {one for one in found if one is not None}


def _remove(session: Session, row_class: type[SQLModel], batch_id: int, *, with_changed: bool = False) -> None:
    table = table_of(row_class)
    which: ColumnElement[bool] = table.c.id.in_(made_by(table.name, batch_id))
    if with_changed:
        which = or_(which, table.c.id.in_(journaled(table.name, batch_id, col(ImportChangeRow.after).is_not(None))))
    session.execute(delete(table).where(which))


def _restore(session: Session, row_class: type[SQLModel], batch_id: int) -> None:
    table, change = table_of(row_class), table_of(ImportChangeRow)
    values = {column.name: value_in(session, change.c.before, column) for column in kept_columns(row_class)}
    session.execute(
        update(table)
        .where(
            change.c.batch_id == batch_id,
            change.c.table_name == table.name,
            change.c.row_id == table.c.id,
            change.c.before.is_not(None),
            change.c.after.is_not(None),
        )
        .values(values)
    )


def _insert_again(session: Session, row_class: type[SQLModel], batch_id: int, **derived: Any) -> None:
    """Write the rows that the import removed, and changed allocations, with the keys they had."""
    table, change = table_of(row_class), table_of(ImportChangeRow)
    columns = kept_columns(row_class)
    values = [value_in(session, change.c.before, column) for column in columns]
    gone = change.c.after.is_(None) if row_class is not AllocationRow else literal(True)
    found = select(change.c.row_id, *values, *(literal(value) for value in derived.values())).where(
        change.c.batch_id == batch_id, change.c.table_name == table.name, change.c.before.is_not(None), gone
    )
    names = ["id", *(column.name for column in columns), *derived]
    session.execute(insert(table).from_select(names, found, include_defaults=False))


def _follow(session: Session, batch_id: int) -> None:
    """Let proposals of settlements follow: those of this import go, those it ended are open again."""
    proposal = SettlementProposalRow
    again = {"state": case((col(proposal.decided_at).is_(None), "open"), else_="declined"), "withdrawn_batch_id": None}
    fresh = {"state": "open", "decided_at": None, "decided_by": "", "settled_batch_id": None}
    made = made_by("invoice", batch_id)
    gone = or_(col(proposal.batch_id) == batch_id, col(proposal.invoice_id).in_(made))
    settled = col(proposal.settled_batch_id) == batch_id
    newer = aliased(proposal)
    is_newer = and_(col(newer.invoice_id) == col(proposal.invoice_id), col(newer.state) == "open")
    ended = and_(col(proposal.withdrawn_batch_id) == batch_id, ~exists().where(is_newer))
    for statement in (
        delete(proposal).where(gone),
        update(proposal).where(ended).values(again),
        update(proposal).where(settled).values(fresh),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def _remove_unused_companies(session: Session, batch_id: int) -> None:
    """Remove the companies that the import made, unless something else has come to use them."""
    table, batch = table_of(CompanyRow), table_of(ImportBatchRow)
    gone = or_(batch.c.id == batch_id, batch.c.state == TAKEN_BACK)
    uses = [
        and_(column == table.c.id, ~gone) if column.table is batch else column == table.c.id
        for column in references_to("company")
    ]
    unused = select(table.c.id).where(
        table.c.id.in_(made_by("company", batch_id)), *(~exists().where(use) for use in uses)
    )
    ids = list(session.execute(unused).scalars())
    if ids:
        session.execute(update(batch).where(gone, batch.c.company_id.in_(ids)).values(company_id=None))
        session.execute(delete(table).where(table.c.id.in_(ids)))
