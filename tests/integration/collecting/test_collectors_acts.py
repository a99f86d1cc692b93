"""A collector's and sales' acts: for those in charge, audited, refused when senseless, undone when wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import AuditRow, CustomerRow, DisputeRow, HoldRow, InvoiceRow, PromiseRow, TouchpointRow
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.domain.cadence.pausing import FirmStep
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.commitments import CallOutcome, DisputeOutcome, DisputeReason
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import acts, commitments, holds, questions, undo
from ar_cockpit.services.collecting.commitments import PromiseWording
from ar_cockpit.services.collecting.touchpoints import Moment
from tests.builders import a_company, a_customer, an_invoice

TODAY = date(2026, 11, 19)
WHEN = Moment(TODAY, datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
INES = Actor(1, "ines@velmora.example", "Inès", (Grant(Role.COLLECTOR),))
HUGO = Actor(2, "hugo@velmora.example", "Hugo", (Grant(Role.SALES),))
BOSS = Actor(3, "boss@velmora.example", "Boss", (Grant(Role.EXECUTIVE),))
WORK = Permission.WORK_CUSTOMERS


@pytest.fixture
def customer(session: Session) -> CustomerRow:
    """A customer of Hugo's with two open invoices and one that is settled."""
    row = a_customer(session, a_company(session), "C1", sales_email=HUGO.email, collector_email=INES.email)
    an_invoice(session, row, "F1", 100_000, date(2026, 9, 1), date(2026, 10, 1))
    an_invoice(session, row, "F2", 50_000, date(2026, 9, 1), date(2026, 10, 1))
    an_invoice(session, row, "PAID", 100, date(2026, 9, 1), date(2026, 10, 1), paid=[(date(2026, 10, 1), 100)])
    return row


def invoices(session: Session, *numbers: str) -> list[reach.InvoiceLine]:
    return reach.invoices_numbered(session, INES, WORK, numbers, TODAY)


def promise(session: Session, customer: CustomerRow, *numbers: str, amount: str | None = None, on: date = TODAY) -> int:
    line = reach.customer(session, INES, WORK, customer.id)
    wording = PromiseWording(on, Decimal(amount) if amount else None, "by phone")
    return commitments.record_promise(session, INES, line, invoices(session, *numbers), wording, WHEN)


def test_a_promise_covers_its_invoices_and_is_audited(session: Session, customer: CustomerRow) -> None:
    promise(session, customer, "F1", "F2", amount="1200.50", on=date(2026, 11, 30))
    row = session.exec(select(PromiseRow)).one()
    assert (row.amount_minor, row.currency, row.promised_for, row.grace_days) == (120_050, "EUR", date(2026, 11, 30), 3)
    entry = session.exec(select(AuditRow)).one()
    assert (entry.actor_email, entry.action, entry.object_key) == (INES.email, "customer.promise", "ALFA/C1")
    assert entry.after["invoices"] == ["F1", "F2"]


def test_a_promise_without_an_amount_is_for_all_that_is_open(session: Session, customer: CustomerRow) -> None:
    promise(session, customer, "F1", "F2")
    assert session.exec(select(PromiseRow.amount_minor)).one() == 150_000


@pytest.mark.parametrize(
    ("numbers", "amount", "on"),
    [
        pytest.param(["F1"], "1000.01", TODAY, id="more than is open"),
        pytest.param(["F1"], "0.00", TODAY, id="nothing"),
        pytest.param(["F1"], "NaN", TODAY, id="not a number"),
        pytest.param(["F1"], "1.001", TODAY, id="a tenth of a cent"),
        pytest.param(["F1"], "1", TODAY - timedelta(days=1), id="for yesterday"),
        pytest.param(["F1"], "1", date(2036, 1, 1), id="for another decade"),
        pytest.param(["PAID"], "1", TODAY, id="of a settled invoice"),
        pytest.param(["NONE"], "1", TODAY, id="of an unknown invoice"),
        pytest.param([], "1", TODAY, id="of no invoice"),
    ],
)
def test_a_promise_that_makes_no_sense_is_refused(
    session: Session, customer: CustomerRow, numbers: list[str], amount: str, on: date
) -> None:
    with pytest.raises((InputError, NotFoundError)):
        promise(session, customer, *numbers, amount=amount, on=on)
    assert session.exec(select(PromiseRow)).first() is None


