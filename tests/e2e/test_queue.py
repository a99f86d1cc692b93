"""Sharing a day in a real browser: why a task stands where it does, who is at it, acts on many, the team."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update
from sqlmodel import col, select

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow, CustomerSegmentRow, UserRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services import clock
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import archiving
from tests.builders import a_company, a_customer
from tests.e2e.cockpit_ledger import today
from tests.e2e.conftest import PageAs, Server
from tests.e2e.ledger import EMAILS

Check = Callable[[Page], None]


def tasks(page: Page) -> Locator:
    return page.locator("a.tk")


def tick(page: Page, name: str) -> None:
    page.get_by_role("checkbox", name=f"Tick {name}").click()


def notice(page: Page) -> Locator:
    return page.get_by_label("Notices")


def bar(page: Page) -> Locator:
    return page.locator(".here-bar")


def test_two_people_at_one_customer_know_of_each_other_and_of_what_is_done(
    day: Page, page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    day.get_by_text(re.compile(r"^Why rank 1: \d+ points$")).click()
    expect(day.locator(".why-rank")).to_contain_text("a contact today is worth about")
    other = page_as(Role.CREDIT_MANAGER, f"/collector/?company={company}")
    expect(bar(other)).to_contain_text("Ada collector has had this customer open since")
    expect(tasks(other).first).to_contain_text("Ada collector is here")
    check_accessibility(other)
    bar(other).get_by_role("button", name="Take over").click()
    expect(bar(other)).to_have_count(0)
    expect(bar(day)).to_contain_text("Ada credit_manager has had this customer open since")
    other.get_by_role("tab", name="Call", exact=True).click()
    other.get_by_role("button", name="Log the call").click()
    expect(bar(day)).to_contain_text("Ada credit_manager dealt with this customer at")
    expect(day.get_by_text("1 of 4 done")).to_be_visible()
    expect(day.get_by_role("region", name="Customer", exact=True)).to_contain_text("Call, reached")
    bar(day).get_by_role("button", name="Next task").click()
    expect(tasks(day).first).to_have_attribute("aria-current", "true")


def test_a_customer_that_is_merged_or_archived_during_the_day_says_what_to_do(
    server: Server, day: Page, company: str, check_accessibility: Check
) -> None:
    shown = day.get_by_role("region", name="Customer", exact=True)
    expect(shown).to_contain_text("Atelys SA")
    engine = make_engine(server.database_url)
    theirs = select(CustomerRow).join(CompanyRow).where(CompanyRow.code == company)
    with transaction(engine) as session:
        rows = {row.code: row.id for row in session.exec(theirs)}
        when = Moment(today(), clock.now())
        archiving.merge(session, Actor.local_operator(), rows["Atelys"], "Quillien", "one business", when)
    expect(shown).to_contain_text("Atelys was merged into this customer, Quillien SA.")
    expect(tasks(day)).to_have_count(3)
    check_accessibility(day)
    with transaction(engine) as session:
        row = session.get_one(CustomerRow, rows["Trevignan"])
        row.archived_at, row.archived_by = clock.now(), EMAILS[Role.CREDIT_MANAGER]
    engine.dispose()
    tasks(day).filter(has_text="Trevignan").click()
    expect(shown).to_contain_text("This customer is archived")
    check_accessibility(day)


def test_many_are_snoozed_previewed_and_taken_back_and_one_handed_over_by_keyboard(
    day: Page, check_accessibility: Check
) -> None:
    tick(day, "Quillien SA")
    tick(day, "Lorvane SA")
    check_accessibility(day)
    day.get_by_role("button", name="Snooze…").click()
    dialog = day.get_by_role("dialog")
    expect(dialog).to_contain_text("2 customers sleep until that day, €9,450 overdue.")
    dialog.get_by_role("button", name="Snooze 2").click()
    expect(notice(day)).to_contain_text("2 customers snoozed.")
    expect(tasks(day)).to_have_count(2)
    notice(day).get_by_role("button", name="Undo").click()
    expect(tasks(day)).to_have_count(4)
    day.keyboard.press("?")
    expect(dialog).to_contain_text("hand over")
    day.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    day.keyboard.press("h")
    expect(dialog).to_contain_text("Hand 1 customer over")
    dialog.get_by_role("combobox", name="To whom").click()
    day.get_by_role("option", name="Ada credit_manager").click()
    dialog.get_by_label("Why").fill("she knows them")
    dialog.get_by_role("button", name="Hand 1 over").click()
    expect(notice(day)).to_contain_text("1 customer handed over.")
    expect(tasks(day)).to_have_count(3)


def test_a_choice_is_kept_and_comes_back_from_its_name(server: Server, day: Page, company: str) -> None:
    put_into_segment(server, company, "Quillien", "drifting")
    day.goto(f"/collector/?company={company}&least=5000")
    expect(tasks(day)).to_have_count(2)
    day.get_by_role("button", name="Filter").click()
    day.get_by_role("combobox", name="Segment").click()
    day.get_by_role("option", name="Drifting").click()
    expect(tasks(day)).to_have_count(1)
    expect(day).to_have_url(re.compile("segment=drifting"))
    day.get_by_label("Keep this choice as").fill("big ones")
    day.get_by_role("button", name="Keep", exact=True).click()
    expect(notice(day)).to_contain_text("“big ones” is kept.")
    day.goto(f"/collector/?company={company}")
    expect(tasks(day)).to_have_count(4)
    day.get_by_role("button", name="Filter").click()
    day.get_by_role("link", name="big ones").click()
    expect(tasks(day)).to_have_count(1)
    expect(tasks(day).first).to_contain_text("Quillien SA")


def put_into_segment(server: Server, company: str, customer: str, segment: str) -> None:
    """Note where the policy would have put a customer, with the day's review."""
    engine = make_engine(server.database_url)
    with transaction(engine) as session:
        owner = session.exec(select(CompanyRow.id).where(CompanyRow.code == company)).one()
        theirs = select(CustomerRow).where(CustomerRow.code == customer, CustomerRow.company_id == owner)
        row = session.exec(theirs).one()
        told = {"since_on": today(), "judged_on": today(), "policy_number": 0, "cadence": segment}
        session.add(CustomerSegmentRow(customer_id=row.id, company_id=row.company_id, segment=segment, **told))
    engine.dispose()


