"""A dispute in full: who answers it by when, what was answered, and whom it concerns besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from ar_cockpit.db.queries import customers as stored
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import DisputeCaseRow, DisputeRow, InvoiceRow, RoleGrantRow, UserRow
from ar_cockpit.domain.access import GRANTS, Actor, Permission, Role
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.commitments import LONGEST_ANSWER
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.domain.money import to_minor
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import telling, touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.reach import InvoiceLine

_SEES = [role.value for role in Role if Permission.VIEW_CUSTOMERS in GRANTS[role]]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of ours who can be asked about an invoice."""

    email: str
    name: str


def colleagues(session: Session, actor: Actor, company_id: int) -> list[Colleague]:
    """Return who of us may see the customers of a company, by name: any of them may own a dispute."""
    actor.require(Permission.WORK_CUSTOMERS, company_id)
    grant = RoleGrantRow
    question = (
        select(UserRow.email, UserRow.name)
        .join(grant, col(grant.user_id) == col(UserRow.id))
        .where(col(UserRow.is_active), col(grant.role).in_(_SEES))
        .where(or_(col(grant.company_id).is_(None), col(grant.company_id) == company_id))
        .distinct()
        .order_by(col(UserRow.name), col(UserRow.email))
    )
    return [Colleague(email, name or email) for email, name in session.exec(question)]


def colleagues_of(session: Session, actor: Actor, dispute_id: int) -> list[Colleague]:
    """Return who may own a dispute."""
    row = session.get(DisputeRow, dispute_id)
    if row is None:
        raise NotFoundError("There is no such dispute.")
    return colleagues(session, actor, row.company_id)


def of(session: Session, dispute: DisputeRow) -> DisputeCaseRow:
    """Return what is known of a dispute besides, as a row that is stored with the transaction."""
    row = session.exec(select(DisputeCaseRow).where(DisputeCaseRow.dispute_id == dispute.id)).first()
    if row is None:
        row = DisputeCaseRow(dispute_id=dispute.id, company_id=dispute.company_id)
        session.add(row)
    return row


def begin(
    session: Session,
    actor: Actor,
    about: tuple[CustomerLine, InvoiceLine, DisputeRow],
    amount: Decimal | None,
    told: tuple[str, ...],
) -> DisputeCaseRow:
    """Write down what is disputed of an invoice, and whom a new dispute concerns besides its owner."""
    line, invoice, row = about
    named = [checked_owner(session, line, one) for one in told]
    concerned = {*named, line.sales_email, line.collector_email} - {"", row.owner_email, actor.email}
    case = of(session, row)
    case.amount_minor, case.told = disputed_minor(invoice, amount), sorted(concerned)
    return case


def answer(session: Session, actor: Actor, dispute_id: int, text: str, when: Moment) -> int:
    """Write down the owner's answer: the clock stops, and the collector goes on with it."""
    dispute, line = _open_one(session, actor, dispute_id)
    said = touchpoints.required_text(text, "The answer")
    case = of(session, dispute)
    if case.answered_on is not None:
        raise RefusedError("This dispute was answered already.", "Write a note, or close it.")
    case.answer, case.answered_on, case.answered_by = said, when.on, actor.email
    facts: dict[str, Any] = {"dispute_id": dispute.id, "invoice": _number(session, dispute)}
    concerned = [line.collector_email, dispute.opened_by, *(case.told or [])]
    what = (telling.ANSWERED, facts["invoice"], dispute.reason)
    facts["told_touchpoint"] = telling.tell(session, actor, line, what, concerned, said, when)
    return touchpoints.write(session, actor, line, "dispute_answered", when, text=said, **facts)


