"""Limits on both databases: approved in turn by the roles the policy names, looked at again, watched at night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import (
    AuditRow,
    CompanyRow,
    CreditAlertRow,
    CreditLimitRow,
    CustomerRow,
    CustomerStandingRow,
    PolicyDraftRow,
    ScoreRow,
    StandingChangeRow,
    WebhookEventRow,
)
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.domain.policy.credit_rules import CreditRules, StandingRules
from ar_cockpit.domain.webhooks.events import EventType
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import holds
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.limits import judging, looking, requests, rules
from ar_cockpit.services.limits.requests import LimitWish
from ar_cockpit.services.reminders import drafts
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.webhooks import endpoints
from ar_cockpit.services.webhooks.endpoints import Wish
from tests.builders import a_company, a_customer, an_invoice

TODAY = date(2026, 11, 19)
WHEN = Moment(TODAY, datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
OPERATOR = Actor.local_operator()
HUGO = Actor(5, "hugo@velmora.example", "Hugo", (Grant(Role.SALES),))
CLAIRE = Actor(6, "claire@velmora.example", "Claire", (Grant(Role.CREDIT_MANAGER),))
MARC = Actor(7, "marc@velmora.example", "Marc", (Grant(Role.EXECUTIVE),))
BOTH = Actor(8, "b@velmora.example", "B", (Grant(Role.CREDIT_MANAGER), Grant(Role.EXECUTIVE)))


@pytest.fixture
def company(session: Session) -> CompanyRow:
    return a_company(session)


@pytest.fixture
def atelys(session: Session, company: CompanyRow) -> CustomerRow:
    """A customer of Hugo's with a limit of 2 000.00 that owes 1 900.00."""
    customer = a_customer(session, company, "C1", sales_email=HUGO.email, credit_limit_minor=200_000)
    an_invoice(session, customer, "F1", 190_000, TODAY - timedelta(days=40), TODAY - timedelta(days=10))
    return customer


def bounded(session: Session, up_to: str = "5000.00") -> None:
    """Let the credit manager approve no more than that."""
    standing, credit, number = rules.rules(session, OPERATOR)
    credit = replace(credit, credit_manager_up_to=Decimal(up_to))
    rules.change(session, OPERATOR, standing, credit, seen=number, at=WHEN.at)


def wish(amount: str = "3000.00", **more: object) -> LimitWish:
    return LimitWish(Decimal(amount), "a large order comes", **more)  # type: ignore[arg-type]  # values of its fields


def test_sales_asks_and_the_credit_manager_grants(session: Session, atelys: CustomerRow) -> None:
    until = TODAY + timedelta(days=200)
    assert requests.ask(session, HUGO, atelys.id, wish(valid_until=until, insured=Decimal(1000)), WHEN) == "open"
    (waits,) = requests.waiting(session, CLAIRE)
    assert (waits.before_minor, waits.amount_minor, waits.steps) == (200_000, 300_000, ["credit_manager"])
    assert requests.may_approve(CLAIRE, waits)
    assert not requests.may_approve(MARC, waits)
    assert requests.approve(session, CLAIRE, waits.request_id, "fine", WHEN) == "approved"
    session.refresh(atelys)
    row = session.exec(select(CreditLimitRow)).one()
    assert (atelys.credit_limit_minor, row.valid_until, row.insured_minor) == (300_000, until, 100_000)
    actions = session.exec(select(AuditRow.action).order_by(col(AuditRow.id))).all()
    assert actions == ["credit.ask", "credit.approve", "credit.limit", "credit.approved"]
    with pytest.raises(RefusedError, match="decided already"):
        requests.approve(session, CLAIRE, waits.request_id, "", WHEN)


def test_a_larger_limit_needs_the_executive_too_and_another_person(session: Session, atelys: CustomerRow) -> None:
    bounded(session)
    requests.ask(session, HUGO, atelys.id, wish("5000.01"), WHEN)
    (waits,) = requests.waiting(session, CLAIRE)
    with pytest.raises(ForbiddenError):
        requests.approve(session, MARC, waits.request_id, "", WHEN)
    assert requests.approve(session, BOTH, waits.request_id, "", WHEN) == "open"
    with pytest.raises(RefusedError, match="Another person"):
        requests.approve(session, BOTH, waits.request_id, "", WHEN)
    assert requests.approve(session, MARC, waits.request_id, "", WHEN) == "approved"


