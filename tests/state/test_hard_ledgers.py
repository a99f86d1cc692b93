"""The forecast's screens on ledgers as they come: figures or words, never a number that is none."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import date

import pandas as pd
import pytest
from sqlmodel import Session, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.forecast.history import to_date
from ar_cockpit.services.figures import cash_outlook, chances, forecast_card, forecasting
from ar_cockpit.state.forecast.cash import CashAheadState
from ar_cockpit.state.forecast.screen import ForecastState
from tests.builders import a_customer, an_invoice
from tests.hard_ledgers import AS_OF, HARD, all_open
from tests.state.conftest import StateOf

OPERATOR = Actor.local_operator()
ON = to_date(AS_OF)
ADDRESS = f"/forecast/?company=FR&currency=EUR&as_of={ON}"
NO_NUMBER = re.compile(r"\b(nan|inf|infinity|nat|none)\b", re.IGNORECASE)


def write(session: Session, ledger: pd.DataFrame) -> None:
    """Store a ledger as a company's; what has no amount or a negative one is no invoice, and stays in it."""
    company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
    customers: dict[str, CustomerRow] = {}
    for row in ledger.to_dict("records"):
        owner = customers.get(row["customer"])
        if owner is None:
            owner = customers[row["customer"]] = a_customer(session, company, str(row["customer"]))
        amount = round(row["amount"])
        settled = row["settled_on"] if isinstance(row["settled_on"], date) else None
        paid = [(settled, amount)] if settled is not None and amount else []
        currency = {"currency": row["currency"]}
        an_invoice(
            session, owner, row["invoice_number"], amount, row["issued_on"], row["due_on"], paid=paid, **currency
        )


def made(ledger: pd.DataFrame) -> list[forecasting.PredictedPayment]:
    """Store a ledger, do what the night does with it, and return its forecast."""
    with transaction() as session:
        write(session, ledger)
    with reading() as session:
        forecasting.fit(session, OPERATOR, as_of=ON)
    with reading() as session:
        cash_outlook.refresh(session, OPERATOR, as_of=ON)
    with reading() as session:
        forecast_card.refresh(session, OPERATOR, as_of=ON)
        chances.forecast_of(session, OPERATOR, as_of=ON)
        return forecasting.predict(session, OPERATOR, as_of=ON)


def words(state: object, *names: str) -> str:
    """Return what a page shows, as JSON, which has no word for what is no number."""
    values = [getattr(state, name) for name in names]
    told = [[asdict(one) for one in value] if isinstance(value, list) else value for value in values]
    return json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("make", HARD, ids=lambda make: make.__name__)
def test_every_screen_of_the_forecast_has_figures_or_words(state_of: StateOf, make: Callable[[], pd.DataFrame]) -> None:
    ahead, card = (state_of(kind, Role.CREDIT_MANAGER, ADDRESS) for kind in (CashAheadState, ForecastState))
    predicted = made(make())
    assert all(0 <= chance <= 1 for one in predicted for chance in (one.p_late, *one.p_paid))
    assert all(ON < one.p10_on <= one.p50_on <= one.p90_on for one in predicted)
    for state in (ahead, card):
        asyncio.run(type(state).load.fn(state))
        assert state.is_loaded
    shown = words(ahead, "summary", "judged_summary", "spans", "places", "customers", "kinds", "judged", "spec")
    assert not NO_NUMBER.search(shown.replace('"none"', ""))
    assert not NO_NUMBER.search(words(card, "cards", "versions", "drifts"))


def test_a_ledger_that_tells_too_little_says_so_beside_its_band(state_of: StateOf) -> None:
    ahead = state_of(CashAheadState, Role.CREDIT_MANAGER, ADDRESS)
    made(all_open())
    asyncio.run(CashAheadState.load.fn(ahead))
    assert {one.doubt for one in ahead.places} == {ahead._say("ahead.prior")}


def test_a_young_ledger_says_that_its_band_is_untested(state_of: StateOf) -> None:
    ahead = state_of(CashAheadState, Role.CREDIT_MANAGER, ADDRESS)
    ledger = HARD[-1]().tail(70)  # settled within the last three months: no earlier month knew enough
    made(ledger.assign(settled_on=[due if n < 55 else None for n, due in enumerate(ledger["due_on"])]))
    asyncio.run(CashAheadState.load.fn(ahead))
    assert {one.doubt for one in ahead.places} == {ahead._say("ahead.untested")}
