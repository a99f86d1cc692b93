"""Promises with several dates, disputes in full, payment plans and proposals: rights, undo, and what reminders see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.collecting import customer_panel
from ar_cockpit.db.queries.collecting.promises import promises
from ar_cockpit.db.queries.figures.forecast import commitments_on
from ar_cockpit.db.tables import (
    CustomerRow,
    DisputeCaseRow,
    DisputeRow,
    InvoiceRow,
    MentionRow,
    PaymentPlanRow,
    PromiseRow,
    ProposalRow,
    RoleGrantRow,
    TouchpointRow,
    UserRow,
)
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.commitments import CallOutcome, DisputeOutcome, DisputeReason
from ar_cockpit.domain.collecting.plans import Every, Terms
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.services import reach
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.collecting import (
    acts,
    cases,
    commitments,
    deciding,
    ending,
    holds,
    plans,
    promise_outcomes,
    proposals,
    timeline,
    undo,
    worklist,
)
from ar_cockpit.services.collecting.commitments import DisputeWording, PromiseWording, Resolution
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.reminders.facts import stops
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice

TODAY = date(2026, 11, 19)
WHEN = Moment(TODAY, datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
INES = Actor(1, "ines@velmora.example", "Inès", (Grant(Role.COLLECTOR),))
HUGO = Actor(2, "hugo@velmora.example", "Hugo", (Grant(Role.SALES),))
CREDIT = Actor(3, "credit@velmora.example", "Credit", (Grant(Role.CREDIT_MANAGER),))
BOSS = Actor(4, "boss@velmora.example", "Boss", (Grant(Role.EXECUTIVE),))
WORK = Permission.WORK_CUSTOMERS
SHORT = Terms(date(2026, 12, 1), 3)
LONG = Terms(date(2026, 12, 1), 6)


@pytest.fixture
def customer(session: Session) -> CustomerRow:
    """A customer of Hugo's with two open invoices."""
    company = a_company(session)
    row = a_customer(session, company, "C1", sales_email=HUGO.email, collector_email=INES.email, country="FR")
    an_invoice(session, row, "F1", 100_000, date(2026, 9, 1), date(2026, 10, 1))
    an_invoice(session, row, "F2", 50_000, date(2026, 9, 1), date(2026, 10, 1))
    return row


def invoices(session: Session, *numbers: str, on: date = TODAY) -> list[reach.InvoiceLine]:
    return reach.invoices_numbered(session, INES, WORK, numbers, on)


def promise(session: Session, customer: CustomerRow, *parts: tuple[date, str]) -> int:
    line = reach.customer(session, INES, WORK, customer.id)
    (day, amount), *later = [(day, Decimal(amount)) for day, amount in parts]
    wording = PromiseWording(day, amount, "by phone", tuple(later))
    return commitments.record_promise(session, INES, line, invoices(session, "F1", "F2"), wording, WHEN)


def plan(session: Session, customer: CustomerRow, terms: Terms = SHORT, actor: Actor = INES) -> int:
    line = reach.customer(session, actor, WORK, customer.id)
    return plans.agree(session, actor, line, invoices(session, "F1", "F2"), (terms, "as told"), WHEN)


def pay(session: Session, customer: CustomerRow, number: str, minor: int, on: date) -> None:
    invoice = session.exec(select(InvoiceRow).where(InvoiceRow.number == number)).one()
    payment = a_payment(session, customer, f"{number}/{on}", minor, on)
    an_allocation(session, payment, invoice, minor, on)
    refresh_open(session, [invoice.id], [payment.id])


def held(session: Session, on: date) -> dict[str, Held]:
    stopped = stops(session, col(CustomerRow.code) == "C1", on)
    numbers = dict(session.exec(select(InvoiceRow.id, InvoiceRow.number)).all())
    return {numbers[key]: reason for key, reason in stopped.invoices.items()}


def later(days: int) -> Moment:
    return Moment(TODAY + timedelta(days=days), WHEN.at + timedelta(days=days))


def the_task(session: Session, on: date) -> worklist.Task:
    (task,) = worklist.queue(session, CREDIT, collector=INES.email, as_of=on).tasks
    return task


THREE = ((date(2026, 12, 15), "300"), (date(2026, 11, 30), "500"), (date(2026, 12, 31), "700"))


