"""A ledger for the collector's and the salesperson's journeys: one company of its own, told relative to today."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import CompanyRow, ContactRow, CustomerRow, InvoiceRow
from ar_cockpit.domain.access import Actor, Permission, Role
from ar_cockpit.domain.collecting.commitments import DisputeReason
from ar_cockpit.services import clock, reach
from ar_cockpit.services.collecting import commitments
from ar_cockpit.services.collecting.commitments import PromiseWording
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.settings import get_settings
from tests.builders import a_company, a_customer, an_invoice
from tests.e2e.ledger import EMAILS

OPERATOR = Actor.local_operator()
WORK = Permission.WORK_CUSTOMERS


def today() -> date:
    """Return the business date that the server shows."""
    return clock.today(get_settings().zone)


def add_company(database_url: str, code: str) -> None:
    """Add a company with five customers: a broken promise, a long overdue one, a dispute, two small ones."""
    engine = make_engine(database_url)
    with transaction(engine) as session:
        company = a_company(session, code, name=f"Velmora {code}", is_demo=True)
        broken = _customer(session, company, "Atelys", limit=10_000_00)
        _invoice(session, broken, "1", 4_000_00, 40)
        _invoice(session, broken, "2", 2_500_00, 20)
        _invoice(session, broken, "3", 1_000_00, -20)
        old = _customer(session, company, "Quillien")
        _invoice(session, old, "1", 9_000_00, 120)
        disputed = _customer(session, company, "Trevignan", limit=50_000_00)
        _invoice(session, disputed, "1", 3_000_00, 30)
        _invoice(session, disputed, "2", 700_00, 30)
        small = _customer(session, company, "Lorvane", limit=5_000_00)
        _invoice(session, small, "1", 450_00, 5)
        punctual = _customer(session, company, "Aldric", limit=5_000_00)
        _invoice(session, punctual, "1", 800_00, -10)
        _promise(session, broken, "Atelys-1")
        _dispute(session, "Trevignan-1", code)
    engine.dispose()


def _customer(session: Session, company: CompanyRow, name: str, limit: int | None = None) -> CustomerRow:
    owners = {"collector_email": EMAILS[Role.COLLECTOR], "sales_email": EMAILS[Role.SALES]}
    where = {"city": "Lyon", "country": "FR", "language": "en", "credit_limit_minor": limit}
    row = a_customer(session, company, f"{name}", name=f"{name} SA", **(owners | where))
    contact = ContactRow(company_id=company.id, customer_id=row.id, name="Claire Vautrin", phone="+33 4 65 71 04 18")
    contact.email = f"ap@{name.lower()}.example"
    contact.language = "en"
    session.add(contact)
    session.flush()
    return row


def _invoice(session: Session, customer: CustomerRow, number: str, minor: int, days_overdue: int) -> None:
    due_on = today() - timedelta(days=days_overdue)
    an_invoice(session, customer, f"{customer.name.split()[0]}-{number}", minor, due_on - timedelta(days=30), due_on)


def _promise(session: Session, customer: CustomerRow, number: str) -> None:
    when = Moment(today() - timedelta(days=12), clock.now() - timedelta(days=12))
    line = reach.customer(session, OPERATOR, WORK, customer.id)
    invoices = _invoices(session, number, when.on, line.company_code)
    commitments.record_promise(session, OPERATOR, line, invoices, PromiseWording(today() - timedelta(days=5)), when)


def _dispute(session: Session, number: str, company: str) -> None:
    when = Moment(today() - timedelta(days=4), clock.now() - timedelta(days=4))
    (invoice,) = _invoices(session, number, when.on, company)
    commitments.open_dispute(session, OPERATOR, invoice, DisputeReason.QUANTITY, "two pallets missing", when)


def _invoices(session: Session, number: str, on: date, company: str) -> list[reach.InvoiceLine]:
    return reach.invoices_numbered(session, OPERATOR, WORK, [number], on, company)


def add_day(database_url: str, code: str, mine: int, others: int) -> None:
    """Add a company whose collector has ``mine`` tasks, the largest amounts first, among ``others`` of a colleague."""
    engine = make_engine(database_url)
    with transaction(engine) as session:
        company = a_company(session, code, name=f"Velmora {code}", is_demo=True)
        for place in range(mine):
            customer = _customer(session, company, f"Maison{place:02}", limit=5_000_00)
            _invoice(session, customer, "1", (mine - place) * 1_000_00, 25)
            _invoice(session, customer, "2", (mine - place) * 100_00, 12)
        common = {"company_id": company.id, "currency": "EUR", "payment_terms_days": 30, "language": "en"}
        theirs = [
            CustomerRow(code=f"S{place}", name=f"Autre {place}", collector_email="else@velmora.example", **common)
            for place in range(others)
        ]
        session.add_all(theirs)
        session.flush()
        session.add_all(_overdue(customer, place) for place, customer in enumerate(theirs))
    keeping.keep(engine, today())
    engine.dispose()


def _overdue(customer: CustomerRow, place: int) -> InvoiceRow:
    due_on = today() - timedelta(days=20 + place % 60)
    return InvoiceRow(
        company_id=customer.company_id,
        customer_id=customer.id,
        number=f"S{place}",
        invoice_on=due_on - timedelta(days=30),
        due_on=due_on,
        amount_minor=10_000 + place,
        open_minor=10_000 + place,
        currency="EUR",
    )
