"""Days and hours: holidays where the customer is, month ends, outages, and the nights on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from ar_cockpit.db.queries.reminders import outbox
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import InvoiceRow, MessageRow
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.jobs.schedule import Job
from ar_cockpit.services import job_runs
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.sending.windows import open_windows
from ar_cockpit.services.time_zones import zone_of
from tests.builders import a_company, a_customer, an_invoice
from tests.reminding import DAY, OPERATOR, a_contact, a_debtor, run

PARIS = ZoneInfo("Europe/Paris")


def sent(engine: Engine) -> list[tuple[date, str]]:
    with reading(engine) as session:
        rows = session.exec(select(MessageRow.business_on, MessageRow.step).order_by(col(MessageRow.id)))
        return [(on, step) for on, step in rows]


def test_each_customer_rests_on_its_own_country_s_holidays(engine: Engine) -> None:
    labour_day, monday = date(2026, 5, 1), date(2026, 5, 4)  # the first is France's, the second Britain's
    late = (DAY - labour_day).days + 3
    with transaction(engine) as session:
        a_debtor(session, "FRENCH", country="FR", days_late=late)
        a_debtor(session, "BRITISH", country="GB", days_late=late + 3)
        a_debtor(session, "NOWHERE", country="", days_late=late)
    with reading(engine) as session:
        plan = reminders.plan(session, OPERATOR, labour_day)
        assert [(one.number, one.reason) for one in plan.held] == [("FRENCH-1", Held.NON_WORKING_DAY)]
        assert len(plan.messages) == 2
        plan = reminders.plan(session, OPERATOR, monday)
        assert [(one.number, one.reason) for one in plan.held] == [("BRITISH-1", Held.NON_WORKING_DAY)]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        pytest.param(
            date(2026, 1, 31),
            [(date(2026, 1, 26), "courtesy"), (date(2026, 2, 3), "reminder_1"), (date(2026, 2, 18), "reminder_2")],
            id="at the end of January, the courtesy on the Monday after its Saturday",
        ),
        pytest.param(
            date(2028, 2, 29),
            [(date(2028, 2, 22), "courtesy"), (date(2028, 3, 3), "reminder_1"), (date(2028, 3, 20), "reminder_2")],
            id="on a leap day, the second one on the Monday after its Saturday",
        ),
    ],
)
def test_steps_are_days_whatever_months_they_cross(engine: Engine, due: date, expected: list[tuple[date, str]]) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session)
        stored = session.get_one(InvoiceRow, invoice.id)
        stored.invoice_on, stored.due_on = due - timedelta(days=30), due
    for later in range(-10, 25):
        run(engine, due + timedelta(days=later))
    assert sent(engine) == expected


def test_after_an_outage_one_run_does_the_furthest_step_alone(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session)
    run(engine)
    back = DAY + timedelta(days=41)  # a Monday: the second reminder and the call came due meanwhile
    assert (run(engine, back).tasks, run(engine, back).tasks) == (1, 0)
    assert [step for _, step in sent(engine)] == ["reminder_1", "call_1"]


def test_the_hour_that_comes_twice_brings_a_daily_job_once(engine: Engine) -> None:
    job = Job("x", lambda _tick: {}, at=time(2, 30))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone(PARIS)  # 02:30 in summer time
    again = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).astimezone(PARIS)  # 02:30 once more
    assert (first.time(), again.time()) == (time(2, 30), time(2, 30))
    assert job.is_reached(first)
    with job_runs.Recording(engine, job.name, first.date(), "runner-a"):
        pass
    with reading(engine) as session:
        assert job.is_reached(again)
        assert job_runs.is_done(session, job.name, again.date())


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        pytest.param(datetime(2026, 3, 6, 12, 59, tzinfo=UTC), False, id="a minute to eight in New York in winter"),
        pytest.param(datetime(2026, 3, 9, 12, 0, tzinfo=UTC), True, id="America's clocks changed, Europe's not yet"),
        pytest.param(datetime(2026, 11, 2, 12, 59, tzinfo=UTC), False, id="and back again a week after Europe's"),
    ],
)
def test_windows_follow_the_customer_s_own_clock_changes(engine: Engine, at: datetime, is_open: bool) -> None:
    with transaction(engine) as session:
        a_debtor(session, country="US")
    run(engine)
    with reading(engine) as session:
        assert bool(open_windows(session, at)) is is_open


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("CA", "America/Toronto"),
        ("AU", "Australia/Sydney"),
        ("BR", "America/Sao_Paulo"),
        ("RU", "Europe/Moscow"),
        ("UA", "Europe/Kyiv"),
        ("US", "America/New_York"),
        ("ES", "Europe/Madrid"),
        ("PT", "Europe/Lisbon"),
        ("fr", "Europe/Paris"),
        ("", "Europe/Berlin"),
        ("XX", "Europe/Berlin"),
    ],
)
def test_a_country_of_several_zones_goes_by_its_main_one(country: str, zone: str) -> None:
    assert zone_of(country, "Europe/Berlin").key == zone


def test_a_company_inside_a_country_of_several_zones_guesses_for_its_neighbours() -> None:
    assert zone_of("US", "America/Los_Angeles").key == "America/Los_Angeles"


def test_a_customer_without_a_country_is_written_to_in_its_own_companys_hours(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, "C1")  # of a company in Paris
        customer = a_customer(session, a_company(session, "NIPP", timezone="Asia/Tokyo"), "C2")
        a_contact(session, customer, "c2@x.example")
        an_invoice(session, customer, "C2-1", 50_000, date(2026, 1, 1), DAY - timedelta(days=3))
    run(engine)
    for hour, expected in ((10, "c1@x.example"), (1, "c2@x.example")):  # eleven in Paris, ten in Tokyo
        with transaction(engine) as session:
            allowed = open_windows(session, datetime(2026, 3, 3, hour, 0, tzinfo=UTC))
            claimed = outbox.claim(session, "me", 10, allowed)
            recipients = session.exec(select(MessageRow.recipient).where(col(MessageRow.id).in_(claimed)))
            assert recipients.all() == [expected]
            outbox.release(session, "me")