def test_a_dispute_goes_to_sales_when_sales_can_answer_it(session: Session, customer: CustomerRow) -> None:
    assert customer.code == "C1"
    for number, reason in (("F1", DisputeReason.PRICE), ("F2", DisputeReason.DUPLICATE)):
        commitments.open_dispute(session, INES, invoices(session, number)[0], reason, "", WHEN)
    found = session.exec(select(DisputeRow).order_by(col(DisputeRow.id))).all()
    assert [row.owner_email for row in found] == [HUGO.email, INES.email]
    assert {row.answer_due_on for row in found} == {date(2026, 12, 3)}


def test_an_invoice_is_disputed_once_and_only_while_something_is_open(session: Session, customer: CustomerRow) -> None:
    assert customer.code == "C1"
    commitments.open_dispute(session, INES, invoices(session, "F1")[0], DisputeReason.PRICE, "", WHEN)
    for number in ("F1", "PAID"):
        with pytest.raises(RefusedError):
            commitments.open_dispute(session, INES, invoices(session, number)[0], DisputeReason.PRICE, "", WHEN)
    with pytest.raises(RefusedError):
        commitments.close_dispute(session, INES, invoices(session, "F2")[0], DisputeOutcome.WITHDRAWN, "", WHEN)


def firm(session: Session, number: str = "F1", step: str = "firm") -> FirmStep:
    return FirmStep(step, tuple(line.invoice_id for line in invoices(session, number)))


def _promise(session: Session, customer: CustomerRow) -> int:
    return promise(session, customer, "F1")


def _dispute(session: Session, _customer: CustomerRow) -> int:
    return commitments.open_dispute(session, INES, invoices(session, "F1")[0], DisputeReason.PRICE, "", WHEN)


def _closed_dispute(session: Session, customer: CustomerRow) -> int:
    _dispute(session, customer)
    return commitments.close_dispute(session, INES, invoices(session, "F1")[0], DisputeOutcome.JUSTIFIED, "", WHEN)


def _snooze(session: Session, customer: CustomerRow) -> int:
    return acts.snooze(session, INES, customer.id, date(2026, 11, 25), "", WHEN)


def _hold(session: Session, customer: CustomerRow) -> int:
    return holds.set_hold(session, INES, reach.customer(session, INES, WORK, customer.id), "insolvent", WHEN)


def _pause(session: Session, customer: CustomerRow) -> int:
    return holds.pause_step(session, HUGO, customer.id, firm(session), "short delivery", date(2026, 12, 1), WHEN)


def _call(session: Session, customer: CustomerRow) -> int:
    return acts.log_call(session, INES, customer.id, CallOutcome.REACHED, "", WHEN)


def _note(session: Session, customer: CustomerRow) -> int:
    return acts.add_note(session, INES, customer.id, "call on Monday", WHEN)


def _standing_facts(session: Session) -> list[object]:
    session.expire_all()
    promises = session.exec(select(PromiseRow.state, PromiseRow.cancelled_on)).all()
    disputes = session.exec(select(DisputeRow.closed_on, DisputeRow.outcome)).all()
    stops = session.exec(select(HoldRow.released_on)).all()
    return [*promises, *disputes, *stops, session.exec(select(CustomerRow.snoozed_until)).one()]


@pytest.mark.parametrize(
    ("act", "after_undo"),
    [
        pytest.param(_promise, [("cancelled", TODAY), None], id="a promise"),
        pytest.param(_dispute, [(TODAY, "undone"), None], id="a dispute"),
        pytest.param(_closed_dispute, [(OPEN_END, ""), None], id="a closed dispute"),
        pytest.param(_snooze, [None], id="a snooze"),
        pytest.param(_hold, [TODAY, None], id="a hold"),
        pytest.param(_pause, [TODAY, None], id="a pause of sales"),
        pytest.param(_call, [None], id="a call"),
        pytest.param(_note, [None], id="a note"),
    ],
)
def test_undo_takes_back_the_act_and_the_fact_behind_it(
    session: Session, customer: CustomerRow, act: Callable[[Session, CustomerRow], int], after_undo: list[object]
) -> None:
    key = act(session, customer)
    undo.undo(session, INES, key, at=WHEN.at)
    assert _standing_facts(session) == after_undo
    assert session.get_one(TouchpointRow, key).undone_at == WHEN.at
    with pytest.raises(RefusedError, match="already"):
        undo.undo(session, INES, key, at=WHEN.at)


