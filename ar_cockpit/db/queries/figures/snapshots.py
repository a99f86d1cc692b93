"""Frozen figures: written once by two statements, read back, and laid beside what the ledger says today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)
from sqlmodel import Session, col

from ar_cockpit.db.bulk import insert as insert_columns
from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_on
from ar_cockpit.db.tables import AllocationRow, CustomerRow, FigureSnapshotRow, InvoiceRow, SnapshotDocumentRow
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.snapshots import Cause, DocumentThen, Frozen, cause

_AGES = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_91_120", "over_120")  # columns of BUCKET_KEYS
PAGE = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """A frozen day of one company and currency."""

    snapshot_id: int
    company_id: int
    currency: str
    taken_at: datetime
    has_documents: bool
    last_invoice_id: int
    frozen: Frozen


@dataclass(frozen=True, slots=True)
class Differing:
    """A document that is another today than it was reported."""

    company_id: int
    currency: str
    number: str
    customer_code: str
    customer_name: str
    then: DocumentThen | None
    now: DocumentThen | None
    is_new: bool

    @property
    def cause(self) -> Cause:
        """Why it differs."""
        return cause(self.then, self.now, is_new=self.is_new)

    @property
    def change_minor(self) -> int:
        """What it changes the receivables by."""
        return (self.now.open_minor if self.now else 0) - (self.then.open_minor if self.then else 0)


def last_days(session: Session) -> dict[tuple[int, str], date]:
    """Return the last frozen day by company and currency."""
    row = FigureSnapshotRow
    question = select(col(row.company_id), col(row.currency), func.max(col(row.day)))
    return {
        (company_id, currency): day
        for company_id, currency, day in session.execute(question.group_by(col(row.company_id), col(row.currency)))
    }


def store(session: Session, some: Sequence[tuple[int, str, Frozen, bool]], at: datetime) -> None:
    """Freeze days of (company, currency), with their open documents where asked; none of them is frozen yet."""
    newest = session.execute(select(func.max(col(InvoiceRow.id)))).scalar_one() or 0
    before = session.execute(select(func.max(col(FigureSnapshotRow.id)))).scalar_one() or 0
    columns: dict[str, list[Any]] = {
        "company_id": [company_id for company_id, *_ in some],
        "currency": [currency for _, currency, *_ in some],
        "day": [one.day for *_, one, _ in some],
        "taken_at": [at] * len(some),
        "first_document_on": [one.first_document_on for *_, one, _ in some],
        **{
            f"{name}_minor": [one.ageing[key] for *_, one, _ in some]
            for name, key in zip(_AGES, BUCKET_KEYS, strict=True)
        },
        "at_start_minor": [one.at_start for *_, one, _ in some],
        "credit_sales_minor": [one.credit_sales for *_, one, _ in some],
        "unapplied_minor": [one.unapplied for *_, one, _ in some],
        "sales_by_month": [{str(k): v for k, v in one.sales_by_month.items()} for *_, one, _ in some],
        "last_invoice_id": [newest] * len(some),
        "has_documents": [keeps for *_, keeps in some],
    }
    insert_columns(session, FigureSnapshotRow, columns)
    session.flush()
    _store_documents(session, before)


def _store_documents(session: Session, before: int) -> None:
    """Keep the documents open on the days frozen after the snapshot ``before``: one statement, however many days."""
    kept, document, applied = FigureSnapshotRow, SnapshotDocumentRow, AllocationRow
    later = (
        select(func.coalesce(func.sum(col(applied.amount_minor)), 0))
        .where(col(applied.invoice_id) == col(InvoiceRow.id), col(applied.allocated_on) > col(kept.day))
        .correlate(InvoiceRow, kept)
        .scalar_subquery()
    )
    open_minor = cast(col(InvoiceRow.open_minor) + later, BigInteger)
    chosen = (
        select(
            col(kept.id),
            col(InvoiceRow.id),
            col(InvoiceRow.number),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(InvoiceRow.due_on),
            col(InvoiceRow.amount_minor),
            open_minor,
        )
        .select_from(kept)
        .join(
            InvoiceRow,
            and_(
                col(InvoiceRow.company_id) == col(kept.company_id),
                col(InvoiceRow.currency) == col(kept.currency),
                is_open_on(col(kept.day)),  # type: ignore[arg-type]  # SQLModel types its columns as their values
            ),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(col(kept.id) > before, col(kept.has_documents), open_minor != 0)
        .where(~exists().where(col(document.snapshot_id) == col(kept.id)).correlate(kept))
    )
    names = ("snapshot_id", "invoice_id", "number", "customer_code", "customer_name", "due_on")
    session.execute(insert(document).from_select([*names, "amount_minor", "open_minor"], chosen))


def kept_days(
    session: Session, company_ids: Sequence[int], since: date, until: date, currencies: Sequence[str] = ()
) -> list[Kept]:
    """Return what was frozen of some companies from ``since`` to ``until``, newest day first."""
    row = FigureSnapshotRow
    question = select(row).where(col(row.company_id).in_(company_ids), col(row.day).between(since, until))
    if currencies:
        question = question.where(col(row.currency).in_(currencies))
    ordered = question.order_by(col(row.day).desc(), col(row.company_id), col(row.currency))
    return [_kept(one) for one in session.execute(ordered).scalars()]


def _kept(row: FigureSnapshotRow) -> Kept:
    frozen = Frozen(
        day=row.day,
        ageing={key: getattr(row, f"{name}_minor") for name, key in zip(_AGES, BUCKET_KEYS, strict=True)},
        at_start=row.at_start_minor,
        credit_sales=row.credit_sales_minor,
        unapplied=row.unapplied_minor,
        sales_by_month={date.fromisoformat(month): int(minor) for month, minor in row.sales_by_month.items()},
        first_document_on=row.first_document_on,
    )
    return Kept(row.id, row.company_id, row.currency, row.taken_at, row.has_documents, row.last_invoice_id, frozen)


def differences(session: Session, kept: Iterable[Kept], day: date) -> tuple[int, dict[str, int]]:
    """Return how many documents differ from what was reported, and by how much in all, by currency."""
    found = _differing(list(kept), day)
    change = found.c.now_open - found.c.then_open
    rows = session.execute(select(found.c.currency, func.count(), func.sum(change)).group_by(found.c.currency)).all()
    return sum(count for _, count, _ in rows), {currency: int(minor) for currency, _, minor in rows}


def differing(session: Session, kept: Iterable[Kept], day: date, page: int | None) -> list[Differing]:
    """Return a page of the documents that differ from what was reported, the largest first; without a page, all."""
    found = _differing(list(kept), day)
    size = func.abs(found.c.now_open - found.c.then_open)
    question = select(found).order_by(size.desc(), found.c.number, found.c.invoice_id)
    if page is not None:
        question = question.limit(PAGE).offset((page - 1) * PAGE)
    return [_difference(row) for row in session.execute(question)]


def _difference(row: Any) -> Differing:
    then = DocumentThen(row.then_due, int(row.then_amount), int(row.then_open)) if row.was_there else None
    now = DocumentThen(row.now_due, int(row.now_amount), int(row.now_open)) if row.is_there else None
    who = (row.customer_code, row.customer_name)
    return Differing(row.company_id, row.currency, row.number, *who, then, now, bool(row.is_new))


def _differing(kept: Sequence[Kept], day: date) -> Subquery:
    """Return the documents whose open amount or due date of ``day`` is another than the one frozen."""
    ids = [one.snapshot_id for one in kept]
    return union_all(_of_those_frozen(ids, day), _of_those_new(kept, ids, day)).subquery("differing")


def _is_the_one_frozen() -> ColumnElement[bool]:
    """Return whether a document is the frozen one: SQLite gives the key of a removed row out again."""
    row = SnapshotDocumentRow
    return and_(col(InvoiceRow.id) == col(row.invoice_id), col(InvoiceRow.number) == col(row.number))


def _of_those_frozen(ids: Sequence[int], day: date) -> Select[Any]:
    row, kept = SnapshotDocumentRow, FigureSnapshotRow
    same = and_(
        _is_the_one_frozen(),
        col(InvoiceRow.company_id) == col(kept.company_id),
        col(InvoiceRow.currency) == col(kept.currency),
    )
    is_there = col(InvoiceRow.id).is_not(None) & (col(InvoiceRow.invoice_on) <= day)
    now_open = case((is_there, open_on(day)), else_=0)
    return (
        select(
            col(kept.company_id),
            col(kept.currency),
            col(row.invoice_id),
            col(row.number),
            col(row.customer_code),
            col(row.customer_name),
            literal(False).label("is_new"),
            literal(True).label("was_there"),
            case((is_there, True), else_=False).label("is_there"),
            col(row.due_on).label("then_due"),
            func.coalesce(col(InvoiceRow.due_on), col(row.due_on)).label("now_due"),
            col(row.amount_minor).label("then_amount"),
            func.coalesce(col(InvoiceRow.amount_minor), 0).label("now_amount"),
            col(row.open_minor).label("then_open"),
            now_open.label("now_open"),
        )
        .join(kept, col(kept.id) == col(row.snapshot_id))
        .outerjoin(InvoiceRow, same)
        .where(col(row.snapshot_id).in_(ids))
        .where(or_(now_open != col(row.open_minor), and_(is_there, col(InvoiceRow.due_on) != col(row.due_on))))
    )


def _of_those_new(kept: Sequence[Kept], ids: Sequence[int], day: date) -> Select[Any]:
    row = SnapshotDocumentRow
    frozen = exists().where(col(row.snapshot_id).in_(ids), _is_the_one_frozen())
    columns: tuple[Any, ...] = (
        col(InvoiceRow.company_id),
        col(InvoiceRow.currency),
        col(InvoiceRow.id).label("invoice_id"),
        col(InvoiceRow.number),
        col(CustomerRow.code),
        col(CustomerRow.name),
        col(InvoiceRow.id) > min(one.last_invoice_id for one in kept),
        literal(False),
        literal(True),
        col(InvoiceRow.due_on),
        col(InvoiceRow.due_on),
        col(InvoiceRow.amount_minor),
        col(InvoiceRow.amount_minor),
        literal(0),
        open_on(day),
    )
    return (
        select(*columns)
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(_slices(kept), is_open_on(day), open_on(day) != 0, ~frozen)
    )


def _slices(kept: Sequence[Kept]) -> ColumnElement[bool]:
    pairs = [
        and_(col(InvoiceRow.company_id) == one.company_id, col(InvoiceRow.currency) == one.currency) for one in kept
    ]
    return or_(*pairs) if pairs else literal(False)
