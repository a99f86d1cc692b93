"""A look at a day judges few customers itself: all that changed where they are few, else those that it shows first.

What was kept of the others is shown until the job has judged them; what is acted on is read from the facts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col, select

from ar_cockpit.db.queries.collecting import priorities as stored
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CustomerRow, InvoiceRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.collecting import acts, worklist
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.collecting.worklist import Page, TaskState, Wanted
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice

TODAY = date(2026, 11, 19)
WHEN = Moment(TODAY, datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
ME = Actor.local_operator()
INES = "ines@velmora.example"
CUSTOMERS = 130


@pytest.fixture
def kept(engine: Engine) -> Engine:
    """Many customers of one collector, the first of whom owes the most, each with its task kept."""
    with transaction(engine) as session:
        company = a_company(session, "ALFA")
        for place in range(CUSTOMERS):
            customer = a_customer(session, company, f"C{place:03}", collector_email=INES)
            due = TODAY - timedelta(days=20)
            an_invoice(session, customer, f"I{place:03}", 9_000_000 - place * 50_000, due - timedelta(days=30), due)
    keeping.keep(engine, TODAY)
    return engine


def mark_everybody(engine: Engine) -> None:
    """Change something of every customer, as a file of payments would."""
    with transaction(engine) as session:
        session.execute(update(CustomerRow).values(name=col(CustomerRow.name) + " SA"))


def pay(engine: Engine, code: str) -> None:
    with transaction(engine) as session:
        customer = session.exec(select(CustomerRow).where(CustomerRow.code == code)).one()
        invoice = session.exec(select(InvoiceRow).where(InvoiceRow.customer_id == customer.id)).one()
        payment = a_payment(session, customer, f"P{code}", invoice.amount_minor, TODAY)
        an_allocation(session, payment, invoice, invoice.amount_minor)
        refresh_open(session, {invoice.id}, {payment.id})


def look(engine: Engine, wanted: Wanted | None = None) -> Page:
    with reading(engine) as session:
        return worklist.page(session, ME, as_of=TODAY, wanted=wanted or Wanted(), collector=INES)


def codes(page: Page) -> list[str]:
    return [task.customer.code for task in page.tasks]


def judged_anew(page: Page) -> int:
    return sum(task.facts is not None for task in page.tasks)


def test_where_few_changed_all_of_them_are_judged(kept: Engine) -> None:
    pay(kept, "C129")
    assert look(kept).counts == {TaskState.OPEN: CUSTOMERS - 1}


def test_where_a_file_changed_everybody_a_look_judges_no_more_than_fifty(kept: Engine) -> None:
    everybody = codes(look(kept))
    mark_everybody(kept)
    page = look(kept)
    assert 0 < judged_anew(page) <= stored.MOST_WITHOUT
    assert codes(page) == everybody, "what is not judged stands where it was kept"
    assert page.counts == {TaskState.OPEN: CUSTOMERS}


def test_who_stands_first_is_judged_however_many_are_marked(kept: Engine) -> None:
    first = codes(look(kept))[0]
    pay(kept, first)
    mark_everybody(kept)  # as the rest of the file does, so that its own mark is not among the latest
    assert codes(look(kept))[0] != first
    assert first not in codes(look(kept, Wanted(least=1000)))


def test_who_was_dealt_with_last_is_judged_however_many_are_marked(kept: Engine) -> None:
    mark_everybody(kept)
    with transaction(kept) as session:
        customer = session.exec(select(CustomerRow).where(CustomerRow.code == "C129")).one()
        acts.mark_done(session, ME, customer.id, WHEN)
    assert look(kept).counts == {TaskState.OPEN: CUSTOMERS - 1, TaskState.DONE: 1}
    assert codes(look(kept, Wanted(TaskState.DONE))) == ["C129"]


def test_who_went_to_a_colleague_leaves_the_list_at_once(kept: Engine) -> None:
    with transaction(kept) as session:
        one = update(CustomerRow).where(col(CustomerRow.code) == "C000")
        session.execute(one.values(collector_email="marc@velmora.example"))
    assert "C000" not in codes(look(kept))


def test_the_job_settles_the_order(kept: Engine) -> None:
    pay(kept, "C100")
    mark_everybody(kept)
    keeping.keep(kept, TODAY)
    page = look(kept)
    assert (judged_anew(page), page.counts) == (0, {TaskState.OPEN: CUSTOMERS - 1})


def test_pages_of_any_length_are_asked_for_by_few_statements(kept: Engine) -> None:
    stored._front.cache_clear()  # noqa: SLF001
    for most in (10, 50, 70, 100, 120, CUSTOMERS):
        assert len(look(kept, Wanted(most=most)).tasks) == most
    assert stored._front.cache_info().currsize == 3  # noqa: SLF001
