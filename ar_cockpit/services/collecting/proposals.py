"""What a collector asks finance for: stored, waiting for a credit manager, taken back while it waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import ProposalRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.reach import InvoiceLine

HOLD, WRITE_OFF, CREDIT_NOTE, PLAN = "hold", "write_off", "credit_note", "plan"
KINDS = (HOLD, WRITE_OFF, CREDIT_NOTE, PLAN)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for and why."""

    kind: str
    reason: str
    amount_minor: int | None = None
    dispute_id: int | None = None
    plan_id: int | None = None


def propose_hold(session: Session, actor: Actor, customer_id: int, reason: str, when: Moment) -> int:
    """Ask a credit manager to put a customer on hold."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    said = touchpoints.required_text(reason, "The reason")
    if _waits(session, customer_id, HOLD):
        raise RefusedError(f"A hold of {line.name} is proposed already.", "A credit manager decides about it.")
    key = store(session, actor, line, Wish(HOLD, said), (), when)
    return touchpoints.write(session, actor, line, "hold_proposed", when, text=said, proposal_id=key)


def propose_write_off(
    session: Session, actor: Actor, invoices: Sequence[InvoiceLine], reason: str, when: Moment
) -> int:
    """Ask a credit manager to write invoices of one customer off; nothing is written off until then."""
    if not invoices:
        raise InputError("A write-off needs its invoices.", "Select at least one.")
    if len({one.customer_id for one in invoices}) > 1 or len({one.currency for one in invoices}) > 1:
        raise InputError("The invoices are of several customers or currencies.", "Propose each apart.")
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, invoices[0].customer_id)
    reach.check_owed(line, invoices)
    said = touchpoints.required_text(reason, "The reason")
    asked = {one["id"] for row in _waits(session, line.customer_id, WRITE_OFF) for one in row.invoices}
    twice = [one.number for one in invoices if one.invoice_id in asked]
    if twice:
        raise RefusedError(f"Writing {twice[0]} off is proposed already.", "A credit manager decides about it.")
    amount = sum(one.open_minor for one in invoices)
    key = store(session, actor, line, Wish(WRITE_OFF, said, amount), invoices, when)
    facts = {
        "proposal_id": key,
        "amount_minor": amount,
        "currency": invoices[0].currency,
        "invoices": [one.number for one in invoices],
    }
    return touchpoints.write(session, actor, line, "write_off_proposed", when, text=said, **facts)


def store(
    session: Session, actor: Actor, line: CustomerLine, wish: Wish, invoices: Sequence[InvoiceLine], when: Moment
) -> int:
    """Store a proposal and return its key; who may propose was checked before."""
    row = ProposalRow(
        company_id=line.company_id,
        customer_id=line.customer_id,
        kind=wish.kind,
        plan_id=wish.plan_id,
        dispute_id=wish.dispute_id,
        amount_minor=wish.amount_minor,
        currency=invoices[0].currency if invoices else line.currency,
        invoices=[{"id": one.invoice_id, "number": one.number, "minor": one.open_minor} for one in invoices],
        reason=touchpoints.checked_text(wish.reason),
        proposed_on=when.on,
        proposed_at=when.at,
        proposed_by=actor.email,
    )
    session.add(row)
    session.flush()
    return row.id


def withdraw(session: Session, proposal_id: int) -> None:
    """Take a proposal back; raise ``RefusedError`` once it was decided."""
    row = session.get_one(ProposalRow, proposal_id, with_for_update=True)
    if row.state != "waiting":
        raise RefusedError("This was decided already.", "Talk to the credit manager.")
    row.state = "withdrawn"


def _waits(session: Session, customer_id: int, kind: str) -> list[ProposalRow]:
    row = ProposalRow
    question = select(row).where(row.customer_id == customer_id, row.kind == kind, col(row.state) == "waiting")
    return list(session.exec(question))