def test_a_promise_of_several_dates_is_one_act_and_each_date_counts_after_those_before(
    session: Session, customer: CustomerRow
) -> None:
    promise(session, customer, *THREE)
    rows = session.exec(select(PromiseRow).order_by(col(PromiseRow.promised_for))).all()
    assert [(row.amount_minor, row.before_minor) for row in rows] == [(50_000, 0), (30_000, 50_000), (70_000, 80_000)]
    assert {row.series_id for row in rows} == {min(row.id for row in rows)}
    assert held(session, TODAY) == {"F1": Held.PROMISED, "F2": Held.PROMISED}


def test_a_missed_date_ends_the_rest_and_late_money_sets_it_right(session: Session, customer: CustomerRow) -> None:
    promise(session, customer, *THREE)
    pay(session, customer, "F1", 20_000, date(2026, 11, 28))
    late = date(2026, 12, 4)
    assert held(session, late) == {}
    counts = promise_outcomes.settle(session, scheduler_actor(), late)
    assert counts == {"broken": 1}
    session.expire_all()
    first = session.exec(select(PromiseRow).where(PromiseRow.state == "broken")).one()
    assert (first.received_minor, first.decided_on) == (20_000, date(2026, 12, 4))
    pay(session, customer, "F1", 30_000, date(2026, 12, 5))
    assert held(session, date(2026, 12, 5)) == {"F1": Held.PROMISED, "F2": Held.PROMISED}


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(((TODAY, "1000"), (TODAY, "500")), id="the same day twice"),
        pytest.param(((TODAY, "1000"), (date(2026, 12, 1), "500.01")), id="more than is open in all"),
        pytest.param(((TODAY, "1000"), (date(2026, 12, 1), "-1")), id="less than nothing"),
        pytest.param(((TODAY, "1"), (date(2036, 12, 1), "1")), id="in another decade"),
    ],
)
def test_a_promise_whose_dates_make_no_sense_is_refused(
    session: Session, customer: CustomerRow, parts: tuple[tuple[date, str], ...]
) -> None:
    with pytest.raises(InputError):
        promise(session, customer, *parts)
    assert session.exec(select(PromiseRow)).first() is None


def test_a_short_plan_runs_at_once_and_reminders_rest_while_it_is_kept(session: Session, customer: CustomerRow) -> None:
    plan(session, customer)
    row = session.exec(select(PaymentPlanRow)).one()
    assert (row.state, row.principal_minor, row.last_due_on) == ("active", 150_000, date(2027, 2, 1))
    parts = session.exec(select(PromiseRow).order_by(col(PromiseRow.promised_for))).all()
    assert [(one.promised_for, one.amount_minor) for one in parts] == [
        (date(2026, 12, 1), 50_000),
        (date(2027, 1, 1) + timedelta(days=3), 50_000),  # New Year, then a weekend
        (date(2027, 2, 1), 50_000),
    ]
    assert held(session, TODAY) == {"F1": Held.ON_PLAN, "F2": Held.ON_PLAN}
    queue = worklist.queue(session, INES, collector=INES.email, as_of=TODAY)
    assert [task for task in queue.tasks if task.reasons] == []


def test_a_missed_instalment_becomes_a_task_and_the_plan_says_so(session: Session, customer: CustomerRow) -> None:
    plan(session, customer)
    late = date(2026, 12, 6)
    assert promise_outcomes.settle(session, scheduler_actor(), late) == {"broken": 1, "plans_broken": 1}
    assert promise_outcomes.settle(session, scheduler_actor(), late) == {}
    assert held(session, late) == {}
    (task,) = [one for one in worklist.queue(session, INES, collector=INES.email, as_of=late).tasks if one.reasons]
    assert "instalment_missed" in {reason.code for reason in task.reasons}
    assert task.action is not None
    assert task.action.value == "check_plan"
    pay(session, customer, "F1", 50_000, date(2026, 12, 7))
    assert promise_outcomes.settle(session, scheduler_actor(), date(2026, 12, 7)) == {"plans_active": 1}
    pay(session, customer, "F1", 50_000, date(2026, 12, 8))
    pay(session, customer, "F2", 50_000, date(2026, 12, 8))
    counts = promise_outcomes.settle(session, scheduler_actor(), date(2026, 12, 8))
    assert counts == {"kept": 2, "plans_completed": 1}


