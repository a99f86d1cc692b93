"""Rows that a thread hands to the database: in order with everything else, and what it objects to undoes them all."""

from __future__ import annotations

import sys
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from ar_cockpit.db.behind import writing_behind
from ar_cockpit.db.bulk import insert
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import InvoiceRow
from ar_cockpit.domain.calendar import OPEN_END
from tests.builders import a_company, a_customer

COUNT = 2500  # more than one statement of SQLite's takes


def invoices(customer: Any, first: int) -> dict[str, list[Any]]:
    """Return new invoices by column, numbered from ``first`` on."""
    same = {
        "company_id": customer.company_id,
        "customer_id": customer.id,
        "kind": "invoice",
        "invoice_on": OPEN_END,
        "due_on": OPEN_END,
        "amount_minor": 100,
        "open_minor": 100,
        "closed_on": OPEN_END,
        "currency": "EUR",
        "po_number": "",
        "description": "",
        "custom": {},
    }
    numbers = {"number": [f"F{number}" for number in range(first, first + COUNT)]}
    return numbers | {name: [value] * COUNT for name, value in same.items()}


def count(session: Session) -> int:
    return session.execute(select(func.count()).select_from(InvoiceRow)).scalar_one()


def test_whoever_asks_sees_the_rows_before(engine: Engine) -> None:
    with transaction(engine) as session:
        customer = a_customer(session, a_company(session))
        with writing_behind(session):
            insert(session, InvoiceRow, invoices(customer, 0))
            assert count(session) == COUNT
            insert(session, InvoiceRow, invoices(customer, COUNT))
        assert count(session) == 2 * COUNT


def test_what_the_database_objects_to_is_raised_before_the_end_and_undoes_all(engine: Engine) -> None:
    with transaction(engine) as session:
        customer = a_customer(session, a_company(session))

    def twice_the_same_number() -> None:
        with transaction(engine) as session:
            with writing_behind(session):
                insert(session, InvoiceRow, invoices(customer, 0))
                insert(session, InvoiceRow, invoices(customer, COUNT - 1))
            pytest.fail("the database's refusal is known before the block ends")

    with pytest.raises((IntegrityError, psycopg.IntegrityError)):
        twice_the_same_number()
    with reading(engine) as session:
        assert count(session) == 0


def test_threads_take_short_turns_meanwhile_and_the_usual_ones_afterwards(engine: Engine) -> None:
    usual = sys.getswitchinterval()
    with transaction(engine) as session, writing_behind(session):
        assert sys.getswitchinterval() < usual
    assert sys.getswitchinterval() == usual
