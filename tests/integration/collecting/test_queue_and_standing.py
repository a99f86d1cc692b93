"""The collector's queue and a customer's standing, read from the ledger on any day, by whoever may see it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from ar_cockpit.db.tables import ContactRow, CustomerRow, HoldRow, MessageItemRow, MessageRow, TouchpointRow
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.domain.collecting.commitments import CallOutcome, DisputeReason
from ar_cockpit.domain.collecting.priority import Action
from ar_cockpit.domain.credit import Decision, Level
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError
from ar_cockpit.services import credit, reach
from ar_cockpit.services.collecting import acts, commitments, undo, worklist
from ar_cockpit.services.collecting.commitments import PromiseWording
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.collecting.worklist import Task, TaskState, Worklist
from tests.builders import a_company, a_customer, a_payment, an_invoice

TODAY = date(2026, 11, 19)
WHEN = Moment(TODAY, datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
OPERATOR = Actor.local_operator()
INES = "ines@velmora.example"


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def atelys(session: Session) -> CustomerRow:
    """A customer of Inès' that owes 1 000.00 since ten days."""
    company = a_company(session, "VELFR")
    customer = a_customer(
        session, company, "C1", collector_email=INES, sales_email="hugo@velmora.example", credit_limit_minor=200_000
    )
    an_invoice(session, customer, "F1", 100_000, days_ago(40), days_ago(10))
    return customer


def the_queue(session: Session, as_of: date = TODAY, actor: Actor = OPERATOR, collector: str = INES) -> Worklist:
    return worklist.queue(session, actor, collector=collector, as_of=as_of)


def codes(found: Worklist, state: TaskState = TaskState.OPEN) -> list[str]:
    return [task.customer.code for task in in_state(found, state)]


def in_state(found: Worklist, state: TaskState) -> list[Task]:
    return [task for task in found.tasks if task.state is state]


def promise(session: Session, customer: CustomerRow, number: str, on: date, when: Moment = WHEN) -> int:
    line = reach.customer(session, OPERATOR, Permission.WORK_CUSTOMERS, customer.id)
    invoices = reach.invoices_numbered(session, OPERATOR, Permission.WORK_CUSTOMERS, [number], when.on)
    return commitments.record_promise(session, OPERATOR, line, invoices, PromiseWording(on), when)


def dispute(session: Session, number: str, when: Moment = WHEN) -> int:
    (invoice,) = reach.invoices_numbered(session, OPERATOR, Permission.WORK_CUSTOMERS, [number], when.on)
    return commitments.open_dispute(session, OPERATOR, invoice, DisputeReason.PRICE, "", when)


def test_an_overdue_customer_is_in_its_collectors_queue_once(session: Session, atelys: CustomerRow) -> None:
    an_invoice(session, atelys, "F2", 50_000, days_ago(100), days_ago(70))
    (task,) = the_queue(session).tasks
    assert (task.facts.overdue_minor, task.facts.open_minor, task.facts.oldest_days) == (150_000, 150_000, 70)
    assert codes(the_queue(session, collector=INES.upper())) == ["C1"]


@pytest.mark.usefixtures("atelys")
def test_what_is_not_due_or_settled_or_disputed_or_promised_is_no_task(session: Session) -> None:
    company = a_company(session, "VELDE")
    for code, due, paid in [("NOT_DUE", TODAY, 0), ("SETTLED", days_ago(5), 100)]:
        customer = a_customer(session, company, code, collector_email=INES)
        an_invoice(session, customer, code, 100, days_ago(40), due, paid=[(days_ago(1), paid)] if paid else [])
    disputed = a_customer(session, company, "DISPUTED", collector_email=INES)
    an_invoice(session, disputed, "D1", 100, days_ago(40), days_ago(10))
    dispute(session, "D1", Moment(days_ago(3), WHEN.at - timedelta(days=3)))
    promised = a_customer(session, company, "PROMISED", collector_email=INES)
    an_invoice(session, promised, "P1", 100, days_ago(40), days_ago(10))
    promise(session, promised, "P1", TODAY, Moment(days_ago(3), WHEN.at - timedelta(days=3)))
    assert codes(the_queue(session)) == ["C1"]


def test_a_broken_promise_brings_the_customer_back_after_the_grace(session: Session, atelys: CustomerRow) -> None:
    promise(session, atelys, "F1", TODAY)
    assert the_queue(session, TODAY + timedelta(days=3)).tasks == ()
    (task,) = the_queue(session, TODAY + timedelta(days=4)).tasks
    assert task.action is Action.FOLLOW_PROMISE
    assert task.reasons[0].code == "promise_broken"


def test_the_queue_of_a_past_day_is_told_as_it_was_known(session: Session, atelys: CustomerRow) -> None:
    an_invoice(
        session, atelys, "F2", 50_000, days_ago(100), days_ago(70), paid=[(days_ago(2), 20_000), (TODAY, 30_000)]
    )
    assert the_queue(session, days_ago(11)).tasks[0].facts.overdue_minor == 50_000
    assert the_queue(session, days_ago(1)).tasks[0].facts.overdue_minor == 130_000
    assert the_queue(session).tasks[0].facts.overdue_minor == 100_000


