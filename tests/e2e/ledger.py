"""The ledger of the browser tests: the product's own demo, small."""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow, RoleGrantRow, UserRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services import clock
from ar_cockpit.services.demo.accounts import DEMO_PASSWORD

EMAILS = {role: f"{role}@velmora.example" for role in Role}


def fill(home: Path) -> None:
    """Put one user of each role and a few customers into the database of ``home``."""
    engine = make_engine(f"sqlite:///{home / 'ar_cockpit.db'}")
    with transaction(engine) as session:
        companies = [
            CompanyRow(code=code, name=name, currency=currency, timezone="Europe/Paris", is_demo=True)
            for code, name, currency in (("FR", "Velmora France", "EUR"), ("UK", "Velmora UK", "GBP"))
        ]
        session.add_all(companies)
        session.flush()
        digest = PasswordHasher.from_parameters(CHEAPEST).hash(DEMO_PASSWORD)
        for role, email in EMAILS.items():
            user = UserRow(email=email, name=f"Ada {role}", password_hash=digest, is_demo=True, created_at=clock.now())
            session.add(user)
            session.flush()
            session.add(RoleGrantRow(user_id=user.id, role=role.value))
        for number in range(3):
            session.add(
                CustomerRow(
                    company_id=companies[0].id,
                    code=f"C-{number}",
                    name=f"Atelys {number}",
                    currency="EUR",
                    payment_terms_days=30,
                    sales_email=EMAILS[Role.SALES],
                )
            )
    engine.dispose()
