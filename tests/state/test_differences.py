"""What the nightly check found is told to those who can act on it, and to nobody else."""

from __future__ import annotations

from datetime import date

import pytest

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import JobRunRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services import clock
from ar_cockpit.services.invariants import CHECK
from ar_cockpit.state.collector.screen import CollectorState
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
