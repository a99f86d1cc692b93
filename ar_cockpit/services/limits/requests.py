"""Wishes for limits: asked for by whoever sells or collects, approved in turn by the roles that the policy names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from ar_cockpit.db.queries.credit import limits as stored
from ar_cockpit.db.queries.credit.limits import RequestLine
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CreditLimitRow, CreditRequestRow, CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.credit_limits import steps_for
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.domain.money import to_minor
from ar_cockpit.services import audit, reach
from ar_cockpit.services.collecting.touchpoints import Moment, required_text, subject
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.services.reminders import policy as policies

OPEN, APPROVED, REFUSED, WITHDRAWN = "open", "approved", "refused", "withdrawn"


@dataclass(frozen=True, slots=True)
class LimitWish:
    """A limit that is wished for, in major units of the customer's currency."""

    amount: Decimal
    reason: str
    valid_until: date | None = None
    insured: Decimal | None = None


def ask(session: Session, actor: Actor, customer_id: int, wish: LimitWish, when: Moment) -> str:
    """Ask for a limit and return the wish's state; what the asker may approve itself is approved with it."""
    line = reach.customer(session, actor, Permission.ASK_CREDIT, customer_id)
    reason = required_text(wish.reason, "The reason")
    row = _new(session, actor, line, wish, when)
    row.reason = reason
    session.add(row)
    session.flush()
    audit.record(session, actor, "credit.ask", subject(line), after=_told(row))
    if _next_role(row) and _holds(actor, _next_role(row), line):
        return _approve(session, actor, line, row, "", when)
    return row.state


def approve(session: Session, actor: Actor, request_id: int, note: str, when: Moment) -> str:
    """Say yes to the next step of a wish and return its state; the last yes sets the limit."""
    row, line = _opened(session, actor, request_id)
    role = _next_role(row)
    if not _holds(actor, role, line):
        raise ForbiddenError("This step is for another role.", f"It waits for the {role.replace('_', ' ')}.")
    if any(done["by"] == actor.email for done in row.steps_done):
        raise RefusedError("You approved a step of this request already.", "Another person has to approve this one.")
    return _approve(session, actor, line, row, note.strip(), when)


def refuse(session: Session, actor: Actor, request_id: int, note: str, when: Moment) -> None:
    """Say no to a wish, with the reason; the limit stays as it is."""
    row, line = _opened(session, actor, request_id)
    if not any(_holds(actor, role, line) for role in row.steps):
        raise ForbiddenError("You do not approve this request.", "It is for another role.")
    _close(session, actor, line, row, REFUSED, required_text(note, "The reason"), when)


def withdraw(session: Session, actor: Actor, request_id: int, when: Moment) -> None:
    """Take one's own wish back."""
    row, line = _opened(session, actor, request_id, Permission.ASK_CREDIT)
    if row.asked_by != actor.email:
        raise ForbiddenError("Somebody else asked for this limit.", "Only who asked takes a request back.")
    _close(session, actor, line, row, WITHDRAWN, "", when)


def waiting(session: Session, actor: Actor, company: str = "") -> list[RequestLine]:
    """Return the wishes that wait, of the customers whose credit ``actor`` may ask for or approve."""
    permission = Permission.APPROVE_CREDIT if actor.may(Permission.APPROVE_CREDIT) else Permission.ASK_CREDIT
    seen = customer_clause(actor.scope(permission), actor.email)
    if company:
        seen &= col(CustomerRow.company_id).in_(chosen_companies(session, actor, permission, company))
    return stored.requests(session, seen)


def may_approve(actor: Actor, request: RequestLine) -> bool:
    """Return whether the next step of a wish is ``actor``'s."""
    done = len(request.steps_done)
    role = request.steps[done] if done < len(request.steps) else ""
    is_new = all(one["by"] != actor.email for one in request.steps_done)
    return is_new and _has_role(actor, role, request.company_id)


