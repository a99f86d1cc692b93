"""Settlements that wait for a person: what open-items exports let one suppose, and still holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.scope import company_clause
from ar_cockpit.db.tables import CompanyRow, CustomerRow, ImportBatchRow, InvoiceRow, SettlementProposalRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.money import decimal_string

_PROPOSED = col(InvoiceRow.open_minor) - col(SettlementProposalRow.left_minor)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One proposed settlement: the invoice, what is open of it, and what the export says is left."""

    proposal_id: int
    invoice_id: int
    company_id: int
    company: str
    customer_id: int
    customer: str
    customer_name: str
    number: str
    invoice_on: date
    due_on: date
    currency: str
    open_minor: int
    left_minor: int
    exported_on: date
    file_name: str
    is_customer_listed: bool

    @property
    def paid_minor(self) -> int:
        """What would be settled."""
        return self.open_minor - self.left_minor

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        amounts = {"open": self.open_minor, "left": self.left_minor, "settled": self.paid_minor}
        return {
            "proposal": self.proposal_id,
            "company": self.company,
            "customer_id": self.customer,
            "customer_name": self.customer_name,
            "invoice_number": self.number,
            "due_date": self.due_on.isoformat(),
            "currency": self.currency,
            **{name: decimal_string(minor, self.currency) for name, minor in amounts.items()},
            "export": self.file_name,
            "export_date": self.exported_on.isoformat(),
            "customer_in_export": self.is_customer_listed,
        }


@dataclass(frozen=True, slots=True)
class Sums:
    """How many settlements wait, and their sums by currency in minor units."""

    count: int
    by_currency: dict[str, int]


def waiting(
    session: Session,
    actor: Actor,
    *,
    company: str = "",
    only: Sequence[int] | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[Waiting]:
    """Return the settlements that wait in the companies the actor may import into, the largest first."""
    columns: list[Any] = [
        *(SettlementProposalRow.id, InvoiceRow.id, InvoiceRow.company_id, CompanyRow.code, CustomerRow.id),
        *(CustomerRow.code, CustomerRow.name, InvoiceRow.number, InvoiceRow.invoice_on, InvoiceRow.due_on),
        *(InvoiceRow.currency, InvoiceRow.open_minor, SettlementProposalRow.left_minor),
        *(SettlementProposalRow.exported_on, ImportBatchRow.file_name, SettlementProposalRow.is_customer_listed),
    ]
    question = _joined(select(*columns)).where(_which(session, actor, company, only))
    question = question.order_by(func.abs(_PROPOSED).desc(), col(SettlementProposalRow.id)).offset(offset).limit(limit)
    return [Waiting(*row) for row in session.execute(question)]


def sums(session: Session, actor: Actor, *, company: str = "", only: Sequence[int] | None = None) -> Sums:
    """Return how many settlements wait, and their sums."""
    columns: list[Any] = [col(InvoiceRow.currency), func.count(), func.sum(_PROPOSED)]
    question = _joined(select(*columns)).where(_which(session, actor, company, only))
    found = session.execute(question.group_by(col(InvoiceRow.currency)).order_by(col(InvoiceRow.currency))).all()
    return Sums(sum(n for _, n, _ in found), {currency: int(total) for currency, _, total in found})


def _joined(question: Select[Any]) -> Select[Any]:
    proposal = SettlementProposalRow
    return (
        question.select_from(proposal)
        .join(InvoiceRow, col(InvoiceRow.id) == col(proposal.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(proposal.company_id))
        .join(ImportBatchRow, col(ImportBatchRow.id) == col(proposal.batch_id))
    )


def _which(session: Session, actor: Actor, company: str, only: Sequence[int] | None) -> ColumnElement[bool]:
    """Return what still holds: paid otherwise meanwhile, an invoice needs no settlement any more."""
    scope = actor.scope(Permission.IMPORT_LEDGER)
    proposal = SettlementProposalRow
    return and_(
        col(proposal.state) == "open",
        col(InvoiceRow.closed_on) == OPEN_END,
        func.abs(col(InvoiceRow.open_minor)) > func.abs(col(proposal.left_minor)),
        company_clause(scope, col(proposal.company_id)),
        col(CompanyRow.code) == company if company else true(),
        among(session, col(proposal.id), sorted(set(only))) if only is not None else true(),
    )
