"""Rules that ask how much is owed count debts of every currency at the day's rate; without one nobody is small.

The shipped policy's small balances are those below 150.00.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.services import segments
from ar_cockpit.services.reminders import membership
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders import run as reminders
from tests.builders import a_company, a_customer, an_invoice
from tests.reminding import AT, DAY, OPERATOR, a_contact

Debts = list[tuple[str, int]]


def a_foreign_debtor(session: Session, debts: Debts) -> CustomerRow:
    """Store a customer that keeps its account in euros and owes these amounts for forty days."""
    customer = a_customer(session, a_company(session), "C9", currency="EUR")
    a_contact(session, customer, "c9@x.example")
    for place, (currency, minor) in enumerate(debts):
        due_on = DAY - timedelta(days=40)
        an_invoice(session, customer, f"I-{place}", minor, date(2026, 1, 1), due_on, currency=currency)
    return customer


@pytest.mark.parametrize(
    ("debts", "is_small"),
    [
        pytest.param([("EUR", 10_000)], True, id="a hundred euros"),
        pytest.param([("USD", 20_000_000)], False, id="two hundred thousand dollars"),
        pytest.param([("EUR", 10_000), ("USD", 20_000_000)], False, id="a little of one and a lot of the other"),
        pytest.param([("EUR", 5_000), ("USD", 5_000)], True, id="a little of both"),
        pytest.param([("JPY", 10_000)], True, id="ten thousand yen, which have no cents"),
        pytest.param([("XXX", 100)], False, id="no rate is known"),
    ],
)
def test_the_segment_knows_what_is_owed_in_every_currency(engine: Engine, debts: Debts, *, is_small: bool) -> None:
    with transaction(engine) as session:
        customer_id = a_foreign_debtor(session, debts).id
    segments.move(engine, OPERATOR, DAY, at=AT)
    with reading(engine) as session:
        made = reminders.plan(session, OPERATOR, DAY)
        known = membership.portfolio(session, OPERATOR, DAY)
        kept = segments.standing(session, OPERATOR, customer_id)
    chosen = {made.choices[touch.customer_id].segment.key for touch in made.day.touches}
    counted = membership.members(known, policies.check(policies.default_toml())).segment_of[customer_id]
    assert kept
    assert {*chosen, counted, kept.segment} == {"small_balances" if is_small else kept.segment}
    assert (kept.segment == "small_balances") is is_small
