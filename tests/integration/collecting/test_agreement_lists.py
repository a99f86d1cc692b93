"""What the lists say of promises and plans is what the rules of the domain say, on both databases; and who exports."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.promises import promises
from ar_cockpit.db.tables import CustomerRow, DisputeRow, PromiseRow
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.domain.collecting import plans as rule
from ar_cockpit.domain.collecting.commitments import DisputeReason
from ar_cockpit.domain.collecting.listing import DISPUTES, PLANS, PROMISES, list_question
from ar_cockpit.domain.collecting.plans import Every, Terms
from ar_cockpit.domain.collecting.promises import is_paid
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.services import reach
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.collecting import commitments, plans, undo
from ar_cockpit.services.collecting.commitments import DisputeWording, PromiseWording
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.lists import agreements
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice
from tests.integration.collecting.test_agreements import HUGO, INES, TODAY, WHEN

DAYS = [TODAY + timedelta(days=days) for days in (0, 9, 20, 40, 75)]


def fill(session: Session, chance: random.Random) -> CustomerRow:
    """Give a customer eight invoices, promises of one and of several dates, two plans, and payments at random."""
    customer = a_customer(session, a_company(session), "C1", collector_email=INES.email)
    line = reach.customer(session, INES, Permission.WORK_CUSTOMERS, customer.id)
    for place in range(8):
        made = an_invoice(session, customer, f"F{place}", 90_000, date(2026, 9, 1), date(2026, 10, 1 + place))
        chosen = reach.invoices(session, INES, Permission.WORK_CUSTOMERS, [made.id], TODAY)
        if place < 6:
            first = TODAY + timedelta(days=chance.randint(0, 20))
            later = tuple((first + timedelta(days=15 * n), Decimal(300)) for n in range(1, chance.randint(1, 3)))
            wording = PromiseWording(first, Decimal(300), "", later)
            key = commitments.record_promise(session, INES, line, chosen, wording, WHEN)
            if place == 5:
                undo.undo(session, INES, key, at=WHEN.at)
        else:
            terms = Terms(TODAY + timedelta(days=7), 3, Every.FORTNIGHT)
            plans.agree(session, INES, line, chosen, (terms, ""), Moment(TODAY, WHEN.at))
        for _ in range(chance.randint(0, 4)):
            on = TODAY + timedelta(days=chance.randint(0, 45))
            minor = chance.choice([10_000, 15_000, 30_000])
            if made.open_minor < minor:
                continue
            payment = a_payment(session, customer, f"P{place}/{on}/{chance.random()}", minor, on)
            an_allocation(session, payment, made, minor, on)
            refresh_open(session, [made.id], [payment.id])
            session.refresh(made)
    return customer


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_lists_judge_as_the_rules_do_on_any_day(session: Session, seed: int) -> None:
    customer = fill(session, random.Random(seed))  # noqa: S311 (no secret)
    of_customer = col(PromiseRow.customer_id) == customer.id
    for as_of in DAYS:
        stored = promises(session, of_customer, as_of)
        told = {one.promise_id: one.outcome(as_of) for one in stored if one.plan_id is None}
        expected = {
            key: ("partly" if outcome.is_partly_kept else outcome.state.value, outcome.received_minor)
            for key, outcome in told.items()
            if outcome
        }
        asked = list_question(PROMISES, {"show": "all"}, as_of, "EUR")
        found = agreements.page(session, INES, asked)
        assert {row.id: (row.state, row.received) for row in found.rows} == expected
        asked = list_question(PLANS, {"show": "all"}, as_of, "EUR")
        by_plan = {
            plan_id: [one for one in stored if one.plan_id == plan_id]
            for plan_id in {one.plan_id for one in stored if one.plan_id is not None}
        }
        states = {
            plan_id: rule.state_of(
                [one.outcome(as_of) for one in parts], is_paid=is_paid([one.promise for one in parts], as_of)
            ).value
            for plan_id, parts in by_plan.items()
        }
        assert {row.id: row.state for row in agreements.page(session, INES, asked).rows} == states


def test_only_who_may_export_exports_and_sales_see_their_own(session: Session) -> None:
    fill(session, random.Random(4))  # noqa: S311 (no secret)
    asked = list_question(PROMISES, {"show": "all"}, TODAY, "EUR")
    assert agreements.page(session, HUGO, asked).rows == []
    with pytest.raises(ForbiddenError):
        list(agreements.export(session, HUGO, asked))
    admin = Actor(9, "admin@velmora.example", "Admin", (Grant(Role.ADMIN),))
    for listing in (PROMISES, DISPUTES, PLANS):
        with pytest.raises(ForbiddenError):
            agreements.page(session, admin, list_question(listing, {}, TODAY, "EUR"))
    assert len(list(agreements.export(session, INES, asked))) == len(agreements.page(session, INES, asked).rows)


@pytest.mark.parametrize("listing", [PROMISES, DISPUTES, PLANS])
def test_every_choice_of_an_address_is_answered(session: Session, listing: object) -> None:
    fill(session, random.Random(5))  # noqa: S311 (no secret)
    assert listing in {PROMISES, DISPUTES, PLANS}
    shape = next(one for one in (PROMISES, DISPUTES, PLANS) if one is listing)
    for show in shape.shows:
        for sort in (*shape.sorts, *(f"-{key}" for key in shape.sorts)):
            params = {"show": show, "sort": sort, "q": "c1", "owner": INES.email, "age": shape.age_keys[0]}
            agreements.page(session, INES, list_question(shape, params, TODAY, "EUR"))


@pytest.mark.parametrize(
    ("company", "numbers"),
    [
        pytest.param("", ["VELFR-1"], id="where no role reaches, what one answers is not seen"),
        pytest.param("VELFR", ["VELFR-1"], id="of one company, as asked"),
    ],
)
@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.SALES])
def test_the_owner_of_a_dispute_sees_it_in_the_companies_of_the_role(
    session: Session, role: Role, company: str, numbers: list[str]
) -> None:
    keys = {}
    for code in ("VELFR", "VELUK"):
        row = a_customer(session, a_company(session, code), code, collector_email=INES.email)
        made = an_invoice(session, row, f"{code}-1", 50_000, date(2026, 9, 1), date(2026, 10, 1))
        session.flush()
        (invoice,) = reach.invoices(session, INES, Permission.WORK_CUSTOMERS, [made.id], TODAY)
        commitments.open_dispute(session, INES, invoice, DisputeReason.PRICE, "", WHEN)
        keys[code] = row.company_id
    session.execute(update(DisputeRow).values(owner_email="owner@velmora.example"))
    owner = Actor(8, "owner@velmora.example", "Owner", (Grant(role, keys["VELFR"]),))
    found = agreements.page(session, owner, list_question(DISPUTES, {"company": company}, TODAY, "EUR"))
    assert ([row.invoice for row in found.rows], found.totals.count) == (numbers, 1)


def test_an_owner_of_two_companies_sees_the_disputes_of_the_one_asked_for(session: Session) -> None:
    for code in ("VELFR", "VELUK"):
        row = a_customer(session, a_company(session, code), code, collector_email=INES.email)
        made = an_invoice(session, row, f"{code}-1", 50_000, date(2026, 9, 1), date(2026, 10, 1))
        session.flush()
        (invoice,) = reach.invoices(session, INES, Permission.WORK_CUSTOMERS, [made.id], TODAY)
        commitments.open_dispute(session, INES, invoice, DisputeReason.PRICE, "", WHEN)
    asked = list_question(DISPUTES, {"company": "VELFR"}, TODAY, "EUR")
    assert [row.invoice for row in agreements.page(session, INES, asked).rows] == ["VELFR-1"]
    assert [row.invoice for row in agreements.export(session, INES, asked)] == ["VELFR-1"]


def test_of_an_invoice_disputed_in_part_that_part_counts_as_disputed(session: Session) -> None:
    row = a_customer(session, a_company(session), "C1", collector_email=INES.email)
    lines = []
    for number in ("F1", "F2"):
        made = an_invoice(session, row, number, 100_000, date(2026, 9, 1), date(2026, 10, 1))
        session.flush()
        lines += reach.invoices(session, INES, Permission.WORK_CUSTOMERS, [made.id], TODAY)
    some = DisputeWording(amount=Decimal(400))
    commitments.open_dispute(session, INES, lines[0], DisputeReason.PRICE, some, WHEN)
    found = agreements.page(session, INES, list_question(DISPUTES, {}, TODAY, "EUR"))
    assert ([row.amount_minor for row in found.rows], found.kpis["share"]) == ([40_000], (40_000, 200_000))
    commitments.open_dispute(session, INES, lines[1], DisputeReason.PRICE, "", WHEN)
    found = agreements.page(session, INES, list_question(DISPUTES, {}, TODAY, "EUR"))
    assert found.kpis["share"] == (140_000, 200_000)
    assert list(found.owners) == [INES.email]
