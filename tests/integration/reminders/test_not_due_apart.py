"""Nobody is asked for what is not due yet: the day's message names such an invoice, apart from what it demands."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CustomerRow, MessageRow
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.letters import letters
from ar_cockpit.services.reminders import approvals
from ar_cockpit.services.reminders import run as reminders
from tests.builders import an_invoice
from tests.reminding import AT, DAY, OPERATOR, a_debtor, run

BLANKS = {"\xa0": " ", "\u202f": " "}


def plain(text: str) -> str:
    for odd, blank in BLANKS.items():
        text = text.replace(odd, blank)
    return text


def test_a_reminder_tells_what_is_not_due_yet_apart_from_the_total(engine: Engine) -> None:
    with transaction(engine) as session:
        customer = session.get_one(CustomerRow, a_debtor(session, days_late=3).customer_id)
        an_invoice(session, customer, "NEW-1", 90000, DAY - timedelta(days=20), DAY + timedelta(days=6))
    with reading(engine) as session:
        (touch,) = reminders.plan(session, OPERATOR, DAY).messages
        assert ([item.number for item in touch.items], touch.total_minor) == (["C1-1", "NEW-1"], 140_000)
    run(engine)
    with reading(engine) as session:
        row = session.exec(select(MessageRow)).one()
    text = plain(row.text_body)
    assert "Not yet due and not included above: NEW-1 (€900.00, due 9 Mar 2026)." in text
    assert "€500.00" in text
    assert "€1,400.00" not in text + plain(row.html_body)
    assert "NEW-1" not in row.subject
    assert "NEW-1" in row.html_body
    assert row.total_minor == 140_000


def test_a_courtesy_alone_lists_what_is_not_due_yet(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, days_late=-6)
    run(engine)
    with reading(engine) as session:
        row = session.exec(select(MessageRow)).one()
    assert "Not yet due" not in row.text_body
    assert "€500.00" in row.text_body


def formal(engine: Engine) -> letters.DrawnLetter:
    """Return the formal notice of a customer that also has an invoice due in six days."""
    with transaction(engine) as session:
        a_debtor(session, days_late=3)
    for days in (0, 15, 30, 72):
        run(engine, DAY + timedelta(days=days))
    on = DAY + timedelta(days=73)
    with transaction(engine) as session:
        customer = session.exec(select(CustomerRow)).one()
        an_invoice(session, customer, "NEW-1", 90000, on - timedelta(days=20), on + timedelta(days=6))
        keys = [key for one in approvals.waiting(session, OPERATOR, on) for key in one.keys]
        approvals.approve(session, OPERATOR, keys, "", Moment(on, AT))
    run(engine, on)
    with reading(engine) as session:
        (drawn,) = [one for one in letters.waiting(session, OPERATOR, on) if one.letter.template == letters.FORMAL]
    return drawn


def test_a_formal_notice_demands_only_what_is_due(engine: Engine) -> None:
    drawn = formal(engine)
    assert drawn.sheet
    assert [row[0] for row in drawn.sheet["rows"]] == ["C1-1"]
    assert drawn.total_minor == 50_000 + 1_265 + 4_000  # the invoice, its interest and the fixed sum
    assert plain(drawn.sheet["after"][0]) == "Not yet due and not included above: NEW-1 (€900.00, due 21 May 2026)."
    assert drawn.invoices == ("C1-1", "NEW-1")
    assert "NEW-1" not in str(drawn.sheet["pay"])
