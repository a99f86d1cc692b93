"""A customer that owes nothing is archived; one merged into another leads there, with everything that hung on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from ar_cockpit.db.queries.loading import customers_by_code
from ar_cockpit.db.tables import (
    AuditRow,
    CompanyRow,
    ContactRow,
    CustomerRow,
    InvoiceRow,
    PaymentRow,
    TouchpointRow,
)
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.domain.errors import ForbiddenError, NotFoundError, RefusedError
from ar_cockpit.domain.figures.listing import customer_question
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import acts, customer_record
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import archiving, page
from ar_cockpit.services.lists import records
from tests.builders import a_company, a_customer, an_invoice
from tests.reminding import AT, DAY, a_contact

COLLECTOR = Actor(1, "ines@v.example", "Ines", (Grant(Role.COLLECTOR),))
MANAGER = Actor(2, "credit@v.example", "Cleo", (Grant(Role.CREDIT_MANAGER),))
NOW = Moment(DAY, AT)


@pytest.fixture
def company(session: Session) -> CompanyRow:
    """OLD owes nothing and has a child; NEW owes 100.00; both know Ann."""
    owner = a_company(session)
    old, new = a_customer(session, owner, "OLD"), a_customer(session, owner, "NEW")
    a_customer(session, owner, "CHILD", parent_code="OLD")
    paid = [(DAY - timedelta(days=10), 50_000)]
    an_invoice(session, old, "O-1", 50_000, DAY - timedelta(days=60), DAY - timedelta(days=30), paid=paid)
    an_invoice(session, new, "N-1", 10_000, DAY - timedelta(days=60), DAY - timedelta(days=30))
    a_contact(session, old, "ann@x.example")
    a_contact(session, new, "ann@x.example")
    a_contact(session, old, "bob@x.example", name="Bob")
    acts.add_note(session, COLLECTOR, old.id, "said on OLD", NOW)
    return owner


def key_of(session: Session, code: str) -> int:
    return session.exec(select(CustomerRow.id).where(CustomerRow.code == code)).one()


def listed(session: Session, **params: str) -> set[str]:
    asked = customer_question(params, DAY, "EUR")
    return {line.code for line in records.customers(session, MANAGER, asked).lines}


def test_an_archived_customer_is_out_of_the_list_until_it_is_brought_back(
    session: Session, company: CompanyRow
) -> None:
    old = key_of(session, "OLD")
    archiving.archive(session, COLLECTOR, old, NOW)
    assert (listed(session), listed(session, show="archived")) == ({"NEW", "CHILD"}, {"OLD"})
    with pytest.raises(RefusedError):
        archiving.archive(session, COLLECTOR, old, NOW)
    archiving.unarchive(session, COLLECTOR, old, NOW)
    assert listed(session) == {"OLD", "NEW", "CHILD"}
    assert company.code == "ALFA"


def test_an_archived_customer_that_owes_again_is_listed_again(session: Session, company: CompanyRow) -> None:
    old = session.exec(select(CustomerRow).where(CustomerRow.code == "OLD")).one()
    archiving.archive(session, COLLECTOR, old.id, NOW)
    an_invoice(session, old, "O-2", 700, DAY, DAY + timedelta(days=30))
    assert "OLD" in listed(session)
    assert company.id


def test_a_customer_with_open_items_is_not_archived(session: Session, company: CompanyRow) -> None:
    with pytest.raises(RefusedError, match="open items: 1"):
        archiving.archive(session, COLLECTOR, key_of(session, "NEW"), NOW)
    assert listed(session) == {"OLD", "NEW", "CHILD"}
    assert company.id


def test_a_merge_tells_before_what_it_would_do_and_then_does_it(session: Session, company: CompanyRow) -> None:
    old, new = key_of(session, "OLD"), key_of(session, "NEW")
    told = archiving.preview_merge(session, MANAGER, old, "NEW")
    assert (told.moves["invoice"], told.moves["payment"], told.moves["contact"], told.stays) == (1, 1, 1, 1)
    into = archiving.merge(session, MANAGER, old, "NEW", "same business", NOW)
    assert (into.code, into.company_id) == ("NEW", company.id)
    owners = dict(session.exec(select(InvoiceRow.number, InvoiceRow.customer_id)).all())
    assert owners == {"O-1": new, "N-1": new}
    assert set(session.exec(select(PaymentRow.customer_id)).all()) == {new}
    names = session.exec(select(ContactRow.name).where(ContactRow.customer_id == new)).all()
    assert sorted(names) == ["Ann Lee", "Bob"]
    notes = session.exec(select(TouchpointRow.text).where(TouchpointRow.customer_id == new)).all()
    assert "said on OLD" in notes
    child = session.exec(select(CustomerRow).where(CustomerRow.code == "CHILD")).one()
    assert (child.parent_code, child.group_code) == ("NEW", "NEW")
    assert "customer.merge" in session.exec(select(AuditRow.action)).all()
    assert [one.code for one in page.more(session, MANAGER, into, DAY).merged] == ["OLD"]


def test_the_old_code_leads_to_the_new_customer_for_people_and_imports(session: Session, company: CompanyRow) -> None:
    old, new = key_of(session, "OLD"), key_of(session, "NEW")
    archiving.merge(session, MANAGER, old, "NEW", "same business", NOW)
    assert customer_record.find(session, COLLECTOR, "OLD", "ALFA").code == "NEW"
    assert reach.customer_coded(session, COLLECTOR, Permission.VIEW_STANDING, "OLD").customer_id == new
    assert {one.customer_id for one in customers_by_code(session, ["OLD", "NEW"])} == {new}
    assert listed(session) == {"NEW", "CHILD"}
    third = a_customer(session, company, "THIRD")
    archiving.merge(session, MANAGER, new, "THIRD", "again", NOW)
    assert reach.customer_coded(session, COLLECTOR, Permission.VIEW_STANDING, "OLD").customer_id == third.id
    with pytest.raises(RefusedError):
        archiving.unarchive(session, COLLECTOR, old, NOW)


@pytest.mark.parametrize("target", ["OLD", "NOBODY", ""])
def test_a_merge_into_nobody_or_itself_changes_nothing(session: Session, company: CompanyRow, target: str) -> None:
    old = key_of(session, "OLD")
    with pytest.raises((RefusedError, NotFoundError)):
        archiving.merge(session, MANAGER, old, target, "why", NOW)
    count = select(func.count()).select_from(InvoiceRow).where(InvoiceRow.customer_id == old)
    assert session.exec(count).one() == 1
    assert company.id


def test_only_a_credit_manager_merges_and_sales_archive_nothing(session: Session, company: CompanyRow) -> None:
    old = key_of(session, "OLD")
    with pytest.raises(ForbiddenError):
        archiving.merge(session, COLLECTOR, old, "NEW", "why", NOW)
    sales = Actor(3, "hugo@v.example", "Hugo", (Grant(Role.SALES),))
    with pytest.raises(ForbiddenError):
        archiving.archive(session, sales, old, NOW)
    assert company.id
