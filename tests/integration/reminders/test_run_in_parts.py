"""A day recorded in parts is the day recorded at once, also when the process dies on some line and runs again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, select, update
from sqlmodel import col

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import (
    CustomerRow,
    HoldOutInvoiceRow,
    InvoiceRow,
    MessageEventRow,
    MessageItemRow,
    MessageRow,
    SalesDigestLineRow,
    SalesDigestRow,
    TouchpointRow,
    UserRow,
)
from ar_cockpit.services.reminders import hold_outs
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.reminders.hold_outs import Wish
from ar_cockpit.services.reminders.in_parts import run_in_parts
from ar_cockpit.services.reminders.run import RunReport
from tests.builders import a_payment, an_invoice
from tests.reminding import AT, DAY, OPERATOR, POLICY, a_debtor, run

HUGO = "hugo@velmora.example"
TELLING = POLICY.replace('tone = "neutral"\n', 'tone = "neutral"\n  tell_sales_days = 2\n', 1)
CLEARED = (HoldOutInvoiceRow, SalesDigestLineRow, SalesDigestRow, MessageEventRow, MessageItemRow, MessageRow)


@pytest.fixture
def ledger(engine: Engine) -> Engine:
    """Nine debtors: mails, some held back by chance, one whose money we hold, some whose sales owner is to hear."""
    with transaction(engine) as session:
        for place, late in enumerate((3, 3, 33, 4, 40, 1, 3, 16, 16)):
            invoice = a_debtor(session, f"C{place}", days_late=late, sales_email=HUGO if place % 7 < 2 else "")
            owner = session.get_one(CustomerRow, invoice.customer_id)
            for number in range(6):  # paid in time before: these take part in the trial
                due = date(2025, 9, 1) + timedelta(days=20 * number)
                paid = [(due, 10000)]
                an_invoice(session, owner, f"C{place}-P{number}", 10000, due - timedelta(days=30), due, paid=paid)
            if place == 4:
                a_payment(session, owner, "P", 60_000, DAY)
        session.add(UserRow(email=HUGO, name="Hugo", password_hash="-", created_at=AT))
        policies.load(session, OPERATOR, TELLING, at=AT)
        hold_outs.start(session, OPERATOR, "ALFA", Wish(50, 3, DAY + timedelta(days=60)), as_of=DAY, at=AT)
    return engine


def outcome(engine: Engine) -> dict[str, Any]:
    """Return all that a run leaves, but for the keys of rows."""
    item, message = MessageItemRow, MessageRow
    with reading(engine) as session:
        questions = {
            "messages": select(col(message.message_id), col(message.state), col(message.text_body)),
            "items": select(col(item.invoice_id), col(item.step), col(message.message_id)).join(
                message, col(message.id) == col(item.message_row_id)
            ),
            "trial": select(
                col(HoldOutInvoiceRow.invoice_id), col(HoldOutInvoiceRow.step), col(HoldOutInvoiceRow.is_held)
            ),
            "told": select(col(SalesDigestLineRow.customer_id), col(SalesDigestLineRow.step)),
            "timeline": select(col(TouchpointRow.customer_id), col(TouchpointRow.kind)),
            "reminded": select(col(CustomerRow.code), col(CustomerRow.last_reminded_on)),
        }
        return {name: sorted(map(tuple, session.execute(one).all()), key=repr) for name, one in questions.items()}


def forget(engine: Engine) -> None:
    """Take everything back that runs recorded."""
    with transaction(engine) as session:
        for row in CLEARED:
            session.execute(delete(row))
        session.execute(delete(TouchpointRow))
        session.execute(update(CustomerRow).values(last_reminded_on=None))


def in_parts(engine: Engine, in_a_part: int = 2) -> RunReport:
    return run_in_parts(engine, OPERATOR, DAY, at=AT, company="ALFA", in_a_part=in_a_part)


def test_in_parts_is_at_once(ledger: Engine) -> None:
    at_once = run(ledger)
    expected = outcome(ledger)
    assert min(at_once.messages, at_once.tasks, at_once.held, at_once.told) > 0
    assert {is_held for _, _, is_held in expected["trial"]} == {True, False}
    forget(ledger)
    for in_a_part in (1, 2, 500):
        assert replace(in_parts(ledger, in_a_part), named=at_once.named) == at_once
        assert outcome(ledger) == expected
        again = in_parts(ledger, in_a_part)
        assert (again.messages, again.tasks, again.told) == (0, 0, 0)
        assert outcome(ledger) == expected
        forget(ledger)


def test_whatever_line_a_run_dies_on_the_next_one_ends_it(ledger: Engine) -> None:
    run(ledger)
    expected = outcome(ledger)
    statements = count()
    dies_at = [1_000_000]

    def die(*_told: Any) -> None:
        if next(statements) == dies_at[0]:
            raise KeyboardInterrupt

    event.listen(ledger, "before_cursor_execute", die)
    forget(ledger)
    statements = count()
    in_parts(ledger)
    for number in range(0, next(statements), 17):
        dies_at[0] = 1_000_000
        forget(ledger)
        statements, dies_at[0] = count(), number
        with pytest.raises(KeyboardInterrupt):
            in_parts(ledger)
        in_parts(ledger)
        assert outcome(ledger) == expected


def test_what_was_paid_since_the_day_was_planned_is_not_asked_for(engine: Engine) -> None:
    with transaction(engine) as session:
        owners = [a_debtor(session, code).customer_id for code in ("C1", "C2")]
    with reading(engine) as session:
        assert len(reminders.plan_to_run(session, OPERATOR, DAY).day.touches) == 2
    with transaction(engine) as session:
        session.execute(
            update(InvoiceRow).where(col(InvoiceRow.customer_id) == owners[0]).values(open_minor=0, closed_on=DAY)
        )
    with transaction(engine) as session:
        assert reminders.run_some(session, OPERATOR, DAY, owners, at=AT).messages == 1


def test_taking_a_message_back_searches_no_table_as_a_whole() -> None:
    tables = [table for table in MessageRow.metadata.sorted_tables if table.name != "message"]
    pointing = [key.parent for table in tables for key in table.foreign_keys if key.column.table.name == "message"]
    assert {column.table.name for column in pointing} >= {"message_item", "touchpoint"}
    for column in pointing:
        leading = {next(iter(index.columns)).name for index in column.table.indexes}
        assert column.name in leading, f"{column} has no index of its own"
