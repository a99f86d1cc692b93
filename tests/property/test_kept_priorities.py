"""Stored priorities, with what was marked since, say at any time what judging everybody anew would say."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, true, update
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.collecting import priorities as stored
from ar_cockpit.db.queries.reminders.payer_scores import payer_scores
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import (
    AllocationRow,
    ContactRow,
    CustomerRow,
    CustomerSegmentRow,
    DisputeRow,
    InvoiceRow,
    KeptPayerScoreRow,
    MessageRow,
    TouchpointRow,
)
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.commitments import CallOutcome, DisputeOutcome, DisputeReason
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.services import reach
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.collecting import acts, commitments, questions, undo, worklist
from ar_cockpit.services.collecting.commitments import PromiseWording
from ar_cockpit.services.collecting.queue import keeping, pages
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.collecting.worklist import TaskState, Wanted
from ar_cockpit.services.reminders import scores
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice

TODAY = date(2026, 11, 19)
WHEN = Moment(TODAY, datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
ME = Actor.local_operator()
COLLECTORS = ("ines@velmora.example", "Marc@velmora.example")
CUSTOMERS = 12


def ledger(session: Session, chance: random.Random) -> None:
    for code, currency in (("ALFA", "EUR"), ("BETA", "JPY")):
        company = a_company(session, code, currency=currency)
        for number in range(CUSTOMERS // 2):
            customer = a_customer(session, company, f"C{number}", collector_email=chance.choice(COLLECTORS))
            session.add(ContactRow(company_id=company.id, customer_id=customer.id, email=f"{code}{number}@c.example"))
            if number % 3:  # the others were never judged by the policy
                session.add(a_segment(customer, "drifting" if number % 3 == 1 else "standard"))
            for place in range(chance.randint(0, 3)):
                due = TODAY + timedelta(days=chance.randint(-150, 20))
                # Equal amounts and dates: ties are settled by the codes.
                amount = chance.choice([100_000, 100_000, 2_500_000, -5_000])
                an_invoice(session, customer, f"{code}{number}-{place}", amount, due - timedelta(days=30), due)


def a_segment(customer: CustomerRow, segment: str) -> CustomerSegmentRow:
    keys = {"company_id": customer.company_id, "customer_id": customer.id, "policy_number": 0}
    return CustomerSegmentRow(segment=segment, cadence=segment, since_on=TODAY, judged_on=TODAY, **keys)


def call(session: Session, customer: CustomerRow, chance: random.Random) -> None:
    acts.log_call(session, ME, customer.id, chance.choice(list(CallOutcome)), "", WHEN)


def note(session: Session, customer: CustomerRow, _: random.Random) -> None:
    acts.add_note(session, ME, customer.id, "said so", WHEN)


def ask(session: Session, customer: CustomerRow, _: random.Random) -> None:
    questions.ask(session, replace(ME, email="hugo@velmora.example"), customer.id, "may I deliver?", WHEN)


def done(session: Session, customer: CustomerRow, _: random.Random) -> None:
    acts.mark_done(session, ME, customer.id, WHEN)


def snooze(session: Session, customer: CustomerRow, _: random.Random) -> None:
    acts.snooze(session, ME, customer.id, TODAY + timedelta(days=7), "", WHEN)


def promise(session: Session, customer: CustomerRow, chance: random.Random) -> None:
    line = reach.customer(session, ME, Permission.WORK_CUSTOMERS, customer.id)
    ids = list(session.exec(select(InvoiceRow.id).where(InvoiceRow.customer_id == customer.id)))[:1]
    invoices = reach.invoices(session, ME, Permission.WORK_CUSTOMERS, ids, TODAY)
    wording = PromiseWording(TODAY + timedelta(days=chance.randint(0, 9)))
    commitments.record_promise(session, ME, line, invoices, wording, WHEN)


def dispute(session: Session, customer: CustomerRow, chance: random.Random) -> None:
    ids = list(session.exec(select(InvoiceRow.id).where(InvoiceRow.customer_id == customer.id)))
    (invoice,) = reach.invoices(session, ME, Permission.WORK_CUSTOMERS, [chance.choice(ids)] if ids else [], TODAY)
    if chance.random() < 0.3:
        commitments.close_dispute(session, ME, invoice, DisputeOutcome.WITHDRAWN, "", WHEN)
    commitments.open_dispute(session, ME, invoice, DisputeReason.PRICE, "", WHEN)


def answer_due(session: Session, _: CustomerRow, chance: random.Random) -> None:
    session.execute(update(DisputeRow).values(answer_due_on=TODAY - timedelta(days=chance.randint(-1, 3))))


def take_back(session: Session, _: CustomerRow, chance: random.Random) -> None:
    kept = list(session.exec(select(TouchpointRow.id).where(col(TouchpointRow.undone_at).is_(None))))
    if kept:
        undo.undo(session, ME, chance.choice(kept), at=WHEN.at + timedelta(hours=1))


def pay(session: Session, customer: CustomerRow, chance: random.Random) -> None:
    invoice = session.exec(select(InvoiceRow).where(InvoiceRow.customer_id == customer.id)).first()
    number = f"P{chance.random()}"
    payment = a_payment(session, customer, number, 60_000, TODAY - timedelta(days=chance.randint(-2, 4)))
    if invoice:
        an_allocation(session, payment, invoice, 40_000)
        refresh_open(session, {invoice.id}, {payment.id})


def unpay(session: Session, customer: CustomerRow, _: random.Random) -> None:
    ids = list(session.exec(select(InvoiceRow.id).where(InvoiceRow.customer_id == customer.id)))
    session.execute(delete(AllocationRow).where(col(AllocationRow.invoice_id).in_(ids)))
    refresh_open(session, ids)


def bill(session: Session, customer: CustomerRow, chance: random.Random) -> None:
    an_invoice(session, customer, f"N{chance.random()}", 700_000, TODAY - timedelta(days=90), TODAY - timedelta(days=3))


def change_hands(_: Session, customer: CustomerRow, chance: random.Random) -> None:
    customer.collector_email = chance.choice(COLLECTORS)
    customer.credit_limit_minor = chance.choice([None, 1, 10**9])


def bounce(session: Session, customer: CustomerRow, _: random.Random) -> None:
    of_customer = update(ContactRow).where(col(ContactRow.customer_id) == customer.id)
    session.execute(of_customer.values(bounced_at=WHEN.at))


def mail(session: Session, customer: CustomerRow, chance: random.Random) -> None:
    state = chance.choice(["sent", "failed", "queued", "to_do"])
    session.add(
        MessageRow(
            company_id=customer.company_id,
            customer_id=customer.id,
            business_on=TODAY - timedelta(days=chance.randint(0, 5)),
            channel="call" if state == "to_do" else "email",
            recipient=f"{chance.random()}",
            message_id=f"<{chance.random()}@x>",
            state=state,
            origin=chance.choice(["person", "cadence"]),
            step="reminder_1",
            template="reminder",
            tone="friendly",
            language="en",
            total_minor=1,
            currency=customer.currency,
            queued_at=WHEN.at,
        )
    )


def fail(session: Session, _: CustomerRow, chance: random.Random) -> None:
    session.execute(
        update(MessageRow).where(col(MessageRow.state) == "queued").values(state=chance.choice(["failed", "sent"]))
    )


ACTS: list[Callable[[Session, CustomerRow, random.Random], None]] = [
    *(call, note, ask, done, snooze, promise, dispute, answer_due, take_back),
    *(pay, unpay, bill, change_hands, bounce, mail, fail),
]


def do(engine: Engine, chance: random.Random) -> None:
    """Do one act in a transaction of its own; one that is refused changes nothing."""
    try:
        with transaction(engine) as session:
            customers = list(session.exec(select(CustomerRow).order_by(col(CustomerRow.id))))
            chance.choice(ACTS)(session, chance.choice(customers), chance)
    except (CockpitError, ValueError):
        return


def the_same(engine: Engine, as_of: date = TODAY) -> None:
    """Hold every tab of every list, and every payer score, against judging everybody anew."""
    with reading(engine) as session:
        assert scores.of_all(session, true(), as_of) == payer_scores(session, true(), as_of)
        for collector in ("", *COLLECTORS):
            queue = (
                worklist.queue(session, ME, collector=collector, as_of=as_of)
                if collector
                else worklist.team_day(session, ME, as_of=as_of)
            )
            judged = [replace(task, facts=None) for task in queue.tasks]
            segments = stored.segments_of(session, [task.customer.customer_id for task in judged])
            for wanted in WANTED:
                page = worklist.page(session, ME, as_of=as_of, wanted=wanted, collector=collector)
                told = pages.of_tasks(judged, wanted, segments)
                assert [replace(task, facts=None) for task in page.tasks] == list(told.tasks)
                assert (page.total, page.counts, page.codes) == (told.total, told.counts, told.codes)
                assert page.overdue == told.overdue


WANTED = [
    *(Wanted(state) for state in TaskState),
    Wanted(first=1, most=2),
    Wanted(reason="past_90"),
    Wanted(segment="drifting", most=3),
    Wanted(least=1000, reason="oldest_overdue", first=1, most=3),
]


@pytest.mark.parametrize("seed", range(2))
def test_stored_priorities_equal_judged_ones_after_any_acts(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (a sequence of acts that can be told again)
    with transaction(engine) as session:
        ledger(session, chance)
    assert keeping.keep(engine, TODAY) == CUSTOMERS
    the_same(engine)
    for _ in range(4):
        for _ in range(chance.randint(1, 4)):
            do(engine, chance)
        the_same(engine)
        if chance.random() < 0.5:
            keeping.keep(engine, TODAY)
            with reading(engine) as session:
                assert not keeping.is_behind(session, TODAY)
            the_same(engine)
    the_same(engine, TODAY - timedelta(days=3))
    keeping.keep(engine, TODAY + timedelta(days=1))
    the_same(engine, TODAY + timedelta(days=1))


def test_scores_are_read_as_kept_but_of_whom_anything_changed_and_of_other_days(engine: Engine) -> None:
    with transaction(engine) as session:
        company = a_company(session, "ALFA", currency="EUR")
        for code in ("C1", "C2", "C3"):
            customer = a_customer(session, company, code)
            if code != "C3":  # nothing overdue, nothing settled: no score
                an_invoice(session, customer, f"I{code}", 9_000, TODAY - timedelta(days=50), TODAY - timedelta(days=20))
    keeping.keep(engine, TODAY)
    with transaction(engine) as session:
        assert sorted(scores.of_all(session, true(), TODAY).values()) == [60, 60]
        session.execute(update(KeptPayerScoreRow).values(score=7))  # to see from where they come
        assert sorted(scores.of_all(session, true(), TODAY).values()) == [7, 7]
        assert sorted(scores.of_all(session, col(CustomerRow.code) == "C2", TODAY).values()) == [7]
        assert sorted(scores.of_all(session, true(), TODAY - timedelta(days=1)).values()) == [62, 62]
        session.execute(update(CustomerRow).where(col(CustomerRow.code) == "C1").values(name="Changed"))
        assert sorted(scores.of_all(session, true(), TODAY).values()) == [7, 60]