def test_an_act_of_last_week_is_not_undone(session: Session, customer: CustomerRow) -> None:
    key = _note(session, customer)
    with pytest.raises(RefusedError, match="too old"):
        undo.undo(session, INES, key, at=WHEN.at + timedelta(days=7))


@pytest.mark.parametrize("act", [_promise, _dispute, _snooze, _hold, _call])
def test_sales_and_executives_do_not_do_a_collectors_work(
    session: Session, customer: CustomerRow, act: Callable[[Session, CustomerRow], int]
) -> None:
    key = act(session, customer)
    for stranger in (HUGO, BOSS):
        with pytest.raises((ForbiddenError, NotFoundError)):
            undo.undo(session, stranger, key, at=WHEN.at)
        with pytest.raises((ForbiddenError, NotFoundError)):
            acts.log_call(session, stranger, customer.id, CallOutcome.REACHED, "", WHEN)
        with pytest.raises((ForbiddenError, NotFoundError)):
            reach.invoices_numbered(session, stranger, WORK, ["F1"], TODAY)


def test_sales_ask_about_and_pause_their_own_customers_only(session: Session, customer: CustomerRow) -> None:
    questions.ask(session, HUGO, customer.id, "May I ship?", WHEN)
    _pause(session, customer)
    stranger = Actor(4, "eva@velmora.example", "Eva", (Grant(Role.SALES),))
    with pytest.raises(NotFoundError):
        questions.ask(session, stranger, customer.id, "May I ship?", WHEN)
    with pytest.raises(NotFoundError):
        holds.pause_step(session, stranger, customer.id, firm(session), "no", date(2026, 12, 1), WHEN)


def test_only_steps_that_sales_are_told_of_and_open_invoices_of_the_customer_are_paused_once(
    session: Session, customer: CustomerRow
) -> None:
    until = date(2026, 12, 1)
    with pytest.raises(InputError, match="told of"):
        holds.pause_step(session, HUGO, customer.id, firm(session, step="reminder_1"), "no", until, WHEN)
    with pytest.raises(NotFoundError):
        holds.pause_step(session, HUGO, customer.id, FirmStep("firm", (10**6,)), "no", until, WHEN)
    with pytest.raises(InputError, match="missing"):
        holds.pause_step(session, HUGO, customer.id, firm(session), "  ", until, WHEN)
    _pause(session, customer)
    with pytest.raises(RefusedError, match="already"):
        _pause(session, customer)
    assert session.exec(select(HoldRow.step, HoldRow.until_on)).all() == [("firm", until)]


def test_a_hold_is_set_once_needs_a_reason_and_is_released_once(session: Session, customer: CustomerRow) -> None:
    line = reach.customer(session, INES, WORK, customer.id)
    with pytest.raises(InputError):
        holds.set_hold(session, INES, line, "  ", WHEN)
    _hold(session, customer)
    with pytest.raises(RefusedError, match="already"):
        _hold(session, customer)
    holds.release_hold(session, INES, line, WHEN)
    with pytest.raises(RefusedError):
        holds.release_hold(session, INES, line, WHEN)


def test_what_is_no_day_to_snooze_or_pause_to_is_refused(session: Session, customer: CustomerRow) -> None:
    for day in (TODAY, TODAY + timedelta(days=91)):
        with pytest.raises(InputError):
            acts.snooze(session, INES, customer.id, day, "", WHEN)
        with pytest.raises(InputError):
            holds.pause_step(session, HUGO, customer.id, firm(session), "why", day, WHEN)
    assert session.exec(select(InvoiceRow.id)).first() is not None
