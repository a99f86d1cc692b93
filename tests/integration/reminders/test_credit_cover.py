"""Money of the customer that we hold: it covers invoices of its own currency only, whole or not at all."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CustomerRow, MessageRow
from tests.builders import a_payment, an_invoice
from tests.reminding import DAY, a_debtor, run

Held = tuple[str, int]  # currency, minor units; credit notes are negative


@pytest.mark.parametrize(
    ("held", "channel", "named"),
    [
        pytest.param([("EUR", 49_999)], "email", "€499.99", id="a cent too little: named, not subtracted"),
        pytest.param([("EUR", 50_000)], "allocate", "", id="all of it: somebody allocates"),
        pytest.param([("EUR", 20_000), ("EUR", -30_000)], "allocate", "", id="cash and a credit note together"),
        pytest.param([("GBP", 90_000)], "email", "", id="another currency covers nothing and is not named"),
        pytest.param([("GBP", 90_000), ("EUR", -100)], "email", "€1.00", id="only what is in the currency is named"),
        pytest.param([("EUR", 60_000), ("EUR", 0)], "allocate", "", id="more than is owed"),
    ],
)
def test_what_covers_an_invoice(engine: Engine, held: list[Held], channel: str, named: str) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, days_late=3)
        customer = session.get_one(CustomerRow, invoice.customer_id)
        for place, (currency, minor) in enumerate(held):
            if minor < 0:
                an_invoice(session, customer, f"AV-{place}", minor, date(2026, 2, 1), date(2026, 2, 1))
            elif minor:
                a_payment(session, customer, f"P{place}", minor, DAY, currency=currency)
    run(engine)
    with reading(engine) as session:
        row = session.exec(select(MessageRow)).one()
    assert (row.channel, row.total_minor) == (channel, 50_000)
    held_words = "On your account we also hold"
    if channel == "email":
        assert (held_words in row.text_body) == bool(named)
        assert named in row.text_body.replace("\xa0", " ")


def test_money_that_came_back_to_the_customer_covers_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, days_late=3)
        customer = session.get_one(CustomerRow, invoice.customer_id)
        a_payment(session, customer, "P1", 60_000, DAY)
        a_payment(session, customer, "P2", -60_000, DAY)
    run(engine)
    with reading(engine) as session:
        assert session.exec(select(MessageRow.channel)).all() == ["email"]


def test_what_our_own_people_read_is_kept_as_text_alone(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=3)
        covered = a_debtor(session, "C2", days_late=3)
        a_payment(session, session.get_one(CustomerRow, covered.customer_id), "P2", 50_000, DAY)
    run(engine)
    with reading(engine) as session:
        rows = session.exec(select(MessageRow)).all()
    kept = {row.channel: (bool(row.text_body), bool(row.html_body)) for row in rows}
    assert kept == {"email": (True, True), "allocate": (True, False)}