def test_what_one_may_approve_oneself_is_set_at_once(session: Session, atelys: CustomerRow) -> None:
    bounded(session)
    assert requests.ask(session, CLAIRE, atelys.id, wish("5000.00"), WHEN) == "approved"
    assert requests.ask(session, CLAIRE, atelys.id, wish("6000.00"), WHEN) == "open"
    with pytest.raises(RefusedError, match="waits already"):
        requests.ask(session, HUGO, atelys.id, wish(), WHEN)
    (waits,) = requests.waiting(session, MARC)
    requests.refuse(session, MARC, waits.request_id, "too much", WHEN)
    assert requests.waiting(session, MARC) == []
    session.refresh(atelys)
    assert atelys.credit_limit_minor == 500_000


def test_rights_reach_the_customer_and_not_others(session: Session, atelys: CustomerRow) -> None:
    stranger = Actor(9, "s@velmora.example", "S", (Grant(Role.SALES),))
    elsewhere = Actor(9, "c@velmora.example", "C", (Grant(Role.CREDIT_MANAGER, atelys.company_id + 1),))
    with pytest.raises(NotFoundError):
        requests.ask(session, stranger, atelys.id, wish(), WHEN)
    with pytest.raises(ForbiddenError):
        requests.ask(session, MARC, atelys.id, wish(), WHEN)
    requests.ask(session, HUGO, atelys.id, wish(), WHEN)
    (waits,) = requests.waiting(session, HUGO)
    assert requests.waiting(session, stranger) == requests.waiting(session, elsewhere) == []
    with pytest.raises(NotFoundError):
        requests.approve(session, elsewhere, waits.request_id, "", WHEN)
    with pytest.raises(ForbiddenError):
        requests.refuse(session, HUGO, waits.request_id, "no", WHEN)
    with pytest.raises(ForbiddenError):
        looking.alerts(session, HUGO)
    requests.withdraw(session, HUGO, waits.request_id, WHEN)
    assert requests.waiting(session, CLAIRE) == []


@pytest.mark.parametrize(
    "wrong",
    [
        wish("-1"),
        wish(insured=Decimal(3001)),
        wish(valid_until=TODAY),
        replace(wish(), reason=" "),
        wish("NaN"),
    ],
)
def test_an_absurd_wish_is_refused(session: Session, atelys: CustomerRow, wrong: LimitWish) -> None:
    with pytest.raises(InputError):
        requests.ask(session, CLAIRE, atelys.id, wrong, WHEN)


def test_a_limit_is_looked_at_once_a_year(session: Session, atelys: CustomerRow) -> None:
    (due,), total = looking.reviews(session, CLAIRE, TODAY)
    assert (due.code, due.reviewed_on, total) == ("C1", None, 1)
    looking.keep(session, CLAIRE, atelys.id, WHEN)
    assert looking.reviews(session, CLAIRE, TODAY) == ([], 0)
    assert looking.reviews(session, CLAIRE, TODAY + timedelta(days=364))[1] == 0
    assert looking.reviews(session, CLAIRE, TODAY + timedelta(days=365))[1] == 1
    requests.ask(session, CLAIRE, atelys.id, wish(valid_until=TODAY + timedelta(days=20)), WHEN)
    assert looking.reviews(session, CLAIRE, TODAY)[0][0].valid_until == TODAY + timedelta(days=20)
    with pytest.raises(RefusedError, match="ends on"):
        looking.keep(session, CLAIRE, atelys.id, WHEN)


def test_what_a_group_owes_is_held_against_its_limits_together(session: Session, company: CompanyRow) -> None:
    head = a_customer(session, company, "HEAD", group_code="HEAD", credit_limit_minor=100_000)
    child = a_customer(session, company, "CHILD", group_code="HEAD", credit_limit_minor=50_000)
    for one, minor in ((head, 60_000), (child, 30_000)):
        an_invoice(session, one, f"F{one.code}", minor, TODAY - timedelta(days=9), TODAY - timedelta(days=1))
    (found,) = looking.exposures(session, CLAIRE, TODAY)
    assert (found.name, found.open_minor, found.overdue_minor, found.limit_minor) == (
        "Customer HEAD",
        90_000,
        90_000,
        150_000,
    )
    assert (found.members_owing, found.use) == (2, 0.6)


