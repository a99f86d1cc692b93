"""Letters that wait for a person: drawn as things stand, with what the law adds, kept as they were printed last."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import (
    AuditRow,
    CompanyRow,
    ContactRow,
    CustomerRow,
    DisputeRow,
    InvoiceRow,
    MessagePaperRow,
    MessageRow,
)
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.domain.collecting.plans import Terms
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.mail.compose import Letter, Sender
from ar_cockpit.mail.texts import TemplateWords, of_step
from ar_cockpit.services import reach
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.collecting import plans
from ar_cockpit.services.collecting.acts import mark_done
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.documents.storage import Store
from ar_cockpit.services.letters import letters
from ar_cockpit.services.letters.addresses import set_postal_address
from ar_cockpit.services.letters.printing import print_letters
from ar_cockpit.services.letters.short import ShortMessage
from ar_cockpit.services.papers.statements import statement_pdf
from ar_cockpit.services.papers.terms import late_terms, set_late_rate
from ar_cockpit.services.reminders import policy, templates
from ar_cockpit.services.reminders.extras import Wish, extras_for
from ar_cockpit.services.reminders.templates import Place
from tests.builders import a_payment, an_allocation, an_invoice
from tests.reminding import AT, DAY, OPERATOR, POLICY, a_contact, a_debtor, run

LETTERS = (
    POLICY.replace("approve = true", "approve = false").replace("offset = 75", "offset = 3").split("  [[cadence.step]]")
)
FORMAL_AT_ONCE = LETTERS[0] + "  [[cadence.step]]" + LETTERS[-1]
Opened = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "documents"))


@pytest.fixture
def opened(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A ledger in which a formal notice waits, 63 days after its invoice was due."""
    monkeypatch.setattr("tests.reminding.POLICY", FORMAL_AT_ONCE)
    with transaction(engine) as session:
        a_debtor(session, days_late=63)
    run(engine)
    return lambda: transaction(engine)


def the_letter(opened: Opened) -> int:
    with opened() as session:
        return session.exec(select(MessageRow.id).where(MessageRow.channel == "letter")).one()


def settle(session: Session) -> None:
    """Let the customer pay on ``DAY``."""
    invoice, customer = session.exec(select(InvoiceRow)).one(), session.exec(select(CustomerRow)).one()
    payment = a_payment(session, customer, "P1", invoice.amount_minor, DAY)
    an_allocation(session, payment, invoice, invoice.amount_minor)
    refresh_open(session)


def test_a_letter_names_what_the_law_adds_to_each_invoice(opened: Opened) -> None:
    with opened() as session:
        (drawn,) = letters.waiting(session, OPERATOR, DAY)
    # 500.00 for 63 days at 12.15 %, and 40.00
    assert drawn.sheet is not None
    assert drawn.sheet["rows"][0][-3:] == ["€500.00", "€10.49", "€40.00"]
    assert (drawn.invoices, drawn.total_minor) == (("C1-1",), 55049)
    assert drawn.missing == (letters.NO_ADDRESS,)


def test_an_agreed_rate_and_a_typed_address_are_printed(opened: Opened) -> None:
    with opened() as session:
        session.exec(select(CompanyRow)).one().late_rate_bp = 1500
        session.exec(select(CustomerRow)).one().postal_address = "12 rue Haute\n69003 Lyon"
    with opened() as session:
        (drawn,) = letters.waiting(session, OPERATOR, DAY)
    assert drawn.sheet is not None
    assert drawn.sheet["rows"][0][-2] == "€12.95"
    assert drawn.sheet["recipient"] == ["Customer C1", "For the attention of Ann Lee", "12 rue Haute", "69003 Lyon"]
    assert drawn.missing == ()


def test_without_a_law_the_letter_reserves_its_claim_and_says_why(opened: Opened) -> None:
    with opened() as session:
        session.exec(select(CompanyRow)).one().country = "US"
    with opened() as session:
        (drawn,) = letters.waiting(session, OPERATOR, DAY)
    assert drawn.missing == (letters.NO_ADDRESS, letters.NO_INTEREST)
    assert "no late payment law for US" in drawn.why
    assert drawn.total_minor == 50000


def test_what_was_paid_since_is_not_asked_for(opened: Opened, store: Store) -> None:
    with opened() as session:
        settle(session)
    with pytest.raises(RefusedError, match="Nothing on this letter"):
        letters.letter_pdf(opened, OPERATOR, store, the_letter(opened), DAY)


