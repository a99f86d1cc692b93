"""The credit screen as a state: what is shown to whom, and what its forms refuse."""

from __future__ import annotations

import asyncio

from ar_cockpit.domain.access import Role
from ar_cockpit.state.credit.rules import CreditRulesState
from ar_cockpit.state.credit.screen import CreditState
from tests.state.cockpit_ledger import fill
from tests.state.conftest import StateOf


def loaded(state_of: StateOf, role: Role = Role.CREDIT_MANAGER) -> CreditState:
    state = state_of(CreditState, role, "/credit/")
    fill()
    asyncio.run(state.load())
    return state


def test_limits_nobody_looked_at_are_due_and_are_kept_with_one_press(state_of: StateOf) -> None:
    state = loaded(state_of)
    assert [(one.customer, one.looked) for one in state.reviews] == [
        ("Maison A", "never"),
        ("Maison B", "never"),
        ("Maison C", "never"),
    ]
    asyncio.run(state.keep(state.reviews[0].key))
    assert len(state.reviews) == 2
    asyncio.run(state.keep(987654))
    assert len(state.reviews) == 2


def test_a_limit_is_set_by_who_may_and_a_bad_one_is_said_in_the_form(state_of: StateOf) -> None:
    state = loaded(state_of)
    state.open_dialog("limit", "A")
    asyncio.run(state.set_limit({"customer": "A", "amount": "many", "reason": "x"}))
    assert "is not an amount" in state.dialog_error
    asyncio.run(state.set_limit({"customer": "A", "amount": "12000", "reason": "grows", "until": "2999-01-01"}))
    assert (state.dialog, state.notices[-1].text) == ("", "The limit of Maison A is set.")


def test_an_executive_sees_requests_only(state_of: StateOf) -> None:
    state = loaded(state_of, Role.EXECUTIVE)
    assert (state.is_loaded, state.waiting, state.reviews, state.alerts) == (True, [], [], [])


def test_rules_are_read_and_put_in_force(state_of: StateOf) -> None:
    state = state_of(CreditRulesState, Role.CREDIT_MANAGER, "/credit/?tab=rules")
    state.look()
    form = {row.key: row.value for row in [*state.standing_rules, *state.limit_rules]}
    assert (form["hold_days_overdue"], form["hold_score"]) == ("90", "")
    state.save(form | {"hold_days_overdue": "soon"})
    assert "write a whole number from 0 to 3650" in state.error
    state.save(form | {"hold_days_overdue": "60", "credit_manager_up_to": "5000", "insolvency_tags": "a, b"})
    assert (state.error, state.version) == ("", 1)
    assert next(row.value for row in state.standing_rules if row.key == "insolvency_tags") == "a, b"


def test_a_look_ahead_is_drawn_and_given_up(state_of: StateOf) -> None:
    state = state_of(CreditRulesState, Role.CREDIT_MANAGER, "/credit/?tab=rules")
    state.look()
    asyncio.run(CreditRulesState.event_handlers["look_ahead"].fn(state))  # it runs beside the others
    assert (state.is_looking, "judged" in state.preview_words) == (False, True)
    state.stop_looking()
    assert (state.is_looking, state.preview_words) == (False, "")