def test_the_night_logs_changes_alerts_and_scores_once(session: Session, atelys: CustomerRow) -> None:
    hook = Wish("https://erp.example/hook", [EventType.STANDING_CHANGED], "")
    endpoints.add(session, OPERATOR, hook, company="", allow_private=True, at=WHEN.at)
    first = judging.judge(session, OPERATOR, TODAY, at=WHEN.at)
    assert (first["judged"], first["moved"], first["alerts"], first["scores"]) == (1, 0, 1, 1)
    (alert,), _ = looking.alerts(session, CLAIRE)
    assert (alert.kind, alert.facts["share"]) == ("near_limit", 95)
    (entry,) = session.exec(select(AuditRow).where(AuditRow.action == "credit.alert"))
    assert (entry.object_key, entry.after["alert"]) == ("ALFA/C1", "near_limit")
    again = judging.judge(session, OPERATOR, TODAY, at=WHEN.at)
    assert (again["moved"], again["alerts"], again["scores"]) == (0, 0, 0)
    later = TODAY + timedelta(days=90)
    moved = judging.judge(session, OPERATOR, later, at=WHEN.at)
    assert (moved["moved"], moved["scores"]) == (1, 1)
    change = session.exec(select(StandingChangeRow)).one()
    assert (change.before, change.after, change.reasons[0]["code"]) == ("ok", "hold", "overdue_past_hold")
    event = session.exec(select(WebhookEventRow)).one()
    assert (event.type, event.data["standing"]) == ("standing.changed", "hold")
    assert [one.score for one in session.exec(select(ScoreRow).order_by(col(ScoreRow.scored_on)))] == [
        80,
        0,
    ]  # its invoice unpaid
    session.get_one(CustomerRow, atelys.id).credit_limit_minor = 500_000
    session.flush()
    judging.judge(session, OPERATOR, later, at=WHEN.at)
    assert session.exec(select(CreditAlertRow.ended_on)).all() == [later]
    assert session.exec(select(CustomerStandingRow.since_on)).all() == [later]


def test_a_hold_has_an_owner_a_reason_and_an_end(session: Session, atelys: CustomerRow) -> None:
    line = reach.customer(session, CLAIRE, Permission.WORK_CUSTOMERS, atelys.id)
    holds.set_hold(session, CLAIRE, line, "bank says no", WHEN, TODAY + timedelta(days=7))
    (held,) = looking.held(session, CLAIRE, TODAY)
    assert (held.set_by, held.reason, held.until_on) == (CLAIRE.email, "bank says no", TODAY + timedelta(days=7))
    assert looking.held(session, CLAIRE, TODAY + timedelta(days=8)) == []
    with pytest.raises(InputError, match="is past"):
        holds.set_hold(session, CLAIRE, line, "x", Moment(TODAY + timedelta(days=9), WHEN.at), TODAY)


def test_a_hold_whose_last_day_is_over_is_released_once_and_told(session: Session, atelys: CustomerRow) -> None:
    hook = Wish("https://erp.example/hook", [EventType.HOLD_RELEASED], "")
    endpoints.add(session, OPERATOR, hook, company="", allow_private=True, at=WHEN.at)
    line = reach.customer(session, CLAIRE, Permission.WORK_CUSTOMERS, atelys.id)
    last = TODAY + timedelta(days=7)
    holds.set_hold(session, CLAIRE, line, "bank says no", WHEN, last)
    assert judging.judge(session, OPERATOR, last, at=WHEN.at)["released"] == 0
    for expected in (1, 0):
        assert judging.judge(session, OPERATOR, last + timedelta(days=1), at=WHEN.at)["released"] == expected
    event = session.exec(select(WebhookEventRow)).one()
    assert (event.type, event.data["customer_id"]) == ("hold.released", "C1")
    assert [one.customer_id for one in looking.held(session, CLAIRE, last)] == [atelys.id]  # it held on its last day


def test_rules_changed_on_screen_are_in_force_and_a_draft_takes_them_over(session: Session) -> None:
    draft = drafts.current(session, CLAIRE)
    toml = draft.toml.replace("spacing_days = 15", "spacing_days = 16", 1)
    drafts.replace_text(session, CLAIRE, toml, seen=draft.revision, at=WHEN.at)
    strict = StandingRules(hold_days_overdue=60)
    number = rules.change(session, CLAIRE, strict, CreditRules(), seen=0, at=WHEN.at)
    assert policies.in_force(session).policy.standing == strict
    assert drafts.current(session, CLAIRE).policy.standing == strict
    assert "spacing_days = 16" in str(session.exec(select(PolicyDraftRow.toml)).all()[-1])
    with pytest.raises(InputError, match="switched on since"):
        rules.change(session, CLAIRE, StandingRules(), CreditRules(), seen=0, at=WHEN.at)
    assert number == 1
    with pytest.raises(ForbiddenError):
        rules.change(session, HUGO, StandingRules(), CreditRules(), seen=1, at=WHEN.at)
