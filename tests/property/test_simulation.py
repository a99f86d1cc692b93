"""A simulation says what runs on successive days would really do: the same messages, tasks and sums, day by day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import (
    CustomerRow,
    DisputeRow,
    HoldRow,
    MessageRow,
    PromiseInvoiceRow,
    PromiseRow,
)
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.cadence import simulating
from ar_cockpit.services.reminders import policy, run
from ar_cockpit.services.reminders.simulation import Simulation, simulate
from tests.builders import a_company, a_customer, a_payment, an_invoice
from tests.reminding import a_contact

OPERATOR = Actor.local_operator()
START = date(2026, 4, 27)  # a Monday; 1 May is a holiday in France, and the month ends within the week
AT = datetime(2026, 4, 27, 5, 0, tzinfo=UTC)
STEP_KEYS = ("courtesy", "one", "two", "three", "firm", "formal")


@st.composite
def policies(draw: st.DrawFn) -> str:
    """Return a policy whose segments ask for facts that change from day to day."""
    segments = draw(
        st.lists(
            st.sampled_from(
                [
                    'all = [["open", "<", "250"]]',
                    'all = [["oldest_days_overdue", ">", 12]]',
                    'all = [["overdue", ">=", "300"]]',
                    'all = [["country", "=", "FR"]]',
                ]
            ),
            max_size=2,
            unique=True,
        )
    )
    lines = ["version = 1"]
    for place, condition in enumerate([*segments, ""]):
        lines += ["[[segment]]", f'key = "s{place}"', f'cadence = "c{place}"', condition]
    for place in range(len(segments) + 1):
        lines += _cadence(draw, f"c{place}")
    return "\n".join(lines)


def _cadence(draw: st.DrawFn, key: str) -> list[str]:
    count = draw(st.integers(2, 5))
    offsets = sorted(draw(st.sets(st.integers(-8, 40), min_size=count, max_size=count)))
    lines = ["[[cadence]]", f'key = "{key}"', f"spacing_days = {draw(st.integers(0, 12))}"]
    lines += [f"spacing_until = {draw(st.sampled_from([5, 20, 60]))}"]
    lines += [f'minimum_amount = "{draw(st.sampled_from(["0.00", "150.00"]))}"']
    lines += ['send_on = ["mon", "tue", "wed", "thu", "fri"]'] if draw(st.booleans()) else []
    for place, offset in enumerate(offsets):
        channel = draw(st.sampled_from(["email", "email", "email", "call", "letter"]))
        lines += ["  [[cadence.step]]", f'key = "{STEP_KEYS[place]}"', f"offset = {offset}", f'channel = "{channel}"']
        lines += ['template = "courtesy"' if offset < 0 else 'template = "reminder"', 'tone = "neutral"']
        if offset >= 0:
            lines += [f"tell_sales_days = {draw(st.sampled_from([0, 0, 0, 2, 3]))}"]
            lines += ["approve = true"] if draw(st.integers(0, 7)) == 0 else []
    return lines


@dataclass(frozen=True)
class Debtor:
    """A customer with its invoices: days since the due date, amount, and what stops them until which day."""

    country: str
    has_email: bool
    has_owner: bool
    credit: int
    invoices: tuple[tuple[int, int, str, str, int], ...]


debtors = st.lists(
    st.builds(
        Debtor,
        st.sampled_from(["FR", "FR", "DE", ""]),
        st.sampled_from([True, True, True, False]),
        st.booleans(),
        st.sampled_from([0, 0, 0, 30_000]),
        st.lists(
            st.tuples(
                st.integers(-25, 60),
                st.sampled_from([5_000, 20_000, 45_000]),
                st.sampled_from(["EUR", "EUR", "EUR", "USD"]),
                st.sampled_from(["", "", "", "", "dispute", "promise", "hold", "hold_all", "pause"]),
                st.integers(0, 12),
            ),
            min_size=1,
            max_size=4,
        ).map(tuple),
    ),
    min_size=1,
    max_size=4,
)


def fill(session: Session, owing: list[Debtor], toml: str) -> None:
    policy.load(session, OPERATOR, toml, at=AT)
    company = a_company(session)
    for place, debtor in enumerate(owing):
        sales = "sales@x.example" if debtor.has_owner else ""
        customer = a_customer(session, company, f"C{place}", country=debtor.country, sales_email=sales)
        if debtor.has_email:
            a_contact(session, customer, f"c{place}@x.example")
        if debtor.credit:
            a_payment(session, customer, f"P{place}", debtor.credit, START - timedelta(days=3))
        paid_on = START - timedelta(days=360)
        an_invoice(
            session, customer, f"OLD{place}", 9_000, paid_on - timedelta(days=60), paid_on, paid=[(paid_on, 9_000)]
        )
        for number, one in enumerate(debtor.invoices):
            _owe(session, customer, f"C{place}-{number}", one)
    session.flush()


def _owe(session: Session, customer: CustomerRow, number: str, owed: tuple[int, int, str, str, int]) -> None:
    days, minor, currency, stop, ends = owed
    due_on = START - timedelta(days=days)
    invoice = an_invoice(session, customer, number, minor, min(due_on, START) - timedelta(days=30), due_on)
    invoice.currency = currency
    own = {"company_id": customer.company_id, "customer_id": customer.id}
    until = START + timedelta(days=ends)
    if stop == "dispute":
        session.add(DisputeRow(**own, invoice_id=invoice.id, reason="price", opened_on=START, answer_due_on=START))
    if stop == "promise":
        wording = {"amount_minor": minor, "currency": currency, "made_on": START, "promised_for": until}
        promise = PromiseRow(**own, **wording, grace_days=2, state="open")
        session.add(promise)
        session.flush()
        session.add(PromiseInvoiceRow(company_id=customer.company_id, promise_id=promise.id, invoice_id=invoice.id))
    if stop in {"hold", "hold_all", "pause"}:
        which = None if stop == "hold_all" else invoice.id
        more = {"kind": "sales_pause", "step": "two"} if stop == "pause" else {"kind": "hold"}
        row = HoldRow(**own, **more, invoice_id=which, reason="wait", set_on=START, set_by="a", until_on=until)
        session.add(row)


def simulated(found: Simulation) -> list[tuple[int, int, dict[str, int], dict[str, int]]]:
    return [(day.messages, day.tasks, day.message_minor, day.task_minor) for day in found.days]


def really(session: Session, days: int) -> list[tuple[int, int, dict[str, int], dict[str, int]]]:
    """Run the days one after the other and return what each recorded."""
    found = []
    for later in range(days):
        on = START + timedelta(days=later)
        run.run(session, OPERATOR, on, at=AT)
        mails: Counter[str] = Counter()
        tasks: Counter[str] = Counter()
        counts = [0, 0]
        question = select(MessageRow.channel, MessageRow.currency, MessageRow.total_minor)
        for channel, currency, minor in session.exec(question.where(col(MessageRow.business_on) == on)).all():
            is_task = channel != "email"
            counts[is_task] += 1
            (tasks if is_task else mails)[currency] += minor
        found.append((counts[0], counts[1], dict(mails), dict(tasks)))
    return found


def rolled_back(session: Session) -> None:
    session.rollback()
    session.expunge_all()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(debtors, policies(), st.integers(3, 24))
def test_simulated_days_are_what_runs_of_those_days_do(
    empty: Session, owing: list[Debtor], toml: str, days: int
) -> None:
    try:
        fill(empty, owing, toml)
        found = simulated(simulate(empty, OPERATOR, START, days=days, with_payments=False))
        assert found == really(empty, days)
    finally:
        rolled_back(empty)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(debtors, policies())
def test_the_first_day_is_the_plan_of_today(empty: Session, owing: list[Debtor], toml: str) -> None:
    try:
        fill(empty, owing, toml)
        plan = run.plan(empty, OPERATOR, START)
        found = simulate(empty, OPERATOR, START, days=1, with_payments=False)
        assert (found.days[0].messages, found.days[0].tasks) == (len(plan.messages), len(plan.tasks))
        held = Counter(one.reason for one in plan.held)
        assert {reason: one.count for reason, one in found.held_first.items()} == dict(held)
        assert len(found.first_touches) == len(plan.day.touches)
    finally:
        rolled_back(empty)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(debtors, policies(), policies(), st.dictionaries(st.integers(0, 15), st.integers(1, 40), max_size=6))
def test_days_that_are_passed_over_bring_nothing(
    empty: Session, owing: list[Debtor], toml: str, draft: str, pays: dict[int, int]
) -> None:
    """Looking at every day finds nothing more, whatever is paid meanwhile, under today's policy and a draft."""
    with pytest.MonkeyPatch.context() as patch:
        try:
            fill(empty, owing, toml)
            gone = {key + 1: later for key, later in pays.items()}
            patch.setattr(
                "ar_cockpit.services.reminders.simulation._payments",
                lambda *_: type("Paid", (), {"gone": gone, "within_30": {}})(),
            )
            asked = {"days": 40, "draft": policy.check(draft)}
            found = simulate(empty, OPERATOR, START, **asked)
            patch.setattr(simulating.Life, "next_look", lambda _self, lived: lived.later + 1)
            daily = simulate(empty, OPERATOR, START, **asked)
            assert found == daily
            assert found.baseline == daily.baseline
        finally:
            rolled_back(empty)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(debtors, policies(), st.integers(1, 9))
def test_who_lives_the_same_under_both_policies_is_lived_once_and_nobody_sees_a_difference(
    empty: Session, owing: list[Debtor], toml: str, spacing: int
) -> None:
    """A draft that changes the last cadence alone: both sides say what each policy says by itself."""
    head, _, last = toml.rpartition("spacing_days = ")
    draft = f"{head}spacing_days = {spacing}\n{last.partition(chr(10))[2]}"
    try:
        fill(empty, owing, toml)
        found = simulate(empty, OPERATOR, START, days=30, draft=policy.check(draft), with_payments=False)
        assert found.baseline == simulate(empty, OPERATOR, START, days=30, with_payments=False)
        policy.load(empty, OPERATOR, draft, at=AT)
        assert replace(found, baseline=None) == simulate(empty, OPERATOR, START, days=30, with_payments=False)
    finally:
        rolled_back(empty)