def test_the_forecast_expects_each_invoice_with_the_instalment_that_settles_it(
    session: Session, customer: CustomerRow
) -> None:
    plan(session, customer)
    promised, _, _ = commitments_on(session, customer.company_id, TODAY)
    numbers = dict(session.exec(select(InvoiceRow.id, InvoiceRow.number)).all())
    assert {numbers[key]: days[0] for key, days in promised.items()} == {
        "F1": date(2027, 1, 4),
        "F2": date(2027, 2, 1),
    }


def test_the_forecast_expects_by_a_promise_what_the_promise_pays(session: Session, customer: CustomerRow) -> None:
    promise(session, customer, (date(2026, 12, 4), "1000.00"))
    promised, _, _ = commitments_on(session, customer.company_id, TODAY)
    numbers = dict(session.exec(select(InvoiceRow.id, InvoiceRow.number)).all())
    assert [numbers[key] for key in promised] == ["F1"], "F2 is expected as without the promise"


def test_a_long_plan_waits_for_a_credit_manager(session: Session, customer: CustomerRow) -> None:
    plan(session, customer, LONG)
    assert session.exec(select(PromiseRow)).first() is None
    assert held(session, TODAY) == {}
    (wish,) = session.exec(select(ProposalRow)).all()
    with pytest.raises((ForbiddenError, NotFoundError)):
        deciding.accept(session, INES, wish.id, "", WHEN)
    deciding.accept(session, CREDIT, wish.id, "fine", WHEN)
    assert len(session.exec(select(PromiseRow)).all()) == 6
    assert held(session, TODAY) == {"F1": Held.ON_PLAN, "F2": Held.ON_PLAN}
    with pytest.raises(RefusedError, match="already"):
        deciding.accept(session, CREDIT, wish.id, "", WHEN)
    deciding.take_back(session, CREDIT, wish.id, at=WHEN.at)
    session.expire_all()
    assert held(session, TODAY) == {}
    deciding.refuse(session, CREDIT, wish.id, "too long", WHEN)
    assert session.exec(select(PaymentPlanRow.state)).one() == "refused"


def test_a_plan_of_what_was_paid_since_does_not_begin(session: Session, customer: CustomerRow) -> None:
    plan(session, customer, LONG)
    pay(session, customer, "F1", 100, TODAY)
    (key,) = session.exec(select(ProposalRow.id)).all()
    with pytest.raises(RefusedError, match="paid since"):
        deciding.accept(session, CREDIT, key, "", WHEN)


def test_a_credit_manager_agrees_a_long_plan_alone_and_no_invoice_is_on_two(
    session: Session, customer: CustomerRow
) -> None:
    plan(session, customer, LONG, CREDIT)
    assert session.exec(select(PaymentPlanRow.state)).one() == "active"
    with pytest.raises(RefusedError, match="on a payment plan"):
        plan(session, customer)


def test_a_cancelled_plan_lets_reminders_go_on_and_can_be_resumed(session: Session, customer: CustomerRow) -> None:
    plan(session, customer)
    (key,) = session.exec(select(PaymentPlanRow.id)).all()
    done = plans.cancel(session, INES, key, "insolvent", WHEN)
    assert held(session, TODAY) == {}
    undo.undo(session, INES, done, at=WHEN.at)
    assert held(session, TODAY) == {"F1": Held.ON_PLAN, "F2": Held.ON_PLAN}


def test_the_offer_names_what_the_law_adds_and_spreads_it_on_request(session: Session, customer: CustomerRow) -> None:
    line = reach.customer(session, INES, WORK, customer.id)
    chosen = invoices(session, "F1", "F2")
    bare = plans.offer(session, INES, line, chosen, Terms(date(2026, 12, 1), 3, Every.FORTNIGHT), TODAY)
    assert bare.rate is not None
    assert (bare.fixed_minor, bare.accrued_minor > 0, bare.running_minor > 0) == (8000, True, True)
    assert sum(one.total_minor for one in bare.instalments) == 150_000
    borne = plans.offer(session, INES, line, chosen, SHORT, TODAY, with_interest=True)
    assert borne.instalments[-1].interest_minor == borne.interest_minor


def a_user(session: Session, email: str, role: Role) -> None:
    user = UserRow(email=email, name=email.split("@", maxsplit=1)[0], password_hash="", created_at=WHEN.at)
    session.add(user)
    session.flush()
    session.add(RoleGrantRow(user_id=user.id, role=role.value))
    session.flush()


