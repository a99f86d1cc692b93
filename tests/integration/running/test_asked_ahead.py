"""Questions sent ahead are answered as if they were asked when their answers are wanted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from ar_cockpit.db.ahead import asked_ahead
from ar_cockpit.db.session import glancing, make_engine, reading, transaction
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.db.together import CUSTOMER, Together
from tests.builders import a_company, a_customer

NAMES = Together(lambda: {"names": select(col(CustomerRow.name)).where(col(CustomerRow.id) == CUSTOMER)})
KEYS = Together(lambda: {"keys": select(col(CustomerRow.id)).where(col(CustomerRow.id) == CUSTOMER)})
FAILING = Together(lambda: {"none": select(literal(1) / (CUSTOMER - CUSTOMER))})


@pytest.fixture
def customer(engine: Engine) -> int:
    with transaction(engine) as session:
        return a_customer(session, a_company(session, "ALFA"), name="Nordwind").id


@pytest.fixture(params=[glancing, reading], ids=["glancing", "reading"])
def session(engine: Engine, request: pytest.FixtureRequest) -> Iterator[Session]:
    with request.param(engine) as session:
        yield session


def test_each_answer_is_found_by_who_asks(customer: int, session: Session) -> None:
    with asked_ahead(session, KEYS, NAMES, customer=customer):
        assert NAMES.ask(session, customer=customer) == {"names": [["Nordwind"]]}
        assert KEYS.ask(session, customer=customer) == {"keys": [[customer]]}
        assert KEYS.ask(session, customer=customer) == {"keys": [[customer]]}  # asked twice: the second by itself
    assert KEYS.ask(session, customer=customer) == {"keys": [[customer]]}


def test_what_is_asked_about_somebody_else_is_asked_by_itself(customer: int, session: Session) -> None:
    with asked_ahead(session, NAMES, customer=customer):
        assert NAMES.ask(session, customer=customer + 1) == {"names": []}
        assert NAMES.ask(session, customer=customer) == {"names": [["Nordwind"]]}


def test_any_other_statement_may_come_between(customer: int, session: Session) -> None:
    with asked_ahead(session, KEYS, NAMES, customer=customer):
        assert session.execute(text("SELECT count(*) FROM customer")).scalar_one() == 1
        assert NAMES.ask(session, customer=customer) == {"names": [["Nordwind"]]}
        assert session.get_one(CustomerRow, customer).name == "Nordwind"
        assert KEYS.ask(session, customer=customer) == {"keys": [[customer]]}


def test_who_leaves_early_leaves_the_connection_as_any_other(customer: int, session: Session) -> None:
    with pytest.raises(LookupError), asked_ahead(session, KEYS, NAMES, customer=customer):
        raise LookupError
    assert session.execute(text("SELECT count(*) FROM customer")).scalar_one() == 1
    assert NAMES.ask(session, customer=customer) == {"names": [["Nordwind"]]}


def test_what_the_database_objects_to_is_told_as_ever(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    try:
        with glancing(engine) as session:
            with pytest.raises(DBAPIError, match="division by zero"), asked_ahead(session, FAILING, NAMES, customer=1):
                FAILING.ask(session, customer=1)
            assert NAMES.ask(session, customer=1) == {"names": []}
    finally:
        engine.dispose()
