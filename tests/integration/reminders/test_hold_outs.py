"""The randomised hold-out on a real ledger: who may, what a run records, what waits, and what both arms show."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import AuditRow, CustomerRow, HoldOutInvoiceRow, InvoiceRow, MessageRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, RefusedError
from ar_cockpit.services.figures import contact_effects
from ar_cockpit.services.figures.contact_effects import CompanyEffects
from ar_cockpit.services.reminders import hold_outs
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.reminders.hold_outs import Outcome, Wish
from tests import commands
from tests.builders import a_company, a_customer, an_invoice
from tests.reminding import AT, DAY, OPERATOR, a_contact, a_debtor, run

END = DAY + timedelta(days=60)
HALF = Wish(50, 3, END)


def a_payer(session: Session, code: str, *, days_late: int = 3, paid_late: int = 0) -> None:
    """Store a debtor of ``DAY`` who settled six invoices before, each so many days late."""
    owner = session.get_one(CustomerRow, a_debtor(session, code, days_late=days_late).customer_id)
    for number in range(6):
        due = date(2025, 9, 1) + timedelta(days=20 * number)
        paid = [(due + timedelta(days=paid_late), 10000)]
        an_invoice(session, owner, f"{code}-P{number}", 10000, due - timedelta(days=30), due, paid=paid)


def switch_on(engine: Engine, wish: Wish = HALF, day: date = DAY) -> int:
    with transaction(engine) as session:
        return hold_outs.start(session, OPERATOR, "ALFA", wish, as_of=day, at=AT)


def held(engine: Engine, day: date = DAY) -> set[str]:
    with reading(engine) as session:
        plan = reminders.plan(session, OPERATOR, day)
    return {one.number for one in plan.held if one.reason.value == "held_out"}


def written(engine: Engine, day: date) -> int:
    with reading(engine) as session:
        question = select(func.count()).select_from(MessageRow).where(col(MessageRow.business_on) == day)
        return int(session.execute(question).scalar_one())


@pytest.fixture
def payers(engine: Engine) -> Engine:
    with transaction(engine) as session:
        for number in range(12):
            a_payer(session, f"C{number:02}")
    return engine


def test_it_is_off_until_somebody_turns_it_on(payers: Engine) -> None:
    assert held(payers) == set()
    assert run(payers).messages == 12
    with reading(payers) as session:
        assert session.execute(select(func.count()).select_from(HoldOutInvoiceRow)).scalar_one() == 0


def test_those_held_back_go_exactly_so_many_days_later_and_once(payers: Engine) -> None:
    switch_on(payers)
    waiting = held(payers)
    assert 0 < len(waiting) < 12
    assert held(payers) == waiting  # chance is asked twice and says the same
    assert run(payers).messages == 12 - len(waiting)
    assert run(payers).messages == 0
    for later in (1, 2):
        assert held(payers, DAY + timedelta(days=later)) == waiting
        assert run(payers, DAY + timedelta(days=later)).messages == 0
    assert run(payers, DAY + timedelta(days=3)).messages == len(waiting)
    assert written(payers, DAY + timedelta(days=3)) == len(waiting)
    assert held(payers, DAY + timedelta(days=4)) == set()


def test_what_is_shown_as_coming_knows_who_waits(payers: Engine) -> None:
    switch_on(payers)
    waiting = held(payers)

    def coming(day: date) -> dict[str, date]:
        with reading(payers) as session:
            debts = session.execute(
                select(InvoiceRow.number, InvoiceRow.customer_id).where(col(InvoiceRow.open_minor) > 0)
            )
            first = {number: reminders.upcoming(session, OPERATOR, customer, day)[0].on for number, customer in debts}
        return {number: on for number, on in first.items() if number in waiting}

    assert set(coming(DAY).values()) == {DAY + timedelta(days=3)}
    run(payers)
    assert set(coming(DAY + timedelta(days=1)).values()) == {DAY + timedelta(days=3)}


def test_only_good_payers_take_part(payers: Engine) -> None:
    with transaction(payers) as session:
        for number in range(8):
            a_payer(session, f"S{number}", paid_late=50)
            a_debtor(session, f"N{number}")  # of whom nothing is known yet
    switch_on(payers)
    assert held(payers)
    assert all(number.startswith("C") for number in held(payers))


def test_stopping_lets_all_that_waits_go(payers: Engine) -> None:
    switch_on(payers)
    waiting = held(payers)
    run(payers)
    with transaction(payers) as session:
        hold_outs.stop(session, OPERATOR, "ALFA", as_of=DAY + timedelta(days=1))
    assert run(payers, DAY + timedelta(days=1)).messages == len(waiting)


def test_after_its_end_nobody_new_waits_and_those_who_do_finish(payers: Engine) -> None:
    switch_on(payers, Wish(50, 3, DAY + timedelta(days=1)))
    waiting = held(payers)
    run(payers)
    with transaction(payers) as session:
        a_payer(session, "LATE", days_late=1)
    assert held(payers, DAY + timedelta(days=2)) == waiting
    assert run(payers, DAY + timedelta(days=3)).messages == len(waiting) + 1


def test_a_paid_invoice_is_not_asked_for_when_its_days_are_over(payers: Engine) -> None:
    switch_on(payers)
    waiting = held(payers)
    run(payers)
    with transaction(payers) as session:
        row = session.execute(select(InvoiceRow).where(col(InvoiceRow.number) == min(waiting))).scalar_one()
        row.open_minor, row.closed_on = 0, DAY + timedelta(days=1)
    assert run(payers, DAY + timedelta(days=3)).messages == len(waiting) - 1


def test_who_may_switch_and_that_it_is_audited(payers: Engine) -> None:
    for role in (Role.EXECUTIVE, Role.COLLECTOR, Role.SALES):
        nobody = Actor(1, "x@velmora.example", "X", (Grant(role),))
        with pytest.raises(ForbiddenError), transaction(payers) as session:
            hold_outs.start(session, nobody, "ALFA", HALF, as_of=DAY, at=AT)
    switch_on(payers)
    with pytest.raises(RefusedError, match="running already"):
        switch_on(payers)
    with transaction(payers) as session:
        hold_outs.stop(session, OPERATOR, "ALFA", as_of=DAY)
    with pytest.raises(RefusedError, match="No hold-out"), transaction(payers) as session:
        hold_outs.stop(session, OPERATOR, "ALFA", as_of=DAY)
    with reading(payers) as session:
        actions = [one for one in session.scalars(select(AuditRow.action)) if one.startswith("hold_out")]
    assert actions == ["hold_out.start", "hold_out.stop"]


@pytest.mark.parametrize(
    "wish",
    [Wish(4, 3, END), Wish(51, 3, END), Wish(10, 0, END), Wish(10, 15, END), Wish(10, 3, DAY), Wish(10, 3, date.max)],
)
def test_what_cannot_be_meant_is_refused(payers: Engine, wish: Wish) -> None:
    with pytest.raises(InputError):
        switch_on(payers, wish)


@pytest.mark.parametrize("typed", [("ten", "3", "2026-05-01"), ("10", "3", "soon"), ("10", "9" * 9, "2026-05-01")])
def test_what_is_no_number_and_no_day_is_refused(typed: tuple[str, str, str]) -> None:
    with pytest.raises(InputError):
        hold_outs.wish_of(*typed)
    assert hold_outs.wish_of(" 10 % ", "3", "2026-05-01") == Wish(10, 3, date(2026, 5, 1))


def outcome(engine: Engine, day: date) -> Outcome:
    with reading(engine) as session:
        (found,) = hold_outs.newest(session, OPERATOR, as_of=day)
    assert found.outcome is not None
    return found.outcome


def a_trial_of_eighty(engine: Engine) -> None:
    """Of 40 customers reminded at once 30 pay in two days; of 40 held back 10 do, and 20 more in ten."""
    with transaction(engine) as session:
        company = a_company(session)
        customers = [a_customer(session, company, f"C{number:03}") for number in range(80)]
        invoices = [an_invoice(session, one, f"I-{one.code}", 1000, DAY, DAY) for one in customers]
        a_contact(session, customers[0], "a@x.example")
    trial = switch_on(engine)
    with transaction(engine) as session:
        for number, row in enumerate(invoices):
            is_held = number % 2 == 0
            kept = {"trial_id": trial, "step": "s", "is_held": is_held, "decided_on": DAY}
            session.add(HoldOutInvoiceRow(invoice_id=row.id, until_on=DAY + timedelta(days=3 * is_held), **kept))
            paid = session.get_one(InvoiceRow, row.id)
            if number % 8 in (1, 3, 5) or number % 8 == 0:
                paid.closed_on = DAY + timedelta(days=2)
            elif number % 8 in (2, 4):
                paid.closed_on = DAY + timedelta(days=10)


def test_the_arms_are_compared_once_they_are_large_enough(engine: Engine) -> None:
    a_trial_of_eighty(engine)
    early = outcome(engine, DAY + timedelta(days=2))
    assert [one.gain for one in early.differences] == [None, None]
    assert (early.customers, early.invoices) == ((40, 40), (40, 40))
    soon, later = outcome(engine, DAY + timedelta(days=30)).differences
    assert (soon.within, soon.gain, soon.is_clear) == (3, 0.5, True)
    assert (later.within, later.gain, later.is_clear) == (30, 0.0, False)


def test_the_nights_job_keeps_what_the_trial_shows_for_the_queue(engine: Engine) -> None:
    a_trial_of_eighty(engine)

    def kept(day: date) -> tuple[int, CompanyEffects]:
        with transaction(engine) as session:
            made = contact_effects.refresh(session, OPERATOR, as_of=day)
            return made, contact_effects.kept(session, OPERATOR)[0]

    made, early = kept(DAY + timedelta(days=2))
    assert (made, early.by_trial) == (1, None)
    made, found = kept(DAY + timedelta(days=3))  # nothing was posted, but the trial has an answer now
    assert made == 1
    assert found.by_trial is not None
    share, low, high = found.by_trial
    assert low < share < high < 0.75  # a quarter within three days when left alone, three quarters when reminded
    assert kept(DAY + timedelta(days=4))[0] == 0
    with reading(engine) as session:
        (told,) = contact_effects.what_works(session, OPERATOR, as_of=DAY + timedelta(days=3))
        assert told.by_trial == found.by_trial
        (later,) = contact_effects.what_works(session, OPERATOR, as_of=DAY + timedelta(days=500))
    assert later.by_trial is None  # what a reminder changes does not stay the same for ever


def test_the_command_tells_of_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    said = commands.run("forecast", "what-works", "--json", cwd=tmp_path, AR_DATABASE_URL=url)
    assert json.loads(said.stdout)["trials"] == []
