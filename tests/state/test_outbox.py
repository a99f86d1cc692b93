"""The outbox as a tab holds it: the list, the message that is open, and what is decided about several at once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, MessageRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services.reminders import policy
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.state.outbox.message import OutboxMessage
from ar_cockpit.state.outbox.screen import AGAIN, TAKE_BACK, OutboxState
from tests.builders import a_customer, an_invoice
from tests.reminding import AT, DAY, OPERATOR, POLICY, a_contact
from tests.state.conftest import StateOf

pytestmark = pytest.mark.usefixtures("own_database")


def some_messages() -> list[str]:
    """Put two messages into the outbox, of which one is unknown."""
    with transaction() as session:
        policy.load(session, OPERATOR, POLICY, at=AT)
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        for code in ("ANN", "BOB"):
            customer = a_customer(session, company, code, name=code.title())
            a_contact(session, customer, f"{code.lower()}@x.example")
            an_invoice(session, customer, f"{code}-1", 50_000, DAY.replace(month=1), DAY.replace(month=2, day=28))
    with transaction() as session:
        reminders.run(session, OPERATOR, DAY, at=AT)
        keys = list(session.execute(select(col(MessageRow.id)).order_by(col(MessageRow.id))).scalars())
        session.execute(update(MessageRow).where(col(MessageRow.id) == keys[1]).values(state="unknown", error="lost"))
    return [str(key) for key in keys]


def tab_of(state_of: StateOf, query: str = "", role: Role = Role.COLLECTOR) -> OutboxState:
    state: OutboxState = state_of(OutboxState, role, f"/reminders/outbox/{query}")
    asyncio.run(OutboxState.load.fn(state))
    return state


def test_the_list_says_what_became_of_each_message(state_of: StateOf) -> None:
    some_messages()
    state = tab_of(state_of)
    assert [(one.recipient, one.kind, one.state) for one in state.items] == [
        ("bob@x.example", "watch", "uncertain"),
        ("ann@x.example", "info", "waiting"),
    ]
    assert (state.counts["all"], state.counts["unknown"]) == ("2", "1")
    assert state.csv_href.startswith("/download/outbox.csv")
    assert [one.recipient for one in tab_of(state_of, "?state=unknown").items] == ["bob@x.example"]


def test_each_act_is_only_for_the_chosen_messages_it_fits(state_of: StateOf) -> None:
    some_messages()
    state = tab_of(state_of)
    OutboxState.toggle_all.fn(state)
    assert (state.may_resolve, state.may_take_back) == (True, True)
    OutboxState.ask.fn(state, AGAIN)
    assert "twice" in state.question
    asyncio.run(OutboxState.decide.fn(state))
    assert [one.state for one in state.items] == ["waiting", "waiting"]
    OutboxState.toggle_all.fn(state)
    OutboxState.ask.fn(state, TAKE_BACK)
    asyncio.run(OutboxState.decide.fn(state))
    assert [one.state for one in state.items] == ["cancelled", "cancelled"]
    (key,) = (notice.key for notice in state.notices if notice.can_undo)
    undo = OutboxState.undo.fn(state, key)
    asyncio.run(OutboxState.put_back.fn(state, **undo.payload))
    assert [one.state for one in state.items] == ["waiting", "waiting"]


def test_news_are_drawn_without_losing_what_is_chosen(state_of: StateOf) -> None:
    keys = some_messages()
    state = tab_of(state_of)
    OutboxState.toggle.fn(state, keys[1])
    with transaction() as session:
        session.execute(update(MessageRow).where(col(MessageRow.id) == int(keys[0])).values(state="sent", sent_at=AT))
    asyncio.run(OutboxState.refresh.fn(state))
    assert [one.state for one in state.items] == ["uncertain", "sent"]
    assert state.chosen == [keys[1]]


@pytest.mark.parametrize(("wanted", "is_open"), [("{0}", True), ("999", False), ("x' OR 1", False)])
def test_the_message_that_the_address_names_is_open(state_of: StateOf, wanted: str, is_open: bool) -> None:
    keys = some_messages()
    query = f"?message={wanted.format(keys[1])}"
    state: OutboxMessage = state_of(OutboxMessage, Role.COLLECTOR, f"/reminders/outbox/{query}")
    asyncio.run(OutboxMessage.open.fn(state))
    assert bool(state.key) is is_open
    if is_open:
        assert (state.stands, state.to, [one.number for one in state.invoices]) == (
            "unknown",
            "bob@x.example",
            ["BOB-1"],
        )
        OutboxMessage.say_sent.fn(state)
        asyncio.run(OutboxMessage.open.fn(state))
        assert [one.what for one in state.history] == ["Written and queued", "Somebody said it went"]
