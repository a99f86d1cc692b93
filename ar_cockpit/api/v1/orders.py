"""Orders: may this one be taken, and what accepted ones keep of the limit."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from ar_cockpit.api.v1.edge.caller import Checker, Seller, business_date
from ar_cockpit.api.v1.edge.keys import Key
from ar_cockpit.api.v1.edge.problems import ProblemError, fits_the_ledger
from ar_cockpit.api.v1.figures import Language, reason_said
from ar_cockpit.api.v1.shapes import asked as queries
from ar_cockpit.api.v1.shapes import orders as shapes
from ar_cockpit.db.session import glancing, reading, transaction
from ar_cockpit.domain.access import Permission, TokenScope
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.i18n import preferred_language
from ar_cockpit.services import clock, order_checks, reach
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.order_checks import OrderCheck, Wish
from ar_cockpit.services.programs.tokens import Program

endpoints = APIRouter(tags=["orders"])


@endpoints.post("/order-checks", response_model=shapes.OrderChecked)
async def check_order(program: Checker, given: shapes.OrderAsked, accept_language: Language = "en") -> Any:
    """Ask whether an order may be taken; with `reserve` an accepted one counts against the limit at once."""
    # One thread for all of it: FastAPI would take a second one to write the answer down, which takes less than the way.
    return await asyncio.to_thread(_checked, program, given, accept_language)


@endpoints.get("/order-reservations", response_model=shapes.Reservations)
def list_reservations(program: Checker, asked: Annotated[queries.DayAsked, Query()]) -> Any:
    """List the accepted orders that count against limits."""
    with reading() as session:
        day = asked.as_of or business_date(session, program, Permission.VIEW_STANDING)
        found = order_checks.reserved(session, program.actor, day)
    return {"as_of": day, "items": [_reservation(one) for one in found]}


@endpoints.delete("/order-reservations/{id:int}", status_code=204, response_class=Response)
def release_reservation(program: Seller, id: Key) -> None:  # noqa: A002 (the name in the address)
    """Give back what an accepted order keeps of the limit."""
    with transaction() as session:
        day = business_date(session, program, Permission.VIEW_STANDING)
        order_checks.release(session, program.actor, id, Moment(day, clock.now()))


def _checked(program: Program, given: shapes.OrderAsked, accept_language: str) -> dict[str, Any]:
    wish = Wish(Decimal(given.amount), given.currency or "", given.terms_days, given.order_number or "")
    language = preferred_language(accept_language)
    if not given.reserve:
        with glancing() as session:
            day = _today(session, program, given)
            line = _line(session, program, given)
            with fits_the_ledger():
                checked = order_checks.check(session, program.actor, line, wish, day)
        return _told(checked, day, language)
    if all(grant.role is not TokenScope.ORDERS_CHECK for grant in program.actor.grants):
        raise ProblemError(
            403, f"This token lacks the scope {TokenScope.ORDERS_CHECK.value}.", kind="insufficient-scope"
        )
    with transaction() as session:
        day = _today(session, program, given)
        when = Moment(day, clock.now())
        line = _line(session, program, given)
        with fits_the_ledger():
            checked = order_checks.reserve(session, program.actor, line, wish, when)
    return _told(checked, day, language)


def _today(session: Session, program: Program, given: shapes.OrderAsked) -> date:
    return business_date(session, program, Permission.VIEW_STANDING, given.company or "")


def _line(session: Session, program: Program, given: shapes.OrderAsked) -> Any:
    company = given.company or ""
    return reach.customer_coded(session, program.actor, Permission.VIEW_STANDING, given.customer_id, company)


def _told(checked: OrderCheck, day: date, language: str) -> dict[str, Any]:
    judged, facts, currency = checked.judged, checked.judged.facts, checked.currency
    own = facts.currency
    return {
        "as_of": day,
        "company": judged.customer.company_code,
        "customer_id": judged.customer.code,
        "name": judged.customer.name,
        "standing": judged.standing.level.value,
        "amount": decimal_string(checked.amount_minor, currency),
        "currency": currency,
        "decision": checked.answer.decision.value,
        "reasons": [reason_said(one, language) for one in checked.answer.reasons],
        "would_help": [
            reason_said(way.reason, language)
            | {
                "invoices": [
                    {
                        "invoice_number": one.number,
                        "due_date": one.due_on,
                        "open": decimal_string(one.minor, one.currency),
                        "currency": one.currency,
                    }
                    for one in way.invoices
                ]
            }
            for way in checked.ways
        ],
        "acceptable": decimal_string(checked.answer.acceptable_minor, own),
        "credit_limit": None if facts.limit_minor is None else decimal_string(facts.limit_minor, own),
        "open": decimal_string(facts.open_minor, own),
        "reserved": decimal_string(facts.reserved_minor, own),
        "available_credit": None if facts.available_minor is None else decimal_string(facts.available_minor, own),
        "reservation": _reservation(checked.reservation) if checked.reservation else None,
    }


def _reservation(one: Any) -> dict[str, Any]:
    return {
        "id": one.reservation_id,
        "company": one.company_code,
        "customer_id": one.customer_code,
        "order_number": one.reference,
        "amount": decimal_string(one.amount_minor, one.currency),
        "left": decimal_string(one.left_minor, one.currency),
        "currency": one.currency,
        "reserved_on": one.reserved_on,
        "expires_on": one.expires_on,
    }
