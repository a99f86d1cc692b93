"""A new customer is taken in once, with its numbers checked, and an import of the same code updates it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import (
    AuditRow,
    CompanyRow,
    ContactRow,
    CreditLimitRow,
    CreditRequestRow,
    CustomerIdentityRow,
    CustomerRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.customers.contacts import ContactDraft
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import archiving, identity, onboarding
from ar_cockpit.services.customers.identity import Numbers
from ar_cockpit.services.customers.onboarding import Newcomer
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.services.limits import judging, rules
from ar_cockpit.settings import get_settings
from tests.builders import a_company, a_customer, an_invoice
from tests.reminding import AT, DAY, OPERATOR

MANAGER = Actor(2, "credit@v.example", "Cleo", (Grant(Role.CREDIT_MANAGER),))
SALES = Actor(3, "hugo@v.example", "Hugo", (Grant(Role.SALES),))
NOW = Moment(DAY, AT)
NEW = Newcomer(
    "ALFA",
    "C-900",
    "  Lorvane   Transports ",
    country="FR",
    city="Lyon",
    registration="732 829 320 00074",
    vat="FR 44 732 829 320",
    iban="FR14 2004 1010 0505 0001 3M02 606",
    lei="5493001KJTIIGC8Y1R12",
    terms_days=45,
    contact=ContactDraft("Ann", "ann@lorvane.example", language="fr"),
    limit=Decimal(5000),
    limit_reason="a first order",
)
WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"code": " "}, "no code"),
    ({"name": ""}, "no name"),
    ({"company": ""}, "No company"),
    ({"country": "QQ"}, "no country"),
    ({"currency": "EURO"}, "no currency"),
    ({"terms_days": 4000}, "no terms"),
    ({"vat": "FR45732829320"}, "no VAT number"),
    ({"iban": "FR14"}, "no IBAN"),
    ({"sales_email": "nobody@v.example"}, "sees no customers"),
    ({"limit_reason": ""}, "reason is missing"),
    ({"contact": ContactDraft(email="ann")}, "not an e-mail address"),
)


@pytest.fixture
def company(session: Session) -> CompanyRow:
    return a_company(session)


@pytest.mark.usefixtures("company")
def test_a_new_customer_stands_with_its_numbers_its_contact_and_its_limit(session: Session) -> None:
    done = onboarding.onboard(session, MANAGER, NEW, NOW)
    row = session.exec(select(CustomerRow).where(CustomerRow.code == "C-900")).one()
    assert (row.name, row.registration_number, row.vat_number) == ("Lorvane Transports", "732829320", "FR44732829320")
    assert (row.payment_terms_days, row.currency, row.credit_limit_minor) == (45, "EUR", 500_000)
    contact = session.exec(select(ContactRow)).one()
    assert (contact.email, contact.role, contact.is_primary) == ("ann@lorvane.example", "accounts_payable", True)
    assert (done.limit, session.exec(select(CreditLimitRow.note)).one()) == ("approved", "a first order")
    (told,) = [one for one in session.exec(select(AuditRow)) if one.action == "customer.onboard"]
    assert (told.object_key, told.after["iban"], told.after["lei"]) == ("ALFA/C-900", "…2606", "5493001KJTIIGC8Y1R12")


@pytest.mark.usefixtures("company")
def test_its_bank_account_is_for_finance_alone(session: Session) -> None:
    line = onboarding.onboard(session, MANAGER, replace(NEW, sales_email=""), NOW).customer
    session.get_one(CustomerRow, line.customer_id).sales_email = SALES.email
    own = replace(line, sales_email=SALES.email)
    assert onboarding.identity(session, MANAGER, own).iban == "FR1420041010050500013M02606"
    assert onboarding.identity(session, SALES, own)[2:4] == ("5493001KJTIIGC8Y1R12", "")
    with pytest.raises(ForbiddenError):
        onboarding.identity(session, SALES, line)


@pytest.mark.usefixtures("company")
def test_a_limit_above_the_managers_amount_waits_for_the_next_role(session: Session) -> None:
    standing, credit, seen = rules.rules(session, OPERATOR)
    rules.change(session, OPERATOR, standing, replace(credit, credit_manager_up_to=Decimal(1000)), seen=seen, at=AT)
    assert onboarding.approving(session, MANAGER, Decimal(5000)) == [Role.CREDIT_MANAGER, Role.EXECUTIVE]
    assert onboarding.onboard(session, MANAGER, NEW, NOW).limit == "open"
    request = session.exec(select(CreditRequestRow)).one()
    assert (request.amount_minor, [one["role"] for one in request.steps_done]) == (500_000, ["credit_manager"])
    assert session.exec(select(CustomerRow.credit_limit_minor)).one() is None


def test_who_may_be_the_same_has_to_be_looked_at_before(session: Session, company: CompanyRow) -> None:
    a_customer(session, company, "OLD", name="Lorvane Transport SA", city="Lyon")
    a_customer(session, company, "SIRET", name="Quite Another", registration_number="732 829 320 00082")
    a_customer(session, company, "OTHER", name="Lorgnette")
    a_customer(session, a_company(session, "BETA"), "ELSEWHERE", name="Lorvane Transports")
    found = {one.code: one.by for one in onboarding.doubles(session, MANAGER, NEW)}
    assert found == {"SIRET": ("registration",), "OLD": ("name",)}
    with pytest.raises(RefusedError, match="may be there already"):
        onboarding.onboard(session, MANAGER, NEW, NOW, seen=["OLD"])
    onboarding.onboard(session, MANAGER, NEW, NOW, seen=["OLD", "SIRET"])
    again = {one.code: one.by for one in onboarding.doubles(session, MANAGER, NEW)}
    assert again["C-900"] == ("code", "registration", "vat", "lei", "iban", "name")
    with pytest.raises(RefusedError, match="a customer C-900 already"):
        onboarding.onboard(session, MANAGER, NEW, NOW, seen=list(again))


@pytest.mark.usefixtures("company")
def test_what_cannot_be_meant_is_refused_and_nothing_is_kept(engine: Engine, session: Session) -> None:
    session.commit()
    for wrong, said in WRONG:
        with pytest.raises(InputError, match=said), transaction(engine) as own:
            onboarding.onboard(own, MANAGER, replace(NEW, **wrong), NOW)  # type: ignore[arg-type]  # of its fields
    assert session.exec(select(CustomerRow.id)).all() == []


@pytest.mark.usefixtures("company")
def test_only_who_may_takes_customers_in_and_only_for_the_own_company(session: Session) -> None:
    a_company(session, "BETA")
    beta = session.exec(select(CompanyRow.id).where(CompanyRow.code == "BETA")).one()
    for role in (Role.SALES, Role.COLLECTOR, Role.EXECUTIVE, Role.ADMIN):
        with pytest.raises(ForbiddenError):
            onboarding.onboard(session, Actor(9, "x@v.example", "X", (Grant(role),)), NEW, NOW)
    own = Actor(9, "x@v.example", "X", (Grant(Role.CREDIT_MANAGER, beta),))
    with pytest.raises(NotFoundError):
        onboarding.doubles(session, own, NEW)


def test_an_import_of_the_same_code_updates_and_does_not_collide(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        a_company(session)
        onboarding.onboard(session, MANAGER, NEW, NOW)
    file = tmp_path / "customers.csv"
    file.write_text("customer_id,name,company,city\nC-900,Lorvane Transports SAS,ALFA,Paris\n", encoding="utf-8")
    importer = Importer(partial(transaction, engine), OPERATOR, Request(on=DAY), get_settings())
    (report,) = import_paths(importer, [file])
    assert (report.tally.set_aside, report.tally.updated["customers"]) == ([], 1)
    with transaction(engine) as session:
        row = session.exec(select(CustomerRow)).one()
        assert (row.name, row.city, row.payment_terms_days, row.credit_limit_minor) == (
            "Lorvane Transports SAS",
            "Paris",
            45,
            500_000,
        )
        assert (row.registration_number, session.exec(select(CustomerIdentityRow.lei)).one()) == (
            "732829320",
            "5493001KJTIIGC8Y1R12",
        )


@pytest.mark.usefixtures("company")
def test_two_judged_customers_with_limits_and_numbers_are_merged(session: Session) -> None:
    old = onboarding.onboard(session, MANAGER, NEW, NOW).customer
    new = onboarding.onboard(session, MANAGER, replace(NEW, code="C-901"), NOW, seen=["C-900"]).customer
    for line in (old, new):
        owner = session.get_one(CustomerRow, line.customer_id)
        an_invoice(session, owner, f"{line.code}-1", 600_000, DAY.replace(month=1), DAY.replace(month=2))
    judging.judge(session, OPERATOR, DAY, at=AT)
    archiving.merge(session, MANAGER, old.customer_id, "C-901", "the same", NOW)
    kept = session.exec(select(CustomerIdentityRow).where(CustomerIdentityRow.customer_id == new.customer_id)).one()
    assert kept.onboarded_by == MANAGER.email


def test_lei_and_bank_account_change_later_and_the_audit_tells_only_the_accounts_end(
    session: Session, company: CompanyRow
) -> None:
    old = a_customer(session, company, "OLD", name="Lorvane SA")
    a_customer(session, company, "TWIN", name="Lorvane Twin")
    twin = session.exec(select(CustomerRow).where(CustomerRow.code == "TWIN")).one()
    given = Numbers(lei=NEW.lei, iban=NEW.iban)
    assert identity.change(session, MANAGER, old.id, given, NOW) == []
    assert identity.change(session, MANAGER, old.id, given, NOW) == []  # nothing new: nothing for the audit
    assert identity.change(session, MANAGER, twin.id, Numbers(lei=NEW.lei), NOW) == ["Lorvane SA"]
    assert identity.change(session, MANAGER, old.id, Numbers(lei=NEW.lei), NOW) == ["Lorvane Twin"]
    kept = session.get_one(CustomerIdentityRow, old.id)
    assert (kept.lei, kept.iban, kept.onboarded_by) == ("5493001KJTIIGC8Y1R12", "", "")
    entries = session.exec(select(AuditRow).where(AuditRow.action == "customer.identity").order_by(col(AuditRow.id)))
    assert [(one.before.get("iban"), one.after["iban"]) for one in entries if one.object_key.endswith("OLD")] == [
        ("", "…2606"),
        ("…2606", ""),
    ]


def test_numbers_are_changed_by_who_may_and_only_to_ones_that_can_be_meant(
    session: Session, company: CompanyRow
) -> None:
    old = a_customer(session, company, "OLD", sales_email=SALES.email)
    with pytest.raises(InputError, match="is no IBAN"):
        identity.change(session, MANAGER, old.id, Numbers(iban="FR14 2004 1010 0505 0001 3M02 607"), NOW)
    with pytest.raises(ForbiddenError):
        identity.change(session, SALES, old.id, Numbers(), NOW)
    elsewhere = Actor(4, "c@v.example", "C", (Grant(Role.CREDIT_MANAGER, a_company(session, "BETA").id),))
    with pytest.raises(NotFoundError):
        identity.change(session, elsewhere, old.id, Numbers(), NOW)
