"""A fit that is known to be of this very ledger is used without reading it, and any change that matters is noticed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures.forecast_basis import basis_mark
from ar_cockpit.db.tables import CustomerRow, ForecastRunRow, ImportBatchRow, InvoiceRow
from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast.history import day_number, open_on
from ar_cockpit.services import audit, clock
from ar_cockpit.services.figures import flows, forecasting, reporting
from ar_cockpit.services.figures.known_ledger import company_ledger, fit_and_open
from tests.builders import an_invoice
from tests.integration.forecast.test_forecast_services import AS_OF, OPERATOR, a_history

NEW = {"file_name": "x.csv", "format": "csv", "sha256": "0", "size_bytes": 1, "state": "loaded"}
Change = Callable[[Session, InvoiceRow], object]


def an_update(**values: Any) -> Change:
    """Return a change of one invoice by whatever means."""
    return lambda session, row: session.execute(update(InvoiceRow).where(col(InvoiceRow.id) == row.id).values(**values))


def of_owner(**values: Any) -> Change:
    """Return a change of its customer."""
    row = CustomerRow
    return lambda session, one: session.execute(update(row).where(col(row.id) == one.customer_id).values(**values))


def to_another(session: Session, row: InvoiceRow) -> object:
    other = session.execute(select(CustomerRow.id).where(col(CustomerRow.id) != row.customer_id)).scalars().first()
    return an_update(customer_id=other)(session, row)


CHANGES = [
    pytest.param(an_update(due_on=AS_OF), id="a due date"),
    pytest.param(an_update(amount_minor=7), id="an amount"),
    pytest.param(to_another, id="its customer, as after a merge"),
    pytest.param(an_update(written_off_on=AS_OF), id="written off"),
    pytest.param(of_owner(segment_key="vip"), id="the customer's segment"),
    pytest.param(of_owner(country="PT"), id="the customer's country"),
    pytest.param(
        lambda session, row: an_invoice(
            session, session.get_one(CustomerRow, row.customer_id), "N", 5, AS_OF, AS_OF, paid=[(AS_OF, 5)]
        ),
        id="a payment",
    ),
    pytest.param(
        lambda session, row: session.add(ImportBatchRow(**NEW, company_id=row.company_id, started_at=clock.now())),
        id="a file, which alone may write custom columns",
    ),
    pytest.param(
        lambda session, _: audit.record(session, OPERATOR, "ledger.push", ("api_batch", "invoices"), after={}),
        id="or a push",
    ),
]


def test_nothing_is_known_of_a_ledger_while_changes_are_not_noticed(session: Session) -> None:
    company = a_history(session, every=4)
    assert basis_mark(session, company.id) is None
    flows.refresh(session)
    assert basis_mark(session, company.id) is not None


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_a_fit_looks_at_changes_the_mark(session: Session, change: Change) -> None:
    company = a_history(session, every=20)
    flows.refresh(session)
    before = basis_mark(session, company.id)
    assert basis_mark(session, company.id) == before
    change(session, session.execute(select(InvoiceRow)).scalars().first())
    session.flush()
    flows.refresh(session)
    assert basis_mark(session, company.id) not in {before, None}


def test_a_known_ledger_gives_the_same_forecast_as_one_that_is_read(session: Session) -> None:
    company = a_history(session)
    flows.refresh(session)
    (one,) = reporting.visible_companies(session, OPERATOR)
    forecasting.fit(session, OPERATOR, as_of=AS_OF)
    noted = select(ForecastRunRow).where(col(ForecastRunRow.scope) == "basis:ALFA")
    assert session.execute(noted).scalar_one().fingerprint == basis_mark(session, company.id)
    fitted, pending = fit_and_open(session, one, AS_OF)
    ledger = company_ledger(session, one, AS_OF)
    read = forecast.predict(forecast.fit(ledger, day_number(AS_OF)), open_on(ledger, day_number(AS_OF)))
    assert forecast.predict(fitted, pending).equals(read)
    owner = session.execute(select(CustomerRow)).scalars().first()
    paid_late = [(AS_OF, 100_000)]
    an_invoice(
        session, owner, "SLOW", 100_000, AS_OF - timedelta(days=200), AS_OF - timedelta(days=170), paid=paid_late
    )
    again, _ = fit_and_open(session, one, AS_OF)
    assert again.settled == fitted.settled + 1