def test_the_lead_gives_customers_of_nobody_a_collector_covers_and_sets_goals_and_weights(
    server: Server, page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    engine = make_engine(server.database_url)
    with transaction(engine) as session:
        owner = a_company(session, f"{company}N", name="Velmora N", is_demo=True)
        a_customer(session, owner, "NEW", name="Nouvel SA", country="FR")
    engine.dispose()
    page = page_as(Role.CREDIT_MANAGER, f"/collector/team/?company={company}N")
    expect(page.get_by_role("link", name="Nouvel SA")).to_be_visible()
    page.get_by_label("Country (FR, DE…)").fill("fr")
    page.get_by_role("combobox", name="Collector").click()
    page.get_by_role("option", name="Ada collector").click()
    page.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_role("cell", name="in FR", exact=True)).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Give to those of nobody").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("Ada collector gets 1.")
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_text("Everybody is looked after")).to_be_visible()
    page.goto(f"/collector/results/?company={company}")
    page.get_by_role("button", name="Goal: Ada collector").click()
    page.get_by_label("To collect this month").fill("12000")
    page.get_by_role("button", name="Set the goal").click()
    expect(page.get_by_role("row", name=re.compile("Ada collector"))).to_contain_text("€12,000")
    check_accessibility(page)
    page.goto(f"/settings/queue/?company={company}")
    page.get_by_label("Worth of acting").fill("150")
    page.get_by_role("button", name="Use these weights").click()
    expect(page.get_by_role("row", name=re.compile("Version 1"))).to_contain_text("Worth of acting 150\u00a0%")
    notice(page).get_by_role("button", name="Undo").last.click()  # before the sentence leaves
    expect(page.get_by_label("Worth of acting")).to_have_value("100")
    check_accessibility(page)


@pytest.fixture
def in_french(server: Server) -> Iterator[None]:
    """Let the collector read French for the time of a test."""
    engine = make_engine(server.database_url)
    of_collector = update(UserRow).where(col(UserRow.email) == EMAILS[Role.COLLECTOR])
    with transaction(engine) as session:
        session.execute(of_collector.values(language="fr"))
    yield
    with transaction(engine) as session:
        session.execute(of_collector.values(language="en"))
    engine.dispose()


@pytest.mark.usefixtures("in_french")
def test_on_a_phone_in_french_what_is_ticked_and_the_months_fit(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    page = page_as(Role.COLLECTOR, f"/collector/?company={company}", width=390, height=844)
    expect(tasks(page)).to_have_count(4)
    page.get_by_role("checkbox", name="Cocher Quillien SA").click()
    expect(page.get_by_text("1 tâche cochée")).to_be_visible()
    check_accessibility(page)
    for address in (f"/collector/results/?company={company}", f"/collector/team/?company={company}"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Recouvrement")
        expect(page.locator("table tbody tr, .empty").first).to_be_visible()
        check_accessibility(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
