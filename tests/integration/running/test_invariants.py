"""What is derived is held against what it is derived from: a difference is told with its rows, and stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.services import invariants
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.figures import flows
from tests.builders import a_company, a_customer, an_invoice

TODAY = date(2026, 11, 19)
ME = Actor.local_operator()


@pytest.fixture
def kept(engine: Engine) -> Engine:
    """A small ledger with everything kept beside it."""
    with transaction(engine) as session:
        customer = a_customer(session, a_company(session))
        due = TODAY - timedelta(days=10)
        an_invoice(session, customer, "F1", 1000, due - timedelta(days=30), due)
        an_invoice(session, customer, "F2", 900, due - timedelta(days=30), due, paid=[(due, 400)])
        an_invoice(session, customer, "F3", 700, due - timedelta(days=30), due, paid=[(due, 700)])
        flows.refresh(session, owed_on=TODAY)
    keeping.keep(engine, TODAY)
    return engine


def broken(engine: Engine) -> dict[str, int]:
    with Session(engine) as session:
        return {one.key: one.count for one in invariants.check(session, ME, TODAY) if one.count}


def test_a_ledger_kept_by_the_services_breaks_no_rule(kept: Engine) -> None:
    assert broken(kept) == {}


@pytest.mark.parametrize(
    ("statement", "rules"),
    [
        ("UPDATE invoice SET open_minor = 1 WHERE number = 'F1'", {"open_amounts": 1, "sums_by_day": 1}),
        ("UPDATE invoice SET closed_on = '2026-11-12' WHERE number = 'F3'", {"settlement_dates": 1}),
        ("UPDATE payment SET unapplied_minor = 5 WHERE number = 'F2/1'", {"unapplied_cash": 1}),
        ("UPDATE allocation SET amount_minor = 401 WHERE amount_minor = 400", {"overdrawn_payments": 1}),
        ("UPDATE allocation SET amount_minor = 901 WHERE amount_minor = 400", {"overdrawn_payments": 1}),
        ("UPDATE payment SET company_id = company_id + 7 WHERE number = 'F3/1'", {"owners": 1}),
        ("UPDATE ledger_flow SET past_30_minor = past_30_minor + 7", {"ageing_by_day": 12}),
        ("UPDATE applied_flow SET applied_minor = applied_minor + 1", {"ageing_by_day": 1}),
        ("UPDATE customer_balance SET left_minor = left_minor + 1", {"balances": 2}),
        ("UPDATE kind_balance SET customers = customers + 1", {"balances": 1}),
        ("UPDATE ledger_pack SET currencies = 'XXX'", {"packs": 1}),
        ("UPDATE customer_priority SET score = 0, rank_key = 'x'", {"priorities": 1}),
    ],
)
def test_each_difference_is_told(kept: Engine, statement: str, rules: dict[str, int]) -> None:
    with transaction(kept) as session:
        session.execute(text(statement))
    found = broken(kept)
    assert rules.keys() <= found.keys()
    if "ageing_by_day" not in rules:
        assert {key: found[key] for key in rules} == rules
    assert broken(kept) == found, "nothing is mended by looking"


def test_the_rows_that_differ_are_shown_and_bounded(kept: Engine) -> None:
    with transaction(kept) as session:
        session.execute(text("UPDATE invoice SET open_minor = open_minor + 1"))
    with Session(kept) as session:
        (first, *_) = invariants.check(session, ME, TODAY)
    assert first.rows == [("ALFA", "F1", 1001, 1000), ("ALFA", "F2", 501, 500), ("ALFA", "F3", 1, 0)]


def test_who_may_not_run_jobs_is_told_nothing(kept: Engine) -> None:
    with Session(kept) as session, pytest.raises(ForbiddenError):
        invariants.check(session, Actor(1, "x@y", "X", (Grant(Role.SALES),)), TODAY)
