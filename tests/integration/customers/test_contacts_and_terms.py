"""Contacts, files and the agreed rate of a customer: what is kept, who may, and what reminders make of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from ar_cockpit.db.queries import documents
from ar_cockpit.db.queries.letters import debts
from ar_cockpit.db.tables import AuditRow, ContactRow, CustomerFileRow, CustomerRow, HoldRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.customers.contacts import ContactDraft
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.services.collecting import customer_record
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import contacts, files, pausing, terms
from ar_cockpit.services.documents.storage import Incoming, Store
from ar_cockpit.services.reminders import run as reminders
from tests.builders import a_company, a_customer, an_invoice
from tests.pdfs import a_pdf
from tests.reminding import AT, DAY, a_contact, a_debtor

COLLECTOR = Actor(1, "ines@v.example", "Ines", (Grant(Role.COLLECTOR),))
MANAGER = Actor(2, "credit@v.example", "Cleo", (Grant(Role.CREDIT_MANAGER),))
SALES = Actor(3, "hugo@v.example", "Hugo", (Grant(Role.SALES),))
NOW = Moment(DAY, AT)


@pytest.fixture
def customer(session: Session) -> CustomerRow:
    """A customer of sales owner Hugo that owes 500.00, three days overdue, with one contact."""
    invoice = a_debtor(session, "C1", "ann@c1.example")
    row = session.get_one(CustomerRow, invoice.customer_id)
    row.sales_email = SALES.email
    session.flush()
    return row


def written_to(session: Session) -> list[str]:
    made = reminders.plan(session, Actor.local_operator(), DAY)
    return [made.addressees[touch.customer_id].email for touch in made.day.touches]


def test_a_contact_is_added_changed_and_audited(session: Session, customer: CustomerRow) -> None:
    key = contacts.add_contact(session, COLLECTOR, customer.id, ContactDraft("Bob", "bob@c1.example", is_primary=True))
    assert written_to(session) == ["bob@c1.example"], "written to first"
    contacts.change_contact(session, COLLECTOR, key, ContactDraft("Bob", "bob@c1.example", gets_reminders=False))
    assert written_to(session) == ["ann@c1.example"]
    assert contacts.draft_of(session, COLLECTOR, key).gets_reminders is False
    actions = set(session.exec(select(AuditRow.action)).all())
    assert {"contact.add", "contact.change"} <= actions
    with pytest.raises(RefusedError):
        contacts.add_contact(session, COLLECTOR, customer.id, ContactDraft("Bob", "BOB@c1.example"))


def test_who_left_is_kept_and_never_written_to(session: Session, customer: CustomerRow) -> None:
    key = session.exec(select(ContactRow.id).where(ContactRow.customer_id == customer.id)).one()
    contacts.mark_left(session, COLLECTOR, key, DAY)
    assert written_to(session) == []
    line = customer_record.find(session, COLLECTOR, "C1")
    record = customer_record.record(session, COLLECTOR, line, as_of=DAY, at=AT)
    assert ([one.email for one in record.contacts], [one.left_on for one in record.left]) == ([], [DAY])
    contacts.bring_back(session, COLLECTOR, key)
    assert written_to(session) == ["ann@c1.example"]
    with pytest.raises(RefusedError):
        contacts.bring_back(session, COLLECTOR, key)


@pytest.mark.parametrize("who", [SALES, Actor(4, "x@v.example", "X", (Grant(Role.COLLECTOR, 999),))])
def test_a_contact_is_not_for_everybody_to_change(session: Session, customer: CustomerRow, who: Actor) -> None:
    key = session.exec(select(ContactRow.id).where(ContactRow.customer_id == customer.id)).one()
    acts: list[Callable[[], object]] = [
        lambda: contacts.add_contact(session, who, customer.id, ContactDraft("Bob")),
        lambda: contacts.change_contact(session, who, key, ContactDraft("Bob")),
        lambda: contacts.mark_left(session, who, key, DAY),
    ]
    for act in acts:
        with pytest.raises((ForbiddenError, NotFoundError)):
            act()


def test_a_pause_stops_reminders_up_to_its_day_and_is_taken_back(session: Session, customer: CustomerRow) -> None:
    pausing.pause(session, COLLECTOR, customer.id, DAY + timedelta(days=7), "on holiday", NOW)
    assert written_to(session) == []
    assert [one.reason for one in pausing.paused(session, customer.id, DAY + timedelta(days=6))] == ["on holiday"]
    assert pausing.paused(session, customer.id, DAY + timedelta(days=8)) == []
    with pytest.raises(RefusedError):
        pausing.pause(session, COLLECTOR, customer.id, DAY + timedelta(days=7), "again", NOW)
    pausing.resume(session, COLLECTOR, customer.id, NOW)
    assert written_to(session) == ["ann@c1.example"]
    with pytest.raises(InputError):
        pausing.pause(session, COLLECTOR, customer.id, DAY, "today", NOW)
    with pytest.raises(ForbiddenError):
        pausing.pause(session, SALES, customer.id, DAY + timedelta(days=7), "please", NOW)
    assert session.exec(select(HoldRow.released_on)).all() == [DAY]


def test_the_rate_agreed_with_a_customer_beats_its_companys(session: Session, customer: CustomerRow) -> None:
    key = a_debtor(session, "C2", "b@c2.example").id
    own = customer
    terms.set_late_rate(session, MANAGER, own.id, Decimal("12.5"))
    invoice = an_invoice(session, own, "C1-9", 10_000, DAY - timedelta(days=60), DAY - timedelta(days=30))
    rates = {one.invoice_id: one.late_rate_bp for one in debts(session, [invoice.id, key]).values()}
    assert rates == {invoice.id: 1250, key: None}
    terms.set_late_rate(session, MANAGER, own.id, None)
    assert debts(session, [invoice.id])[invoice.id].late_rate_bp is None
    for wrong in (Decimal(-1), Decimal("1.234"), Decimal("NaN")):
        with pytest.raises(InputError):
            terms.set_late_rate(session, MANAGER, own.id, wrong)
    with pytest.raises(ForbiddenError):
        terms.set_late_rate(session, COLLECTOR, own.id, Decimal(10))


def test_a_file_is_kept_shown_to_whom_it_is_for_and_removed(
    session: Session, customer: CustomerRow, tmp_path: object
) -> None:
    store = Store(f"file://{tmp_path}")
    own = {inside: _taken(session, store, customer.id, inside=inside) for inside in (True, False)}
    assert files.file(session, SALES, own[False]).original_name == "order.pdf"
    with pytest.raises(NotFoundError):
        files.file(session, SALES, own[True])
    assert files.file(session, COLLECTOR, own[True]).finance_only
    sha256 = session.get_one(CustomerFileRow, own[True]).sha256
    assert documents.known_contents(session, [sha256]) == {sha256}, "no sweep takes it"
    files.remove(session, COLLECTOR, own[False], at=AT)
    with pytest.raises(NotFoundError):
        files.file(session, COLLECTOR, own[False])
    assert files.bring_back(session, COLLECTOR, own[False]) == "order.pdf"
    with pytest.raises(ForbiddenError):
        files.remove(session, SALES, own[False], at=AT)
    with pytest.raises((ForbiddenError, NotFoundError)):
        files.may_attach(session, SALES, customer.id, finance_only=False)


def _taken(session: Session, store: Store, customer_id: int, *, inside: bool) -> int:
    incoming = Incoming(io.BytesIO(), 10_000)
    incoming.write(a_pdf("inside" if inside else "outside"))

    @contextmanager
    def same() -> Iterator[Session]:
        yield session

    about = files.Brought("C:\\temp\\order.pdf", inside, datetime(2026, 3, 3, tzinfo=UTC))
    return files.take_in(same, COLLECTOR, store, customer_id, incoming, about)


def test_a_customer_of_another_company_is_out_of_reach(session: Session) -> None:
    other = a_customer(session, a_company(session, "BETA"), "C9")
    a_contact(session, other, "z@c9.example")
    actor = Actor(5, "x@v.example", "X", (Grant(Role.COLLECTOR, other.company_id + 1),))
    with pytest.raises(NotFoundError):
        contacts.add_contact(session, actor, other.id, ContactDraft("Eve"))
    assert session.exec(select(ContactRow.name).where(col(ContactRow.customer_id) == other.id)).all() == ["Ann Lee"]
