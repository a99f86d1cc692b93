"""Reported figures stay what they were; what came later is listed, and its sum is the difference to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from ar_cockpit.db.tables import AllocationRow, CustomerRow, FigureSnapshotRow, InvoiceRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.errors import ForbiddenError, NotFoundError
from ar_cockpit.domain.figures.snapshots import Cause
from ar_cockpit.services.figures import reporting, snapshots
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice

OPERATOR = Actor.local_operator()
TODAY, END = date(2026, 11, 19), date(2026, 10, 31)
AT = datetime(2026, 11, 19, 0, 15, tzinfo=UTC)


def trade(session: Session) -> dict[str, InvoiceRow]:
    """Store ten months of one company's trade, one invoice a month, all but the last three paid."""
    customer = a_customer(session, a_company(session), "C1", name="Atelys")
    found = {}
    for month in range(1, 11):
        on = date(2026, month, 5)
        paid = [(on + timedelta(days=40), 10_003)] if month < 8 else []
        found[f"N{month}"] = an_invoice(session, customer, f"N{month}", 10_003, on, on + timedelta(days=30), paid=paid)
    other = a_customer(session, a_company(session, "BETA"), "X1")
    an_invoice(session, other, "B1", 7_001, date(2026, 9, 1), date(2026, 10, 1))
    session.flush()
    return found


def correct(session: Session, rows: dict[str, InvoiceRow]) -> None:
    """Record later what belongs before the month end: a payment, an invoice, a due date, a deletion."""
    paid = rows["N8"]
    payment = a_payment(session, _customer_of(session, paid), "LATE", 4_000, date(2026, 10, 20), unapplied_minor=0)
    an_allocation(session, payment, paid, 4_000)
    paid.open_minor -= 4_000
    an_invoice(session, _customer_of(session, paid), "FOUND", 555, date(2026, 10, 2), date(2026, 11, 2))
    rows["N9"].due_on = date(2026, 11, 15)
    session.delete(rows["N10"])
    session.flush()


def _customer_of(session: Session, row: InvoiceRow) -> CustomerRow:
    return session.get_one(CustomerRow, row.customer_id)


def test_what_was_reported_stays_and_the_differences_are_listed(session: Session) -> None:
    rows = trade(session)
    assert snapshots.take(session, OPERATOR, TODAY, at=AT)["snapshots"] > 0
    before = reporting.kpi(session, OPERATOR, as_of=END, company="ALFA").figures
    correct(session, rows)
    found = snapshots.compare(session, OPERATOR, END, company="ALFA", currency="EUR")
    assert found is not None
    assert found.line.reported == before
    assert found.line.known == reporting.kpi(session, OPERATOR, as_of=END, company="ALFA").figures
    causes = {one.number: one.cause for one in found.documents}
    assert causes == {
        "N8": Cause.SETTLED,
        "N9": Cause.DUE,
        "N10": Cause.REMOVED,
        "FOUND": Cause.ADDED,
    }
    change = (found.line.known.totals.receivables or 0) - (before.totals.receivables or 0)
    assert found.change == {"EUR": change} == {"EUR": sum(one.change_minor for one in found.documents)}
    assert found.differing == 4


def test_a_document_that_has_the_key_of_a_removed_one_is_another_document(session: Session) -> None:
    rows = trade(session)
    last = an_invoice(session, _customer_of(session, rows["N1"]), "GONE", 9_999, date(2026, 10, 20), date(2026, 11, 20))
    session.flush()
    snapshots.take(session, OPERATOR, TODAY, at=AT)
    key, customer = last.id, _customer_of(session, rows["N1"])
    session.delete(last)
    session.flush()
    other = an_invoice(session, customer, "OTHER", 5_000, date(2026, 10, 21), date(2026, 11, 21))
    other.id = key  # as SQLite does by itself
    session.flush()
    found = snapshots.compare(session, OPERATOR, END, company="ALFA", currency="EUR")
    assert found is not None
    changes = {one.number: one.change_minor for one in found.documents}
    assert changes == {"GONE": -9_999, "OTHER": 5_000}
    assert found.change == {"EUR": -4_999}