def test_an_overdue_amount_in_another_currency_is_told_in_that_currency(session: Session) -> None:
    customer = a_customer(session, a_company(session), "C9", collector_email=INES)
    an_invoice(session, customer, "U1", 100, days_ago(40), days_ago(10), currency="USD")
    (task,) = the_queue(session).tasks
    assert (task.facts.currency, task.facts.overdue_minor) == ("USD", 100)


@pytest.mark.usefixtures("atelys")
def test_nobody_of_that_address_collects(session: Session) -> None:
    with pytest.raises(NotFoundError, match="no collector"):
        the_queue(session, collector="nobody@velmora.example")


@pytest.mark.usefixtures("atelys")
def test_a_collector_of_one_company_sees_nothing_of_another(session: Session) -> None:
    other = a_company(session, "VELDE")
    jonas = Actor(7, "jonas@velmora.example", "Jonas", (Grant(Role.COLLECTOR, other.id),))
    with pytest.raises(NotFoundError):
        the_queue(session, actor=jonas)
    with pytest.raises(ForbiddenError):
        the_queue(session, actor=Actor(8, "h@velmora.example", "H", (Grant(Role.SALES),)))


def test_a_call_makes_it_done_and_a_reply_opens_it_again(session: Session, atelys: CustomerRow) -> None:
    done = acts.log_call(session, OPERATOR, atelys.id, CallOutcome.REACHED, "pays on Monday", WHEN)
    assert codes(the_queue(session), TaskState.DONE) == ["C1"]
    a_touchpoint(session, atelys, "reply", TODAY)
    (task,) = in_state(the_queue(session), TaskState.OPEN)
    assert task.action is Action.REVIEW_REPLY
    assert undo.undo(session, OPERATOR, done, at=WHEN.at) == "call"


def test_a_promise_that_covers_everything_stays_on_the_days_list_as_done(session: Session, atelys: CustomerRow) -> None:
    promise(session, atelys, "F1", TODAY + timedelta(days=5))
    (task,) = the_queue(session).tasks
    assert (task.state, task.reasons) == (TaskState.DONE, ())


def test_a_snoozed_customer_sleeps_until_its_day_and_wakes_when_sales_ask(
    session: Session, atelys: CustomerRow
) -> None:
    acts.snooze(session, OPERATOR, atelys.id, TODAY + timedelta(days=3), "", WHEN)
    assert codes(the_queue(session, TODAY + timedelta(days=2)), TaskState.SNOOZED) == ["C1"]
    assert codes(the_queue(session, TODAY + timedelta(days=3))) == ["C1"]
    hugo = Actor(5, "hugo@velmora.example", "Hugo", (Grant(Role.SALES),))
    acts.ask_collector(session, hugo, atelys.id, "May I ship?", Moment(TODAY, WHEN.at + timedelta(hours=1)))
    (task,) = in_state(the_queue(session), TaskState.OPEN)
    assert task.reasons[0].facts["text"] == "May I ship?"


def test_reminders_without_a_reply_are_counted_until_the_customer_speaks(session: Session, atelys: CustomerRow) -> None:
    for days in (30, 12):
        a_reminder(session, atelys, days_ago(days))
    assert the_queue(session).tasks[0].facts.reminders_unanswered == 2
    a_touchpoint(session, atelys, "reply", days_ago(20))
    assert the_queue(session).tasks[0].facts.reminders_unanswered == 1


def test_a_call_of_the_cadence_is_due_until_it_is_logged_and_again_after_undo(
    session: Session, atelys: CustomerRow
) -> None:
    task = a_reminder(session, atelys, TODAY, channel="call", state="to_do")
    assert the_queue(session).tasks[0].action is Action.CALL
    logged = acts.log_call(session, OPERATOR, atelys.id, CallOutcome.NO_ANSWER, "", WHEN)
    session.refresh(task)
    assert task.state == "done"
    undo.undo(session, OPERATOR, logged, at=WHEN.at)
    session.refresh(task)
    assert task.state == "to_do"


def test_standing_names_what_is_open_overdue_and_available(session: Session, atelys: CustomerRow) -> None:
    an_invoice(session, atelys, "CN", -20_000, days_ago(5), days_ago(5))
    a_payment(session, atelys, "P9", 7_000, days_ago(1))
    judged = credit.standing_coded(session, OPERATOR, "C1", as_of=TODAY)
    facts = judged.facts
    assert (facts.open_minor, facts.overdue_minor, facts.days_overdue, facts.available_minor) == (
        100_000,
        100_000,
        10,
        100_000,
    )
    assert (judged.credit_notes_minor, judged.unapplied_minor) == (-20_000, 7_000)
    assert [credit.order(judged, Decimal(order))[2].decision for order in ("1000.00", "1000.01")] == [
        Decision.ACCEPT,
        Decision.REVIEW,
    ]


