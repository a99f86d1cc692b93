"""A ledger for the executive's journeys: a year of trade of one company of its own, told relative to today."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import CustomerRow, DisputeRow
from ar_cockpit.domain.access import Role
from tests.builders import a_company, a_customer, an_invoice
from tests.e2e.ledger import EMAILS

GOALS = {"dso_countback": 30, "overdue_share": 0.2, "add": 10, "cei": 80, "receivables": 10**8, "cash_30": 10**6}
# Name, days late of what it pays, weeks of its latest invoices left unpaid. One name is what a spreadsheet would run.
CUSTOMERS = (
    ("Orlanne Mécanique SA", 2, 4),
    ("Breskamp Logistik GmbH", 12, 8),
    ("Taldera Envases SL", 25, 26),
    ("=Valmont+Cie", -3, 3),
)


def add_company(database_url: str, code: str, today: date) -> None:
    """Add a company with four customers of different habits, an invoice each week, one dispute and its goals."""
    engine = make_engine(database_url)
    with transaction(engine) as session:
        company = a_company(
            session, code, name=f"Velmora {code}", is_demo=True, targets=GOALS | {"collected_month": 10**7}
        )
        for number, (name, days_late, weeks_open) in enumerate(CUSTOMERS):
            owners = {"collector_email": EMAILS[Role.COLLECTOR], "sales_email": EMAILS[Role.SALES]}
            customer = a_customer(session, company, f"K{number}", name=name, country="FR", **owners)
            _trade(session, customer, today, days_late, weeks_open)
    engine.dispose()


def _trade(session: Session, customer: CustomerRow, today: date, days_late: int, weeks_open: int) -> None:
    for week in range(60):
        invoice_on = today - timedelta(weeks=week, days=1)
        due_on = invoice_on + timedelta(days=30)
        paid_on = due_on + timedelta(days=days_late)
        amount = 100_000 + 7_013 * week
        paid = [(paid_on, amount)] if week >= weeks_open and paid_on <= today else []
        row = an_invoice(session, customer, f"{customer.code}-{week}", amount, invoice_on, due_on, paid=paid)
        if customer.code == "K2" and week == 10:
            session.add(
                DisputeRow(
                    company_id=row.company_id,
                    customer_id=row.customer_id,
                    invoice_id=row.id,
                    reason="price",
                    opened_on=today - timedelta(days=9),
                    answer_due_on=today,
                )
            )
