"""A simulation knows of instalments that are near and of the hold-out: its days are what runs of those days do."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CustomerRow, MessageRow
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.collecting.plans import Every, Terms
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import plans
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.reminders import hold_outs
from ar_cockpit.services.reminders.hold_outs import Wish
from ar_cockpit.services.reminders.simulation import simulate
from tests.builders import an_invoice
from tests.reminding import AT, DAY, OPERATOR, POLICY, a_debtor, run

DAYS = 14
MONDAY = DAY + timedelta(days=6)  # the first instalment falls due on the day after it
WORK = Permission.WORK_CUSTOMERS


@pytest.fixture(autouse=True)
def _policy(monkeypatch: pytest.MonkeyPatch) -> None:
    told = POLICY.replace('minimum_amount = "10.00"\n', 'minimum_amount = "10.00"\ninstalment_notice_days = 3\n')
    monkeypatch.setattr("tests.reminding.POLICY", told)


def simulated(engine: Engine, first: date = DAY) -> dict[date, int]:
    with reading(engine) as session:
        found = simulate(session, OPERATOR, first, days=DAYS, with_payments=False)
    return {day.on: day.messages for day in found.days if day.messages}


def really(engine: Engine, first: date = DAY) -> dict[date, int]:
    for later in range(DAYS):
        run(engine, first + timedelta(days=later))
    with reading(engine) as session:
        rows = session.exec(select(MessageRow.business_on).where(col(MessageRow.business_on) >= first)).all()
    return dict(sorted(Counter(rows).items()))


@pytest.fixture
def planned(engine: Engine) -> Engine:
    """A customer that agreed on ``DAY`` to pay in instalments, of which two come close within the days."""
    with transaction(engine) as session:
        invoice = a_debtor(session)
        line = reach.customer(session, OPERATOR, WORK, invoice.customer_id)
        chosen = reach.invoices(session, OPERATOR, WORK, [invoice.id], DAY)
        terms = Terms(DAY + timedelta(days=7), 3, every=Every.WEEK, down_minor=20_000)
        plans.agree(session, OPERATOR, line, chosen, (terms, ""), Moment(DAY, AT))
    return engine


def test_an_instalment_that_is_near_is_told_of_once_in_a_simulation_too(planned: Engine) -> None:
    found = simulated(planned)
    assert found == really(planned)
    assert MONDAY in found


def test_what_was_told_of_before_is_not_told_of_again_in_a_simulation(planned: Engine) -> None:
    for later in range(7):
        run(planned, DAY + timedelta(days=later))
    found = simulated(planned, MONDAY)
    assert found == {day: count for day, count in really(planned, MONDAY).items() if day > MONDAY}


def test_who_is_held_out_by_chance_is_reminded_some_days_later_in_a_simulation_too(engine: Engine) -> None:
    with transaction(engine) as session:
        for number in range(8):
            owner = session.get_one(CustomerRow, a_debtor(session, f"C{number}").customer_id)
            for place in range(4):
                due = date(2025, 9, 1) + timedelta(days=30 * place)
                name = f"C{number}-P{place}"
                an_invoice(session, owner, name, 10_000, due - timedelta(days=30), due, paid=[(due, 10_000)])
        hold_outs.start(session, OPERATOR, "ALFA", Wish(50, 3, DAY + timedelta(days=60)), as_of=DAY, at=AT)
    with reading(engine) as session:
        first = simulate(session, OPERATOR, DAY, days=1, with_payments=False)
    waiting = first.held_first[Held.HELD_OUT].count
    found = simulated(engine)
    assert 0 < waiting < 8
    assert (found[DAY], found[DAY + timedelta(days=3)]) == (8 - waiting, waiting)
    assert found == really(engine)
