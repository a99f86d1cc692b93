"""Versions of the forecast, on both databases: kept once, compared, gone back to, released, and rights to do so."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from ar_cockpit.db.tables import AuditRow, CompanyRow, ForecastModelRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import CockpitError, ForbiddenError, InputError, NotFoundError
from ar_cockpit.services.figures import forecast_card, forecast_models, forecasting
from tests.builders import a_company, a_customer, an_invoice

OPERATOR = Actor.local_operator()
SPRING, SUMMER = date(2026, 3, 31), date(2026, 6, 30)

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def company(session: Session) -> CompanyRow:
    """Store fourteen months of six customers who each pay some days late of their own."""
    random = np.random.default_rng(4)
    company = a_company(session, "ALFA")
    customers = [a_customer(session, company, f"C{number}") for number in range(6)]
    for number in range(180):
        issued = date(2025, 5, 1) + timedelta(days=int(number * 2.4))
        paid = issued + timedelta(days=int(30 + 5 * (number % 6) + random.integers(-3, 4)))
        parts = [(paid, 100_000 + number)] if paid <= SUMMER else []
        due = issued + timedelta(days=30)
        an_invoice(session, customers[number % 6], f"F{number:03d}", 100_000 + number, issued, due, paid=parts)
    return company


def test_a_fit_is_kept_once_with_what_it_learned_from(session: Session) -> None:
    numbers = [forecasting.fit(session, OPERATOR, as_of=day)[0].version for day in (SPRING, SUMMER, SPRING)]
    assert numbers == [1, 2, 1]
    newest = forecast_models.versions(session, OPERATOR)[0]
    assert (newest.as_of, newest.trained_from) == (SUMMER, date(2025, 5, 1))
    assert newest.trained_to is not None
    assert newest.trained_to <= SUMMER
    assert newest.days_off == pytest.approx(2, abs=2)
    assert len(newest.model_checksum) == len(newest.data_checksum) == 64


def test_what_was_fitted_before_changes_no_forecast_until_a_person_chooses(session: Session) -> None:
    alone = forecasting.predict(session, OPERATOR, as_of=SUMMER)
    for day in (SPRING, SUMMER):
        forecasting.fit(session, OPERATOR, as_of=day)
    assert forecasting.predict(session, OPERATOR, as_of=SUMMER) == alone
    version = forecast_models.roll_back(session, OPERATOR, company="ALFA", number=1)
    assert version.is_chosen
    by_spring = forecasting.predict(session, OPERATOR, as_of=SUMMER)
    assert by_spring != alone
    assert all(one.p10_on > SUMMER for one in by_spring)
    forecast_models.release(session, OPERATOR, company="ALFA")
    assert forecasting.predict(session, OPERATOR, as_of=SUMMER) == alone
    acts = session.execute(select(AuditRow.action).where(col(AuditRow.object_type) == "forecast")).scalars().all()
    assert acts == ["forecast.roll_back", "forecast.release"]


def test_a_chosen_version_says_nothing_of_the_days_before_it(session: Session) -> None:
    before = forecasting.predict(session, OPERATOR, as_of=SPRING)
    forecasting.fit(session, OPERATOR, as_of=SUMMER)
    forecast_models.roll_back(session, OPERATOR, company="ALFA", number=1)
    assert forecasting.predict(session, OPERATOR, as_of=SPRING) == before


def test_a_worse_fit_says_so_and_names_the_way_back(session: Session) -> None:
    forecasting.fit(session, OPERATOR, as_of=SPRING)
    session.execute(update(ForecastModelRow).values(figures={"days_off": 0.1}))
    report = forecasting.fit(session, OPERATOR, as_of=SUMMER)[0]
    assert report.better_before == (1, 0.1)
    assert "forecast rollback 1 --company ALFA" in report.note


def test_versions_are_for_those_who_run_jobs_and_seen_by_those_who_see_figures(
    session: Session, company: CompanyRow
) -> None:
    executive = Actor(1, "boss@alfa.example", "Boss", (Grant(Role.EXECUTIVE, company.id),))
    collector = Actor(2, "who@alfa.example", "Who", (Grant(Role.SALES, company.id),))
    report = forecasting.fit(session, executive, as_of=SUMMER)[0]
    assert report.version is None
    assert "Not kept" in report.note
    forecasting.fit(session, OPERATOR, as_of=SUMMER)
    assert len(forecast_models.versions(session, executive)) == 1
    with pytest.raises(ForbiddenError):
        forecast_models.roll_back(session, executive, company="ALFA", number=1)
    with pytest.raises(CockpitError):
        forecast_models.versions(session, collector, "ALFA")


def test_going_back_to_nothing_is_refused(session: Session) -> None:
    with pytest.raises(NotFoundError):
        forecast_models.roll_back(session, OPERATOR, company="ALFA", number=7)
    with pytest.raises(InputError):
        forecast_models.release(session, OPERATOR, company="ALFA")


def test_only_the_newest_versions_and_the_chosen_one_stay(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast_models, "KEPT", 1)
    for back in (60, 30, 0):
        forecasting.fit(session, OPERATOR, as_of=SUMMER - timedelta(days=back))
    forecast_models.roll_back(session, OPERATOR, company="ALFA", number=1)
    forecast_models.drop_old(session, OPERATOR)
    assert [one.number for one in forecast_models.versions(session, OPERATOR)] == [3, 1]


def test_the_card_is_measured_once_for_a_ledger(session: Session) -> None:
    assert forecast_card.refresh(session, OPERATOR, as_of=SUMMER) == 1
    assert forecast_card.refresh(session, OPERATOR, as_of=SUMMER) == 0
    [card] = forecast_card.cards(session, OPERATOR)
    assert card.company == "ALFA"
    assert set(card.methods) >= {"forecast", "customer_mean", "due_date"}
    assert sum(one.invoices for one in card.late) > 0
    assert session.execute(select(func.count(col(ForecastModelRow.id)))).scalar_one() == 0
