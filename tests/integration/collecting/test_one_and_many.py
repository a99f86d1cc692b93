"""What is known of one customer, asked by one statement, is what is known of it when many are asked about at once."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.collecting.standing import CreditBook, credit_book_of, judged_book
from ar_cockpit.db.queries.customers import CustomerLine, customer_lines, line_of
from ar_cockpit.db.queries.reminders import plan
from ar_cockpit.db.queries.unapplied import unapplied_cash
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.demo.ledger import Size
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services import reach
from ar_cockpit.services.demo import load as demo
from ar_cockpit.services.reminders import policy
from ar_cockpit.services.reminders.facts import addressees, load, load_one

DAY = date(2026, 11, 23)
OPERATOR = Actor.local_operator()


@pytest.fixture
def session(engine: Engine):  # type: ignore[no-untyped-def]  # noqa: ANN201
    with Session(engine) as session, session.begin():
        demo.load(session, OPERATOR, as_of=DAY, size=Size(12, 200))
        yield session


def lines(session: Session) -> list[CustomerLine]:
    """Return every customer."""
    return customer_lines(session, col(CustomerRow.id) > 0)


def of_one(book: CreditBook, key: int) -> dict[str, object]:
    """Return what a book holds of one customer, kind by kind."""
    kinds = [one.name for one in fields(CreditBook) if one.name not in {"lines", "policy"}]
    return {kind: getattr(book, kind).get(key) or None for kind in kinds}


@pytest.mark.parametrize("back", [0, 45, 400])
def test_the_credit_facts_of_one_are_those_of_many(session: Session, back: int) -> None:
    day = DAY - timedelta(days=back)
    many = judged_book(session, col(CustomerRow.id) > 0, day)
    unapplied = unapplied_cash(session, col(CustomerRow.id) > 0, day)
    for line in lines(session):
        book, left = credit_book_of(session, line, day)
        assert of_one(book, line.customer_id) == of_one(many, line.customer_id)
        assert left == {key: minor for key, minor in unapplied.items() if key[0] == line.customer_id}
    assert any(many.items.values())


@pytest.mark.parametrize("back", [0, 45])
def test_the_plan_of_one_is_made_of_the_facts_of_many(session: Session, back: int) -> None:
    day = DAY - timedelta(days=back)
    chosen = policy.in_force(session).policy
    for line in lines(session):
        only = col(CustomerRow.id) == line.customer_id
        one = load_one(session, *credit_book_of(session, line, day), day)
        assert one.policy == chosen
        assert one.plan == load(session, only, day, chosen)
        assert [one.addressee] == list(addressees(session, only))
        assert sorted(one.invoices) == sorted(map(tuple, plan.open_invoices(session, only, day)))


def test_a_customer_is_found_by_its_key_as_in_a_list(session: Session) -> None:
    for line in lines(session):
        assert reach.customer(session, OPERATOR, Permission.VIEW_CUSTOMERS, line.customer_id) == line
        found = reach.customer_coded(session, OPERATOR, Permission.VIEW_CUSTOMERS, line.code, line.company_code)
        assert found == line
    assert len(lines(session)) == len(session.exec(select(CustomerRow.id)).all())


def test_postgresql_prepares_a_question_once_however_large_the_key(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("Only PostgreSQL prepares a statement for the types of its values.")
    with engine.connect() as connection, Session(connection) as session:
        for key in (1, 40_000, 2**31 - 1):
            assert line_of(session, key) is None
        prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%json_agg%'")
        assert session.execute(prepared).scalar_one() == 1
