"""Letters that wait for a person: drawn as things stand, with what the law adds, kept as they were printed last."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow, MessagePaperRow, MessageRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, NotFoundError, RefusedError
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.collecting.acts import mark_done
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.documents.storage import Store
from ar_cockpit.services.letters import letters
from ar_cockpit.services.papers.statements import statement_pdf
from tests.builders import a_payment, an_allocation
from tests.reminding import AT, DAY, OPERATOR, POLICY, a_debtor, run

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