def test_a_letter_is_kept_as_it_was_printed_last(opened: Opened, store: Store) -> None:
    key = the_letter(opened)
    first = letters.letter_pdf(opened, OPERATOR, store, key, DAY)
    assert first.content.startswith(b"%PDF-")
    assert letters.letter_pdf(opened, OPERATOR, store, key, DAY) == first
    later = letters.letter_pdf(opened, OPERATOR, store, key, date(2026, 3, 10))
    assert later != first
    with opened() as session:
        mark_done(session, OPERATOR, session.exec(select(CustomerRow.id)).one(), Moment(DAY, AT))
        settle(session)
    assert letters.letter_pdf(opened, OPERATOR, store, key, date(2026, 4, 1)) == later
    with opened() as session:
        (kept,) = session.exec(select(MessagePaperRow)).all()
        assert (kept.kind, kept.size_bytes) == ("letter", len(later.content))


def test_only_who_works_with_customers_gets_letters(opened: Opened) -> None:
    key = the_letter(opened)
    sales = Actor(9, "s@x.example", "S", (Grant(Role.SALES),))
    elsewhere = Actor(9, "c@x.example", "C", (Grant(Role.COLLECTOR, 99),))
    with opened() as session:
        with pytest.raises(ForbiddenError):
            letters.draw(session, sales, key, DAY)
        with pytest.raises(NotFoundError):
            letters.draw(session, elsewhere, key, DAY)
        with pytest.raises(NotFoundError):
            statement_pdf(session, elsewhere, session.exec(select(CustomerRow.id)).one(), DAY)


def test_a_statement_is_printed_in_the_customers_language(opened: Opened) -> None:
    with opened() as session:
        customer = session.exec(select(CustomerRow)).one()
        customer.language = "fr"
        session.flush()
        paper = statement_pdf(session, OPERATOR, customer.id, DAY)
    assert paper.file_name == "Relevé de compte au 2026-03-03 - C1.pdf"
    assert paper.content.startswith(b"%PDF-")


def test_a_postal_address_is_noted_line_by_line_and_audited(opened: Opened) -> None:
    with opened() as session:
        key = session.exec(select(CustomerRow.id)).one()
        assert set_postal_address(session, OPERATOR, key, " 1 High  Street \n\n Bristol BS1 6XN ") == (
            "1 High Street\nBristol BS1 6XN"
        )
        assert session.exec(select(AuditRow.action).where(AuditRow.action == "customer.address")).all()
        with pytest.raises(InputError, match="does not fit the window"):
            set_postal_address(session, OPERATOR, key, "line\n" * 6)


@pytest.mark.parametrize(
    ("custom", "lines"),
    [
        ({"Street": "12 rue Haute", "Post code": "69003"}, ["12 rue Haute", "69003 Lyon"]),
        ({"address": "12 rue Haute, 69003 Lyon"}, ["12 rue Haute", "69003 Lyon"]),
        ({"adresse": "12 rue Haute"}, ["12 rue Haute", "Lyon"]),
        ({}, ["Lyon"]),
    ],
)
def test_columns_of_an_import_that_hold_an_address_are_used(
    opened: Opened, custom: dict[str, str], lines: list[str]
) -> None:
    with opened() as session:
        customer = session.exec(select(CustomerRow)).one()
        customer.city, customer.custom = "Lyon", custom
        session.flush()
        desk = letters.desk(session, OPERATOR, customer.id, DAY)
    assert (desk.address.splitlines(), desk.is_deliverable) == (lines, len(lines) > 1)


@pytest.mark.parametrize("as_one", [False, True], ids=["several files", "one file"])
def test_a_days_letters_are_written_into_a_folder_and_stay_waiting(
    opened: Opened, store: Store, tmp_path: Path, as_one: bool
) -> None:
    with opened() as session:
        a_debtor(session, "C2", days_late=63)
    run(_engine(opened))
    for _ in range(2):
        found = print_letters(opened, OPERATOR, store, tmp_path / "out", DAY, as_one=as_one)
        assert [one.letter.customer for one in found] == ["C1", "C2"]
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == (["letters-2026-03-03.pdf"] if as_one else sorted(one.path.name for one in found if one.path))
    with opened() as session:
        assert session.exec(select(MessageRow.state)).all() == ["to_do", "to_do"]
        assert len(session.exec(select(MessagePaperRow)).all()) == 2


def _engine(opened: Opened) -> Engine:
    with opened() as session:
        engine = session.get_bind()
    assert isinstance(engine, Engine)
    return engine