def dispute(session: Session, wording: DisputeWording | None = None) -> int:
    (line,) = invoices(session, "F1")
    return commitments.open_dispute(session, INES, line, DisputeReason.QUALITY, wording or DisputeWording(), WHEN)


def test_a_dispute_names_its_amount_its_owner_and_its_day(session: Session, customer: CustomerRow) -> None:
    a_user(session, BOSS.email, Role.EXECUTIVE)
    assert BOSS.email in {one.email for one in cases.colleagues(session, INES, customer.company_id)}
    dispute(session, DisputeWording("scratched", Decimal(400), BOSS.email, date(2026, 11, 25)))
    row, case = session.exec(select(DisputeRow)).one(), session.exec(select(DisputeCaseRow)).one()
    assert (row.owner_email, row.answer_due_on, case.amount_minor) == (BOSS.email, date(2026, 11, 25), 40_000)
    assert case.told == [HUGO.email]
    told = session.exec(select(UserRow.email).join(MentionRow, col(MentionRow.user_id) == col(UserRow.id))).all()
    assert told == [BOSS.email]
    (words,) = session.exec(select(TouchpointRow.text).where(TouchpointRow.kind == "dispute_told")).all()
    assert words == "Dispute of F1: quality. scratched"
    assert held(session, TODAY) == {"F1": Held.DISPUTED}


@pytest.mark.parametrize(
    "wording",
    [
        pytest.param(DisputeWording(amount=Decimal("1000.01")), id="more than is open"),
        pytest.param(DisputeWording(owner="nobody@elsewhere.example"), id="a stranger as its owner"),
        pytest.param(DisputeWording(answer_due_on=TODAY - timedelta(days=1)), id="answered by yesterday"),
    ],
)
def test_a_dispute_that_makes_no_sense_is_refused(
    session: Session, customer: CustomerRow, wording: DisputeWording
) -> None:
    assert customer.code == "C1"
    with pytest.raises(InputError):
        dispute(session, wording)


def test_its_owner_answers_once_and_the_collector_hands_it_over(session: Session, customer: CustomerRow) -> None:
    a_user(session, BOSS.email, Role.EXECUTIVE)
    assert customer.code == "C1"
    dispute(session)
    (key,) = session.exec(select(DisputeRow.id)).all()
    with pytest.raises((ForbiddenError, NotFoundError)):
        cases.answer(session, BOSS, key, "no", WHEN)
    handed = cases.hand_over(session, INES, key, BOSS.email, None, WHEN)
    with pytest.raises((ForbiddenError, NotFoundError)):
        cases.hand_over(session, HUGO, key, HUGO.email, None, WHEN)
    answered = cases.answer(session, BOSS, key, "we send a new one", WHEN)
    with pytest.raises(RefusedError, match="already"):
        cases.answer(session, BOSS, key, "again", WHEN)
    undo.undo(session, INES, answered, at=WHEN.at)
    undo.undo(session, INES, handed, at=WHEN.at)
    row, case = session.exec(select(DisputeRow)).one(), session.exec(select(DisputeCaseRow)).one()
    assert (row.owner_email, case.answered_on) == (HUGO.email, None)


def test_an_answered_dispute_is_the_collectors_to_close_and_no_longer_late(
    session: Session, customer: CustomerRow
) -> None:
    (invoice,) = invoices(session, "F1")
    commitments.open_dispute(session, INES, invoice, DisputeReason.PRICE, "", WHEN)
    (dispute,) = session.exec(select(DisputeRow)).all()
    answered = cases.answer(session, HUGO, dispute.id, "we credit 10", later(3))
    on = TODAY + timedelta(days=20)  # the answer was due on the 14th day
    told = [(one.code, one.facts["days"]) for one in the_task(session, on).reasons if one.code.startswith("dispute")]
    assert told == [("dispute_answered", 17)]
    undo.undo(session, HUGO, answered, at=later(3).at)
    told = [(one.code, one.facts["days"]) for one in the_task(session, on).reasons if one.code.startswith("dispute")]
    assert told == [("dispute_due", 6)]
    assert customer.code == "C1"