def test_a_second_night_freezes_only_what_is_new(session: Session) -> None:
    trade(session)
    snapshots.take(session, OPERATOR, TODAY, at=AT)
    assert snapshots.take(session, OPERATOR, TODAY, at=AT) == {"snapshots": 0}
    following = snapshots.take(session, OPERATOR, TODAY + timedelta(days=1), at=AT + timedelta(days=1))
    assert following == {"snapshots": 2}  # two companies
    days = session.exec(select(FigureSnapshotRow.day).where(FigureSnapshotRow.has_documents)).all()
    assert max(days) == END


def test_an_unchanged_day_has_no_difference(session: Session) -> None:
    trade(session)
    snapshots.take(session, OPERATOR, TODAY, at=AT)
    currency, lines = snapshots.reported(session, OPERATOR, as_of=TODAY)
    assert (currency, lines[0].day) == ("EUR", END)
    for line in lines:
        assert all(then == now for then, now in snapshots.differences_of(line).values())
    found = snapshots.compare(session, OPERATOR, END, currency="EUR")
    assert found is not None
    assert (found.differing, list(found.documents)) == (0, [])


def test_a_manager_of_one_company_sees_what_was_reported_of_it_alone(session: Session) -> None:
    rows = trade(session)
    snapshots.take(session, OPERATOR, TODAY, at=AT)
    session.delete(rows["N10"])
    session.flush()
    other = reporting.visible_companies(session, OPERATOR, "BETA")[0]
    manager = Actor(7, "m@x.example", "M", (Grant(Role.EXECUTIVE, other.company_id),))
    found = snapshots.compare(session, manager, END, currency="EUR")
    assert found is not None
    assert (found.line.reported.totals.receivables, found.differing) == (7_001, 0)
    with pytest.raises(NotFoundError):
        snapshots.compare(session, manager, END, company="ALFA", currency="EUR")
    with pytest.raises(ForbiddenError):
        snapshots.take(session, manager, TODAY, at=AT)
    with pytest.raises(ForbiddenError):
        snapshots.reported(session, Actor(8, "s@x.example", "S", (Grant(Role.SALES),)), as_of=TODAY)


def test_a_payment_taken_back_later_is_told(session: Session) -> None:
    rows = trade(session)
    snapshots.take(session, OPERATOR, TODAY, at=AT)
    allocation = session.exec(select(AllocationRow).where(AllocationRow.invoice_id == rows["N7"].id)).one()
    session.delete(allocation)
    rows["N7"].open_minor, rows["N7"].closed_on = 10_003, OPEN_END
    session.flush()
    found = snapshots.compare(session, OPERATOR, END, company="ALFA", currency="EUR")
    assert found is not None
    (one,) = found.documents
    assert (one.number, one.cause, one.change_minor) == ("N7", Cause.REOPENED, 10_003)


def test_a_long_night_is_kept_in_parts_and_one_that_breaks_off_is_gone_on_with(session: Session) -> None:
    trade(session)
    made = snapshots.due(session, OPERATOR, TODAY)
    some = list(snapshots.parts(made))
    assert [sum(has_documents for *_, has_documents in part) for part in some[:-1]] == [1] * (len(some) - 1)
    assert sum(snapshots.keep(session, OPERATOR, part, at=AT)["snapshots"] for part in some[:1]) == len(some[0])
    left = snapshots.due(session, OPERATOR, TODAY)
    assert len(left) == len(made) - len(some[0])
    for part in snapshots.parts(left):
        snapshots.keep(session, OPERATOR, part, at=AT)
    assert snapshots.due(session, OPERATOR, TODAY) == []
    assert snapshots.keep(session, OPERATOR, made, at=AT) == {"snapshots": 0}, "twice is once"
    found = snapshots.compare(session, OPERATOR, END, company="ALFA", currency="EUR")
    assert found is not None
    assert (found.line.reported, found.differing) == (found.line.known, 0)
