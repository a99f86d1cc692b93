"""Forecasts from the database, on both kinds: what was known on the day, whose it is, and what is kept of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, func, select, update
from sqlmodel import Session, col

from ar_cockpit.db.session import reading
from ar_cockpit.db.tables import (
    CompanyRow,
    CustomerRow,
    DisputeRow,
    ForecastRunRow,
    InvoiceRow,
    PromiseInvoiceRow,
    PromiseRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, SeveralCurrenciesError
from ar_cockpit.domain.figures.listing import Part
from ar_cockpit.services.figures import cash_outlook, forecasting
from ar_cockpit.services.figures.forecasting import PredictedPayment
from tests.builders import a_company, a_customer, an_invoice

OPERATOR = Actor.local_operator()
AS_OF = date(2026, 6, 30)


def an_actor(role: Role, company: CompanyRow | None = None) -> Actor:
    return Actor(1, "someone@alfa.example", "Someone", (Grant(role, company.id if company else None),))


def a_history(
    session: Session, code: str = "ALFA", *, until: date = AS_OF, currency: str = "EUR", every: int = 1
) -> CompanyRow:
    """Store 14 months of six customers who each pay some days late of their own, as known on ``until``.

    Of every so manieth invoice alone a cheaper method is learned.
    """
    random = np.random.default_rng(4)
    company = a_company(session, code, currency=currency)
    customers = [a_customer(session, company, f"C{number}") for number in range(6)]
    for number in range(0, 180, every):
        customer = customers[number % 6]
        issued = date(2025, 5, 1) + timedelta(days=int(number * 2.4))
        paid = issued + timedelta(days=int(30 + 5 * (number % 6) + random.integers(-3, 4)))
        parts = [(paid, 100_000 + number)] if paid <= until else []
        if issued <= until:
            due = issued + timedelta(days=30)
            an_invoice(session, customer, f"F{number:03d}", 100_000 + number, issued, due, paid=parts)
    return company


def predicted(session: Session, as_of: date = AS_OF) -> dict[str, PredictedPayment]:
    return {one.invoice_number: one for one in forecasting.predict(session, OPERATOR, as_of=as_of)}


def test_every_open_invoice_is_forecast_and_no_other(session: Session) -> None:
    a_history(session)
    still_open = session.execute(select(InvoiceRow.number).where(InvoiceRow.open_minor > 0)).scalars()
    assert sorted(predicted(session)) == sorted(still_open)


def test_a_past_day_is_forecast_as_it_was_then_whatever_came_since(engine: Engine) -> None:
    made = []
    for until in (date(2026, 3, 31), AS_OF):
        with Session(engine) as session:
            a_history(session, until=until)
            made.append(forecasting.predict(session, OPERATOR, as_of=date(2026, 3, 31)))
            session.rollback()
    assert len(made[0]) > 5
    assert made[0] == made[1]


def test_an_open_promise_moves_the_expected_date_until_it_is_cancelled(session: Session) -> None:
    company = a_history(session)
    invoice = session.execute(select(InvoiceRow).where(InvoiceRow.open_minor > 0)).scalars().first()
    assert invoice
    promise = PromiseRow(
        company_id=company.id,
        customer_id=invoice.customer_id,
        amount_minor=invoice.open_minor,
        currency="EUR",
        made_on=date(2026, 6, 20),
        promised_for=date(2026, 9, 1),
        grace_days=3,
    )
    session.add(promise)
    session.flush()
    session.add(PromiseInvoiceRow(company_id=company.id, promise_id=promise.id, invoice_id=invoice.id))
    session.flush()
    assert (predicted(session)[invoice.number].basis, predicted(session)[invoice.number].expected_on) == (
        "promise",
        date(2026, 9, 1),
    )
    assert predicted(session, date(2026, 6, 19))[invoice.number].basis == "customer"
    promise.cancelled_on = date(2026, 6, 25)
    session.flush()
    assert predicted(session)[invoice.number].basis == "customer"


@pytest.mark.parametrize(
    ("opened_on", "is_known", "basis"),
    [
        pytest.param(date(2026, 6, 15), True, "dispute", id="opened by then"),
        pytest.param(date(2026, 7, 1), True, "customer", id="opened later"),
        pytest.param(date(2026, 6, 15), False, "customer", id="nobody knows since when"),
    ],
)
def test_a_dispute_counts_from_the_day_it_was_known(
    session: Session, opened_on: date, *, is_known: bool, basis: str
) -> None:
    company = a_history(session)
    invoice = session.execute(select(InvoiceRow).where(InvoiceRow.open_minor > 0)).scalars().first()
    assert invoice
    session.add(
        DisputeRow(
            company_id=company.id,
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            reason="price",
            opened_on=opened_on,
            opened_on_is_known=is_known,
            answer_due_on=opened_on,
        )
    )
    session.flush()
    assert predicted(session)[invoice.number].basis == basis


def test_credit_notes_and_what_is_written_off_are_not_expected(session: Session) -> None:
    company = a_history(session)
    customer = session.execute(select(CustomerRow).where(CustomerRow.company_id == company.id)).scalars().first()
    assert customer
    an_invoice(session, customer, "CN1", -5_000, date(2026, 6, 1), date(2026, 6, 1))
    lost = an_invoice(session, customer, "LOST", 7_000, date(2026, 6, 1), date(2026, 7, 1))
    lost.written_off_on = date(2026, 6, 10)
    session.flush()
    assert {"CN1", "LOST"} & predicted(session).keys() == set()


def test_cash_of_a_part_paid_invoice_is_what_is_left_of_it(session: Session) -> None:
    customer = a_customer(session, a_company(session))
    an_invoice(session, customer, "F1", 100_000, AS_OF, AS_OF, paid=[(AS_OF, 60_000)])
    made = forecasting.cash(session, OPERATOR, as_of=AS_OF, days=365)
    assert 30_000 < sum(one.expected for one in made.days) <= 40_000


def test_days_begin_tomorrow_and_weeks_are_seven_of_them(session: Session) -> None:
    a_history(session)
    made = forecasting.cash(session, OPERATOR, as_of=AS_OF, days=90)
    assert (len(made.days), len(made.weeks), made.interval) == (90, 12, 0.8)
    assert made.days[0].start == made.weeks[0].start == date(2026, 7, 1)
    assert made.weeks[1].start == date(2026, 7, 8)
    for number, week in enumerate(made.weeks):
        assert week.expected == sum(one.expected for one in made.days[7 * number : 7 * number + 7])
        assert 0 <= week.low <= week.expected <= week.high


def test_companies_of_one_currency_add_up_and_several_currencies_must_be_chosen(session: Session) -> None:
    a_history(session, "ALFA")
    a_history(session, "BETA")
    one = forecasting.cash(session, OPERATOR, as_of=AS_OF, company="ALFA").within_30
    both = forecasting.cash(session, OPERATOR, as_of=AS_OF).within_30
    assert both.expected == pytest.approx(2 * one.expected, abs=2)
    assert both.high - both.low < 2 * (one.high - one.low), "independent companies even out"
    a_history(session, "GAMMA", currency="GBP")
    with pytest.raises(SeveralCurrenciesError, match="EUR, GBP"):
        forecasting.cash(session, OPERATOR, as_of=AS_OF)
    assert forecasting.cash(session, OPERATOR, as_of=AS_OF, currency="EUR").within_30 == both


def test_a_company_is_forecast_alike_whatever_else_the_asker_may_see(session: Session) -> None:
    alfa = a_history(session, "ALFA")
    a_history(session, "BETA")
    everything = [one for one in forecasting.predict(session, OPERATOR, as_of=AS_OF) if one.company == "ALFA"]
    assert forecasting.predict(session, an_actor(Role.EXECUTIVE, alfa), as_of=AS_OF) == everything


@pytest.mark.parametrize("role", [Role.SALES, Role.ADMIN])
def test_who_may_see_no_figures_gets_no_forecast(session: Session, role: Role) -> None:
    a_history(session)
    for ask in (forecasting.fit, forecasting.predict, forecasting.cash, forecasting.backtest, cash_outlook.outlook):
        with pytest.raises(ForbiddenError):
            ask(session, an_actor(role), as_of=AS_OF)


def test_an_empty_ledger_expects_nothing_and_says_it_is_not_confident(session: Session) -> None:
    a_company(session)
    outlook = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF)
    assert outlook.forecast.within_30.expected == 0
    assert forecasting.predict(session, OPERATOR, as_of=AS_OF) == []
    (report,) = forecasting.fit(session, OPERATOR, as_of=AS_OF)
    assert (report.method, bool(report.reason)) == ("prior", True)
    with pytest.raises(InputError):
        forecasting.backtest(session, OPERATOR, as_of=AS_OF)


def test_the_outlook_shows_what_came_what_comes_and_last_quarters_forecast(session: Session) -> None:
    a_history(session)
    outlook = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF)
    made = forecasting.cash(session, OPERATOR, as_of=AS_OF, days=91)
    assert outlook.forecast == made, "the page and the command tell the same"
    assert [len(part) for part in (outlook.received, outlook.half, outlook.last_quarter)] == [13, 13, 13]
    assert outlook.received[0].start == outlook.last_quarter[0].forecast.start == date(2026, 4, 1)
    assert sum(week.received for week in outlook.received) > sum(week.came for week in outlook.last_quarter) > 0
    for half, whole in zip(outlook.half, outlook.forecast.weeks, strict=True):
        assert whole.low <= half.low <= half.high <= whole.high
    then = forecasting.cash(session, OPERATOR, as_of=date(2026, 3, 31), days=91)
    assert tuple(week.forecast for week in outlook.last_quarter) == then.weeks


def test_a_second_look_finds_the_first_ones_result_and_a_changed_ledger_makes_it_anew(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        company = a_history(session)
        company_id = company.id
    with reading(engine) as session:
        first = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF)
    with reading(engine) as session:
        assert kept(session) == 2
        assert cash_outlook.outlook(session, OPERATOR, as_of=AS_OF) == first
    with Session(engine) as session, session.begin():
        customer = session.execute(select(CustomerRow).where(CustomerRow.company_id == company_id)).scalars().first()
        assert customer
        an_invoice(session, customer, "MORE", 9_000_000, AS_OF, AS_OF)
    with reading(engine) as session:
        changed = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF)
        assert changed.forecast.within_30.expected > first.forecast.within_30.expected
    with reading(engine) as session:
        assert kept(session) == 2, "what an older ledger gave is gone"


def test_a_refresh_makes_what_the_page_needs(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        a_history(session)
        assert cash_outlook.refresh(session, OPERATOR, as_of=AS_OF) == 1
    with reading(engine) as session:
        assert kept(session) == 2


def kept(session: Session) -> int:
    """Return of how many days the sums are kept."""
    sums = select(func.count()).where(col(ForecastRunRow.scope).startswith("cash:"))
    return int(session.execute(sums).scalar_one())


def test_a_web_worker_has_its_forecast_made_by_another_process(
    engine: Engine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_history(session)
    session.commit()
    asked: list[str] = []

    def elsewhere(company: str, as_of: date) -> bool:
        asked.append(company)
        with monkeypatch.context() as patch, reading(engine) as other:
            patch.setattr(cash_outlook.apart, "is_wanted", lambda: False)
            cash_outlook.outlook(other, OPERATOR, as_of=as_of)
        return True

    monkeypatch.setattr(cash_outlook.apart, "is_wanted", lambda: True)
    monkeypatch.setattr(cash_outlook.apart, "make", elsewhere)
    monkeypatch.setattr(cash_outlook, "VERSION", "test")
    with reading(engine) as own:
        found = cash_outlook.outlook(own, OPERATOR, as_of=AS_OF)
    assert asked[0] == "ALFA"
    assert found.forecast.within_30.expected > 0


def made_at(session: Session, day: date, at: datetime) -> None:
    """Let the sums that are kept of a day have been made at an instant."""
    session.execute(update(ForecastRunRow).where(col(ForecastRunRow.as_of) == day).values(created_at=at))


def test_last_quarters_forecast_is_the_one_made_on_its_day_whatever_is_recorded_since(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        company = a_history(session)
        company_id, then = company.id, AS_OF - timedelta(days=91)
    with reading(engine) as session:
        remade = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF)
        assert (remade.as_seen, remade.remade) == ((), ("ALFA",))
    with Session(engine) as session, session.begin():
        made_at(session, then, datetime(2026, 3, 31, 1, 30, tzinfo=UTC))
        customer = session.execute(select(CustomerRow).where(CustomerRow.company_id == company_id)).scalars().first()
        assert customer
        an_invoice(session, customer, "LATE", 9_000_000, then, then + timedelta(days=9))
    with reading(engine) as session:
        now_judged = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF)
        assert (now_judged.as_seen, now_judged.remade) == (("ALFA",), ())
        assert [week.forecast for week in now_judged.last_quarter] == [week.forecast for week in remade.last_quarter]
        assert cash_outlook.outlook(session, OPERATOR, as_of=then).forecast.weeks != tuple(
            week.forecast for week in now_judged.last_quarter
        ), "seen from then with what is known today, the forgotten invoice is expected too"
    with reading(engine) as session:
        again = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF)
        assert again.last_quarter == now_judged.last_quarter, "what was remade took nothing away"


def test_on_its_own_day_a_newer_forecast_takes_the_place_of_the_older(engine: Engine) -> None:
    day = datetime.now(UTC).date()
    with Session(engine) as session, session.begin():
        company_id = a_history(session, until=day).id
    for number in range(2):
        with reading(engine) as session:
            cash_outlook.outlook(session, OPERATOR, as_of=day)
        with Session(engine) as session, session.begin():
            customer = (
                session.execute(select(CustomerRow).where(CustomerRow.company_id == company_id)).scalars().first()
            )
            assert customer
            assert kept(session) == 2
            an_invoice(session, customer, f"MORE{number}", 9_000, day, day)


def test_the_cash_of_the_parts_of_the_customers_adds_up_to_that_of_all(session: Session) -> None:
    company = a_history(session)
    rows = session.execute(select(CustomerRow).where(CustomerRow.company_id == company.id)).scalars().all()
    for number, row in enumerate(rows):
        row.country, row.collector_email = ("FR", "DE", "")[number % 3], ("ines@x", "jonas@x")[number % 2]
    session.flush()
    whole = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF)
    parts = [
        cash_outlook.outlook(session, OPERATOR, as_of=AS_OF, part=Part(collector=one)) for one in ("ines@x", "jonas@x")
    ]
    for number, week in enumerate(whole.forecast.weeks):
        assert sum(one.forecast.weeks[number].expected for one in parts) == pytest.approx(week.expected, abs=1)
        assert all(one.forecast.weeks[number].low <= one.forecast.weeks[number].high for one in parts)
        assert sum(one.received[number].received for one in parts) == whole.received[number].received
        assert sum(one.last_quarter[number].came for one in parts) == whole.last_quarter[number].came
    within = [one.forecast.within_30.expected for one in parts]
    assert sum(within) == pytest.approx(whole.forecast.within_30.expected, abs=1)
    assert all(within)
    both = Part(collector="ines@x", country="DE")
    narrow = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF, part=both)
    mine = {row.code for row in rows if (row.collector_email, row.country) == ("ines@x", "DE")}
    expected = [one for one in predicted(session).values() if one.customer in mine]
    assert mine
    assert bool(expected) is bool(narrow.forecast.within_30.high)
    assert narrow.remade == ("ALFA",), "whose customers they were then is not kept"


def of_collectors(session: Session) -> int:
    """Store a history of customers that two collectors share, and return the company."""
    company = a_history(session)
    for number, row in enumerate(session.execute(select(CustomerRow)).scalars()):
        row.collector_email = ("ines@x", "jonas@x")[number % 2]
    return company.id


OF_INES = Part(collector="ines@x")


def test_a_parts_cash_is_made_again_where_only_the_sums_of_all_are_still_kept(engine: Engine) -> None:
    then = AS_OF - timedelta(days=91)
    with Session(engine) as session, session.begin():
        of_collectors(session)
    with reading(engine) as session:
        first = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF, part=OF_INES)
    with Session(engine) as session, session.begin():
        made_at(session, then, datetime(2026, 3, 31, 1, 30, tzinfo=UTC))
        assert cash_outlook.is_ready(session, OPERATOR, as_of=AS_OF)
        cash_outlook.drop_outdated(session, OPERATOR, as_of=AS_OF + timedelta(days=5))
    with reading(engine) as session:
        assert kept(session) == 2
        assert not cash_outlook.is_ready(session, OPERATOR, as_of=AS_OF)
        assert cash_outlook.outlook(session, OPERATOR, as_of=AS_OF, part=OF_INES) == first
    with reading(engine) as session:
        assert cash_outlook.is_ready(session, OPERATOR, as_of=AS_OF)
        assert cash_outlook.outlook(session, OPERATOR, as_of=AS_OF).as_seen == ("ALFA",), "what was seen stayed"
    assert first.forecast.within_30.expected > 0


def test_what_is_posted_while_a_forecast_is_made_takes_nothing_from_the_cash_of_a_part(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Session(engine) as session, session.begin():
        company_id = of_collectors(session)
    make = cash_outlook.company_cash

    def made_while_somebody_posts(*asked: Any) -> Any:
        made = make(*asked)
        with Session(engine) as other, other.begin():
            question = select(CustomerRow).where(CustomerRow.company_id == company_id).limit(1)
            number = f"MORE{asked[2]}"
            an_invoice(other, other.execute(question).scalars().one(), number, 9_000, AS_OF, AS_OF)
        return made

    monkeypatch.setattr(cash_outlook, "company_cash", made_while_somebody_posts)
    with reading(engine) as session:
        found = cash_outlook.outlook(session, OPERATOR, as_of=AS_OF, part=OF_INES)
    assert found.forecast.within_30.expected > 0
    assert sum(week.forecast.expected for week in found.last_quarter) > 0
