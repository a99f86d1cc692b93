"""The numbers of a customer that no import brings, its LEI and its bank account: changed when they change."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy
from sqlmodel import Session, col

from ar_cockpit.db.tables import CustomerIdentityRow, CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.customers import numbers
from ar_cockpit.domain.errors import InputError
from ar_cockpit.services import audit, reach
from ar_cockpit.services.collecting.touchpoints import Moment, subject

_NAMES = {numbers.IBAN: "IBAN", numbers.LEI: "LEI"}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Both numbers as somebody writes them; an empty one is none."""

    lei: str = ""
    iban: str = ""


def change(session: Session, actor: Actor, customer_id: int, given: Numbers, when: Moment) -> list[str]:
    """Keep a customer's numbers; return the names of others of its company that have one of them too.

    Raises ``InputError`` for a number whose check digits do not agree. The audit tells a bank account's last digits.
    """
    line = reach.customer(session, actor, Permission.SET_CREDIT, customer_id)
    actor.require(Permission.VIEW_INTERNAL, line.company_id)  # nobody writes over an account that is hidden from them
    wanted = Numbers(_checked(numbers.LEI, given.lei), _checked(numbers.IBAN, given.iban))
    row = session.get(CustomerIdentityRow, customer_id) or CustomerIdentityRow(
        customer_id=customer_id, company_id=line.company_id, onboarded_on=when.on, onboarded_by=""
    )
    before = Numbers(row.lei, row.iban)
    if before != wanted:
        row.lei, row.iban = wanted.lei, wanted.iban
        session.add(row)
        session.flush()
        audit.record(session, actor, "customer.identity", subject(line), _told(before), _told(wanted))
    return _sharing(session, row)


def _checked(kind: str, written: str) -> str:
    found = numbers.check(kind, written)
    if not found.is_good:
        raise InputError(f"{found.value} is no {_NAMES[kind]}.", "Correct it, or leave the field empty.")
    return found.value


def _told(known: Numbers) -> dict[str, str]:
    return {"lei": known.lei, "iban": numbers.masked(known.iban)}


def _sharing(session: Session, row: CustomerIdentityRow) -> list[str]:
    other = CustomerIdentityRow
    same = [(column == value) for column, value in ((col(other.lei), row.lei), (col(other.iban), row.iban)) if value]
    if not same:
        return []
    question = (
        sqlalchemy.select(col(CustomerRow.name))
        .join(other, col(other.customer_id) == col(CustomerRow.id))
        .where(
            col(other.company_id) == row.company_id, col(other.customer_id) != row.customer_id, sqlalchemy.or_(*same)
        )
        .order_by(col(CustomerRow.name))
        .limit(3)
    )
    return list(session.execute(question).scalars())
