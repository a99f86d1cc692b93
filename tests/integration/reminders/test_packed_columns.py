"""What a plan reads in whole columns is what rows would tell, on both databases, whatever stands in the words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, true
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.reminders import packed
from ar_cockpit.db.queries.reminders.plan import cover, open_invoices
from ar_cockpit.db.queries.reminders.steps_done import steps_question, summed_steps
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CustomerRow
from tests.builders import a_company, a_customer, a_payment, an_invoice
from tests.reminding import DAY, a_contact, a_debtor, run

ODD_NAMES = ("F-1", 'say "1,2"', "Ünï/3", "a\\b", "tab\there")
LATER = DAY + timedelta(days=30)


def fill(session: Session) -> None:
    """Store two companies whose customers owe in several currencies, some of it paid later than ``DAY``."""
    for code in ("ALFA", "ÉTÉ"):
        company = a_company(session, code)
        for place in range(3):
            customer = a_customer(session, company, f"C{2 - place}", tags=["vip, eh"] if place else [])
            for number, name in enumerate(ODD_NAMES):
                due_on = DAY - timedelta(days=10 * place - number)
                paid = [(LATER, 20000)] if number == 1 else [(LATER, 50000)] if number == 2 else []
                words = {"currency": "USD"} if number == 3 else {}
                an_invoice(session, customer, f"{name} {place}", 50000, date(2026, 1, 1), due_on, paid=paid, **words)
            an_invoice(session, customer, f"N{place}", -1000 * place - 1, date(2026, 1, 1), DAY)
            a_payment(session, customer, f"P{place}", 700, DAY)


@pytest.mark.parametrize("as_of", [DAY, LATER, date(2025, 12, 31)], ids=str)
def test_what_is_owed_in_columns_is_what_rows_tell(engine: Engine, as_of: date) -> None:
    with transaction(engine) as session:
        fill(session)
    with reading(engine) as session:
        some = col(CustomerRow.code) == "C1"
        for wanted in (true(), some):
            owing = packed.owing(session, wanted, as_of)
            owing = replace(owing, numbers=packed.numbers_of(session, owing.ids))
            assert sorted(owing.rows(0, len(owing))) == sorted(open_invoices(session, wanted, as_of))
        assert len(owing) == (0 if as_of.year == 2025 else 8 if as_of == LATER else 10)


def test_customers_come_by_company_and_code_with_their_tags(engine: Engine) -> None:
    with transaction(engine) as session:
        fill(session)
    with reading(engine) as session:
        found = [(one.company, one.code, one.tags) for one in packed.people(session, true())]
        limits = {one.limit_minor for one in packed.people(session, true())}
    codes = [(code, {"vip, eh"}) for code in ("C0", "C1")] + [("C2", set[str]())]
    assert found == [(company, code, frozenset(tags)) for company in ("ALFA", "ÉTÉ") for code, tags in codes]
    assert limits == {None}


def test_what_covers_an_invoice_is_summed_the_same_for_all_and_for_some(engine: Engine) -> None:
    with transaction(engine) as session:
        fill(session)
    with reading(engine) as session:
        ids = session.execute(select(CustomerRow.id).order_by(col(CustomerRow.id))).scalars().all()
        of_all = cover(session, true(), DAY)
        one_by_one = [cover(session, col(CustomerRow.id) == key, DAY) for key in ids]
    assert of_all == {key: sums for some in one_by_one for key, sums in some.items()}
    assert [sums["EUR"] for _, sums in sorted(of_all.items())] == [701, 1701, 2701] * 2


def test_what_was_done_in_columns_is_what_rows_tell(engine: Engine) -> None:
    with transaction(engine) as session:
        for place in range(3):
            a_debtor(session, f"C{place}", days_late=3 + place * 60)
    for later in range(0, 60, 7):
        run(engine, DAY + timedelta(days=later))
    on, bits = DAY + timedelta(days=70), {"reminder_1": 1, "reminder_2": 4}
    with reading(engine) as session:
        rows = summed_steps(session.execute(steps_question(true(), on)), bits)
        for wanted in (true(), col(CustomerRow.code) != "nobody"):
            dones = packed.dones(session, wanted, on, bits)
            assert dict(dones) == rows
            which, histories = dones.among(np.array([*rows, 99_999]))
            assert [histories.of(one - 1) if one else None for one in which.tolist()] == [*rows.values(), None]
        assert packed.dones(session, true(), date(2000, 1, 1), bits).get(1) is None


def test_whom_to_write_to_comes_first(engine: Engine) -> None:
    with transaction(engine) as session:
        company = a_company(session)
        customer = a_customer(session, company)
        a_contact(session, customer, "last@x.example", is_primary=False, role="buyer")
        a_contact(session, customer, "pay@x.example", is_primary=False, role="accounts_payable")
        a_contact(session, customer, "gone@x.example", is_primary=True, left_on=DAY, phone="1")
        a_contact(session, customer, "first@x.example", is_primary=True)
    with reading(engine) as session:
        found = packed.contacts(session, np.array([customer.id])).emails.tolist()
    assert [email for email in found if email] == ["first@x.example", "pay@x.example", "last@x.example"]


def test_an_invoice_that_went_meanwhile_has_no_number_and_no_others(engine: Engine) -> None:
    with transaction(engine) as session:
        key = a_debtor(session).id
    with reading(engine) as session:
        asked = np.array([key + 1, key, key - 1], np.int64)
        assert packed.numbers_of(session, asked) == ["", "C1-1", ""]
        assert packed.numbers_of(session, asked[:1]) == [""]