def test_an_undisputed_invoice_past_ninety_days_holds_the_customer_and_a_dispute_frees_it(
    session: Session, atelys: CustomerRow
) -> None:
    an_invoice(session, atelys, "OLD", 1_000, days_ago(130), days_ago(91))
    judged = credit.standing_coded(session, OPERATOR, "C1", as_of=TODAY)
    assert judged.standing.level is Level.HOLD
    assert credit.order(judged, Decimal(1))[2].decision is Decision.REFUSE
    dispute(session, "OLD")
    judged = credit.standing_coded(session, OPERATOR, "C1", as_of=TODAY)
    assert (judged.standing.level, judged.facts.days_overdue) == (Level.WATCH, 91)


def test_a_hold_by_finance_is_told_with_its_reason_until_it_is_released(session: Session, atelys: CustomerRow) -> None:
    session.add(
        HoldRow(
            company_id=atelys.company_id,
            customer_id=atelys.id,
            reason="insolvency",
            set_on=days_ago(3),
            set_by="m",
            released_on=TODAY,
        )
    )
    session.flush()
    levels = [credit.standing_coded(session, OPERATOR, "C1", as_of=day).standing.level for day in (days_ago(1), TODAY)]
    assert levels == [Level.HOLD, Level.OK]


@pytest.mark.parametrize("order", ["NaN", "Infinity", "0", "-1", "1e13", "1.001"])
@pytest.mark.usefixtures("atelys")
def test_an_absurd_order_is_refused(session: Session, order: str) -> None:
    judged = credit.standing_coded(session, OPERATOR, "C1", as_of=TODAY)
    with pytest.raises(InputError):
        credit.order(judged, Decimal(order))


@pytest.mark.usefixtures("atelys")
def test_a_code_known_in_several_companies_needs_its_company(session: Session) -> None:
    a_customer(session, a_company(session, "VELUK", currency="GBP"), "C1")
    with pytest.raises(InputError, match="VELFR, VELUK"):
        credit.standing_coded(session, OPERATOR, "C1", as_of=TODAY)
    assert credit.standing_coded(session, OPERATOR, "C1", as_of=TODAY, company="VELUK").facts.currency == "GBP"
    with pytest.raises(NotFoundError):
        credit.standing_coded(session, OPERATOR, "NOBODY", as_of=TODAY)


@pytest.mark.usefixtures("atelys")
def test_sales_see_their_own_customers_only_worst_first(session: Session) -> None:
    company = a_company(session, "VELDE")
    hugo = Actor(5, "hugo@velmora.example", "Hugo", (Grant(Role.SALES),))
    a_customer(session, company, "OTHER", sales_email="someone@velmora.example")
    held = a_customer(session, company, "HELD", sales_email="hugo@velmora.example")
    an_invoice(session, held, "H1", 100, days_ago(200), days_ago(120))
    found = credit.listed(session, hugo, as_of=TODAY)
    assert [one.customer.code for one in found.customers] == ["HELD", "C1"]
    assert [one.customer.code for one in credit.listed(session, hugo, as_of=TODAY, search="h1").customers] == []
    assert [one.customer.code for one in credit.listed(session, hugo, as_of=TODAY, search="H1").customers] == ["HELD"]
    with pytest.raises(NotFoundError):
        credit.standing_coded(session, hugo, "OTHER", as_of=TODAY)


def test_a_customer_whose_address_bounced_is_to_be_called(session: Session, atelys: CustomerRow) -> None:
    session.add(
        ContactRow(company_id=atelys.company_id, customer_id=atelys.id, email="a@b.example", bounced_at=WHEN.at)
    )
    a_reminder(session, atelys, days_ago(2), state="bounced")
    (task,) = the_queue(session).tasks
    assert (task.action, task.facts.undelivered) == (Action.CALL, "bounced")


def a_touchpoint(session: Session, customer: CustomerRow, kind: str, on: date) -> None:
    at = WHEN.at + (on - TODAY) + timedelta(minutes=30)
    row = TouchpointRow(
        company_id=customer.company_id,
        customer_id=customer.id,
        kind=kind,
        happened_on=on,
        happened_at=at,
        actor_email="x",
    )
    session.add(row)
    session.flush()


def a_reminder(session: Session, customer: CustomerRow, on: date, **more: object) -> MessageRow:
    """Store a reminder about the customer's first invoice."""
    defaults: dict[str, object] = {"channel": "email", "state": "sent"}
    row = MessageRow(
        company_id=customer.company_id,
        customer_id=customer.id,
        business_on=on,
        recipient="a@b.example",
        message_id=f"<{on}@x>",
        step=f"step-{on}",
        template="reminder",
        tone="friendly",
        language="fr",
        total_minor=1,
        currency="EUR",
        queued_at=WHEN.at,
        **(defaults | more),
    )
    session.add(row)
    session.flush()
    (invoice, *_) = reach.invoices_numbered(session, OPERATOR, Permission.WORK_CUSTOMERS, ["F1"], TODAY)
    session.add(
        MessageItemRow(
            company_id=customer.company_id,
            message_row_id=row.id,
            invoice_id=invoice.invoice_id,
            step=row.step,
            step_offset=3,
            business_on=on,
            open_minor=1,
        )
    )
    session.flush()
    return row
