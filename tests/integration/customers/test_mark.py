"""A customer's mark changes with whatever happens to it, and with nothing that happens to others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services import reach
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.collecting import acts, undo
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import page
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice

TODAY = date(2026, 11, 19)
WHEN = Moment(TODAY, datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
ME = Actor.local_operator()


def test_the_mark_changes_with_notes_undos_bills_and_money_of_the_customer_alone(session: Session) -> None:
    company = a_company(session)
    mine, other = a_customer(session, company, "C1"), a_customer(session, company, "C2")
    invoice = an_invoice(session, mine, "F1", 90_000, TODAY - timedelta(days=60), TODAY - timedelta(days=30))
    line = reach.customer(session, ME, Permission.VIEW_CUSTOMERS, mine.id)
    notes: list[int] = []

    def note(customer: CustomerRow) -> None:
        notes.append(acts.add_note(session, ME, customer.id, "said so", WHEN))

    def pay() -> None:
        payment = a_payment(session, mine, "P1", 40_000, TODAY)
        an_allocation(session, payment, invoice, 40_000, TODAY)
        refresh_open(session)

    steps: list[Callable[[], object]] = [
        lambda: note(mine),
        lambda: undo.undo(session, ME, notes[0], at=WHEN.at),
        lambda: an_invoice(session, mine, "F2", 10_000, TODAY, TODAY + timedelta(days=30)),
        pay,
    ]
    marks = [page.mark(session, line)]
    for step in steps:
        step()
        marks.append(page.mark(session, line))
    assert len(set(marks)) == len(marks)
    note(other)
    an_invoice(session, other, "F3", 10_000, TODAY, TODAY)
    assert page.mark(session, line) == marks[-1]
