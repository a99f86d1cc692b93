"""Orders on both databases: what is accepted counts against the limit until it is invoiced, released or expired."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from ar_cockpit.db.queries.credit import orders
from ar_cockpit.db.tables import CreditLimitRow, CustomerRow, PolicyVersionRow
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.domain.credit import Decision, Level
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError
from ar_cockpit.domain.policy.writing import write_policy
from ar_cockpit.services import credit, order_checks, reach
from ar_cockpit.services.collecting import holds
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.order_checks import OrderCheck, Wish
from ar_cockpit.services.reminders import policy as policies
from tests.builders import a_company, a_customer, an_invoice

TODAY = date(2026, 11, 19)
WHEN = Moment(TODAY, datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
OPERATOR = Actor.local_operator()
HUGO = "hugo@velmora.example"


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def atelys(session: Session) -> CustomerRow:
    """A customer of Hugo's with a limit of 2 000.00 that owes 1 000.00 since ten days."""
    customer = a_customer(session, a_company(session), "C1", sales_email=HUGO, credit_limit_minor=200_000)
    an_invoice(session, customer, "F1", 100_000, days_ago(40), days_ago(10))
    return customer


def sales(company_id: int | None = None, email: str = HUGO) -> Actor:
    return Actor(5, email, "Hugo", (Grant(Role.SALES, company_id),))


def reserve(
    session: Session, customer: CustomerRow, amount: str, number: str, on: date = TODAY, actor: Actor = OPERATOR
) -> OrderCheck:
    line = reach.customer(session, actor, Permission.VIEW_STANDING, customer.id)
    wish = Wish(Decimal(amount), reference=number)
    return order_checks.reserve(session, actor, line, wish, Moment(on, WHEN.at))


def free(session: Session, customer: CustomerRow, on: date = TODAY) -> int | None:
    line = reach.customer(session, OPERATOR, Permission.VIEW_STANDING, customer.id)
    return credit.standing_of(session, OPERATOR, line, on).facts.free_minor


def test_an_accepted_order_counts_until_it_expires(session: Session, atelys: CustomerRow) -> None:
    checked = reserve(session, atelys, "600.00", "PO-1", actor=sales())
    assert checked.reservation is not None
    assert (checked.answer.decision, checked.reservation.expires_on) == (Decision.ACCEPT, TODAY + timedelta(days=30))
    assert free(session, atelys) == 40_000
    more = reserve(session, atelys, "400.01", "PO-2")
    assert (more.answer.decision, more.reservation) == (Decision.REVIEW, None)
    assert [one.code for one in more.answer.reasons] == ["order_over_limit", "reserved"]
    after = TODAY + timedelta(days=31)
    assert free(session, atelys, after) == 100_000
    assert orders.end_spent(session, after) == 1
    assert order_checks.reserved(session, OPERATOR, TODAY, customer_id=atelys.id)[0].reference == "PO-1"


def test_the_same_order_again_takes_the_place_of_the_one_before(session: Session, atelys: CustomerRow) -> None:
    reserve(session, atelys, "600.00", "PO-1")
    assert reserve(session, atelys, "1000.00", "PO-1").answer.decision is Decision.ACCEPT
    assert free(session, atelys) == 0
    assert reserve(session, atelys, "1000.01", "PO-1").answer.decision is Decision.REVIEW
    assert free(session, atelys) == 0


def test_an_invoice_that_names_the_order_takes_its_place(session: Session, atelys: CustomerRow) -> None:
    reserve(session, atelys, "600.00", "PO-1")
    an_invoice(session, atelys, "F2", 25_000, TODAY, TODAY + timedelta(days=30), po_number="PO-1")
    assert free(session, atelys) == 40_000
    an_invoice(session, atelys, "F3", 40_000, TODAY, TODAY + timedelta(days=30), po_number="PO-1")
    assert free(session, atelys) == 35_000
    assert order_checks.reserved(session, OPERATOR, TODAY) == []
    assert orders.end_spent(session, TODAY) == 1


