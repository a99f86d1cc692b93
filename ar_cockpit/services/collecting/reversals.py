"""How promises, disputes, plans and proposals are taken back; see :mod:`.undo`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import update
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import DisputeCaseRow, DisputeRow, PaymentPlanRow, PromiseRow, TouchpointRow
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.plans import PlanState
from ar_cockpit.domain.collecting.promises import PromiseState
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.services.collecting import ending, proposals, series, telling


def _withdraw_promise(session: Session, row: TouchpointRow) -> None:
    series.withdraw(session, row.facts.get("promise_ids") or [row.facts["promise_id"]])
    ending.bring_back(session, row.facts.get("replaced", ()))


def _stand_again(session: Session, row: TouchpointRow) -> None:
    ending.bring_back(session, row.facts["promise_ids"])


def _withdraw_dispute(session: Session, row: TouchpointRow) -> None:
    dispute = session.get_one(DisputeRow, row.facts["dispute_id"])
    dispute.closed_on, dispute.outcome = dispute.opened_on, "undone"


def _reopen_dispute(session: Session, row: TouchpointRow) -> None:
    dispute = session.get_one(DisputeRow, row.facts["dispute_id"])
    newer = (DisputeRow.invoice_id == dispute.invoice_id, col(DisputeRow.closed_on) == OPEN_END)
    if session.exec(select(DisputeRow.id).where(*newer)).first() is not None:
        raise RefusedError("The invoice has been disputed again since.", "Work with the new dispute.")
    if row.facts.get("proposal_id"):
        proposals.withdraw(session, row.facts["proposal_id"])
    dispute.closed_on, dispute.outcome = OPEN_END, ""
    case = _case(session, dispute)
    if case is not None:
        case.resolution, case.closed_by, case.credit_minor = "", "", None


def _unanswer(session: Session, row: TouchpointRow) -> None:
    case = _case(session, session.get_one(DisputeRow, row.facts["dispute_id"]))
    if case is not None:
        case.answer, case.answered_on, case.answered_by = "", None, ""


def _hand_back(session: Session, row: TouchpointRow) -> None:
    dispute, before = session.get_one(DisputeRow, row.facts["dispute_id"]), row.facts["before"]
    dispute.owner_email, dispute.answer_due_on = before["owner"], date.fromisoformat(before["answer_due_on"])


def _withdraw_plan(session: Session, row: TouchpointRow) -> None:
    plan = session.get_one(PaymentPlanRow, row.facts["plan_id"])
    if row.facts.get("proposal_id"):
        proposals.withdraw(session, row.facts["proposal_id"])
    series.withdraw(session, session.exec(select(PromiseRow.id).where(PromiseRow.plan_id == plan.id)).all())
    ending.bring_back(session, row.facts.get("replaced", ()))
    plan.state = PlanState.CANCELLED.value


def _resume_plan(session: Session, row: TouchpointRow) -> None:
    promise = PromiseRow
    session.execute(
        update(promise)
        .where(col(promise.id).in_(row.facts["promise_ids"]), col(promise.state) == PromiseState.CANCELLED.value)
        .values(state=PromiseState.OPEN.value, cancelled_on=None, decided_on=None)
    )
    session.get_one(PaymentPlanRow, row.facts["plan_id"]).state = row.facts["before"]


def _withdraw_proposal(session: Session, row: TouchpointRow) -> None:
    proposals.withdraw(session, row.facts["proposal_id"])


def _untold(reverse: Callable[[Session, TouchpointRow], None]) -> Callable[[Session, TouchpointRow], None]:
    """Return ``reverse`` with what was told to colleagues taken back too."""

    def both(session: Session, row: TouchpointRow) -> None:
        reverse(session, row)
        telling.take_back(session, row.facts, row)

    return both


def _case(session: Session, dispute: DisputeRow) -> DisputeCaseRow | None:
    return session.exec(select(DisputeCaseRow).where(DisputeCaseRow.dispute_id == dispute.id)).first()


OF_AGREEMENTS: dict[str, Callable[[Session, TouchpointRow], None]] = {
    "promise": _withdraw_promise,
    ending.ENDED: _stand_again,
    "dispute": _untold(_withdraw_dispute),
    "dispute_closed": _untold(_reopen_dispute),
    "dispute_answered": _untold(_unanswer),
    "dispute_handed": _untold(_hand_back),
    "plan": _withdraw_plan,
    "plan_proposed": _withdraw_plan,
    "plan_cancelled": _resume_plan,
    "hold_proposed": _withdraw_proposal,
    "write_off_proposed": _withdraw_proposal,
}
