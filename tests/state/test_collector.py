"""The collector's screen as a state: what it holds, where its acts lead, and what it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from reflex.event import EventSpec
from sqlmodel import select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services import clock
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import archiving
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.mail import CollectorMail
from ar_cockpit.state.collector.screen import CollectorState
from tests.builders import a_customer, an_invoice
from tests.state.cockpit_ledger import COLLECTOR, fill, today
from tests.state.conftest import StateOf, place


@pytest.fixture
def day(state_of: StateOf) -> CollectorActs:
    """The screen of the collector of FR, loaded."""
    state = state_of(CollectorActs, Role.COLLECTOR, "/collector/")
    fill()
    load(state)
    return state


def load(state: Any) -> None:
    asyncio.run(state.load())
    state.prepare()


def tomorrow() -> str:
    return (today() + timedelta(days=1)).isoformat()


def elsewhere(state: Any, address: str) -> None:
    """Lead the same tab to another address."""
    place(state, address, state._get_root_state().router.headers.cookie.split("=", 1)[1])


def leads_to(answer: Any) -> str:
    """Return the address that a handler's answer redirects to, as the last of what it asks for."""
    event = answer[-1] if isinstance(answer, list) else answer
    assert isinstance(event, EventSpec)
    return str({str(name): value for name, value in event.args}["path"])


def test_the_first_task_is_open_with_what_may_be_asked_for_selected(day: CollectorActs) -> None:
    assert [(task.name, task.amount) for task in day.tasks] == [("Maison A", "€9,000"), ("Maison B", "€450")]
    assert (day.current, day.record.name, day.pane) == ("FR/A", "Maison A", "list")
    assert [line.number for line in day.invoices if line.key in day.selected] == ["A-1"]
    assert (day.done_words, day.selection_total) == ("0 of 2 done", "€9,000.00")


def test_a_logged_call_leads_to_the_next_customer_and_can_be_taken_back(day: CollectorActs) -> None:
    answer = day.log_call({"note": "pays on Monday"})
    assert "FR%2FB" in leads_to(answer)
    (notice,) = day.notices
    assert notice.can_undo
    day._forget_day()
    load(day)
    assert (day.done_words, [task.name for task in day.tasks]) == ("1 of 2 done", ["Maison B"])
    undo = day.undo(notice.key)
    assert undo is not None
    day.take_back(**dict(undo.payload.items()))
    load(day)
    assert day.done_words == "0 of 2 done"


def test_the_next_customer_is_drawn_before_its_address_and_the_list_come(day: CollectorActs) -> None:
    day.log_call({"note": "", "shown": "FR/A"})
    asyncio.run(day.bring())
    assert (day.current, day.record.name, day.why_words != "") == ("FR/B", "Maison B", True)
    assert [task.name for task in day.tasks] == ["Maison A", "Maison B"]  # as it was: what one waits for comes first
    assert day.form_for == "FR/A"  # whatever is sent with a form that is still there is about the customer before
    asyncio.run(day.catch_up())
    assert ([task.name for task in day.tasks], day.done_words) == (["Maison B"], "1 of 2 done")


@pytest.mark.parametrize(
    "press",
    [
        pytest.param(lambda day, shown: day.mark_done(shown), id="the key that says done"),
        pytest.param(lambda day, shown: day.snooze_until(tomorrow(), shown), id="snoozed by a press"),
        pytest.param(lambda day, shown: day.log_call({"note": "", "shown": shown}), id="a form"),
    ],
)
def test_what_is_pressed_while_the_screen_moves_on_is_not_done_to_the_next_customer(
    day: CollectorActs, press: Callable[[CollectorActs, str], object]
) -> None:
    assert press(day, "FR/A") is not None
    asyncio.run(day.bring())
    told = len(day.notices)
    assert press(day, "FR/A") is None  # the same press twice: nothing to say
    assert len(day.notices) == told
    assert press(day, "FR/Z") is None
    assert day.notices[-1].text == "Another customer is open by now: nothing was recorded."
    asyncio.run(day.catch_up())
    assert day.done_words == "1 of 2 done" or day.snoozed_count == "1"
    assert press(day, "FR/B") is not None


def test_keys_pressed_before_the_screen_is_there_go_on_from_where_it_leads(day: CollectorActs) -> None:
    assert "FR%2FB" in leads_to(day.on_key("j", "FR/A"))
    call = leads_to(day.on_key("c", "FR/A"))
    assert ("FR%2FB" in call, "act=call" in call) == (True, True)
    assert day.on_key("j", "FR/A") is None  # there is nobody after that
    assert "FR%2FA" in leads_to(day.on_key("k", "FR/A"))


def test_a_promise_of_too_much_is_said_at_the_field_and_records_nothing(day: CollectorActs) -> None:
    assert day.record_promise({"amount": "9000.01", "day": today().isoformat()}) is None
    assert "9000.00 EUR is open" in day.promise_error
    assert day.record_promise({"amount": "9,000", "day": today().isoformat()}) is not None
    assert day.promise_error == ""