def test_what_would_help_names_the_invoices(session: Session, atelys: CustomerRow) -> None:
    an_invoice(session, atelys, "OLD", 30_000, days_ago(130), days_ago(100))
    line = reach.customer(session, OPERATOR, Permission.VIEW_STANDING, atelys.id)
    checked = order_checks.check(session, OPERATOR, line, Wish(Decimal(500)), TODAY)
    assert checked.answer.decision is Decision.REFUSE
    (way,) = checked.ways
    assert [(one.number, one.minor) for one in way.invoices] == [("OLD", 30_000)]


def test_only_who_may_reserve_does_and_only_for_its_own(session: Session, atelys: CustomerRow) -> None:
    with pytest.raises(NotFoundError):
        reserve(session, atelys, "1.00", "PO-1", actor=sales(email="other@velmora.example"))
    executive = Actor(6, "e@velmora.example", "E", (Grant(Role.EXECUTIVE),))
    with pytest.raises(ForbiddenError):
        reserve(session, atelys, "1.00", "PO-1", actor=executive)
    kept = reserve(session, atelys, "1.00", "PO-1").reservation
    assert kept is not None
    with pytest.raises(NotFoundError):
        order_checks.release(session, sales(email="other@velmora.example"), kept.reservation_id, WHEN)
    order_checks.release(session, sales(), kept.reservation_id, WHEN)
    order_checks.release(session, sales(), kept.reservation_id, WHEN)
    assert free(session, atelys) == 100_000


@pytest.mark.parametrize("wish", [Wish(Decimal(1)), Wish(Decimal(1), reference=" "), Wish(Decimal(0), reference="PO")])
def test_an_order_without_number_or_worth_is_refused(session: Session, atelys: CustomerRow, wish: Wish) -> None:
    line = reach.customer(session, OPERATOR, Permission.VIEW_STANDING, atelys.id)
    with pytest.raises(InputError):
        order_checks.reserve(session, OPERATOR, line, wish, WHEN)


def test_a_limit_that_has_ended_needs_a_person(session: Session, atelys: CustomerRow) -> None:
    row = CreditLimitRow(
        company_id=atelys.company_id,
        customer_id=atelys.id,
        amount_minor=200_000,
        currency="EUR",
        valid_until=days_ago(1),
        decided_on=days_ago(400),
        decided_at=WHEN.at,
        decided_by="m@velmora.example",
        reviewed_on=days_ago(400),
        reviewed_by="m@velmora.example",
    )
    session.add(row)
    session.flush()
    line = reach.customer(session, OPERATOR, Permission.VIEW_STANDING, atelys.id)
    checked = order_checks.check(session, OPERATOR, line, Wish(Decimal(1)), TODAY)
    assert (checked.answer.decision, checked.answer.reasons[0].code) == (Decision.REVIEW, "limit_ended")
    assert [way.reason.code for way in checked.ways] == ["help_renew"]
    atelys.credit_limit_minor = 300_000  # an import set another one: the row speaks of it no more
    session.flush()
    assert order_checks.check(session, OPERATOR, line, Wish(Decimal(1)), TODAY).answer.decision is Decision.ACCEPT


def test_the_rules_of_the_policy_in_force_are_used_and_a_group_may_hold_its_members(session: Session) -> None:
    company = a_company(session)
    head = a_customer(session, company, "HEAD", group_code="HEAD")
    child = a_customer(session, company, "CHILD", parent_code="HEAD", group_code="HEAD", credit_limit_minor=100)
    lines = {one.code: reach.customer(session, OPERATOR, Permission.VIEW_STANDING, one.id) for one in (head, child)}
    holds.set_hold(session, OPERATOR, lines["HEAD"], "insolvency", WHEN)
    assert credit.standing_of(session, OPERATOR, lines["CHILD"], TODAY).standing.level is Level.OK
    shipped = policies.check(policies.default_toml())
    toml = write_policy(replace(shipped, standing=replace(shipped.standing, group="hold")), policies.default_toml())
    policies.load(session, OPERATOR, toml, at=WHEN.at)
    assert session.get(PolicyVersionRow, 1) is not None
    judged = credit.standing_of(session, OPERATOR, lines["CHILD"], TODAY)
    assert (judged.standing.level, judged.standing.reasons[0].code) == (Level.HOLD, "group_hold")
    listed = credit.listed(session, OPERATOR, as_of=TODAY).customers
    assert {one.standing.level for one in listed} == {Level.HOLD}
