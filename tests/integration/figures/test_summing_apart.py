"""Companies are summed up while others write: what was read counts only if nobody wrote to the company meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from ar_cockpit.db.queries.figures import flows as stored
from ar_cockpit.db.queries.figures import summing
from ar_cockpit.db.queries.figures.forecast_basis import basis_mark
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow
from ar_cockpit.services.figures import flows
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice

TODAY = date(2026, 11, 19)


@pytest.fixture
def company(engine: Engine) -> int:
    """A company whose sums were never made, with an invoice that is paid in part."""
    with transaction(engine) as session:
        row = a_company(session, "ALFA")
        customer = a_customer(session, row, "C1")
        invoice = an_invoice(session, customer, "I1", 9_000, TODAY - timedelta(days=50), TODAY - timedelta(days=20))
        an_allocation(session, a_payment(session, customer, "P1", 4_000, TODAY), invoice, 4_000)
        return row.id


def bill(session: Session) -> None:
    customer = session.exec(select(CustomerRow)).one()
    an_invoice(session, customer, "I2", 500, TODAY, TODAY + timedelta(days=30))


def correct(session: Session) -> None:
    session.exec(select(InvoiceRow)).one().amount_minor = 8_000


def take_back(session: Session) -> None:
    session.execute(text("DELETE FROM allocation"))


def a_long_file(session: Session) -> None:
    session.execute(text("UPDATE figures_state SET flows_are_built = false, writes = abs(writes) + 1"))


def is_relied_on(engine: Engine, company: int) -> bool:
    with reading(engine) as session:
        kept, due = flows.kept_of(session, company), flows.due_of(session, company)
        are_built = stored.are_built(session, [company])
    assert kept == due or not are_built
    return are_built


def test_what_nobody_touched_is_relied_on(engine: Engine, company: int) -> None:
    assert flows.build(engine, owed_on=TODAY) == [company]
    assert is_relied_on(engine, company)
    assert flows.build(engine, owed_on=TODAY) == []


@pytest.mark.parametrize("write", [bill, correct, take_back, a_long_file])
def test_whoever_writes_while_a_company_is_watched_is_noticed(
    engine: Engine, company: int, write: Callable[[Session], None]
) -> None:
    with transaction(engine) as session:
        number = summing.watch(session, company)
    with transaction(engine) as session:
        assert summing.was_left_alone(session, company, number)
        write(session)
    with transaction(engine) as session:
        assert not summing.was_left_alone(session, company, number)
        assert summing.watch(session, company) != number, "another who watches since does not make it so"
        assert not summing.was_left_alone(session, company, number)
    flows.build(engine, owed_on=TODAY)
    assert is_relied_on(engine, company)


def test_a_ledger_summed_up_again_is_known_by_another_mark(engine: Engine, company: int) -> None:
    """A forecast's fit of the ledger before was taken for one of the ledger after."""
    marks = []
    for change in (lambda _: None, correct, take_back):
        with transaction(engine) as session:
            change(session)
        flows.build(engine, owed_on=TODAY)
        with reading(engine) as session:
            marks.append(basis_mark(session, company))
    assert None not in marks
    assert len({*marks}) == len(marks)


def test_a_process_that_dies_in_the_midst_leaves_nothing_relied_on(engine: Engine, company: int) -> None:
    with transaction(engine) as session:
        summing.watch(session, company)
    assert not is_relied_on(engine, company)
    with transaction(engine) as session:
        correct(session)
    assert flows.build(engine, owed_on=TODAY) == [company]
    assert is_relied_on(engine, company)


def test_sums_that_are_relied_on_are_not_watched(engine: Engine, company: int) -> None:
    flows.build(engine, owed_on=TODAY)
    with transaction(engine) as session:
        summing.watch(session, company)
        assert session.exec(select(CompanyRow.id)).one() == company
    assert is_relied_on(engine, company)
    with transaction(engine) as session:
        correct(session)
    assert not is_relied_on(engine, company)