@pytest.mark.parametrize("form", [{"day": "soon"}, {"day": ""}, {}])
def test_a_day_that_is_none_is_a_notice(day: CollectorActs, form: dict[str, str]) -> None:
    assert day.snooze(form) is None
    assert day.notices[-1].kind == "bad"


def test_an_invoice_of_somebody_elses_company_is_not_disputed(day: CollectorActs) -> None:
    day.dispute_invoice = "999999"
    assert day.open_dispute({"note": ""}) is None
    assert day.notices[-1].text == "There is no such invoice."


def test_the_list_goes_on_below_its_hundredth_task(state_of: StateOf) -> None:
    state = state_of(CollectorActs, Role.COLLECTOR, "/collector/")
    fill()
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        for place in range(128):
            row = a_customer(session, company, f"N{place:03}", collector_email=COLLECTOR)
            an_invoice(session, row, f"N{place:03}-1", 5_000, today() - timedelta(days=60), today() - timedelta(days=3))
    load(state)
    assert (len(state.tasks), state.more, state.more_words) == (100, "and 30 more", "Show the next 30")
    state.current = state.tasks[-1].key
    (on,) = state.on_key("j", state.current)
    assert "most=200" in leads_to(state.show_more())
    assert on.fn.__name__ == "show_more"  # as the key that moves on does at the end
    elsewhere(state, "/collector/?most=200")
    load(state)
    assert (len(state.tasks), state.more, state.more_words) == (130, "", "")


def test_customers_of_nobody_are_offered_to_a_collector_too(state_of: StateOf) -> None:
    state = state_of(CollectorActs, Role.COLLECTOR, "/collector/")
    fill()
    load(state)
    assert [one.value for one in state.whos] == ["all", COLLECTOR]
    with transaction() as session:
        session.exec(select(CustomerRow).where(CustomerRow.code == "B")).one().collector_email = "left@x.example"
    elsewhere(state, "/collector/?who=nobody")
    load(state)
    assert [one.label for one in state.whos if one.value == "nobody"] == ["Nobody (1)"]
    assert (state.who, [task.name for task in state.tasks]) == ("nobody", ["Maison B"])


def test_filters_and_tabs_come_from_the_address(state_of: StateOf) -> None:
    state = state_of(CollectorState, Role.COLLECTOR, "/collector/?least=5000&tab=open&reason=oldest_overdue")
    fill()
    asyncio.run(state.load())
    assert [task.name for task in state.tasks] == ["Maison A"]
    assert (state.filter_count, state.tab, state.open_count) == (2, "open", "2")


def test_an_unknown_customer_in_the_address_is_said_and_opens_nothing(state_of: StateOf) -> None:
    state = state_of(CollectorState, Role.COLLECTOR, "/collector/?customer=FR/NOBODY")
    fill()
    asyncio.run(state.load())
    assert (state.has_record, state.missing) == (False, "There is no customer NOBODY in company FR. Check the code.")


def test_a_customer_that_is_merged_or_archived_meanwhile_says_so(day: CollectorActs) -> None:
    with transaction() as session:
        merged = session.exec(select(CustomerRow.id).where(CustomerRow.code == "A")).one()
        archiving.merge(session, Actor.local_operator(), merged, "B", "one business", Moment(today(), clock.now()))
    assert asyncio.run(day.refresh()) is not None  # the forms are laid out anew too
    assert (day.record.name, day.moved) == ("Maison B", "A was merged into this customer, Maison B.")
    assert (day.gone_words, [task.name for task in day.tasks]) == ("", ["Maison B"])
    assert day.log_call({"note": "", "shown": day.form_for}) is None  # it was written for the one that is no more
    assert day.notices[-1].kind == "watch"
    with transaction() as session:
        owes_nothing = session.exec(select(CustomerRow).where(CustomerRow.code == "C")).one()
        owes_nothing.archived_at, owes_nothing.archived_by = clock.now(), "lead@velmora.example"
    day.current = "FR/C"
    asyncio.run(day.bring())
    assert "archived" in day.record.archived
    assert day.moved == ""


def test_a_refresh_without_news_loads_nothing_and_keeps_the_selection(day: CollectorActs) -> None:
    day.toggle(day.selected[0])
    asyncio.run(day.refresh())
    assert day.selected == []


def test_the_mail_is_rendered_for_the_selection_and_not_without_one(state_of: StateOf) -> None:
    mail = state_of(CollectorMail, Role.COLLECTOR, "/collector/?customer=FR/A")
    fill()
    asyncio.run(mail.load())
    asyncio.run(mail.prepare_mail())
    assert (mail.recipient, mail.can_send) == ("a@x.example", True)
    assert "A-1" in mail.html
    mail.toggle(mail.selected[0])
    asyncio.run(mail.render_mail())
    assert (mail.can_send, mail.html) == (False, "")


@pytest.mark.parametrize("role", [Role.SALES, Role.EXECUTIVE, Role.ADMIN])
def test_who_does_not_collect_gets_nothing(state_of: StateOf, role: Role) -> None:
    state = state_of(CollectorActs, role, "/collector/")
    fill()
    asyncio.run(state.load())
    assert (state.tasks, state.has_record) == ([], False)
    state._customer_id = 1
    assert state.log_call({"note": ""}) is None
    assert state.mark_done() is None
