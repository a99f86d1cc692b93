"""The jobs in a real browser: who keeps the clock, what ran, its history, and a wish to run one now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import JobRequestRow, JobRunRow
from ar_cockpit.domain.access import Role
from ar_cockpit.jobs.schedule import JOBS
from ar_cockpit.services import clock
from tests.e2e.conftest import PageAs, Server

Check = Callable[[Page], None]
START = 20_000  # milliseconds: a server's first page


def tell(server: Server, beat: datetime) -> None:
    """Let the job process have given its last sign at ``beat``, and two jobs have run."""
    engine = make_engine(server.database_url)
    with transaction(engine) as session:
        for row in session.exec(select(JobRunRow)):
            session.delete(row)
        counts = {"jobs": [job.told() for job in JOBS], "beat": beat.isoformat()}
        day = beat.date()
        session.add(JobRunRow(job="scheduler", business_on=day, owner="runner-1", started_at=beat, counts=counts))
        done = {"state": "done", "started_at": beat, "ended_at": beat + timedelta(seconds=3)}
        session.add(JobRunRow(job="send_reminders", business_on=day, counts={"messages": 12, "held": 3}, **done))
        broken = {"state": "failed", "error": "There is no such message.", "ended_at": beat, "started_at": beat}
        session.add(JobRunRow(job="settle_promises", business_on=day, **broken))
    engine.dispose()


@pytest.fixture
def jobs(page_as: PageAs, server: Server) -> Page:
    tell(server, clock.now())
    page = page_as(Role.ADMIN, "/settings/jobs/")
    expect(page.locator("tbody tr").first).to_be_visible(timeout=START)
    return page


def test_each_job_says_what_it_does_how_it_went_and_when_it_comes_next(
    jobs: Page, server: Server, check_accessibility: Check
) -> None:
    expect(jobs.get_by_text("The job process lives")).to_be_visible()
    expect(jobs.locator("tbody tr")).to_have_count(len(JOBS))
    planned = jobs.locator("tr", has_text="Plan reminders")
    expect(planned).to_contain_text("12 messages, 3 held")
    expect(planned).to_contain_text("daily at 06:30")
    check_accessibility(jobs)
    jobs.get_by_role("link", name="Settle promises").click()
    history = jobs.locator("section.card", has_text="History")
    expect(history.locator("tbody tr")).to_have_count(1)
    expect(history).to_contain_text("There is no such message.")
    assert jobs.request.get("/health").json()["jobs"]["failed"] == ["settle_promises"]
    tell(server, clock.now() - timedelta(hours=2))
    jobs.reload()
    expect(jobs.get_by_text("gives no sign since")).to_be_visible()


def test_run_now_says_what_it_will_do_and_leaves_a_wish(jobs: Page, server: Server, check_accessibility: Check) -> None:
    jobs.get_by_role("button", name="Run now: Send the outbox").click()
    expect(jobs.get_by_role("alertdialog")).to_contain_text("Mails go to customers.")
    check_accessibility(jobs)
    jobs.get_by_role("alertdialog").get_by_role("button", name="Run now").click()
    expect(jobs.locator("tr", has_text="Send the outbox")).to_contain_text("asked for")
    engine = make_engine(server.database_url)
    with transaction(engine) as session:
        asked = session.exec(select(JobRequestRow)).one()
        assert (asked.job, asked.requested_by) == ("send_outbox", "admin@velmora.example")
        session.delete(asked)
    engine.dispose()


def test_a_phone_shows_them_too(page_as: PageAs, server: Server, check_accessibility: Check) -> None:
    tell(server, clock.now())
    page = page_as(Role.CREDIT_MANAGER, "/settings/jobs/", width=390, height=844, dark=True)
    expect(page.locator("tbody tr").first).to_be_visible(timeout=START)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    check_accessibility(page)
