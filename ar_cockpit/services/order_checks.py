"""Orders: may this one be taken, what would make it acceptable, and what accepted ones keep of the limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.standing import CreditBook
from ar_cockpit.db.queries.credit import orders as stored
from ar_cockpit.db.queries.credit.orders import Reservation
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow, OrderReservationRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.credit import Decision, OrderAnswer
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.domain.figures.ageing import days_overdue
from ar_cockpit.domain.order_help import Debt, helps
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.services import audit, credit, reach
from ar_cockpit.services.collecting.touchpoints import Moment, subject
from ar_cockpit.services.credit import CustomerStanding
from ar_cockpit.services.reminders import policy as policies

LONGEST_REFERENCE = 80
LONGEST_TERMS = 365


@dataclass(frozen=True, slots=True)
class Wish:
    """An order as it is put: a major-unit amount; no currency means the customer's, no terms those agreed."""

    amount: Decimal
    currency: str = ""
    terms_days: int | None = None
    reference: str = ""  # its number: needed to reserve


@dataclass(frozen=True, slots=True)
class ToPay:
    """An invoice whose payment would help; the amount is in minor units of its currency."""

    number: str
    due_on: date
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way to have the order accepted, with the invoices it speaks of."""

    reason: Reason
    invoices: tuple[ToPay, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderCheck:
    """The answer to an order with what would help, and what was reserved for it."""

    judged: CustomerStanding
    amount_minor: int
    currency: str
    terms_days: int | None
    answer: OrderAnswer
    ways: tuple[Way, ...] = ()
    reservation: Reservation | None = None


def check(session: Session, actor: Actor, line: CustomerLine, wish: Wish, as_of: date) -> OrderCheck:
    """Answer an order of a customer found by :mod:`ar_cockpit.services.reach`; nothing is written."""
    judged, book, _ = credit.judged(session, actor, line, as_of)
    return of_standing(session, judged, book, wish, as_of)


def of_standing(session: Session, judged: CustomerStanding, book: CreditBook, wish: Wish, as_of: date) -> OrderCheck:
    """Answer an order by a standing that is known, with the facts it was judged by."""
    if wish.terms_days is not None and not 0 <= wish.terms_days <= LONGEST_TERMS:
        raise InputError(f"{wish.terms_days} days are no terms.", f"Give 0 to {LONGEST_TERMS} days.")
    minor, currency, answer = credit.order(judged, wish.amount, wish.currency, wish.terms_days)
    checked = OrderCheck(judged, minor, currency, wish.terms_days, answer)
    if answer.decision is Decision.ACCEPT or currency != judged.facts.currency:
        return checked
    return replace(checked, ways=_ways(session, checked, book, as_of))


def reserve(session: Session, actor: Actor, line: CustomerLine, wish: Wish, when: Moment) -> OrderCheck:
    """Answer an order and, when it is accepted, let it count against the limit until it is invoiced or expires.

    The same order again takes the place of the one before; one that is not accepted changes nothing.
    """
    actor.require(Permission.RESERVE_CREDIT, line.company_id, owns=line.sales_email == actor.email)
    reference = _checked(wish.reference)
    stored.lock(session, line.customer_id)
    judged, book, _ = credit.judged(session, actor, line, when.on)
    before = stored.order_of(session, line.customer_id, reference, when.on)
    known, counts = before or (None, False)
    if known and counts and known.currency == line.currency:  # what it keeps already is not held against it
        facts = replace(judged.facts, reserved_minor=judged.facts.reserved_minor - known.left_minor)
        judged = replace(judged, facts=facts)
    checked = of_standing(session, judged, book, wish, when.on)
    if checked.answer.decision is not Decision.ACCEPT:
        return checked
    days = policies.of_version(book.policy).policy.credit.reservation_days
    stored.keep(session, known, _values(line, reference, checked, days, when) | {"made_by": actor.email})
    after = stored.order_of(session, line.customer_id, reference, when.on)
    kept = after[0] if after and after[0].left_minor else None  # none when invoices of that order were there before
    audit.record(
        session, actor, "order.reserve", subject(line), before=_audited(known), after=_audited(after and after[0])
    )
    return replace(checked, reservation=kept)


def _values(line: CustomerLine, reference: str, checked: OrderCheck, days: int, when: Moment) -> dict[str, Any]:
    return {
        "company_id": line.company_id,
        "customer_id": line.customer_id,
        "reference": reference,
        "amount_minor": checked.amount_minor,
        "currency": checked.currency,
        "terms_days": checked.terms_days,
        "reserved_on": when.on,
        "expires_on": when.on + timedelta(days=days),
        "ended_on": None,
        "ended_as": "",
        "made_at": when.at,
    }


def _audited(kept: Reservation | None) -> dict[str, Any]:
    if kept is None:
        return {}
    return {
        "reference": kept.reference,
        "amount_minor": kept.amount_minor,
        "expires_on": kept.expires_on.isoformat(),
    }


def reserved(session: Session, actor: Actor, as_of: date, *, customer_id: int | None = None) -> list[Reservation]:
    """Return the accepted orders that count on ``as_of`` and that ``actor`` may see."""
    seen = customer_clause(actor.scope(Permission.VIEW_STANDING), actor.email)
    of = seen if customer_id is None else seen & (col(CustomerRow.id) == customer_id)
    return stored.reservations(session, of, as_of)


def release(session: Session, actor: Actor, reservation_id: int, when: Moment) -> None:
    """Give back what an accepted order keeps of the limit: it was cancelled, or invoiced under another number."""
    row = session.get(OrderReservationRow, reservation_id)
    if row is None:
        raise NotFoundError("There is no such order.", "It may belong to a company you do not see.")
    line = reach.customer(session, actor, Permission.RESERVE_CREDIT, row.customer_id)
    if row.ended_on is not None:
        return
    row.ended_on, row.ended_as = when.on, stored.RELEASED
    session.flush()
    audit.record(session, actor, "order.release", subject(line), before={"reference": row.reference})


def _checked(reference: str) -> str:
    told = " ".join(reference.split())
    if not told or len(told) > LONGEST_REFERENCE:
        raise InputError("The order has no number.", f"Give its number, at most {LONGEST_REFERENCE} characters.")
    return told


def _ways(session: Session, checked: OrderCheck, book: CreditBook, as_of: date) -> tuple[Way, ...]:
    judged = checked.judged
    debts = [
        Debt(item.invoice_id, item.open_minor, days_overdue(item.due_on, as_of), item.is_disputed, item.currency)
        for item in book.items.get(judged.customer.customer_id, ())
        if item.open_minor > 0
    ]
    found = helps(judged.facts, debts, checked.amount_minor, rules=judged.rules, terms_days=checked.terms_days)
    named = stored.numbered(session, [key for one in found for key in one.invoice_ids])
    owed = {one.invoice_id: one.minor for one in debts}
    return tuple(
        Way(
            one.reason,
            tuple(
                ToPay(named[key].number, named[key].due_on, owed[key], named[key].currency) for key in one.invoice_ids
            ),
        )
        for one in found
    )
