"""Customers for the state tests of the collector's and the sales screen, told relative to today."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, ContactRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services import clock
from ar_cockpit.settings import get_settings
from tests.builders import a_customer, an_invoice

COLLECTOR, SALES = f"{Role.COLLECTOR}@velmora.example", f"{Role.SALES}@velmora.example"


def today() -> date:
    """Return the business date that the screens show."""
    return clock.today(get_settings().zone)


def fill() -> None:
    """Add three customers to company FR: two overdue, one punctual; the second belongs to another salesperson."""
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        for code, days, minor, sales in (
            ("A", 40, 900_000, SALES),
            ("B", 5, 45_000, "eva@velmora.example"),
            ("C", -9, 80_000, SALES),
        ):
            customer = a_customer(
                session,
                company,
                code,
                name=f"Maison {code}",
                language="en",
                collector_email=COLLECTOR,
                sales_email=sales,
                credit_limit_minor=1_000_000,
            )
            session.add(ContactRow(company_id=company.id, customer_id=customer.id, email=f"{code.lower()}@x.example"))
            due_on = today() - timedelta(days=days)
            an_invoice(session, customer, f"{code}-1", minor, due_on - timedelta(days=30), due_on)