def _new(session: Session, actor: Actor, line: CustomerLine, wish: LimitWish, when: Moment) -> CreditRequestRow:
    amount, insured = to_minor(wish.amount, line.currency), None
    if amount < 0:
        raise InputError(f"{wish.amount} is no limit.", "Give zero or more.")
    if wish.insured is not None:
        insured = to_minor(wish.insured, line.currency)
        if not 0 <= insured <= amount:
            raise InputError("The insured part is more than the limit.", "Give zero up to the limit.")
    if wish.valid_until is not None and wish.valid_until <= when.on:
        raise InputError(f"{wish.valid_until} is past.", "Give a day to come, or none.")
    waits = select(CreditRequestRow).where(
        col(CreditRequestRow.company_id) == line.company_id,
        col(CreditRequestRow.customer_id) == line.customer_id,
        col(CreditRequestRow.state) == OPEN,
    )
    if session.exec(waits).first():
        raise RefusedError(f"A request for {line.name} waits already.", "Decide on that one first.")
    rules = policies.in_force(session).policy.credit
    return CreditRequestRow(
        company_id=line.company_id,
        customer_id=line.customer_id,
        amount_minor=amount,
        currency=line.currency,
        valid_until=wish.valid_until,
        insured_minor=insured,
        before_minor=line.limit_minor,
        reason="",
        steps=[role.value for role in steps_for(wish.amount, rules)],
        steps_done=[],
        asked_on=when.on,
        asked_at=when.at,
        asked_by=actor.email,
    )


def _opened(
    session: Session, actor: Actor, request_id: int, permission: Permission = Permission.APPROVE_CREDIT
) -> tuple[CreditRequestRow, CustomerLine]:
    row = session.get(CreditRequestRow, request_id, with_for_update=True)
    if row is None:
        raise NotFoundError("There is no such request.", "It may belong to a company you do not see.")
    line = reach.customer(session, actor, permission, row.customer_id)
    if row.state != OPEN:
        raise RefusedError("This request is decided already.", "Look at the list again.")
    return row, line


def _approve(session: Session, actor: Actor, line: CustomerLine, row: CreditRequestRow, note: str, when: Moment) -> str:
    done = {"role": _next_role(row), "by": actor.email, "on": when.on.isoformat(), "note": note}
    row.steps_done = [*row.steps_done, done]
    session.flush()
    audit.record(session, actor, "credit.approve", subject(line), after={"request": row.id} | done)
    if len(row.steps_done) < len(row.steps):
        return row.state
    _set(session, actor, line, row, when)
    _close(session, actor, line, row, APPROVED, note, when)
    return row.state


def _set(session: Session, actor: Actor, line: CustomerLine, row: CreditRequestRow, when: Moment) -> None:
    before = replace_limit(session, line, when)
    session.add(
        CreditLimitRow(
            company_id=line.company_id,
            customer_id=line.customer_id,
            amount_minor=row.amount_minor,
            currency=row.currency,
            valid_until=row.valid_until,
            insured_minor=row.insured_minor,
            note=row.reason,
            decided_on=when.on,
            decided_at=when.at,
            decided_by=actor.email,
            reviewed_on=when.on,
            reviewed_by=actor.email,
            request_id=row.id,
        )
    )
    session.get_one(CustomerRow, line.customer_id).credit_limit_minor = row.amount_minor
    session.flush()
    audit.record(session, actor, "credit.limit", subject(line), before=before, after=_told(row))


def replace_limit(session: Session, line: CustomerLine, when: Moment) -> dict[str, Any]:
    """End the limit in force, if a person decided it, and return what is to be told of it."""
    in_force = select(CreditLimitRow).where(
        col(CreditLimitRow.company_id) == line.company_id,
        col(CreditLimitRow.customer_id) == line.customer_id,
        col(CreditLimitRow.replaced_at).is_(None),
    )
    old = session.exec(in_force).first()
    if old is not None:
        old.replaced_at = when.at
        session.flush()
    until = old.valid_until.isoformat() if old and old.valid_until else None
    return {"amount_minor": line.limit_minor, "valid_until": until}


def _close(
    session: Session, actor: Actor, line: CustomerLine, row: CreditRequestRow, state: str, note: str, when: Moment
) -> None:
    row.state, row.note, row.decided_on, row.decided_by = state, note, when.on, actor.email
    session.flush()
    audit.record(session, actor, f"credit.{state}", subject(line), after={"request": row.id, "note": note})


def _next_role(row: CreditRequestRow) -> str:
    done = len(row.steps_done)
    return row.steps[done] if done < len(row.steps) else ""


def _holds(actor: Actor, role: str, line: CustomerLine) -> bool:
    return _has_role(actor, role, line.company_id)


def _has_role(actor: Actor, role: str, company_id: int) -> bool:
    return any(grant.role == role and grant.company_id in (None, company_id) for grant in actor.grants)


def _told(row: CreditRequestRow) -> dict[str, Any]:
    return {
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "insured_minor": row.insured_minor,
        "reason": row.reason,
    }
