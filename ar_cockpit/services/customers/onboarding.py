"""Take a new customer in before its first invoice: checked, held against who is there, with a first limit asked for.

The code is the ERP's: an import that brings the same code updates this very customer, as it would any other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from babel.core import get_global
from babel.numbers import list_currencies
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from ar_cockpit.db.queries import customers as known
from ar_cockpit.db.queries.customer_page import identity as stored
from ar_cockpit.db.queries.customer_page.identity import Alike, Identity, Sought
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import CompanyRow, CustomerIdentityRow, CustomerRow, TouchpointRow
from ar_cockpit.domain.access import GRANTS, Actor, Permission, Role
from ar_cockpit.domain.credit_limits import steps_for
from ar_cockpit.domain.customers import numbers
from ar_cockpit.domain.customers.contacts import ContactDraft
from ar_cockpit.domain.customers.likeness import are_alike, fragments
from ar_cockpit.domain.customers.numbers import Checked
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.collecting.touchpoints import Moment, subject
from ar_cockpit.services.customers import contacts
from ar_cockpit.services.groups import assign_groups
from ar_cockpit.services.limits import requests
from ar_cockpit.services.limits.requests import LimitWish
from ar_cockpit.services.people.companies import CompanySummary, chosen_companies, visible_companies
from ar_cockpit.services.reminders import policy as policies

ONBOARDED = "onboarded"
LONGEST_CODE, LONGEST_NAME, LONGEST_TERMS = 100, 300, 3650  # an import takes no longer ones
_NO_CONTACT = ContactDraft()
_MAY = Permission.ONBOARD_CUSTOMERS
_NUMBERS = {numbers.REGISTRATION: "SIREN", numbers.VAT: "VAT number", numbers.IBAN: "IBAN", numbers.LEI: "LEI"}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A customer as somebody wants it taken in; the limit is in major units of its currency."""

    company: str
    code: str
    name: str
    country: str = ""
    city: str = ""
    registration: str = ""
    vat: str = ""
    iban: str = ""
    lei: str = ""
    currency: str = ""  # empty: the company's
    terms_days: int = 30
    language: str = ""
    sales_email: str = ""
    collector_email: str = ""
    contact: ContactDraft = _NO_CONTACT
    limit: Decimal | None = None
    limit_until: date | None = None
    limit_reason: str = ""


@dataclass(frozen=True, slots=True)
class Double:
    """A customer of the company that may be the same, and by what: ``code``, a kind of number, or ``name``."""

    customer_id: int
    code: str
    name: str
    city: str
    is_archived: bool
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Onboarded:
    """The customer, and what became of the wish for its first limit: a request's state, empty without one."""

    customer: CustomerLine
    limit: str


@dataclass(frozen=True, slots=True)
class Owners:
    """Who may sell to a customer of a company, and who may look after it: e-mail and name."""

    sales: list[tuple[str, str]]
    collectors: list[tuple[str, str]]


def companies(session: Session, actor: Actor) -> list[CompanySummary]:
    """Return the companies whose customers ``actor`` may take in, by name."""
    return visible_companies(session, actor, _MAY)


def owners(session: Session, actor: Actor, company: str) -> Owners:
    """Return who can be named as the owner of a new customer."""
    company_id = _company(session, actor, company).id
    collecting = [role.value for role in Role if Permission.VIEW_QUEUE in GRANTS[role]]
    return Owners(
        stored.holders(session, company_id, [Role.SALES.value]), stored.holders(session, company_id, collecting)
    )


def approving(session: Session, actor: Actor, limit: Decimal) -> list[Role]:
    """Return who has to say yes, in turn, to a first limit."""
    actor.require(_MAY)
    return list(steps_for(limit, policies.in_force(session).policy.credit))


