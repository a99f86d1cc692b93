"""Customers move between segments by their behaviour: stored as the plan judges, each move logged with its reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import (
    CustomerRow,
    CustomerSegmentRow,
    DisputeRow,
    InvoiceRow,
    MessageItemRow,
    PromiseRow,
    SegmentChangeRow,
    TouchpointRow,
)
from ar_cockpit.domain.access import Permission
from ar_cockpit.services import reach, segments
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.collecting import customer_record
from ar_cockpit.services.reminders import day_view, policy
from tests.builders import a_company, a_customer, an_invoice
from tests.reminding import AT, DAY, OPERATOR, POLICY, a_contact, run

STEPS = POLICY.partition("[[cadence]]")[2].partition("\n")[2].partition("\n")[2]
RULES = """
version = 1
[[segment]]
key = "at_risk"
cadence = "strict"
any = [["payer_score", "<", 50]]
[[segment]]
key = "large"
cadence = "strict"
all = [["open", ">=", "2000"], ["tags", "in", ["big"]]]
[[segment]]
key = "standard"
cadence = "standard"
"""


def cadence(key: str) -> str:
    return f'[[cadence]]\nkey = "{key}"\n{STEPS}'


TWO = RULES + cadence("standard") + cadence("strict")


def a_ledger(session: Session) -> CustomerRow:
    """Store a customer that has always paid on time, with one invoice open."""
    policy.load(session, OPERATOR, TWO, at=AT)
    customer = a_customer(session, a_company(session), "C1")
    a_contact(session, customer, "c1@x.example")
    for month in (9, 10, 11):
        due = date(2025, month, 20)
        an_invoice(session, customer, f"OLD-{month}", 50000, date(2025, month, 1), due, paid=[(due, 50000)])
    an_invoice(session, customer, "NOW", 50000, date(2026, 2, 1), DAY - timedelta(days=3))
    return customer


def move(engine: Engine, day: date = DAY) -> dict[str, int]:
    return segments.move(engine, OPERATOR, day, at=AT)


def changes(engine: Engine) -> list[tuple[str, str, str]]:
    with reading(engine) as session:
        rows = session.exec(select(SegmentChangeRow).order_by(col(SegmentChangeRow.id)))
        return [(row.before, row.after, row.reason) for row in rows]


def test_a_fall_of_the_score_moves_and_says_why(engine: Engine) -> None:
    with transaction(engine) as session:
        customer = a_ledger(session)
    assert move(engine) == {"judged": 1, "moved": 0, "first": 1}
    with transaction(engine) as session:
        for number in range(3):
            due = date(2026, 1, 1)
            paid = [(due + timedelta(days=58), 200000)]
            an_invoice(session, customer, f"LATE-{number}", 200000, date(2025, 12, 1), due, paid=paid)
    assert move(engine) == {"judged": 1, "moved": 1, "first": 0}
    assert move(engine)["moved"] == 0
    assert changes(engine) == [("standard", "at_risk", "payer_score_lateness")]
    with reading(engine) as session:
        touch = session.exec(select(TouchpointRow).where(TouchpointRow.kind == segments.MOVED)).one()
        assert (touch.facts["from"], touch.facts["to"]) == ("standard", "at_risk")
        assert (touch.facts["count"], touch.facts["days"]) == (3, 54)
        assert int(touch.facts["before"]) > 50 > int(touch.facts["after"])
        row = session.exec(select(CustomerSegmentRow)).one()
        assert row.score == int(touch.facts["after"]) == 100 - sum(row.parts.values())
        assert row.since_on == DAY


def test_a_night_that_breaks_off_is_gone_on_with_and_nobody_moves_twice(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as session:
        company = session.get_one(CustomerRow, a_ledger(session).id).company_id
        for place in range(3):
            other = CustomerRow(company_id=company, code=f"D{place}", name="D", currency="EUR", payment_terms_days=30)
            session.add(other)
            session.flush()
            an_invoice(session, other, f"D{place}-1", 100_000, date(2026, 2, 1), DAY - timedelta(days=2))
    assert move(engine)["first"] == 4
    with transaction(engine) as session:
        session.execute(update(CustomerRow).where(col(CustomerRow.code) != "C1").values(tags=["big"]))
        session.execute(update(InvoiceRow).where(col(InvoiceRow.number).like("D%")).values(amount_minor=300_000))
        refresh_open(session)

    class KilledError(Exception):
        pass

    def die(_: Engine) -> None:
        raise KilledError

    with monkeypatch.context() as dying:
        dying.setattr(segments, "_IN_A_PART", 2)
        dying.setattr(segments, "give_way", die)
        with pytest.raises(KilledError):
            move(engine)
    before = len(changes(engine))
    move(engine)
    assert 0 < before < 3
    assert changes(engine) == [("standard", "large", "open")] * 3


def test_what_is_stored_is_what_the_plan_judges(engine: Engine) -> None:
    with transaction(engine) as session:
        first = a_ledger(session)
        company = session.get_one(CustomerRow, first.id).company_id
        for place, (late, tags) in enumerate([(70, []), (2, ["Big"]), (-5, []), (40, ["big"])]):
            other = CustomerRow(
                company_id=company, code=f"D{place}", name="D", currency="EUR", payment_terms_days=30, tags=tags
            )
            session.add(other)
            session.flush()
            an_invoice(session, other, f"D{place}-1", 300000, date(2025, 11, 1), DAY - timedelta(days=late))
    move(engine)
    with reading(engine) as session:
        seen = day_view.view(session, OPERATOR, DAY)
        stored = {row.customer_id: row.segment for row in session.exec(select(CustomerSegmentRow))}
        assert stored == {key: seen.looked.choice(key).segment.key for key in seen.who}
        assert set(stored.values()) == {"standard", "at_risk", "large"}


def test_broken_promises_and_unjustified_disputes_count(engine: Engine) -> None:
    with transaction(engine) as session:
        customer = a_ledger(session)
        common = {"company_id": customer.company_id, "customer_id": customer.id}
        session.add(
            PromiseRow(
                **common,
                amount_minor=1,
                currency="EUR",
                made_on=DAY - timedelta(days=30),
                promised_for=DAY - timedelta(days=20),
                grace_days=3,
                state="broken",
                decided_on=DAY - timedelta(days=16),
            )
        )
        invoice = an_invoice(session, customer, "DISPUTED", 100, date(2026, 2, 1), date(2026, 3, 30))
        session.add(
            DisputeRow(
                **common,
                invoice_id=invoice.id,
                reason="price",
                opened_on=date(2026, 2, 1),
                answer_due_on=date(2026, 2, 9),
                closed_on=date(2026, 2, 10),
                outcome="unjustified",
            )
        )
    move(engine)
    with reading(engine) as session:
        found = segments.standing(session, OPERATOR, customer.id)
        assert found is not None
        assert (found.parts["promises"], found.parts["disputes"]) == (5, 3)
        line = reach.customer(session, OPERATOR, Permission.VIEW_CUSTOMERS, customer.id)
        assert customer_record.record(session, OPERATOR, line, as_of=DAY, at=AT).segment == found


def test_a_policy_switch_moves_members_and_repeats_no_step(engine: Engine) -> None:
    with transaction(engine) as session:
        a_ledger(session)
    move(engine)
    run(engine)
    with transaction(engine) as session:
        policy.load(session, OPERATOR, TWO.replace('["payer_score", "<", 50]', '["payer_score", "<=", 100]'), at=AT)
    assert move(engine, DAY + timedelta(days=1))["moved"] == 1
    assert changes(engine) == [("standard", "at_risk", "policy")]
    for later in range(1, 60):
        run(engine, DAY + timedelta(days=later))
    with reading(engine) as session:
        steps = session.exec(select(MessageItemRow.step).order_by(col(MessageItemRow.id))).all()
    assert steps == ["reminder_1", "reminder_2", "call_1"]


def test_a_named_segment_is_its_own_reason_and_who_owes_nothing_stays(engine: Engine) -> None:
    with transaction(engine) as session:
        customer = a_ledger(session)
    move(engine)
    with transaction(engine) as session:
        session.get_one(CustomerRow, customer.id).segment_key = "large"
    assert move(engine)["moved"] == 1
    assert changes(engine) == [("standard", "large", "named")]
    assert move(engine, date(2025, 8, 1)) == {"judged": 0, "moved": 0, "first": 0}
