"""Other rules are looked at before they are kept; what an import or a payment moves is told within the next round."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow, ScoreRow, StandingChangeRow, WebhookEventRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.credit import Level
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.domain.policy.credit_rules import StandingRules
from ar_cockpit.domain.webhooks.events import EventType
from ar_cockpit.services import credit
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.limits import judging
from ar_cockpit.services.limits.preview import preview
from ar_cockpit.services.webhooks import endpoints
from ar_cockpit.services.webhooks.endpoints import Wish
from tests.builders import a_company, a_customer, an_invoice

TODAY = date(2026, 11, 26)
AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
OPERATOR = Actor.local_operator()


def a_debtor(session: Session, code: str, late: int, **more: object) -> CustomerRow:
    """Store a customer that owes 100.00, so many days overdue."""
    company = session.exec(select(CompanyRow)).first() or a_company(session)
    customer = a_customer(session, company, code, **more)
    due = TODAY - timedelta(days=late)
    an_invoice(session, customer, f"{code}-1", 10_000, due - timedelta(days=30), due)
    return customer


def test_a_preview_counts_who_would_move_and_names_who_would_stand_worse(session: Session) -> None:
    a_debtor(session, "OK", 5)
    a_debtor(session, "WATCH", 40, group_code="G")
    a_debtor(session, "HOLD", 100)
    a_debtor(session, "CHILD", 0, group_code="G")
    same = preview(session, OPERATOR, StandingRules(), TODAY)
    assert (same.judged, same.moved, same.worse) == (4, 0, [])
    strict = preview(session, OPERATOR, StandingRules(hold_days_overdue=30, group="hold"), TODAY)
    assert strict.moves == {(Level.WATCH, Level.HOLD): 1, (Level.OK, Level.HOLD): 1}
    assert {one.code: one.reason.code for one in strict.worse} == {"WATCH": "overdue_past_hold", "CHILD": "group_hold"}
    mild = preview(session, OPERATOR, StandingRules(hold_days_overdue=None, watch_days_overdue=None), TODAY)
    assert (mild.moves, mild.worse) == ({(Level.HOLD, Level.OK): 1, (Level.WATCH, Level.OK): 1}, [])


def test_a_preview_tells_how_far_it_is_and_ends_when_nobody_wants_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("ONE", "TWO", "THREE", "FOUR"):
        a_debtor(session, code, 40)
    monkeypatch.setattr(judging, "AT_ONCE", 1)
    told: list[float] = []

    def twice(share: float) -> bool:
        told.append(share)
        return len(told) < 3

    found = preview(session, OPERATOR, StandingRules(hold_days_overdue=30), TODAY, twice)
    assert (told, found.judged) == ([0, 0.25, 0.5], 2)


def test_an_administrator_sees_numbers_and_no_names_and_sales_nothing(session: Session) -> None:
    a_debtor(session, "WATCH", 40)
    strict = StandingRules(hold_days_overdue=30)
    seen = preview(session, Actor(5, "a@v.example", "A", (Grant(Role.ADMIN),)), strict, TODAY)
    assert (seen.moved, seen.worse) == (1, [])
    with pytest.raises(ForbiddenError):
        preview(session, Actor(6, "s@v.example", "S", (Grant(Role.SALES),)), strict, TODAY)


def test_whom_anything_changed_is_judged_before_the_night_and_told_once(engine: Engine) -> None:
    with transaction(engine) as session:
        customer = a_debtor(session, "LATE", 5)
        a_debtor(session, "OTHER", 100)
        hook = Wish("https://erp.example/hook", [EventType.STANDING_CHANGED], "")
        endpoints.add(session, OPERATOR, hook, company="", allow_private=True, at=AT)
        judging.judge(session, OPERATOR, TODAY, at=AT)
    keeping.keep(engine, TODAY)
    assert keeping.marked(engine) == []
    with transaction(engine) as session:
        late = TODAY - timedelta(days=120)
        row = session.get_one(CustomerRow, customer.id)
        an_invoice(session, row, "LATE-2", 9_000, late - timedelta(days=30), late)
    assert keeping.marked(engine) == [customer.id]
    for _ in range(2):
        with transaction(engine) as session:
            judging.judge_some(session, OPERATOR, [customer.id], TODAY, at=AT)
    with transaction(engine) as session:
        change = session.exec(select(StandingChangeRow)).one()
        assert (change.customer_id, change.before, change.after) == (customer.id, "ok", "hold")
        event = session.exec(select(WebhookEventRow)).one()
        assert (event.data["customer_id"], event.data["standing"]) == ("LATE", "hold")
        with pytest.raises(ForbiddenError):
            judging.judge_some(session, Actor(6, "s@v.example", "S", ()), [customer.id], TODAY, at=AT)


def test_a_payment_moves_the_score_and_the_standing_by_it_without_waiting_for_the_night(engine: Engine) -> None:
    with transaction(engine) as session:
        customer = a_debtor(session, "LATE", 70)
        company = session.get_one(CompanyRow, customer.company_id)
        judging.judge(session, OPERATOR, TODAY, at=AT)
        (before,) = session.exec(select(ScoreRow.score)).all()
    keeping.keep(engine, TODAY)
    with transaction(engine) as session:
        row = session.get_one(CustomerRow, customer.id)
        due = TODAY - timedelta(days=200)
        an_invoice(session, row, "EARLY", 900_000, due, due, paid=[(due - timedelta(days=2), 900_000)])
    marked = keeping.marked(engine)
    keeping.keep(engine, TODAY)
    for _ in range(2):
        with transaction(engine) as session:
            judging.judge_some(session, OPERATOR, marked, TODAY, at=AT)
    with transaction(engine) as session:
        (after,) = session.exec(select(ScoreRow.score)).all()  # the day's, in the place of the one before
        assert (marked, after > before) == ([customer.id], True)
        assert credit.standing_coded(session, OPERATOR, "LATE", as_of=TODAY, company=company.code).facts.score == after
