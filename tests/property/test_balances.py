"""What each customer owes, as it is kept of a day, is what the ledger says of it; whatever changes takes it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.figures import balances
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.tables import CustomerRow, CustomerSegmentRow, FiguresStateRow
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.domain.figures.receivables import receivables
from ar_cockpit.services.figures import flows
from ar_cockpit.services.figures.owed import OwedInAll, balances_of, owed
from tests.builders import a_company, a_customer, an_invoice
from tests.property.examples import undone
from tests.property.test_figures import DAYS, LEDGERS, Billed

TODAY = date(2026, 11, 19)
INES, JONAS = "ines@x.example", "jonas@x.example"
PARTS = (ALL, Part(collector=INES), Part(segment="good", country="DE"), Part(sales="s@x.example"))


def stored(session: Session, ledger: list[Billed], chosen: list[int]) -> tuple[int, ...]:
    """Write the ledger, each document one of a customer of four of its company, and return the companies."""
    companies = {code: a_company(session, code) for code in ("ALFA", "BETA")}
    customers = {
        (code, number): a_customer(
            session,
            company,
            f"C{number}",
            collector_email=(INES, JONAS)[number % 2],
            country="DE" if number > 1 else "FR",
            sales_email="s@x.example" if number == 3 else "",
        )
        for code, company in companies.items()
        for number in range(4)
    }
    for number, score in ((0, None), (1, 85), (2, 30)):
        session.add(a_segment(customers["ALFA", number], "good" if number else "new", score))
    for number, (billed, which) in enumerate(zip(ledger, chosen, strict=False)):
        document = billed.document
        an_invoice(
            session,
            customers[billed.company, which],
            f"N{number}",
            document.amount_minor,
            document.invoice_on,
            document.due_on,
            paid=[(part.allocated_on, part.minor) for part in document.allocations],
            kind=document.kind.value,
            currency=billed.currency,
        )
    session.flush()
    return tuple(company.id for company in companies.values())


def a_segment(customer: CustomerRow, segment: str, score: int | None) -> CustomerSegmentRow:
    keys = {"company_id": customer.company_id, "customer_id": customer.id, "policy_number": 0}
    return CustomerSegmentRow(segment=segment, cadence=segment, since_on=TODAY, judged_on=TODAY, score=score, **keys)


def told(found: OwedInAll) -> object:
    """Return everything that is told, in an order of its own; how many count first is known of what is kept alone."""
    return (
        {
            currency: (sorted(one.balances), {kind: sums._replace(firsts=0) for kind, sums in one.by_kind.items()})
            for currency, one in found.by_currency.items()
        },
        {kind: count for kind, count in found.customers.items() if count},
        set(found.every),
    )


def check(session: Session, ledger: list[Billed], chosen: list[int], as_of: date) -> None:
    ids = stored(session, ledger, chosen)
    asked = [
        {currency: Slice(ids, currency, part) for currency in currencies}
        for part in PARTS
        for currencies in (("EUR",), ("EUR", "USD"))
    ]
    assert not balances.are_kept(session, ids, as_of)
    of_ledger = [told(owed(session, slices, as_of)) for slices in asked]
    owing_euros = [sorted(balances_of(session, slices["EUR"], as_of)) for slices in asked]
    flows.refresh(session, owed_on=as_of)
    assert balances.are_kept(session, ids, as_of)
    assert [told(owed(session, slices, as_of)) for slices in asked] == of_ledger
    assert [sorted(balances_of(session, slices["EUR"], as_of)) for slices in asked] == owing_euros
    euros = [one.document for one, _ in zip(ledger, chosen, strict=False) if one.currency == "EUR"]
    whole = owed(session, asked[0], as_of).by_currency["EUR"]
    assert sum(sums.open_minor for sums in whole.by_kind.values()) == receivables(euros, as_of)


CHOSEN = st.lists(st.integers(0, 3), min_size=12, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=LEDGERS, chosen=CHOSEN, as_of=DAYS)
def test_what_is_kept_is_what_the_ledger_says_on_sqlite(
    empty: Session, ledger: list[Billed], chosen: list[int], as_of: date
) -> None:
    with undone(empty):
        check(empty, ledger, chosen, as_of)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=LEDGERS, chosen=CHOSEN, as_of=DAYS)
def test_what_is_kept_is_what_the_ledger_says_on_postgresql(
    postgres: Session, ledger: list[Billed], chosen: list[int], as_of: date
) -> None:
    with undone(postgres):
        check(postgres, ledger, chosen, as_of)


@pytest.fixture
def kept(session: Session) -> Session:
    """Two customers of one company, one of them judged, with what they owe today kept."""
    company = a_company(session)
    first, second = (a_customer(session, company, code, collector_email=INES) for code in ("C1", "C2"))
    session.add(a_segment(second, "good", 50))
    for number, customer in enumerate((first, second)):
        due_on = TODAY - timedelta(days=10)
        an_invoice(session, customer, f"F{number}", 1000, due_on - timedelta(days=30), due_on, paid=[(due_on, 300)])
    flows.refresh(session, owed_on=TODAY)
    session.flush()
    return session


@pytest.mark.parametrize(
    ("statement", "is_kept"),
    [
        pytest.param("UPDATE invoice SET due_on = '2027-01-01' WHERE number = 'F0'", False, id="another due date"),
        pytest.param("UPDATE invoice SET open_minor = 5 WHERE number = 'F0'", False, id="another open amount"),
        pytest.param(
            "UPDATE invoice SET customer_id = (SELECT id FROM customer WHERE code = 'C2') WHERE number = 'F0'",
            False,
            id="another customer's document",
        ),
        pytest.param("UPDATE allocation SET amount_minor = 200", False, id="less applied"),
        pytest.param("DELETE FROM allocation", False, id="taken back"),
        pytest.param(f"UPDATE customer SET collector_email = '{JONAS}' WHERE code = 'C1'", False, id="handed over"),
        pytest.param("UPDATE customer SET country = 'BE'", False, id="another country"),
        pytest.param("UPDATE customer_segment SET segment = 'slow'", False, id="another segment"),
        pytest.param("UPDATE customer_segment SET score = 90", False, id="another score"),
        pytest.param("DELETE FROM customer_segment", False, id="judged no longer"),
        pytest.param("UPDATE customer SET name = 'Other', snoozed_until = '2026-12-01'", True, id="another name"),
        pytest.param("UPDATE customer SET country = country", True, id="written as it was"),
        pytest.param("UPDATE customer_segment SET judged_on = '2026-11-20'", True, id="judged the same again"),
        pytest.param("UPDATE invoice SET po_number = 'PO'", True, id="another order number"),
    ],
)
def test_a_change_takes_it_back_if_the_sums_are_made_of_it(kept: Session, statement: str, *, is_kept: bool) -> None:
    ids = [kept.exec(select(CustomerRow.company_id)).first()]
    assert balances.are_kept(kept, ids, TODAY)
    kept.execute(text(statement))
    assert balances.are_kept(kept, ids, TODAY) is is_kept
    assert flows.is_behind(kept, TODAY) is not is_kept
    flows.refresh(kept, owed_on=TODAY)
    assert balances.are_kept(kept, ids, TODAY)


def test_it_holds_for_its_own_day_alone_and_is_made_anew_for_the_next(kept: Session) -> None:
    ids = [kept.exec(select(CustomerRow.company_id)).first()]
    tomorrow = TODAY + timedelta(days=1)
    assert not balances.are_kept(kept, ids, tomorrow)
    assert flows.is_behind(kept, tomorrow)
    assert flows.refresh(kept, owed_on=tomorrow) == ids
    assert balances.are_kept(kept, ids, tomorrow)
    assert not balances.are_kept(kept, ids, TODAY)


def test_without_the_sums_by_day_it_does_not_hold(kept: Session) -> None:
    ids = [kept.exec(select(CustomerRow.company_id)).first()]
    kept.execute(update(FiguresStateRow).where(col(FiguresStateRow.company_id).in_(ids)).values(flows_are_built=False))
    assert not balances.are_kept(kept, ids, TODAY)
