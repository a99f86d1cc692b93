"""Plan and run on a real database: the worked example to the letter, twice is once, and only what was known counts."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, update
from sqlmodel import Session, col, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import (
    ContactRow,
    CustomerRow,
    HoldRow,
    InvoiceRow,
    MessageItemRow,
    MessageRow,
    PromiseInvoiceRow,
    PromiseRow,
    TouchpointRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.services.reminders import policy, simulation
from ar_cockpit.services.reminders import run as reminders
from tests import commands
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice
from tests.reminding import AT, DAY, OPERATOR, POLICY, a_contact, a_debtor, run


def plan(engine: Engine, day: date = DAY, actor: Actor = OPERATOR, company: str = "") -> dict[str, Any]:
    """Return the plan in short: step and invoices of messages and tasks, and the reason of each held invoice."""
    with reading(engine) as session:
        made = reminders.plan(session, actor, day, company=company)
        said = {touch.step_key: [item.number for item in touch.items] for touch in made.day.touches}
        return {"touches": said, "held": {one.number: one.reason.value for one in made.held}}


def count(engine: Engine) -> tuple[int, int]:
    with reading(engine) as session:
        messages = session.execute(select(func.count()).select_from(MessageRow)).scalar_one()
        return messages, session.execute(select(func.count()).select_from(MessageItemRow)).scalar_one()


def test_running_twice_adds_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session)
    assert run(engine).messages == 1
    before = count(engine)
    assert run(engine).messages == 0
    assert count(engine) == before == (1, 1)
    assert plan(engine) == {"touches": {}, "held": {"C1-1": "not_due_yet"}}


def test_a_message_is_frozen_with_its_sender_its_words_and_its_spacing(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, "C1", "ann@x.example")
    run(engine)
    with reading(engine) as session:
        row = session.exec(select(MessageRow)).one()
        assert (row.state, row.recipient, row.step, row.total_minor) == ("queued", "ann@x.example", "reminder_1", 50000)
        assert row.message_id.startswith("<")
        assert row.message_id.endswith(".20260303@localhost>")
        assert "C1-1" in row.text_body
        assert "C1-1" in row.html_body
        assert session.exec(select(CustomerRow.last_reminded_on)).one() == DAY


def test_the_days_of_an_old_invoice(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=200)
    done = []
    for later in range(120):
        day = DAY + timedelta(days=later)
        done.extend((later, step) for step in plan(engine, day)["touches"])
        run(engine, day)
    # From the first reminder it climbs a step each fifteen days; the weekend waits for Monday.
    assert done == [(0, "reminder_1"), (15, "reminder_2"), (30, "call_1")]
    assert plan(engine, DAY + timedelta(days=120))["held"] == {"C1-1": "needs_approval"}


def test_a_call_is_recorded_and_waits_for_a_person(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=33)
    run(engine)
    run(engine, DAY + timedelta(days=15))
    assert run(engine, DAY + timedelta(days=30)).tasks == 1
    with reading(engine) as session:
        states = session.exec(select(MessageRow.channel, MessageRow.state).order_by(col(MessageRow.id))).all()
    assert [tuple(one) for one in states] == [("email", "queued"), ("email", "queued"), ("call", "to_do")]


def test_a_past_day_is_planned_from_what_was_known_on_it(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session)
        customer = session.get_one(CustomerRow, invoice.customer_id)
        payment = a_payment(session, customer, "P1", 50000, DAY + timedelta(days=2), unapplied_minor=0)
        an_allocation(session, payment, invoice, 50000)
        invoice.open_minor, invoice.closed_on = 0, DAY + timedelta(days=2)
    assert plan(engine)["touches"] == {"reminder_1": ["C1-1"]}
    assert plan(engine, DAY + timedelta(days=2)) == {"touches": {}, "held": {}}
    run(engine)
    assert plan(engine, DAY - timedelta(days=1))["held"] == {"C1-1": "not_due_yet"}


def test_part_payments_count_from_their_day(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session)
        customer = session.get_one(CustomerRow, invoice.customer_id)
        payment = a_payment(session, customer, "P1", 49500, DAY, unapplied_minor=0)
        an_allocation(session, payment, invoice, 49500)
        invoice.open_minor = 500
    assert plan(engine)["held"] == {"C1-1": "below_minimum"}
    with reading(engine) as session:
        yesterday = reminders.plan(session, OPERATOR, DAY - timedelta(days=1))
    assert yesterday.held[0].reason.value == "not_due_yet"


def promise(session: Session, invoice: InvoiceRow, on: date) -> None:
    row = PromiseRow(
        company_id=invoice.company_id,
        customer_id=invoice.customer_id,
        amount_minor=50000,
        currency="EUR",
        made_on=DAY - timedelta(days=1),
        promised_for=on,
        grace_days=3,
    )
    session.add(row)
    session.flush()
    session.add(PromiseInvoiceRow(company_id=invoice.company_id, promise_id=row.id, invoice_id=invoice.id))


def test_a_promise_holds_to_the_end_of_its_grace_and_is_broken_the_day_after(engine: Engine) -> None:
    with transaction(engine) as session:
        promise(session, a_debtor(session), DAY)
    assert plan(engine, DAY + timedelta(days=3))["held"] == {"C1-1": "promised"}
    assert plan(engine, DAY + timedelta(days=6))["touches"] == {"reminder_1": ["C1-1"]}


@pytest.mark.parametrize(("kind", "reason"), [("hold", "on_hold"), ("sales_pause", "paused_by_sales")])
@pytest.mark.parametrize("whole_customer", [True, False])
def test_a_stop_holds_from_its_day_to_its_last(engine: Engine, kind: str, reason: str, whole_customer: bool) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session)
        session.add(
            HoldRow(
                company_id=invoice.company_id,
                customer_id=invoice.customer_id,
                invoice_id=None if whole_customer else invoice.id,
                kind=kind,
                reason="because",
                set_on=DAY,
                set_by="x",
                until_on=DAY + timedelta(days=1),
            )
        )
    assert plan(engine)["held"] == {"C1-1": reason}
    assert plan(engine, DAY + timedelta(days=2))["touches"] == {"reminder_1": ["C1-1"]}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tags": ["Manual"]}, "manual"),
        ({"country": "BG"}, "non_working_day"),  # 3 March: Bulgaria's liberation day
        ({"country": "FR"}, None),
        ({"country": "XX"}, None),
    ],
)
def test_what_a_customer_is_decides(engine: Engine, changes: dict[str, object], reason: str | None) -> None:
    with transaction(engine) as session:
        a_debtor(session, **changes)
    assert plan(engine)["held"].get("C1-1") == reason


def test_a_written_off_invoice_is_left_alone(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session)
        session.execute(update(InvoiceRow).values(written_off_on=DAY))
    assert plan(engine)["held"] == {"C1-1": "on_hold"}
    assert plan(engine, DAY - timedelta(days=1))["held"] == {"C1-1": "not_due_yet"}


def test_the_first_contact_with_an_address_that_works_is_written_to(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, email="gone@x.example")
        customer = session.get_one(CustomerRow, invoice.customer_id)
        a_contact(session, customer, "buyer@x.example", role="buyer", is_primary=False)
        a_contact(session, customer, "books@x.example", "de", is_primary=False)
        session.execute(update(ContactRow).where(col(ContactRow.email) == "gone@x.example").values(bounced_at=AT))
    with reading(engine) as session:
        made = reminders.plan(session, OPERATOR, DAY)
    (addressee,) = made.addressees.values()
    assert (addressee.email, addressee.speaks) == ("books@x.example", "de")


def test_credit_notes_that_cover_everything_become_one_task_to_allocate(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session)
        customer = session.get_one(CustomerRow, invoice.customer_id)
        an_invoice(session, customer, "CN-1", -30000, DAY, DAY)
        a_payment(session, customer, "P1", 20000, DAY)
    assert plan(engine)["touches"] == {"allocate": ["C1-1"]}
    assert (run(engine).tasks, run(engine, DAY + timedelta(days=1)).tasks) == (1, 0)
    with transaction(engine) as session:
        session.execute(update(MessageRow).values(state="done"))
    assert plan(engine, DAY + timedelta(days=1))["touches"] == {"reminder_1": ["C1-1"]}


def test_credit_that_covers_a_part_is_named_in_the_mail(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session)
        customer = session.get_one(CustomerRow, invoice.customer_id)
        an_invoice(session, customer, "CN-1", -30000, DAY, DAY)
    run(engine)
    with reading(engine) as session:
        row = session.exec(select(MessageRow)).one()
    assert row.total_minor == 50000
    assert "credit note CN-1 (€300.00)" in row.text_body


def test_the_sales_owner_is_told_once_and_then_the_firm_step_goes(engine: Engine) -> None:
    firm = POLICY.replace('template = "reminder"\n  tone = "neutral"', 'template = "firm"\n  tone = "firm"')
    with transaction(engine) as session:
        a_debtor(session, sales_email="sales@x.example")
        policy.load(session, OPERATOR, firm, at=AT)
    run(engine)
    day = DAY + timedelta(days=13)
    assert (run(engine, day).told, run(engine, day).told) == (1, 0)
    assert plan(engine, day + timedelta(days=1))["held"] == {"C1-1": "not_due_yet"}
    assert plan(engine, day + timedelta(days=2))["touches"] == {"reminder_2": ["C1-1"]}
    with reading(engine) as session:
        told = session.exec(select(TouchpointRow)).one()
    assert (told.kind, told.text, told.facts["step"]) == ("sales_told", "C1-1", "reminder_2")


def test_a_plan_answers_for_what_the_actor_may_see(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, sales_email="s@x.example")
        other = a_company(session, "BETA", currency="GBP")
        customer = a_customer(session, other, "C2")
        a_contact(session, customer, "c2@x.example")
        an_invoice(session, customer, "C2-1", 50000, date(2026, 1, 1), DAY - timedelta(days=3))
        company_id = other.id
    collector = Actor(7, "c@x.example", "C", (Grant(Role.COLLECTOR, company_id),))
    assert plan(engine, actor=collector)["touches"] == {"reminder_1": ["C2-1"]}
    assert plan(engine, company="ALFA")["touches"] == {"reminder_1": ["C1-1"]}
    assert plan(engine, actor=Actor(8, "s@x.example", "S", (Grant(Role.SALES),)))["touches"] == {"reminder_1": ["C1-1"]}
    with pytest.raises(ForbiddenError):
        plan(engine, actor=Actor(9, "a@x.example", "A", (Grant(Role.ADMIN),)))
    with transaction(engine) as session, pytest.raises(ForbiddenError):
        reminders.run(session, collector, DAY, at=AT)


def test_what_is_coming_is_told_day_by_day(engine: Engine) -> None:
    with transaction(engine) as session:
        customer_id = a_debtor(session, days_late=-10).customer_id
    with reading(engine) as session:
        coming = reminders.upcoming(session, OPERATOR, customer_id, DAY, days=60)
    assert [((one.on - DAY).days, one.step) for one in coming] == [
        (3, "courtesy"),
        (13, "reminder_1"),
        (28, "reminder_2"),
        (43, "call_1"),
    ]


def test_a_policy_has_versions_and_comes_out_as_it_went_in(engine: Engine) -> None:
    with transaction(engine) as session:
        assert policy.in_force(session).number == 0
        assert policy.load(session, OPERATOR, POLICY, at=AT) == 1
        assert policy.load(session, OPERATOR, POLICY, at=AT) == 1
        edited = POLICY.replace("offset = 3\n", "offset = 4\n")
        assert policy.load(session, OPERATOR, edited, at=AT) == 2
        assert policy.export(session, OPERATOR) == edited
        with pytest.raises(ForbiddenError):
            policy.load(session, Actor(8, "s@x.example", "S", (Grant(Role.SALES),)), POLICY, at=AT)


def test_the_worked_example_comes_out_to_the_letter(database_url: str, shared_data: Path, tmp_path: Path) -> None:
    example = shared_data.parent / "design" / "examples" / "plan"
    if not example.is_dir():
        pytest.skip("the worked examples are not beside this checkout")

    def command(*words: str) -> dict[str, Any]:
        done = commands.run(*words, cwd=tmp_path, AR_DATABASE_URL=database_url, AR_HOME=tmp_path)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if "--json" in words else {}

    command("import", str(example / "ledger"))
    command("policy", "load", str(example / "policy.toml"))
    expected = json.loads((example / "expected-2026-03-03.json").read_text())
    assert command("cadence", "plan", "--json", "--as-of", "2026-03-03") == expected
    assert command("cadence", "run", "--json", "--as-of", "2026-03-03")["messages"] == 2
    assert command("cadence", "run", "--json", "--as-of", "2026-03-03")["messages"] == 0
    expected = json.loads((example / "expected-2026-03-04-after-run.json").read_text())
    assert command("cadence", "plan", "--json", "--as-of", "2026-03-04") == expected


def test_a_simulation_lets_invoices_go_on_the_day_their_payment_is_forecast(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, days_late=-1)
        for number in range(30):  # what is known: it pays on the fifth day
            due_on = DAY - timedelta(days=40 + number)
            paid_on = due_on + timedelta(days=5)
            customer = session.get_one(CustomerRow, invoice.customer_id)
            an_invoice(session, customer, f"S{number}", 100, due_on - timedelta(days=30), due_on, paid=[(paid_on, 100)])
        found = {
            with_payments: simulation.simulate(session, OPERATOR, DAY, days=30, with_payments=with_payments)
            for with_payments in (True, False)
        }
    counts = {key: [one.on for one in made.days if one.messages] for key, made in found.items()}
    assert len(counts[True]) < len(counts[False]), "what is paid is not reminded of"
    assert counts[True] == counts[False][: len(counts[True])]