def test_a_company_agrees_on_a_rate_and_goes_back_to_the_law(opened: Opened) -> None:
    with opened() as session:
        assert (late_terms(session, OPERATOR, "ALFA", DAY).law, late_terms(session, OPERATOR, "ALFA", DAY).rate) == (
            "FR",
            Decimal("12.15"),
        )
        set_late_rate(session, OPERATOR, "ALFA", Decimal("14.25"))
        assert late_terms(session, OPERATOR, "ALFA", DAY).rate == Decimal("14.25")
        for wrong in ("101", "-1", "NaN", "1.234"):
            with pytest.raises(InputError):
                set_late_rate(session, OPERATOR, "ALFA", Decimal(wrong))
        collector = Actor(9, "c@x.example", "C", (Grant(Role.COLLECTOR),))
        with pytest.raises(ForbiddenError):
            set_late_rate(session, collector, "ALFA", Decimal(1))
        set_late_rate(session, OPERATOR, "ALFA", None)
        assert late_terms(session, OPERATOR, "ALFA", DAY).agreed is None
        assert len(session.exec(select(AuditRow).where(AuditRow.action == "company.late_rate")).all()) == 2


def test_a_formal_notice_speaks_in_the_steps_own_words(opened: Opened) -> None:
    words = TemplateWords("Notice {{ reference }}", "You owe {{ total }} to {{ company_name }}.", "We wait.")
    with opened() as session:
        templates.save(session, OPERATOR, Place("ALFA", of_step("formal_notice", "formal"), "en"), words, at=AT)
    with opened() as session:
        (drawn,) = letters.waiting(session, OPERATOR, DAY)
    assert drawn.sheet is not None
    assert drawn.sheet["subject"] == "Notice C1 / C1-1"
    assert drawn.sheet["before"][1] == "You owe €500.00 to ALFA SA."
    assert drawn.sheet["after"][-1] == "We wait."
    assert any("by the day from the day after each due date" in one for one in drawn.sheet["after"])
    assert drawn.total_minor == 55049, "the law adds the same"


@pytest.mark.parametrize("interest", ["", "interest = true"])
def test_a_firm_letter_names_what_the_law_adds_if_its_step_says_so(engine: Engine, interest: str) -> None:
    firm = FORMAL_AT_ONCE.replace('template = "formal_notice"', f'template = "firm"\n  {interest}')
    with transaction(engine) as session:
        a_debtor(session, days_late=63)
        policy.load(session, OPERATOR, firm, at=AT)
    run(engine)
    with transaction(engine) as session:
        (drawn,) = letters.waiting(session, OPERATOR, DAY)
    assert drawn.sheet is not None
    added = [one for one in drawn.sheet["after"] if "€10.49" in one and "€40.00" in one]
    assert len(added) == bool(interest)
    assert drawn.total_minor == 50000, "told, not demanded: as in a mail"


def test_a_text_message_is_one_paragraph_in_the_steps_own_words_if_it_has_some(engine: Engine) -> None:
    sms = FORMAL_AT_ONCE.replace('"letter"', '"sms"').replace("formal_notice", "firm")
    own = TemplateWords("not sent", "{{ company_name }}:\n{{ total }}, please.", "Call {{ person }}.")
    with transaction(engine) as session:
        for code in ("C1", "C2"):
            invoice = a_debtor(session, code, days_late=63)
            a_contact(session, session.get_one(CustomerRow, invoice.customer_id), "", phone="+33 6 12", name="Bob")
        policy.load(session, OPERATOR, sms, at=AT)
        mails = TemplateWords("Mail", "Long words for mails.", "")
        templates.save(session, OPERATOR, Place("ALFA", "firm", "en"), mails, at=AT)
    run(engine)
    with transaction(engine) as session:
        keys = session.exec(select(CustomerRow.id).order_by(CustomerRow.code)).all()
        (first,) = letters.desk(session, OPERATOR, keys[0], DAY).short
        assert (first.phone, first.template) == ("+33 6 12", "firm")
        assert first.text == (
            "ALFA SA: Overdue: €500.00. Please pay, or tell us what stands in the way. Reference: C1 / C1-1."
        )
        templates.save(session, OPERATOR, Place("ALFA", of_step("firm", "formal"), "en"), own, at=AT)
        key = session.exec(select(InvoiceRow.customer_id).where(InvoiceRow.number == "C2-1")).one()
        shown = templates.preview(session, OPERATOR, "firm@formal", "en", key, DAY)
        assert shown.text == "ALFA SA: €500.00, please. Call ALFA SA.\n"
        assert "€500.00, please." in shown.html