def doubles(session: Session, actor: Actor, newcomer: Newcomer) -> list[Double]:
    """Return the customers of the company with the same code or a same number, then those with a like name."""
    company = _company(session, actor, newcomer.company)
    checked = _checked_numbers(newcomer)
    good = {kind: one.value if one.is_good else "" for kind, one in checked.items()}
    told = {kind: one.facts.get("siren", "").replace(" ", "") for kind, one in checked.items()}
    is_siren = newcomer.country == "FR" and checked[numbers.REGISTRATION].is_good
    siren = (good[numbers.REGISTRATION] if is_siren else "") or told[numbers.VAT]
    name = newcomer.name.strip()
    sought = Sought(company.id, newcomer.code.strip(), fragments(name) if name else (), siren=siren, **good)
    found = [(one, _by(one, name)) for one in stored.alike(session, sought)]
    return [Double(one.customer_id, one.code, one.name, one.city, one.is_archived, by) for one, by in found if by]


def onboard(
    session: Session, actor: Actor, newcomer: Newcomer, when: Moment, *, seen: Collection[str] = ()
) -> Onboarded:
    """Take a customer in and return it; refuse one that may be there already unless ``seen`` names those codes."""
    company = _company(session, actor, newcomer.company)
    tidy = _tidy(newcomer, company)
    found = doubles(session, actor, tidy)
    if any(one.code == tidy.code for one in found):
        raise RefusedError(f"There is a customer {tidy.code} already.", "Open that one, or give the ERP's own code.")
    if any(one.code not in seen for one in found):
        raise RefusedError("This customer may be there already.", "Look at the customers named, then create it.")
    line = _made(session, company, tidy)
    session.add(
        CustomerIdentityRow(
            customer_id=line.customer_id,
            company_id=company.id,
            lei=tidy.lei,
            iban=tidy.iban,
            onboarded_on=when.on,
            onboarded_by=actor.email,
        )
    )
    _write_down(session, actor, line, tidy, when, [one.code for one in found])
    if tidy.contact.name or tidy.contact.email:
        contacts.add_contact(session, actor, line.customer_id, replace(tidy.contact, is_primary=True))
    if tidy.limit is None:
        return Onboarded(line, "")
    wish = LimitWish(tidy.limit, tidy.limit_reason, tidy.limit_until)
    return Onboarded(line, requests.ask(session, actor, line.customer_id, wish, when))


def identity(session: Session, actor: Actor, line: CustomerLine) -> Identity:
    """Return a customer's numbers; its bank account is empty for who may not see what is for finance alone."""
    actor.require(Permission.VIEW_CUSTOMERS, line.company_id, owns=line.sales_email == actor.email)
    found = stored.identity_of(session, line.customer_id)
    return found if actor.may(Permission.VIEW_INTERNAL, line.company_id) else found._replace(iban="")


def _company(session: Session, actor: Actor, code: str) -> CompanyRow:
    if not code:
        raise InputError("No company is chosen.", "Choose whose customer it is.")
    (company_id,) = chosen_companies(session, actor, _MAY, code)
    return session.get_one(CompanyRow, company_id)


def _checked_numbers(newcomer: Newcomer) -> dict[str, Checked]:
    registration = numbers.check(numbers.REGISTRATION, newcomer.registration, newcomer.country)
    siren = registration.value if newcomer.country == "FR" and registration.is_good else ""
    return {
        numbers.REGISTRATION: registration,
        numbers.VAT: numbers.check(numbers.VAT, newcomer.vat, newcomer.country, siren),
        numbers.IBAN: numbers.check(numbers.IBAN, newcomer.iban),
        numbers.LEI: numbers.check(numbers.LEI, newcomer.lei),
    }


def _by(one: Alike, name: str) -> tuple[str, ...]:
    by = ["code"] if one.has_code else []
    by += one.numbers
    return (*by, "name") if name and are_alike(one.name, name) else tuple(by)


