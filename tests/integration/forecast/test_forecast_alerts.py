"""What the nights keep beside the forecast, on both databases: each invoice's day, drifts, what contacts changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from ar_cockpit.db.tables import (
    AlertMailRow,
    AlertReaderRow,
    CustomerRow,
    InvoiceForecastRow,
    InvoiceRow,
    KpiAlertRow,
    UserRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.i18n import say
from ar_cockpit.mail.alert import causes, compose_alert
from ar_cockpit.services.collecting import customer_record
from ar_cockpit.services.figures import alerts, chances, contact_effects, drifts
from tests.builders import a_company, a_customer, an_invoice
from tests.integration.forecast.test_forecast_services import AS_OF, OPERATOR, a_history

AT = datetime(2026, 6, 30, 5, 30, tzinfo=UTC)
COLLECTOR = Actor(7, "ines@velmora.example", "Inès", (Grant(Role.COLLECTOR),))


def test_each_open_invoice_keeps_its_forecast_and_the_customers_page_tells_it(session: Session) -> None:
    company = a_history(session, every=5)
    found = chances.forecast_of(session, OPERATOR, as_of=AS_OF)[company.id]
    chances.keep(session, OPERATOR, company.id, found, as_of=AS_OF)
    open_ids = set(session.execute(select(InvoiceRow.id).where(col(InvoiceRow.open_minor) > 0)).scalars())
    kept = session.execute(select(InvoiceForecastRow)).scalars().all()
    assert {one.invoice_id for one in kept} == open_ids
    assert all(AS_OF < one.p10_on <= one.expected_on <= one.p90_on for one in kept)
    assert all(0 <= one.paid_30 <= 100 and 0 <= one.late <= 100 for one in kept)
    line = customer_record.find(session, OPERATOR, "C3", "ALFA")
    for later, is_told in ((0, True), (9, True), (11, False)):
        day = AS_OF + timedelta(days=later)
        record = customer_record.record(session, OPERATOR, line, as_of=day, at=AT)
        assert {one.invoice.expected_on is not None for one in record.invoices} == {is_told}
    # What is no longer open goes with the next night.
    chances.keep(session, OPERATOR, company.id, chances.Foreseen({}, found.invoices[:1]), as_of=AS_OF)
    chances.keep(session, OPERATOR, company.id, chances.Foreseen({}), as_of=AS_OF + timedelta(days=1))
    assert session.execute(select(func.count(col(InvoiceForecastRow.invoice_id)))).scalar_one() == 0


def a_drifting_ledger(session: Session) -> CustomerRow:
    """Store two customers with a year and a half of invoices; one of them pays 20 days later since the spring."""
    company = a_company(session, "ALFA")
    made = [a_customer(session, company, code) for code in ("SLOWER", "STEADY")]
    for customer in made:
        for number in range(70):
            due = date(2025, 2, 1) + timedelta(days=7 * number)
            slower = 20 if customer.code == "SLOWER" and due > date(2026, 3, 1) else 0
            paid_on = due + timedelta(days=5 + number % 5 + slower)
            paid = [(paid_on, 50_000)] if paid_on <= AS_OF else []
            if due <= AS_OF:
                an_invoice(
                    session, customer, f"{customer.code}-{number}", 50_000, due - timedelta(days=30), due, paid=paid
                )
    return made[0]


def watched(session: Session, on: date) -> dict[str, int]:
    return drifts.watch(session, OPERATOR, on, at=AT)


def test_a_customer_that_pays_later_is_told_once_and_mailed_to_who_asked(session: Session) -> None:
    customer = a_drifting_ledger(session)
    reader = UserRow(email="exec@velmora.example", name="Eva", password_hash="x", created_at=AT)
    session.add(reader)
    session.flush()
    session.add(AlertReaderRow(company_id=customer.company_id, user_id=reader.id))
    session.flush()
    assert watched(session, AS_OF) == {"drifts": 1, "drifts_over": 0}
    (drift,) = drifts.standing(session, OPERATOR)
    assert (drift.code, drift.usual_days, drift.recent_days) == ("SLOWER", 7, 27)
    assert watched(session, AS_OF + timedelta(days=1)) == {"drifts": 0, "drifts_over": 0}
    (alert,) = alerts.standing(session, OPERATOR)
    assert session.execute(select(func.count(col(AlertMailRow.id)))).scalar_one() == 1
    mail = compose_alert("Eva", "fr", alert, "https://x/forecast/")
    assert "1 client paie" in mail.subject
    assert causes(alert, "en") == [(customer.name, "+20.0 days")]
    # A look at the limits leaves it alone.
    alerts.watch(session, OPERATOR, AS_OF, at=AT)
    assert len(alerts.standing(session, OPERATOR)) == 1
    assert say("en", "jobs.count.drifts")


def test_the_episode_ends_when_it_pays_as_before_and_may_be_told_again(session: Session) -> None:
    customer = a_drifting_ledger(session)
    watched(session, AS_OF)
    later = AS_OF + timedelta(days=200)
    for number in range(20):
        due = AS_OF + timedelta(days=60 + 5 * number)
        paid = [(due + timedelta(days=7), 50_000)]
        an_invoice(session, customer, f"AGAIN-{number}", 50_000, due - timedelta(days=30), due, paid=paid)
    assert watched(session, later)["drifts_over"] == 1
    assert drifts.standing(session, OPERATOR) == []
    assert [one.code for one in drifts.standing(session, OPERATOR, as_of=AS_OF)] == ["SLOWER"]
    cleared = session.execute(select(KpiAlertRow.cleared_on)).scalars().all()
    assert cleared == [later]


def test_only_jobs_watch_and_nobody_sees_foreign_drifts(session: Session) -> None:
    a_drifting_ledger(session)
    with pytest.raises(ForbiddenError):
        drifts.watch(session, COLLECTOR, AS_OF, at=AT)
    watched(session, AS_OF)
    stranger = Actor(8, "x@velmora.example", "X", (Grant(Role.EXECUTIVE, 999),))
    assert drifts.standing(session, stranger) == []


def test_contacts_are_judged_once_for_the_same_ledger(session: Session) -> None:
    a_history(session)
    assert contact_effects.refresh(session, OPERATOR, as_of=AS_OF) == 1
    assert contact_effects.refresh(session, OPERATOR, as_of=AS_OF) == 0
    (kept,) = contact_effects.kept(session, OPERATOR)
    assert (kept.company, kept.found.reason) == ("ALFA", "few_contacts")
    assert kept.found == contact_effects.what_works(session, OPERATOR, as_of=AS_OF)[0].found
