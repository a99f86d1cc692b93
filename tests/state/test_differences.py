"""What the nightly check found is told to those who can act on it, and to nobody else."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlmodel import select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import InvoiceRow, JobRunRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.i18n import catalogue
from ar_cockpit.services import clock
from ar_cockpit.services.invariants import CHECK, check
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.operations.differences import DifferencesState
from tests.state.cockpit_ledger import fill
from tests.state.conftest import StateOf


def checked(**counts: int) -> None:
    with transaction() as session:
        session.add(
            JobRunRow(job=CHECK, business_on=date(2026, 11, 26), state="done", started_at=clock.now(), counts=counts)
        )


@pytest.mark.parametrize(
    ("role", "told"),
    [(Role.CREDIT_MANAGER, True), (Role.ADMIN, True), (Role.COLLECTOR, False), (Role.EXECUTIVE, False)],
)
def test_a_difference_is_told_to_who_runs_the_jobs(state_of: StateOf, role: Role, *, told: bool) -> None:
    checked(open_amounts=2, priorities=1)
    state = state_of(CollectorState, role)
    state._settle()
    assert [notice.text for notice in state.notices] == (
        ["The nightly check found 3 figures that do not follow from the ledger."] if told else []
    )


def test_a_clean_check_after_it_ends_the_alarm(state_of: StateOf) -> None:
    checked(open_amounts=2)
    checked(open_amounts=0)
    state = state_of(CollectorState, Role.CREDIT_MANAGER)
    state._settle()
    assert state.notices == []


def looked(state_of: StateOf, role: Role) -> DifferencesState:
    state: DifferencesState = state_of(DifferencesState, role, "/settings/jobs/?job=check_figures")

    async def look() -> None:
        async for _ in DifferencesState.look.fn(state):
            pass

    asyncio.run(look())
    return state


def test_the_rows_that_differ_are_shown_to_who_may_see_the_figures(state_of: StateOf) -> None:
    state = looked(state_of, Role.CREDIT_MANAGER)
    assert (state.is_looked, state.broken) == (True, [])
    fill()
    with transaction() as session:
        row = session.exec(select(InvoiceRow).where(InvoiceRow.number == "A-1")).one()
        row.open_minor -= 1
    found = looked(state_of, Role.CREDIT_MANAGER).broken
    (one,) = [item for item in found if item.rule == "Open amount = amount − allocations"]
    assert (one.count, one.heads[:2], one.rows[0][:2]) == ("1 row", ["Company", "Number"], ["FR", "A-1"])
    of_admin = looked(state_of, Role.ADMIN).broken
    assert [(item.rows, item.note != "") for item in of_admin if item.rule == one.rule] == [([], True)]


def test_every_rule_and_column_has_its_words(own_database: None) -> None:
    assert own_database is None
    words = catalogue("en")
    with reading() as session:
        found = check(session, Actor.local_operator(), date(2026, 11, 26))
    assert {f"jobs.differences.rule.{one.key}" for one in found} <= words.keys()
    assert {f"jobs.differences.column.{key}" for one in found for key in one.columns} <= words.keys()