def _tidy(newcomer: Newcomer, company: CompanyRow) -> Newcomer:
    """Return a newcomer as it is kept; raise ``InputError`` for what cannot be meant."""
    code, name = " ".join(newcomer.code.split()), " ".join(newcomer.name.split())
    if not code or len(code) > LONGEST_CODE:
        raise InputError("The customer has no code.", f"Give the ERP's, at most {LONGEST_CODE} characters.")
    if not name or len(name) > LONGEST_NAME:
        raise InputError("The customer has no name.", f"Give it in at most {LONGEST_NAME} characters.")
    if newcomer.country and newcomer.country not in get_global("territory_zones"):
        raise InputError(f"{newcomer.country} is no country.", "Choose one of the list.")
    currency = newcomer.currency.strip().upper() or company.currency
    if currency not in list_currencies():
        raise InputError(f"{currency} is no currency.", "Use three letters, such as EUR.")
    if not 0 <= newcomer.terms_days <= LONGEST_TERMS:
        raise InputError(f"{newcomer.terms_days} days are no terms.", f"Give 0 to {LONGEST_TERMS} days.")
    checked = _checked_numbers(newcomer)
    for kind, one in checked.items():
        if not one.is_good:
            raise InputError(f"{one.value} is no {_NUMBERS[kind]}.", "Correct it, or leave the field empty.")
    kept: dict[str, Any] = {kind: one.value for kind, one in checked.items()}
    city = " ".join(newcomer.city.split())[:LONGEST_NAME]
    return replace(newcomer, code=code, name=name, city=city, currency=currency, **kept)


def _made(session: Session, company: CompanyRow, tidy: Newcomer) -> CustomerLine:
    row = CustomerRow(
        company_id=company.id,
        code=tidy.code,
        name=tidy.name,
        city=tidy.city,
        country=tidy.country,
        language=tidy.language,
        currency=tidy.currency,
        payment_terms_days=tidy.terms_days,
        sales_email=_owner(session, company, tidy.sales_email),
        collector_email=_owner(session, company, tidy.collector_email),
        registration_number=tidy.registration,
        vat_number=tidy.vat,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # an import brought it in this very moment
        raise RefusedError(
            f"There is a customer {tidy.code} already.", "Open that one, or give the ERP's own code."
        ) from error
    assign_groups(session, company.id)
    line = known.line_of(session, row.id)
    if line is None:
        raise RefusedError("The customer could not be read again.", "Try it once more.")
    return line


def _owner(session: Session, company: CompanyRow, email: str) -> str:
    """Return ``email`` if it is somebody who sees the company's customers, or nothing."""
    wanted = email.strip().lower()
    seeing = [role.value for role in Role if Permission.VIEW_CUSTOMERS in GRANTS[role]]
    if wanted and wanted not in {one for one, _ in stored.holders(session, company.id, seeing)}:
        raise InputError(f"{wanted} sees no customers of {company.name}.", "Choose one of the list.")
    return wanted


def _write_down(
    session: Session, actor: Actor, line: CustomerLine, tidy: Newcomer, when: Moment, despite: list[str]
) -> None:
    """Begin the customer's timeline, and tell the audit everything but the whole bank account."""
    session.add(
        TouchpointRow(
            company_id=line.company_id,
            customer_id=line.customer_id,
            kind=ONBOARDED,
            happened_on=when.on,
            happened_at=when.at,
            actor_email=actor.email,
        )
    )
    session.flush()
    told: Mapping[str, Any] = {
        "code": tidy.code,
        "name": tidy.name,
        "country": tidy.country,
        "city": tidy.city,
        "currency": tidy.currency,
        "terms_days": tidy.terms_days,
        "registration": tidy.registration,
        "vat": tidy.vat,
        "lei": tidy.lei,
        "iban": numbers.masked(tidy.iban),
        "sales": line.sales_email,
        "collector": line.collector_email,
        "despite": despite,  # like customers that were looked at
    }
    audit.record(session, actor, "customer.onboard", subject(line), after=dict(told))