def test_what_rests_on_a_rate_to_be_confirmed_warns_on_a_letter_and_stays_out_of_mails(opened: Opened) -> None:
    with opened() as session:
        session.exec(select(CompanyRow)).one().late_rate_bp = 500  # under three times the legal rate: the floor decides
        key = session.exec(select(InvoiceRow.id)).one()
    august = date(2026, 8, 3)
    with opened() as session:
        (drawn,) = letters.waiting(session, OPERATOR, august)
        assert drawn.missing == (letters.NO_ADDRESS, letters.UNCONFIRMED)
        assert drawn.why == "The rate fr_legal_business 2026-07-01 is to be confirmed."
        wish = Wish(0, [key], interest=True)
        letter = Letter("firm", "en", Sender("A", "", "", "", "", ""), "C1", "C", "", "EUR", [])
        for on, is_claimed in ((august, False), (date(2026, 6, 30), True)):
            mailed, _ = extras_for(session, on, [wish]).added_to(letter, wish, [])
            assert (mailed.interest is not None) == is_claimed


def test_a_letter_claims_what_rests_on_a_rate_to_be_confirmed_and_a_plan_names_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = FORMAL_AT_ONCE.replace("formal_notice", "firm") + "  interest = true\n"
    monkeypatch.setattr("tests.reminding.POLICY", firm)
    with transaction(engine) as session:
        a_debtor(session, days_late=63)
        session.exec(select(CompanyRow)).one().late_rate_bp = 500
    run(engine)
    august = date(2026, 8, 3)
    with transaction(engine) as session:
        (drawn,) = letters.waiting(session, OPERATOR, august)
        assert letters.UNCONFIRMED in drawn.missing
        assert drawn.sheet is not None
        assert any("€40.00" in one for one in drawn.sheet["after"])
        line = reach.customer_coded(session, OPERATOR, Permission.WORK_CUSTOMERS, "C1", "ALFA")
        owed = reach.invoices_numbered(session, OPERATOR, Permission.WORK_CUSTOMERS, ["C1-1"], august, "ALFA")
        offer = plans.offer(session, OPERATOR, line, owed, Terms(august, 2), august)
        assert offer.rate is not None
        assert (offer.fixed_minor, offer.problem) == (4000, drawn.why)


@pytest.fixture
def texted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A ledger in which a text message about two invoices waits for Ann, and Bob of payables has a telephone, too."""
    sms = FORMAL_AT_ONCE.replace('"letter"', '"sms"').replace("formal_notice", "firm")
    monkeypatch.setattr("tests.reminding.POLICY", sms)
    with transaction(engine) as session:
        invoice = a_debtor(session, days_late=63)
        customer = session.get_one(CustomerRow, invoice.customer_id)
        ann = session.exec(select(ContactRow)).one()
        ann.phone, ann.is_primary = "+33 1", True
        a_contact(session, customer, "bob@x.example", name="Bob", phone="+33 2", role="accounts_payable")
        an_invoice(session, customer, "C1-2", 20000, invoice.invoice_on, invoice.due_on)
    run(engine)
    return lambda: transaction(engine)


def the_text(session: Session, on: date = DAY) -> ShortMessage:
    (found,) = letters.desk(session, OPERATOR, session.exec(select(CustomerRow.id)).one(), on).short
    return found


def test_a_text_message_goes_to_whom_it_was_written_for_while_that_telephone_works(texted: Opened) -> None:
    with texted() as session:
        assert the_text(session).phone == "+33 1"
        ann, bob = session.exec(select(ContactRow).order_by(ContactRow.id)).all()
        ann.is_primary = False
        bob.is_primary = True
        session.flush()
        assert the_text(session).phone == "+33 1", "written for Ann"
        ann.left_on = DAY
        session.flush()
        assert the_text(session).phone == "+33 2"


def test_a_text_message_asks_for_no_more_than_is_left(texted: Opened) -> None:
    with texted() as session:
        assert "€700.00" in the_text(session).text
        first, second = session.exec(select(InvoiceRow).order_by(InvoiceRow.number)).all()
        facts = {"company_id": first.company_id, "customer_id": first.customer_id, "reason": "price"}
        session.add(DisputeRow(invoice_id=first.id, opened_on=DAY, answer_due_on=DAY, **facts))
        session.flush()
        assert "€200.00" in the_text(session).text
        payment = a_payment(session, session.exec(select(CustomerRow)).one(), "P2", second.amount_minor, DAY)
        an_allocation(session, payment, second, second.amount_minor)
        refresh_open(session)
        assert the_text(session).text == ""
