"""One customer's day: one message, one task, or for each invoice the first reason that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ar_cockpit.domain.cadence.day import CustomerDay, Day, InvoiceFacts, decide
from ar_cockpit.domain.cadence.ladder import Done, Held, OpenInvoice
from ar_cockpit.domain.policy.model import Cadence, Channel, Step, Tone

COURTESY = Step("courtesy", -7, template="courtesy")
FIRST = Step("reminder_1", 3)
CALL = Step("call_1", 18, Channel.CALL, "call")
FIRM = Step("firm", 60, template="firm", tone=Tone.FIRM, tell_sales_days=2)
FORMAL = Step("formal", 75, Channel.LETTER, "formal_notice", Tone.FORMAL_NOTICE, approve=True, tell_sales_days=2)
STANDARD = Cadence("standard", (COURTESY, FIRST, CALL, FIRM, FORMAL), minimum_amount=Decimal("10.00"))
MAIL_ONLY = replace(STANDARD, steps=(COURTESY, FIRST, Step("reminder_2", 18), FIRM))
TUESDAY = date(2026, 3, 3)


def owed(number: str, days: int, minor: int = 50000, currency: str = "EUR") -> OpenInvoice:
    return OpenInvoice(abs(hash(number)), number, currency, minor, days)


def sent(invoice: OpenInvoice, first: int, last: int, ago: int = 20) -> dict[int, Done]:
    return {invoice.invoice_id: Done(0, first, last, ago, ago)}


def plan(
    invoices: Sequence[OpenInvoice],
    customer: CustomerDay | None = None,
    cadence: Cadence = STANDARD,
    facts: InvoiceFacts | None = None,
) -> Day:
    day = Day(TUESDAY)
    decide(day, customer or CustomerDay(1), cadence, invoices, facts or InvoiceFacts())
    return day


def reasons(day: Day) -> dict[str, str]:
    return {one.number: one.reason.value for one in day.held}


def test_a_message_takes_along_every_due_invoice_in_the_tone_of_the_most_advanced() -> None:
    day = plan([owed("late", 3), owed("soon", -7, 20000), owed("later", -17)])
    (touch,) = day.touches
    assert (touch.step.key, touch.total_minor, [item.number for item in touch.items]) == (
        "reminder_1",
        70000,
        ["late", "soon"],
    )
    assert [item.step.key for item in touch.items] == ["reminder_1", "courtesy"]
    assert reasons(day) == {"later": "not_due_yet"}


@pytest.mark.parametrize("reason", [Held.DISPUTED, Held.PROMISED, Held.ON_PLAN, Held.ON_HOLD, Held.PAUSED_BY_SALES])
def test_a_stopped_invoice_is_held_and_the_others_go(reason: Held) -> None:
    one, other = owed("one", 3), owed("other", 3)
    day = plan([one, other], facts=InvoiceFacts(blocked={one.invoice_id: reason}))
    assert reasons(day) == {"one": reason.value}
    assert [item.number for item in day.touches[0].items] == ["other"]


def test_of_several_reasons_the_first_is_told() -> None:
    one, other = owed("one", 3), owed("other", 3)
    stopped = CustomerDay(1, blocked=Held.MANUAL, has_email=False, is_working_day=False)
    day = plan([one, other], stopped, facts=InvoiceFacts(blocked={one.invoice_id: Held.PROMISED}))
    assert reasons(day) == {"one": "promised", "other": "manual"}


@pytest.mark.parametrize(
    ("customer", "reason"),
    [
        pytest.param(CustomerDay(1, has_email=False, is_working_day=False), "no_contact", id="no address"),
        pytest.param(CustomerDay(1, since_reminder=14, oldest_days=59), "spacing", id="fourteen days since the last"),
        pytest.param(CustomerDay(1, is_touched_today=True), "spacing", id="one message a day"),
        pytest.param(CustomerDay(1, is_working_day=False), "non_working_day", id="a holiday"),
        pytest.param(
            CustomerDay(1, since_reminder=3, oldest_days=5, is_working_day=False),
            "spacing",
            id="spacing before holiday",
        ),
    ],
)
def test_what_holds_a_customer_back(customer: CustomerDay, reason: str) -> None:
    assert reasons(plan([owed("one", 3)], customer)) == {"one": reason}


@pytest.mark.parametrize(
    "customer",
    [
        pytest.param(CustomerDay(1, since_reminder=15, oldest_days=3), id="fifteen days since the last"),
        pytest.param(CustomerDay(1, since_reminder=1, oldest_days=60), id="the oldest is sixty days overdue"),
    ],
)
def test_what_no_longer_holds_a_customer_back(customer: CustomerDay) -> None:
    assert len(plan([owed("one", 3)], customer).touches) == 1


def test_a_courtesy_notice_does_not_wait_for_the_spacing() -> None:
    day = plan([owed("late", 3), owed("soon", -7)], CustomerDay(1, since_reminder=3, oldest_days=3))
    assert [item.number for item in day.touches[0].items] == ["soon"]
    assert day.touches[0].step.is_quiet
    assert reasons(day) == {"late": "spacing"}


@pytest.mark.parametrize(("minor", "reason"), [(999, "below_minimum"), (1000, None)])
def test_small_totals_wait(minor: int, reason: str | None) -> None:
    assert reasons(plan([owed("one", 3, minor)])).get("one") == reason


def test_the_minimum_is_in_the_invoices_currency() -> None:
    assert reasons(plan([owed("one", 3, 9, "JPY")])) == {"one": "below_minimum"}
    assert not reasons(plan([owed("one", 3, 10, "JPY")]))


def test_only_the_invoices_at_a_step_that_needs_approval_are_held() -> None:
    old, late = owed("old", 80), owed("late", 3)
    day = plan([old, late], facts=InvoiceFacts(done=sent(old, 3, 60)))
    assert reasons(day) == {"old": "needs_approval"}
    assert [item.number for item in day.touches[0].items] == ["late"]


def test_a_call_is_a_task_and_needs_no_address() -> None:
    one = owed("one", 20)
    day = plan([one], CustomerDay(1, has_email=False), facts=InvoiceFacts(done=sent(one, 3, 3)))
    assert [(touch.channel, touch.is_message) for touch in day.touches] == [(Channel.CALL, False)]


def test_a_call_takes_along_what_a_mail_cannot_reach() -> None:
    one, other = owed("one", 20), owed("other", 3)
    day = plan([one, other], CustomerDay(1, has_email=False), facts=InvoiceFacts(done=sent(one, 3, 3)))
    assert [item.number for item in day.touches[0].items] == ["one", "other"]


@pytest.mark.parametrize(("cover", "channel"), [(49999, Channel.EMAIL), (50000, Channel.ALLOCATE)])
def test_money_that_covers_everything_listed_is_allocated_first(cover: int, channel: Channel) -> None:
    (touch,) = plan([owed("one", 3)], CustomerDay(1, cover={"EUR": cover, "GBP": 10**9})).touches
    assert touch.channel is channel


def test_who_looked_at_the_allocation_and_closed_the_task_lets_the_reminder_go() -> None:
    one = owed("one", 3)
    day = plan([one], CustomerDay(1, cover={"EUR": 10**6}), facts=InvoiceFacts(reviewed=frozenset({one.invoice_id})))
    assert day.touches[0].channel is Channel.EMAIL


def test_of_two_currencies_the_one_that_waited_longest_goes_and_the_other_has_its_turn_next() -> None:
    day = plan([owed("euro", 3), owed("pound", 9, currency="GBP")])
    assert [touch.currency for touch in day.touches] == ["GBP"]
    assert reasons(day) == {"euro": "spacing"}


def test_a_firm_step_waits_until_the_sales_owner_was_told_two_days_ago() -> None:
    one = owed("one", 61)
    owner, done = CustomerDay(1, has_sales_owner=True), sent(one, 3, 18)
    untold = plan([one], owner, MAIL_ONLY, InvoiceFacts(done=done))
    assert reasons(untold) == {"one": "not_due_yet"}
    assert [telling.step for telling in untold.tellings] == ["firm"]
    told = plan([one], owner, MAIL_ONLY, InvoiceFacts(done=done, told={(one.invoice_id, "firm"): 1}))
    assert (reasons(told), told.tellings) == ({"one": "not_due_yet"}, [])
    gone = plan([one], owner, MAIL_ONLY, InvoiceFacts(done=done, told={(one.invoice_id, "firm"): 2}))
    assert [touch.step.key for touch in gone.touches] == ["firm"]


def test_without_a_sales_owner_nobody_is_waited_for() -> None:
    one = owed("one", 61)
    day = plan([one], CustomerDay(1), MAIL_ONLY, InvoiceFacts(done=sent(one, 3, 18)))
    assert ([touch.step.key for touch in day.touches], day.tellings) == (["firm"], [])


def test_after_the_last_step_the_invoice_is_done() -> None:
    one = owed("one", 300)
    assert reasons(plan([one], facts=InvoiceFacts(done=sent(one, 3, 75)))) == {"one": "done"}
