"""Which currencies a ledger has is found without a look at every document; what figures leave out is counted."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from ar_cockpit.db.queries.figures import currencies as stored
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.services.figures import currencies
from tests.builders import a_company, a_customer, a_payment, an_invoice

OPERATOR = Actor.local_operator()
TODAY = date(2026, 11, 19)


def test_the_currencies_of_documents_and_payments_are_those_of_the_ledger(session: Session) -> None:
    alfa, beta = a_company(session), a_company(session, "BETA", currency="GBP")
    one, other = a_customer(session, alfa), a_customer(session, beta)
    for place, currency in enumerate(("USD", "EUR", "USD", "CHF")):
        an_invoice(session, one, f"N{place}", 100, date(2026, 9, 1), date(2026, 10, 1), currency=currency)
    a_payment(session, other, "P", 100, date(2026, 9, 1), currency="JPY")
    session.flush()
    assert stored.held(session, [alfa.id, beta.id]) == {alfa.id: {"CHF", "EUR", "USD"}, beta.id: {"JPY"}}
    assert stored.held(session, [beta.id]) == {beta.id: {"JPY"}}


def test_what_is_open_in_other_currencies_is_counted_for_whom_may_see_it(session: Session) -> None:
    alfa, beta = a_company(session), a_company(session, "BETA", currency="GBP")
    one, other = a_customer(session, alfa), a_customer(session, beta)
    billed, due = date(2026, 9, 1), date(2026, 10, 1)
    for number, currency, paid in (("A", "USD", []), ("B", "EUR", []), ("C", "USD", [(date(2026, 10, 2), 100)])):
        an_invoice(session, one, number, 100, billed, due, currency=currency, paid=paid)
    an_invoice(session, other, "D", 100, billed, due)
    session.flush()
    assert currencies.left_out(session, OPERATOR, as_of=TODAY, currency="EUR") == {"GBP": 1, "USD": 1}
    assert currencies.left_out(session, OPERATOR, as_of=TODAY) == {"USD": 1}, "each company in its own"
    assert currencies.left_out(session, OPERATOR, as_of=date(2026, 9, 30), company="ALFA", currency="EUR") == {"USD": 2}
    british = Actor(1, "b@x", "B", (Grant(Role.EXECUTIVE, beta.id),))
    assert currencies.left_out(session, british, as_of=TODAY, currency="GBP") == {}
    assert currencies.left_out_told({"USD": 1_200}, "en") == "Not in these figures: 1,200 open documents in USD."