def test_a_credit_note_is_proposed_with_the_resolution_and_taken_back_with_it(
    session: Session, customer: CustomerRow
) -> None:
    assert customer.code == "C1"
    dispute(session)
    (line,) = invoices(session, "F1")
    how = Resolution(DisputeOutcome.CREDIT_NOTE, "half price", Decimal(500))
    done = commitments.close_dispute(session, INES, line, how, "", WHEN)
    (wish,) = session.exec(select(ProposalRow)).all()
    assert (wish.kind, wish.amount_minor, wish.state) == ("credit_note", 50_000, "waiting")
    undo.undo(session, INES, done, at=WHEN.at)
    session.expire_all()
    assert session.exec(select(ProposalRow.state)).one() == "withdrawn"
    assert session.exec(select(DisputeRow.closed_on)).one() == OPEN_END


def test_a_hold_is_proposed_and_a_credit_manager_sets_it(session: Session, customer: CustomerRow) -> None:
    proposals.propose_hold(session, INES, customer.id, "insolvent", WHEN)
    with pytest.raises(RefusedError, match="already"):
        proposals.propose_hold(session, INES, customer.id, "insolvent", WHEN)
    (key,) = session.exec(select(ProposalRow.id)).all()
    deciding.accept(session, CREDIT, key, "", WHEN)
    assert stops(session, col(CustomerRow.code) == "C1", TODAY).customers == {customer.id: Held.ON_HOLD}
    deciding.take_back(session, CREDIT, key, at=WHEN.at)
    assert stops(session, col(CustomerRow.code) == "C1", TODAY).customers == {}


def test_a_written_off_invoice_gets_no_reminder_and_undo_brings_it_back(
    session: Session, customer: CustomerRow
) -> None:
    assert customer.code == "C1"
    proposals.propose_write_off(session, INES, invoices(session, "F2"), "too small", WHEN)
    assert held(session, TODAY) == {}
    (key,) = session.exec(select(ProposalRow.id)).all()
    deciding.accept(session, CREDIT, key, "", WHEN)
    assert held(session, TODAY) == {"F2": Held.ON_HOLD}
    with pytest.raises(RefusedError, match="too old"):
        deciding.take_back(session, CREDIT, key, at=WHEN.at + timedelta(days=3))
    deciding.take_back(session, CREDIT, key, at=WHEN.at)
    assert held(session, TODAY) == {}


def test_a_call_that_names_the_next_day_lets_the_customer_sleep_until_then(
    session: Session, customer: CustomerRow
) -> None:
    done = acts.log_call(session, INES, customer.id, CallOutcome.CALL_BACK, "", WHEN, again_on=date(2026, 11, 23))
    assert session.exec(select(CustomerRow.snoozed_until)).one() == date(2026, 11, 23)
    undo.undo(session, INES, done, at=WHEN.at)
    assert session.exec(select(CustomerRow.snoozed_until)).one() is None


@pytest.mark.parametrize("stranger", [HUGO, BOSS])
@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda s, c, who: plan(s, c, SHORT, who), id="agree a plan"),
        pytest.param(lambda s, c, who: proposals.propose_hold(s, who, c.id, "why", WHEN), id="propose a hold"),
        pytest.param(
            lambda s, _, who: proposals.propose_write_off(s, who, invoices(s, "F1"), "why", WHEN),
            id="propose a write-off",
        ),
        pytest.param(lambda s, c, who: cases.colleagues(s, who, c.company_id), id="list the colleagues"),
        pytest.param(lambda s, c, who: holds.mark_manual(s, who, c.id, "why", WHEN), id="take by hand"),
    ],
)
def test_sales_and_executives_agree_and_propose_nothing(
    session: Session, customer: CustomerRow, stranger: Actor, act: Callable[[Session, CustomerRow, Actor], object]
) -> None:
    with pytest.raises((ForbiddenError, NotFoundError)):
        act(session, customer, stranger)


# --- promises that end before their day -----------------------------------------------------------------------


def outcomes(session: Session, on: date) -> dict[date, str]:
    found = promises(session, col(CustomerRow.code) == "C1", on)
    told = {one.promise.promised_for: (one, one.outcome(on)) for one in found}
    return {day: one.end_reason or state.state.value for day, (one, state) in told.items() if state}


def promise_of(session: Session, customer: CustomerRow, on: date, when: Moment, *numbers: str, amount: str = "") -> int:
    line = reach.customer(session, INES, WORK, customer.id)
    wording = PromiseWording(on, Decimal(amount) if amount else None)
    return commitments.record_promise(session, INES, line, invoices(session, *numbers, on=when.on), wording, when)


