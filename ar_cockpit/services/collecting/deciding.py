"""A credit manager decides what collectors proposed: a hold, a write-off, a credit note, a long plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import InvoiceRow, PaymentPlanRow, PromiseRow, ProposalRow, TouchpointRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.plans import PlanState
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.domain.undo import TIME_TO_UNDO
from ar_cockpit.services import audit, reach
from ar_cockpit.services.collecting import ending, holds, plans, proposals, series, touchpoints, undo
from ar_cockpit.services.collecting.touchpoints import Moment

# Who decides: of money and holds whoever sets credit, of plans whoever approves.
_RIGHT = {proposals.PLAN: Permission.APPROVE_STEP}


def accept(session: Session, actor: Actor, proposal_id: int, note: str, when: Moment) -> int:
    """Do what was proposed and return the touchpoint that tells of it."""
    row, line = _waiting(session, actor, proposal_id)
    facts: dict[str, object] = {"proposal_id": row.id, "proposal_kind": row.kind, "proposed_by": row.proposed_by}
    if row.kind == proposals.HOLD:
        facts["hold_touchpoint"] = holds.set_hold(session, actor, line, row.reason, when)
    elif row.kind == proposals.WRITE_OFF:
        facts["written_off"] = _write_off(session, actor, row, when)
    elif row.kind == proposals.PLAN:
        plan = session.get_one(PaymentPlanRow, row.plan_id)
        facts["replaced"] = plans.start(
            session, actor, line, plan, plans.invoices_of(session, actor, plan, when.on), when
        )
        facts["plan_id"] = plan.id
    _decide(row, actor, "accepted", note, when)
    return touchpoints.write(session, actor, line, "proposal_accepted", when, text=note, **facts, **_about(row))


def refuse(session: Session, actor: Actor, proposal_id: int, reason: str, when: Moment) -> int:
    """Decline what was proposed, saying why."""
    row, line = _waiting(session, actor, proposal_id)
    said = touchpoints.required_text(reason, "The reason")
    _decide(row, actor, "refused", said, when)
    if row.plan_id is not None:
        plan = session.get_one(PaymentPlanRow, row.plan_id)
        plan.state, plan.state_on = PlanState.REFUSED.value, when.on
    facts = {"proposal_id": row.id, "proposal_kind": row.kind, "proposed_by": row.proposed_by}
    return touchpoints.write(session, actor, line, "proposal_refused", when, text=said, **facts, **_about(row))


def take_back(session: Session, actor: Actor, proposal_id: int, *, at: datetime) -> None:
    """Undo a decision of the last day: what it did is reversed, and the proposal waits again."""
    row, line = _reached(session, actor, proposal_id)
    if row.state not in {"accepted", "refused"} or row.decided_at is None:
        raise RefusedError("There is no decision to take back.")
    if at - row.decided_at > TIME_TO_UNDO:
        raise RefusedError("This is too old to be undone.", "Do the opposite instead.")
    if row.state == "accepted":
        _reverse(session, actor, row, at)
    elif row.plan_id is not None:
        session.get_one(PaymentPlanRow, row.plan_id).state = PlanState.PROPOSED.value
    before = {"state": row.state, "decided_by": row.decided_by}
    row.state, row.decided_on, row.decided_at, row.decided_by, row.decision_note = "waiting", None, None, "", ""
    _forget(session, row, at)
    audit.record(session, actor, "proposal.undo", touchpoints.subject(line), before=before, after=_about(row))


def may_decide(actor: Actor, kind: str, company_id: int) -> bool:
    """Return whether an actor decides proposals of a kind."""
    return actor.may(_RIGHT.get(kind, Permission.SET_CREDIT), company_id)


def _reverse(session: Session, actor: Actor, row: ProposalRow, at: datetime) -> None:
    told = _decision_facts(session, row)
    if row.kind == proposals.HOLD:
        undo.undo(session, actor, told["hold_touchpoint"], at=at)
    elif row.kind == proposals.WRITE_OFF:
        off = InvoiceRow
        session.execute(update(off).where(col(off.id).in_(told["written_off"])).values(written_off_on=None))
    elif row.plan_id is not None:
        ids = list(session.exec(select(PromiseRow.id).where(PromiseRow.plan_id == row.plan_id)))
        series.withdraw(session, ids)
        session.execute(update(PromiseRow).where(col(PromiseRow.id).in_(ids)).values(plan_id=None, series_id=None))
        ending.bring_back(session, told.get("replaced", ()))
        session.get_one(PaymentPlanRow, row.plan_id).state = PlanState.PROPOSED.value


def _decision_facts(session: Session, row: ProposalRow) -> dict[str, Any]:
    return next(dict(one.facts) for one in _decisions(session, row))


def _forget(session: Session, row: ProposalRow, at: datetime) -> None:
    for one in _decisions(session, row):
        one.undone_at = at


def _decisions(session: Session, row: ProposalRow) -> list[TouchpointRow]:
    told = TouchpointRow
    question = (
        select(told)
        .where(told.customer_id == row.customer_id, col(told.undone_at).is_(None))
        .where(col(told.kind).in_(("proposal_accepted", "proposal_refused")))
        .order_by(col(told.id).desc())
    )
    return [one for one in session.exec(question) if one.facts.get("proposal_id") == row.id]


def _write_off(session: Session, actor: Actor, row: ProposalRow, when: Moment) -> list[int]:
    """Write off what is still open of the proposed invoices; raise ``RefusedError`` when nothing is."""
    ids = [int(one["id"]) for one in row.invoices]
    found = reach.invoices(session, actor, Permission.SET_CREDIT, ids, when.on)
    owed = [one.invoice_id for one in found if one.open_minor > 0]
    off = InvoiceRow
    still_open = list(session.exec(select(off.id).where(col(off.id).in_(owed), col(off.written_off_on).is_(None))))
    if not still_open:
        raise RefusedError("Nothing of these invoices is open any more.", "Refuse the proposal.")
    session.execute(update(off).where(col(off.id).in_(still_open)).values(written_off_on=when.on))
    return still_open


def _decide(row: ProposalRow, actor: Actor, state: str, note: str, when: Moment) -> None:
    row.state, row.decision_note = state, touchpoints.checked_text(note)
    row.decided_on, row.decided_at, row.decided_by = when.on, when.at, actor.email


def _about(row: ProposalRow) -> dict[str, object]:
    numbers = [one["number"] for one in row.invoices]
    return {"amount_minor": row.amount_minor, "currency": row.currency, "invoices": numbers}


def _waiting(session: Session, actor: Actor, proposal_id: int) -> tuple[ProposalRow, CustomerLine]:
    row, line = _reached(session, actor, proposal_id)
    if row.state != "waiting":
        raise RefusedError("Somebody decided this already.", "Look at the list again.")
    return row, line


def _reached(session: Session, actor: Actor, proposal_id: int) -> tuple[ProposalRow, CustomerLine]:
    actor.scope(Permission.WORK_CUSTOMERS)
    row = session.get(ProposalRow, proposal_id, with_for_update=True)
    if row is None:
        raise NotFoundError("There is no such proposal.")
    line = reach.customer(session, actor, _RIGHT.get(row.kind, Permission.SET_CREDIT), row.customer_id)
    return row, line
