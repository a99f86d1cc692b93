"""The pages beside the cockpit as a tab holds them: what changed, reported figures, targets, reports; and its parts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from sqlmodel import select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.figures.measures import GOALS
from ar_cockpit.services import clock
from ar_cockpit.services.figures import alerts, snapshots, targets
from ar_cockpit.services.reports import kept, ready, schedules
from ar_cockpit.settings import get_settings
from ar_cockpit.state.changes.screen import ChangesState
from ar_cockpit.state.executive.screen import ExecutiveState
from ar_cockpit.state.forecast.cash import CashAheadState
from ar_cockpit.state.forecast.screen import ForecastState
from ar_cockpit.state.forecast.trial import HoldOutState
from ar_cockpit.state.forecast.works import WhatWorksState
from ar_cockpit.state.reports.mailing import MailingState
from ar_cockpit.state.reports.pack import PaperState
from ar_cockpit.state.reports.screen import ReportsState
from ar_cockpit.state.snapshots.screen import SnapshotsState
from ar_cockpit.state.targets.rows import company_item
from ar_cockpit.state.targets.screen import TargetsState
from tests.builders import a_customer, an_invoice
from tests.state.cockpit_ledger import COLLECTOR, fill
from tests.state.conftest import StateOf, place

OPERATOR = Actor.local_operator()


def today() -> object:
    return clock.today(get_settings().zone)


def loaded(state_of: StateOf, kind: type, address: str, role: Role = Role.CREDIT_MANAGER) -> object:
    state = state_of(kind, role, address)
    fill()
    asyncio.run(kind.load.fn(state))
    return state


def test_a_part_of_the_customers_has_its_own_figures_and_says_what_is_left_out(state_of: StateOf) -> None:
    address = f"/executive/?currency=EUR&collector={COLLECTOR}&country=XX"
    state = loaded(state_of, ExecutiveState, address)
    assert state.part_note.startswith("Only ")
    assert state.kpis[0].value == "€0"
    assert (state.is_cash_loaded, state.kpis[-1].fact) == (True, "No open invoices")
    place(state, f"/executive/?currency=EUR&collector={COLLECTOR}&where=country", state._held.token)
    asyncio.run(ExecutiveState.load.fn(state))
    assert state.kpis[0].value == "€10,250"
    assert f"collector={COLLECTOR.replace('@', '%40')}" in state.kpis[0].href
    assert (len(state.weeks), state.kpis[-1].value != "—") == (26, True), "the cash of its own open invoices"
    assert all(f"collector={COLLECTOR.replace('@', '%40')}" in week.ahead_href for week in state.weeks[13:])
    assert "where" not in state.kpis[0].href
    (line,) = state.part_items
    assert (line.name, line.open, line.href) == ("No country", "10,250", "")
    assert state.part_sums[1] == "10,250"
    assert state.concentration[0].share == "87.8%"
    assert state.clear_part is not None


def test_what_changed_is_told_with_its_customers(state_of: StateOf) -> None:
    since = (clock.today(get_settings().zone) - timedelta(days=10)).isoformat()
    state = loaded(state_of, ChangesState, f"/executive/changes/?currency=EUR&since={since}")
    assert state.summary == "From €9,000.00 to €9,450.00: +€450.00. Maison B moved it most: +€450.00."
    assert [step.name for step in state.steps[1:-1]] == ["Maison B"]
    assert state.steps[0].href == f"/invoices/?currency=EUR&show=overdue&as_of={since}"
    assert state.steps[-1].href.endswith(f"as_of={today()}")
    assert "customer=B" in state.steps[1].href
    assert state.spec["layer"]


def test_a_reported_day_is_compared_with_today(state_of: StateOf) -> None:
    state = state_of(SnapshotsState, Role.EXECUTIVE, "/executive/reported/?currency=EUR&days=every")
    fill()
    with transaction() as session:
        snapshots.take(session, OPERATOR, clock.today(get_settings().zone), at=clock.now())
    asyncio.run(SnapshotsState.load.fn(state))
    assert state.days[0].receivables == "10,250.00"
    assert {day.kind for day in state.days} == {"ok"}
    yesterday = (clock.today(get_settings().zone) - timedelta(days=1)).isoformat()
    place(state, f"/executive/reported/?currency=EUR&days=every&day={yesterday}", state._held.token)
    asyncio.run(SnapshotsState.load.fn(state))
    assert state.figures[0].reported == "€10,250.00"
    assert state.figures[0].href == f"/invoices/?currency=EUR&as_of={yesterday}"
    assert state.chosen == yesterday


def test_a_day_that_was_not_frozen_says_so(state_of: StateOf) -> None:
    state = loaded(state_of, SnapshotsState, "/executive/reported/?currency=EUR&day=2020-02-29")
    assert state.not_frozen.startswith("The figures of 29 Feb 2020 were not frozen")
    assert (state.chosen, state.figures) == ("", [])


def test_the_targets_of_a_past_day_stand_beside_the_figures_of_that_day(state_of: StateOf) -> None:
    past = (clock.today(get_settings().zone) - timedelta(days=20)).isoformat()
    state = loaded(state_of, TargetsState, f"/executive/targets/?company=FR&as_of={past}")
    then = [one.now for one in state.items[0].goals]
    place(state, "/executive/targets/?company=FR", state._held.token)
    asyncio.run(TargetsState.load.fn(state))
    assert then != [one.now for one in state.items[0].goals]


def test_goals_are_typed_kept_and_a_wrong_one_is_refused_with_its_name(state_of: StateOf) -> None:
    state = loaded(state_of, TargetsState, "/executive/targets/")
    asyncio.run(
        TargetsState.save.fn(state, {"company": "FR", "goal_overdue_share": "28.5", "limit_overdue": "9,000.00"})
    )
    (french, _) = state.items
    assert [one.href for one in french.goals][:1] == ["/invoices/?company=FR&currency=EUR"]
    assert [(one.goal, one.limit) for one in french.goals if one.goal or one.limit] == [("", "9000.00"), ("28.5", "")]
    assert state.notices[-1].can_undo
    asyncio.run(TargetsState.save.fn(state, {"company": "FR", "goal_cei": "lots"}))
    assert "Collection effectiveness" in state.notices[-1].text
    with transaction() as session:
        alerts.watch(session, OPERATOR, clock.today(get_settings().zone), at=clock.now())
    asyncio.run(TargetsState.load.fn(state))
    (alert,) = state.alerts
    assert "€9,450" in alert.headline
    assert "Maison B" in alert.causes
    asyncio.run(TargetsState.want_mail.fn(state, "FR", True))
    assert state.items[0].wants_mail


def test_an_executive_sees_goals_and_may_not_set_them(state_of: StateOf) -> None:
    state = loaded(state_of, TargetsState, "/executive/targets/", Role.EXECUTIVE)
    assert [item.may_set for item in state.items] == [False, False]
    asyncio.run(TargetsState.save.fn(state, {"company": "FR", "goal_cei": "80"}))
    assert state.notices[-1].kind == "bad"
    with reading() as session:
        assert targets.goals(session, OPERATOR, clock.today(get_settings().zone))[0].goals == {}


def test_a_report_is_changed_by_its_address_saved_and_deleted(state_of: StateOf) -> None:
    address = "/executive/reports/?currency=EUR&report=aged_balance&cols=customer,open&where=open~at_least~1000"
    state = loaded(state_of, ReportsState, address)
    assert [head.label for head in state.heads] == ["Customer", "Open"]
    assert [[cell.text for cell in line.cells] for line in state.lines] == [["Maison A", "9,000.00"]]
    assert [cell.text for cell in state.foot] == ["All", "9,000.00"]
    assert state.chips[0].label == "Open at least 1000"
    asyncio.run(ReportsState.save.fn(state, {"name": "Big ones", "role_executive": "on"}))
    asyncio.run(ReportsState.load.fn(state))
    assert [one.name for one in state.saved] == ["Big ones"]
    key = state.saved[0].key
    place(state, f"/executive/reports/?currency=EUR&report={key}", state._held.token)
    asyncio.run(ReportsState.load.fn(state))
    assert state.is_mine
    assert len(state.lines) == 1
    asyncio.run(ReportsState.delete.fn(state))
    asyncio.run(ReportsState.load.fn(state))
    assert state.saved == []


def test_a_reports_cells_lead_to_what_they_are_made_of_and_more_rows_are_a_step_away(state_of: StateOf) -> None:
    address = "/executive/reports/?currency=EUR&report=aged_balance&cols=customer,open,age_31-60,country"
    state = loaded(state_of, ReportsState, address)
    line = next(line for line in state.lines if line.cells[0].text == "Maison A")
    assert line.cells[0].href == "/collector/?currency=EUR&company=FR&customer=A"
    assert line.cells[1].href == "/invoices/?currency=EUR&company=FR&customer=A"
    assert line.cells[2].href == "/invoices/?currency=EUR&company=FR&customer=A&bucket=31-60"
    assert (line.cells[3].href, state.more_href) == ("", "")
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        for number in range(105):
            customer = a_customer(session, company, f"N{number}")
            an_invoice(session, customer, f"N{number}", 100, today(), today())
    asyncio.run(ReportsState.load.fn(state))
    assert (len(state.lines), "rows=200" in state.more_href) == (100, True)
    assert state.note == "108 rows, the first 100 shown; the files hold all"
    place(state, f"{address}&rows=200", state._held.token)
    asyncio.run(ReportsState.load.fn(state))
    assert (len(state.lines), state.more_href) == (108, "")


def test_a_report_saved_over_another_of_ones_own_can_be_had_back(state_of: StateOf) -> None:
    state = loaded(state_of, ReportsState, "/executive/reports/?currency=EUR&report=aged_balance")
    asyncio.run(ReportsState.save.fn(state, {"name": "Mine"}))
    place(state, "/executive/reports/?currency=EUR&report=open_items", state._held.token)
    asyncio.run(ReportsState.load.fn(state))
    asyncio.run(ReportsState.save.fn(state, {"name": "Mine"}))
    notice = state.notices[-1]
    assert (notice.kind, notice.text, notice.can_undo) == ("watch", "“Mine” is replaced by the report shown.", True)
    _, payload = state._undo[notice.key]
    asyncio.run(ReportsState.put_back.fn(state, **payload))
    with reading() as session:
        (one,) = kept.reports(session, state.actor)
    assert one.definition.source == "balances"


def test_a_filter_is_kept_as_every_reader_reads_it_and_a_wrong_one_says_so(state_of: StateOf) -> None:
    state = loaded(state_of, ReportsState, "/executive/reports/?currency=EUR&report=aged_balance")
    to = state.add_filter({"field": "open", "operator": "at_least", "value": "9,000"})
    assert "open~at_least~9000" in unquote(str(to.args[0][1]))
    assert state.add_filter({"field": "open", "operator": "at_least", "value": "much"}) is None
    assert state.notices[-1].text == "'much' is not an amount."
    place(state, "/executive/reports/?currency=EUR&report=aged_balance&where=open~is~much", state._held.token)
    asyncio.run(ReportsState.load.fn(state))
    assert (state.lines, state.note) == ([], "'much' is not an amount. Write it as 1234.50.")
    assert len(state.chips) == 1


def test_a_report_on_paper_is_made_aside_and_handed_over(state_of: StateOf) -> None:
    address = "/executive/reports/?currency=EUR&report=aged_balance&cols=customer,open"
    state = state_of(PaperState, Role.CREDIT_MANAGER, address)
    fill()

    async def made() -> list[Any]:
        return [event async for event in PaperState.make.fn(state)]

    (event,) = asyncio.run(made())
    told = {str(name): str(value) for name, value in event.args}
    mark = next(value for value in told.values() if "/report-file/" in value).strip('"').rpartition("/")[2]
    mark, _, asked = mark.partition("?")
    assert asked == "lang=en"
    with reading() as session:
        file = ready.fetch(session, state.actor, mark, at=clock.now())
    assert file.content.startswith(b"%PDF")
    assert not state.is_on_its_way


def test_a_report_is_mailed_paused_removed_and_put_back(state_of: StateOf) -> None:
    address = "/executive/reports/?currency=EUR&report=open_items&cols=customer,open&company=FR"
    state = state_of(MailingState, Role.EXECUTIVE, address)
    fill()
    asyncio.run(MailingState.list_mailed.fn(state))
    assert [one.name for one in state.readers] == ["Ada collector", "Ada credit_manager", "Ada executive"]
    assert (state.rhythms[2].label, state.rhythms[-1].label) == ("Every Monday", "Last day of each month")
    chosen = {state.readers[0].field: "on", "every": "week-0", "at": "07:30", "ending": "csv", "about": "month_end"}
    state.ask(True)
    asyncio.run(MailingState.add.fn(state, chosen | {"at": "early"}))
    assert (state.is_asking, state.items) == (True, [])
    asyncio.run(MailingState.add.fn(state, chosen))
    (item,) = state.items
    assert (item.name, item.when, item.readers) == ("Statement of open items", "Every Monday, 07:30", "Ada collector")
    assert item.what == "CSV, FR, EUR, as of the last month end"
    asyncio.run(MailingState.send_now.fn(state, item.schedule_id))
    assert [(one.name, one.reader, one.state) for one in state.log] == [
        ("Statement of open items", "Ada collector", "Being made")
    ]
    asyncio.run(MailingState.pause.fn(state, item.schedule_id, True))
    assert state.items[0].next == "Paused"
    asyncio.run(MailingState.remove.fn(state, item.schedule_id))
    assert (state.items, state.notices[-1].can_undo) == ([], True)
    (name, payload) = state._undo[state.notices[-1].key]
    assert name.endswith("put_back")
    asyncio.run(MailingState.put_back.fn(state, **payload))
    assert state.items[0].when == "Every Monday, 07:30"
    with reading() as session:
        (mine,) = schedules.schedules(session, state.actor)
    assert mine.plan.definition.columns == ("customer", "open")


@pytest.mark.parametrize(
    "kind",
    [
        ChangesState,
        SnapshotsState,
        TargetsState,
        ReportsState,
        ForecastState,
        CashAheadState,
        WhatWorksState,
        HoldOutState,
    ],
)
def test_french_has_every_word(state_of: StateOf, kind: type) -> None:
    state = loaded(state_of, kind, "/executive/reports/?currency=EUR")
    state.language = "fr"
    asyncio.run(kind.load.fn(state))
    assert state.is_loaded


def test_a_hold_out_is_started_shown_and_stopped(state_of: StateOf) -> None:
    state = loaded(state_of, HoldOutState, "/forecast/what-works/?currency=EUR")
    (item, *_) = state.trials
    assert (item.status, item.may_start, item.may_stop) == (state._say("trial.off"), True, False)
    state.ask_start(item.company)
    wish = {"share": "10", "days": "3", "ends_on": state.usual_end}
    assert HoldOutState.start.fn(state, {**wish, "share": "90"}) is None
    assert state.is_starting
    assert state.error.startswith("90 % cannot be held out.")
    state.language = "fr"
    HoldOutState.start.fn(state, {**wish, "share": "90"})
    assert state.error.startswith("90 % ne peuvent pas être retardés.")
    state.language = "en"
    assert HoldOutState.start.fn(state, wish) is not None
    assert (state.is_starting, state.notices[-1].text) == (False, f"The hold-out at {item.company} is on.")
    asyncio.run(HoldOutState.load.fn(state))
    (shown,) = (one for one in state.trials if one.company == item.company)
    assert "10% are reminded 3 days later" in shown.status
    assert (shown.may_start, shown.may_stop) == (False, True)
    assert [gain.word for gain in shown.gains] == ["Too little yet: 0 of 30 customers"] * 2
    state.ask_stop(item.company)
    assert state.is_stopping
    state.stop()
    asyncio.run(HoldOutState.load.fn(state))
    (over,) = (one for one in state.trials if one.company == item.company)
    assert (over.status.startswith("Stopped on"), over.may_start) == (True, True)


def test_who_may_not_edit_the_policy_sees_a_hold_out_and_no_switch(state_of: StateOf) -> None:
    state = loaded(state_of, HoldOutState, "/forecast/what-works/?currency=EUR", Role.EXECUTIVE)
    assert [one.may_start or one.may_stop for one in state.trials] == [False] * len(state.trials)
    state.ask_start(state.trials[0].company)
    assert not state.is_starting


def test_the_known_ledgers_stand_beside_boosted_trees(state_of: StateOf) -> None:
    state = loaded(state_of, ForecastState, "/forecast/?currency=EUR")
    assert [one.title for one in state.published] == ["IBM sample", "Demo ledger"]
    for one in state.published:
        errors = {error.name: error for error in one.errors}
        days = errors["Days off, from the issue"]
        assert all(float(value) > 0 for value in (days.forecast, days.lightgbm, days.customer_mean))
        assert errors["Width of the band, of what came"].forecast.endswith("%")
        assert one.plot


def test_who_may_not_set_targets_reads_them_as_the_figures_are_written(state_of: StateOf) -> None:
    loaded(state_of, TargetsState, "/executive/targets/")
    with reading() as session:
        (one, *_) = targets.goals(session, OPERATOR, clock.today(get_settings().zone))
    marked = replace(one, goals=dict.fromkeys(GOALS, 30), limits={"overdue": 314_000_000})
    typed, read = (company_item(replace(marked, may_set=may), "fr", lambda *_: "").goals for may in (True, False))
    (limit_typed,), (limit_read,) = ([item.limit for item in items if item.limit] for items in (typed, read))
    assert limit_typed == "3140000,00"
    assert limit_read.replace("\u202f", " ").replace("\xa0", " ") == "3 140 000,00 €"
    assert [bool(item.goal) for item in read] == [True] * len(GOALS)