def test_a_promise_for_another_day_replaces_the_one_before_and_undo_brings_it_back(
    session: Session, customer: CustomerRow
) -> None:
    first, moved = TODAY + timedelta(days=2), TODAY + timedelta(days=20)
    promise_of(session, customer, first, WHEN, "F1")
    again = promise_of(session, customer, moved, later(2), "F1", "F2")
    after = moved + timedelta(days=10)
    assert outcomes(session, after) == {first: "replaced", moved: "broken"}
    told = timeline.past(customer_panel.panel(session, customer.id, after), after, internal=True)
    assert [one.code for one in told] == ["promise_broken", "promise_replaced", "promise", "promise"]
    undo.undo(session, INES, again, at=later(2).at)
    assert outcomes(session, after) == {first: "broken"}


@pytest.mark.parametrize(
    ("numbers", "amount"),
    [
        pytest.param(("F1",), "400", id="a part now and a part later are two promises"),
        pytest.param(("F2",), "", id="another invoice"),
    ],
)
def test_a_promise_beside_another_replaces_nothing(
    session: Session, customer: CustomerRow, numbers: tuple[str, ...], amount: str
) -> None:
    first = TODAY + timedelta(days=2)
    promise_of(session, customer, first, WHEN, "F1", amount="600")
    promise_of(session, customer, TODAY + timedelta(days=20), later(1), *numbers, amount=amount)
    assert outcomes(session, TODAY + timedelta(days=8))[first] == "broken"


def test_a_plan_replaces_the_promises_of_its_invoices(session: Session, customer: CustomerRow) -> None:
    first = TODAY + timedelta(days=5)
    promise_of(session, customer, first, WHEN, "F1", "F2")
    line = reach.customer(session, INES, WORK, customer.id)
    agreed = plans.agree(session, INES, line, invoices(session, "F1", "F2"), (SHORT, ""), later(1))
    assert outcomes(session, TODAY + timedelta(days=2))[first] == "replaced"
    undo.undo(session, INES, agreed, at=later(1).at)
    assert outcomes(session, TODAY + timedelta(days=2)) == {first: "open"}


def test_a_promise_is_given_up_with_a_reason_days_later_and_counts_for_nothing(
    session: Session, customer: CustomerRow
) -> None:
    promise(session, customer, *THREE)
    (key, *_) = session.exec(select(PromiseRow.id).order_by(PromiseRow.promised_for)).all()
    for refused in (HUGO, BOSS):
        with pytest.raises((ForbiddenError, NotFoundError)):
            ending.give_up(session, refused, key, "no", later(5))
    with pytest.raises(InputError, match="reason"):
        ending.give_up(session, INES, key, " ", later(5))
    done = ending.give_up(session, INES, key, "the customer is insolvent", later(5))
    assert set(outcomes(session, TODAY + timedelta(days=60)).values()) == {"given_up"}
    assert "F1" not in held(session, TODAY + timedelta(days=6))
    told = timeline.past(customer_panel.panel(session, customer.id, later(6).on), later(6).on, internal=True)
    assert (told[0].code, told[0].remark) == ("promise_ended", "the customer is insolvent")
    with pytest.raises(RefusedError, match="not open any more"):
        ending.give_up(session, INES, key, "again", later(6))
    undo.undo(session, INES, done, at=later(5).at)
    assert set(outcomes(session, TODAY + timedelta(days=6)).values()) == {"open"}


def test_a_broken_promise_rings_the_collector_once_unless_the_money_came_after_all(
    session: Session, customer: CustomerRow
) -> None:
    user = UserRow(email=INES.email, name="Inès", password_hash="x", created_at=WHEN.at)
    session.add(user)
    session.flush()
    day = TODAY + timedelta(days=2)
    promise_of(session, customer, day, WHEN, "F1")
    promise_of(session, customer, day, WHEN, "F2")
    late = TODAY + timedelta(days=8)
    pay(session, customer, "F2", 50_000, late)  # after the grace: broken, and paid
    for _ in range(2):
        promise_outcomes.settle(session, scheduler_actor(), late)
    (mention,) = session.exec(select(MentionRow)).all()
    touch = session.get_one(TouchpointRow, mention.touchpoint_id)
    assert (mention.user_id, touch.text) == (user.id, "The promise of €1,000 for 21 Nov 2026 was not kept.")
    told = timeline.past(customer_panel.panel(session, customer.id, late), late, internal=True)
    assert [one.code for one in told].count("promise_broken") == 2  # told from the promises, not twice