def hand_over(
    session: Session, actor: Actor, dispute_id: int, owner: str, answer_due_on: date | None, when: Moment
) -> int:
    """Give a dispute to another owner, until another day if one is given."""
    dispute, line = _open_one(session, actor, dispute_id)
    actor.require(Permission.WORK_CUSTOMERS, line.company_id)
    checked = checked_owner(session, line, owner)
    if not checked:
        raise InputError("Nobody is named.", "Choose who answers it.")
    facts: dict[str, Any] = {
        "dispute_id": dispute.id,
        "invoice": _number(session, dispute),
        "owner": checked,
        "before": {"owner": dispute.owner_email, "answer_due_on": dispute.answer_due_on.isoformat()},
    }
    dispute.owner_email = checked
    dispute.answer_due_on = checked_day(answer_due_on, when.on) or dispute.answer_due_on
    facts["answer_due_on"] = dispute.answer_due_on.isoformat()
    what = (telling.HANDED, facts["invoice"], dispute.reason)
    facts["told_touchpoint"] = telling.tell(session, actor, line, what, [checked], dispute.note, when)
    return touchpoints.write(session, actor, line, "dispute_handed", when, **facts)


def checked_owner(session: Session, line: CustomerLine, owner: str) -> str:
    """Return ``owner`` if it is a colleague who may see the customer, or nothing; raise ``InputError`` otherwise."""
    owner = owner.strip().lower()
    if not owner or owner in {line.sales_email, line.collector_email}:
        return owner
    grant = RoleGrantRow
    question = (
        select(UserRow.id)
        .join(grant, col(grant.user_id) == col(UserRow.id))
        .where(col(UserRow.email) == owner, col(UserRow.is_active), col(grant.role).in_(_SEES))
        .where(or_(col(grant.company_id).is_(None), col(grant.company_id) == line.company_id))
    )
    if session.exec(question).first() is None:
        raise InputError(f"{owner} may not see {line.name}.", "Choose somebody of this company.")
    return owner


def checked_day(day: date | None, on: date) -> date | None:
    """Return the day by which a dispute is to be answered; raise ``InputError`` for one that is none."""
    if day is not None and not on <= day <= on + LONGEST_ANSWER:
        raise InputError(f"{day} is no day to answer by.", f"Choose one of the next {LONGEST_ANSWER.days} days.")
    return day


def disputed_minor(invoice: InvoiceLine, amount: Decimal | None) -> int | None:
    """Return what is disputed of an invoice, nothing for all of it; raise ``InputError`` for more than is open."""
    if amount is None:
        return None
    minor = to_minor(amount, invoice.currency)
    if not 0 < minor <= invoice.open_minor:
        raise InputError(
            f"{amount} of {invoice.number} cannot be disputed.", "Give more than zero, at most what is open."
        )
    return None if minor == invoice.open_minor else minor


def credit_minor(invoice: InvoiceLine, amount: Decimal | None) -> int | None:
    """Return what a credit note would be for; raise ``InputError`` for more than is open."""
    if amount is None:
        return None
    minor = to_minor(amount, invoice.currency)
    if not 0 < minor <= invoice.open_minor:
        raise InputError(f"A credit note of {amount} is none.", "Give more than zero, at most what is open.")
    return minor


def _open_one(session: Session, actor: Actor, dispute_id: int) -> tuple[DisputeRow, CustomerLine]:
    """Return an open dispute of a customer the actor works with, sees as sales, or was made its owner of."""
    actor.scope(Permission.VIEW_CUSTOMERS)
    row = session.get(DisputeRow, dispute_id)
    if row is None:
        raise NotFoundError("There is no such dispute.")
    owned = row.owner_email == actor.email and actor.may(Permission.VIEW_CUSTOMERS, row.company_id, owns=True)
    line = stored.line_of(session, row.customer_id) if owned else None
    if line is None:
        line = reach.customer(session, actor, Permission.WRITE_NOTE, row.customer_id)
    if row.closed_on != OPEN_END:
        raise RefusedError("This dispute is closed.", "Open another one if it comes up again.")
    return row, line


def _number(session: Session, dispute: DisputeRow) -> str:
    return session.exec(select(InvoiceRow.number).where(InvoiceRow.id == dispute.invoice_id)).one()
