"""What must hold of the ledger on any day, asked as the rows for which it does not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, case, func, not_, or_, select, union_all
from sqlmodel import Session, col

from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    CustomerRow,
    FiguresStateRow,
    InvoiceRow,
    LedgerFlowRow,
    PaymentRow,
)
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.figures.receivables import Kind

Broken = tuple[int, list[tuple[Any, ...]]]


def open_amounts(session: Session, most: int) -> Broken:
    """Documents whose open amount is not their amount less what was applied: company, number, kept, due."""
    applied, invoice = _applied_to_documents(), InvoiceRow
    due = col(invoice.amount_minor) - func.coalesce(applied.c.minor, 0)
    question = (
        _named(invoice, col(invoice.open_minor), due)
        .outerjoin(applied, applied.c.invoice_id == col(invoice.id))
        .where(col(invoice.open_minor) != due)
    )
    return _told(session, question, most)


def settlement_dates(session: Session, most: int) -> Broken:
    """Documents whose settlement date does not follow from what was applied: company, number, kept, due."""
    applied, invoice = _applied_to_documents(), InvoiceRow
    issued = col(invoice.invoice_on)
    is_settled = func.coalesce(applied.c.minor, 0) == col(invoice.amount_minor)
    settled_on = case((applied.c.last_on > issued, applied.c.last_on), else_=issued)
    due = case((is_settled, settled_on), else_=OPEN_END)
    question = (
        _named(invoice, col(invoice.closed_on), due)
        .outerjoin(applied, applied.c.invoice_id == col(invoice.id))
        .where(col(invoice.closed_on) != due)
    )
    return _told(session, question, most)


def overpaid(session: Session, most: int) -> Broken:
    """Documents that more was applied to than they are about: company, number, amount, open."""
    invoice = InvoiceRow
    is_over = or_(
        and_(col(invoice.kind) == Kind.INVOICE.value, col(invoice.amount_minor) >= 0, col(invoice.open_minor) < 0),
        and_(col(invoice.kind) == Kind.CREDIT_NOTE.value, col(invoice.amount_minor) <= 0, col(invoice.open_minor) > 0),
    )
    still_open = col(invoice.closed_on) == OPEN_END
    question = _named(invoice, col(invoice.amount_minor), col(invoice.open_minor)).where(still_open, is_over)
    return _told(session, question, most)


def unapplied_cash(session: Session, most: int) -> Broken:
    """Payments whose unapplied amount is not their amount less what was applied: company, number, kept, due."""
    applied, payment = _applied_of_payments(), PaymentRow
    due = col(payment.amount_minor) - func.coalesce(applied.c.minor, 0)
    question = (
        _named(payment, col(payment.unapplied_minor), due)
        .outerjoin(applied, applied.c.payment_id == col(payment.id))
        .where(col(payment.unapplied_minor) != due)
    )
    return _told(session, question, most)


def overdrawn_payments(session: Session, most: int) -> Broken:
    """Payments of which more was applied than they brought: company, number, amount, applied."""
    applied, payment = _applied_of_payments(), PaymentRow
    amount = col(payment.amount_minor)
    is_within = case((amount >= 0, applied.c.minor <= amount), else_=applied.c.minor >= amount)
    question = (
        _named(payment, amount, applied.c.minor)
        .join(applied, applied.c.payment_id == col(payment.id))
        .where(not_(is_within))
    )
    return _told(session, question, most)


def sums_by_day(session: Session, most: int) -> Broken:
    """Companies and currencies whose sums do not add up to what is open: company, currency, kept, due."""
    row, invoice = LedgerFlowRow, InvoiceRow
    key = (col(row.company_id), col(row.currency))
    kept = select(*key, func.sum(col(row.open_minor)).label("minor")).group_by(*key).subquery("kept")
    of: tuple[Any, ...] = (col(invoice.company_id).label("company_id"), col(invoice.currency).label("currency"))
    due = select(*of, func.sum(col(invoice.open_minor)).label("minor")).group_by(*of).subquery("due")
    state = FiguresStateRow
    question = (
        select(col(CompanyRow.code), due.c.currency, func.coalesce(kept.c.minor, 0), due.c.minor)
        .select_from(due)
        .join(CompanyRow, col(CompanyRow.id) == due.c.company_id)
        .join(state, (col(state.company_id) == due.c.company_id) & col(state.flows_are_built))
        .outerjoin(kept, (kept.c.company_id == due.c.company_id) & (kept.c.currency == due.c.currency))
        .where(func.coalesce(kept.c.minor, 0) != due.c.minor)
        .order_by(col(CompanyRow.code), due.c.currency)
    )
    return _told(session, question, most)


def owners(session: Session, most: int) -> Broken:
    """What is of another company than its customer: the row's company (``None``: there is none), number, customer's."""
    invoice, payment, allocation = InvoiceRow, PaymentRow, AllocationRow
    of_allocation = (payment, col(payment.id) == col(allocation.payment_id))
    questions = (
        _of_others(select(*_owned(invoice, invoice)).select_from(invoice), invoice, invoice),
        _of_others(select(*_owned(payment, payment)).select_from(payment), payment, payment),
        _of_others(
            select(*_owned(allocation, payment)).select_from(allocation).join(*of_allocation), allocation, payment
        ),
    )
    return _told(session, select(union_all(*questions).subquery()), most)


def _owned(row: Any, document: Any) -> tuple[Any, ...]:
    own = select(col(CompanyRow.code)).where(col(CompanyRow.id) == col(row.company_id))
    owner = select(col(CompanyRow.code)).where(col(CompanyRow.id) == col(CustomerRow.company_id))
    return own.scalar_subquery().label("company"), col(document.number), owner.scalar_subquery().label("owner")


def _of_others(question: Select[Any], row: Any, document: Any) -> Select[Any]:
    customer = CustomerRow
    return question.join(customer, col(customer.id) == col(document.customer_id)).where(
        col(row.company_id) != col(customer.company_id)
    )


def built_companies(session: Session) -> list[tuple[int, str]]:
    """Return the companies whose sums by day may be relied on, with their codes."""
    state = FiguresStateRow
    question = select(col(CompanyRow.id), col(CompanyRow.code)).join(state, col(state.company_id) == col(CompanyRow.id))
    rows = session.execute(question.where(col(state.flows_are_built)).order_by(col(CompanyRow.code)))
    return [(company_id, code) for company_id, code in rows]


def companies(session: Session) -> list[tuple[int, str]]:
    """Return every company with its code."""
    rows = session.execute(select(col(CompanyRow.id), col(CompanyRow.code)).order_by(col(CompanyRow.code)))
    return [(company_id, code) for company_id, code in rows]


def _told(session: Session, question: Select[Any], most: int) -> Broken:
    rows = [tuple(row) for row in session.execute(question.limit(most))]
    if len(rows) < most:
        return len(rows), rows
    return int(session.execute(select(func.count()).select_from(question.order_by(None).subquery())).scalar_one()), rows


def _named(row: type[InvoiceRow | PaymentRow], kept: Any, due: Any) -> Select[Any]:
    company = (CompanyRow, col(CompanyRow.id) == col(row.company_id))
    columns: tuple[Any, ...] = (
        col(CompanyRow.code).label("company"),
        col(row.number),
        kept.label("kept"),
        due.label("due"),
    )
    return select(*columns).select_from(row).join(*company).order_by(col(row.id))


def _applied_to_documents() -> Any:
    row = AllocationRow
    minor, last_on = func.sum(col(row.amount_minor)).label("minor"), func.max(col(row.allocated_on)).label("last_on")
    return select(col(row.invoice_id), minor, last_on).group_by(col(row.invoice_id)).subquery("applied")


def _applied_of_payments() -> Any:
    row = AllocationRow
    minor = func.sum(col(row.amount_minor)).label("minor")
    return select(col(row.payment_id), minor).group_by(col(row.payment_id)).subquery("applied")
