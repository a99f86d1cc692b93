"""What is summed up from packs is what the ledger's rows say, on any day and of any part; changes take them back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select, update

from ar_cockpit.db.queries.figures import packed, packing, packs, reports, sums
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CustomerRow, FiguresStateRow, PaymentRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.calendar import Period, month_start
from ar_cockpit.domain.figures import kpis
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.services.figures import consolidated_cockpit, executive, flows, looking_back, reporting
from ar_cockpit.services.figures.owed import owed
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice
from tests.property.examples import undone
from tests.property.test_balances import CHOSEN, INES, PARTS, told
from tests.property.test_balances import stored as stored_of_customers
from tests.property.test_figures import DAYS, LEDGERS, Billed

ME = Actor.local_operator()
MOST = Part(country="FR", collector="")
TODAY = date(2026, 11, 19)


def stored(session: Session, ledger: list[Billed], chosen: list[int]) -> tuple[int, ...]:
    """Write the ledger; every other payment was received before it was applied, and of some a part still waits."""
    ids = stored_of_customers(session, ledger, chosen)
    for number, payment in enumerate(session.exec(select(PaymentRow).order_by(col(PaymentRow.id)))):
        payment.paid_on -= timedelta(days=20 * (number % 2))
        payment.amount_minor += number % 3
        payment.unapplied_minor += number % 3
    session.flush()
    return ids


def figures(session: Session, ids: tuple[int, ...], part: Part, as_of: date) -> object:
    """Return all that packs are read for, from them if they hold."""
    read = packed.packed(session, ids, part)
    slices = {currency: Slice(ids, currency, part) for currency in ("EUR", "USD")}
    days = [as_of, *kpis.month_ends_before(as_of, 3)]
    found: list[object] = [told(owed(session, slices, as_of, read))]
    for about in slices.values():
        facts = reporting.facts(session, about, days, read)
        found += [
            {day: facts.kpis(day) for day in days},
            executive.came_within(session, about, days, facts.read),
            looking_back.unapplied_cash(session, about, as_of, read),
            looking_back.days_late_of_settled(session, about, Period(month_start(as_of), as_of), read),
        ]
    return found


def of_everybody(session: Session, ids: tuple[int, ...], as_of: date) -> object:
    """Return what reports say of every customer."""
    whole = col(CustomerRow.company_id).in_(ids)
    balances = [sorted(reports.balances(session, whole, ids, as_of, currency)) for currency in ("EUR", "")]
    return balances, dict(reports.paying(session, whole, ids, as_of))


def check(session: Session, ledger: list[Billed], chosen: list[int], as_of: date) -> None:
    ids = stored(session, ledger, chosen)
    assert packed.packed(session, ids, ALL) is None
    of_rows = [figures(session, ids, part, as_of) for part in (*PARTS, MOST)]
    of_all = of_everybody(session, ids, as_of)
    converted = consolidated_cockpit.cockpit(session, ME, as_of=as_of, into="EUR", part=Part(collector=INES))
    flows.refresh(session, owed_on=as_of + timedelta(days=1))
    assert packed.packed(session, ids, ALL) is not None
    assert [figures(session, ids, part, as_of) for part in (*PARTS, MOST)] == of_rows
    assert of_everybody(session, ids, as_of) == of_all
    again = consolidated_cockpit.cockpit(session, ME, as_of=as_of, into="EUR", part=Part(collector=INES))
    assert again == converted


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=LEDGERS, chosen=CHOSEN, as_of=DAYS)
def test_packs_say_what_rows_do_on_sqlite(empty: Session, ledger: list[Billed], chosen: list[int], as_of: date) -> None:
    with undone(empty):
        check(empty, ledger, chosen, as_of)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=LEDGERS, chosen=CHOSEN, as_of=DAYS)
def test_packs_say_what_rows_do_on_postgresql(
    postgres: Session, ledger: list[Billed], chosen: list[int], as_of: date
) -> None:
    with undone(postgres):
        check(postgres, ledger, chosen, as_of)


def write(session: Session) -> int:
    """Write two customers of one company, each with an invoice that is paid in part, and return the company."""
    company = a_company(session)
    for code in ("C1", "C2"):
        due_on = TODAY - timedelta(days=10)
        customer = a_customer(session, company, code)
        an_invoice(session, customer, f"F{code}", 1000, due_on - timedelta(days=30), due_on, paid=[(due_on, 300)])
    return company.id


@pytest.mark.parametrize(
    ("statement", "do_hold"),
    [
        pytest.param("UPDATE invoice SET due_on = '2027-01-01'", False, id="another due date"),
        pytest.param("UPDATE invoice SET kind = 'credit_note'", False, id="a note and no invoice"),
        pytest.param("UPDATE invoice SET closed_on = '2026-11-18'", False, id="settled on another day"),
        pytest.param(
            "UPDATE invoice SET customer_id = (SELECT id FROM customer WHERE code = 'C2')",
            False,
            id="another customer's",
        ),
        pytest.param("UPDATE payment SET paid_on = '2026-11-01'", False, id="paid on another day"),
        pytest.param(
            "UPDATE payment SET customer_id = (SELECT id FROM customer WHERE code = 'C2')", False, id="paid by another"
        ),
        pytest.param("DELETE FROM allocation", False, id="taken back"),
        pytest.param(
            "UPDATE allocation SET payment_id = (SELECT max(id) FROM payment)", False, id="of another payment"
        ),
        pytest.param("UPDATE payment SET unapplied_minor = 5", True, id="a part waits: it is asked of the payments"),
        pytest.param("UPDATE payment SET paid_on = paid_on", True, id="written as it was"),
        pytest.param(
            "UPDATE customer SET collector_email = 'x@x.example'", True, id="handed over: who is no part of it"
        ),
        pytest.param("UPDATE invoice SET po_number = 'PO'", True, id="another order number"),
    ],
)
def test_a_change_takes_packs_back_if_they_are_made_of_it(engine: Engine, statement: str, *, do_hold: bool) -> None:
    with transaction(engine) as session:
        company_id = write(session)
        flows.refresh(session, owed_on=TODAY)
        assert packs.read(session, [company_id]) is not None
        session.execute(text(statement))
        assert (packs.read(session, [company_id]) is not None) is do_hold
    flows.build(engine, owed_on=TODAY)
    with reading(engine) as session:
        assert packs.read(session, [company_id]) is not None
        assert packs.stored(session, company_id) == packs.computed(session, company_id)
        assert not flows.is_behind(session, TODAY)


def test_a_customer_without_documents_comes_and_goes_and_the_packs_stay_true(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "_CUSTOMERS", 1)
    with transaction(engine) as session:
        company = a_company(session)
        silent, first, second = (a_customer(session, company, code) for code in ("C0", "C1", "C2"))
        for one in (first, second):
            an_invoice(session, one, f"F{one.code}", 1000, TODAY - timedelta(days=30), TODAY)
        payer = a_payment(session, silent, "OTHERS", 300, TODAY, unapplied_minor=0)
        paid = an_invoice(session, second, "PAID BY C0", 1000, TODAY, TODAY)
        allocated = an_allocation(session, payer, paid, 300)
        flows.refresh(session, owed_on=TODAY)
        assert packs.stored(session, company.id).keys() == {0, 1}
        assert packs.stored(session, company.id) == packs.computed(session, company.id), "paid by one without documents"
        a_customer(session, company, "C3")
        assert packs.stored(session, company.id) == packs.computed(session, company.id), "another came"
        session.delete(allocated)
        session.flush()
        session.delete(payer)
        session.flush()
        flows.refresh(session, owed_on=TODAY)
        session.delete(silent)
        session.flush()
        assert packs.read(session, [company.id]) is not None
        assert packs.stored(session, company.id) == packs.computed(session, company.id), "the first one went"


def test_packs_made_while_somebody_wrote_are_not_put_down(engine: Engine) -> None:
    with transaction(engine) as session:
        company_id = write(session)
        flows.refresh(session)
        number = packs.begin(session, company_id)
    with transaction(engine) as session:
        session.execute(update(CustomerRow).values(name="Other"))
        assert packs.is_still_true(session, company_id, number)
        session.execute(text("UPDATE invoice SET amount_minor = 1100, open_minor = 800"))
        assert not packs.is_still_true(session, company_id, number)
        flows.refresh(session)
        assert not packs.is_still_true(session, company_id, number), "summed up anew, and still of before"


def test_of_several_companies_packs_are_read_if_all_hold(engine: Engine) -> None:
    with transaction(engine) as session:
        first = write(session)
        flows.refresh(session, owed_on=TODAY)
        empty = a_company(session, "BETA").id
        assert packs.read(session, [first, empty]) is None
        flows.refresh(session, owed_on=TODAY)
        assert len(packs.read(session, [first, empty]) or ()) == 1, "a company without customers has none"
        session.execute(update(FiguresStateRow).where(col(FiguresStateRow.company_id) == empty).values(packing=0))
        assert packs.read(session, [first, empty]) is None


def test_what_did_not_change_is_not_written_again(engine: Engine) -> None:
    with transaction(engine) as session:
        company_id = write(session)
        flows.refresh(session, owed_on=TODAY)
        before = packs.stored(session, company_id)
        session.execute(text("UPDATE ledger_pack SET currencies = 'EUR'"))  # as it was, and a row of this transaction
        packs.keep(session, company_id, before)
        assert packs.stored(session, company_id) == before
        packs.keep(session, company_id, {})
        assert packs.stored(session, company_id) == {}


def test_days_late_of_an_invoice_opened_again_are_those_of_the_day_it_was_settled(session: Session) -> None:
    company = a_company(session)
    due_on = date(2026, 3, 1)
    paid = [(date(2026, 3, 11), 1000), (date(2026, 5, 2), -1000)]
    an_invoice(session, a_customer(session, company), "F1", 1000, date(2026, 2, 1), due_on, paid=paid)
    flows.refresh(session, owed_on=TODAY)
    read = packed.packed(session, [company.id], ALL)
    assert read
    march, about = Period(date(2026, 3, 1), date(2026, 3, 31)), Slice((company.id,), "EUR")
    assert packed.days_late_of_settled(read, about, march) == {company.id: (10_000, 1000)}
    assert sums.days_late_of_settled(session, about, march) == {company.id: (10_000, 1000)}
