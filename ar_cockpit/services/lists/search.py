"""The global search: customers, their contacts and invoices by how they begin, within the actor's rights."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, exists, or_
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.scope import customer_clause, in_any_company
from ar_cockpit.db.tables import CompanyRow, ContactRow, CustomerRow, InvoiceRow
from ar_cockpit.domain.access import Actor, Permission

LEAST_CHARACTERS = 2
MOST_HITS = 6
_MOST_CHARACTERS = 80
_AFTER_EVERYTHING = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A customer found by name, code or contact; ``note`` is the code and the town."""

    company_code: str
    customer_code: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class InvoiceHit:
    """An invoice found by how its number begins."""

    company_code: str
    customer_code: str
    number: str
    customer_name: str


@dataclass(frozen=True, slots=True)
class Found:
    """The first few of each kind."""

    customers: list[CustomerHit]
    invoices: list[InvoiceHit]


def find(session: Session, actor: Actor, words: str, *, company_code: str = "") -> Found:
    """Return what begins with ``words`` among what ``actor`` may see; fewer than two characters find nothing."""
    scope = actor.scope(Permission.VIEW_CUSTOMERS)
    words = words.strip()[:_MOST_CHARACTERS]
    if len(words) < LEAST_CHARACTERS:
        return Found([], [])
    reach = customer_clause(scope, actor.email)
    if company_code:
        reach &= col(CompanyRow.code) == company_code
    return Found(_customers(session, words, reach), _invoices(session, words, reach))


def _customers(session: Session, words: str, reach: ColumnElement[bool]) -> list[CustomerHit]:
    by_contact = exists().where(
        col(ContactRow.customer_id) == col(CustomerRow.id),
        or_(
            col(ContactRow.name).istartswith(words, autoescape=True),
            col(ContactRow.email).istartswith(words, autoescape=True),
        ),
    )
    begins = or_(
        col(CustomerRow.name).istartswith(words, autoescape=True),
        col(CustomerRow.code).istartswith(words, autoescape=True),
    )
    within = col(CustomerRow.name).icontains(f" {words}", autoescape=True)
    rows = session.exec(
        select(CompanyRow.code, CustomerRow.code, CustomerRow.name, CustomerRow.city)
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .where(reach, or_(begins, within, by_contact))
        .order_by(case((begins, 0), (within, 1), else_=2), col(CustomerRow.name), col(CustomerRow.id))
        .limit(MOST_HITS)
    )
    return [
        CustomerHit(company, code, name, ", ".join(filter(None, (code, city)))) for company, code, name, city in rows
    ]


def _invoices(session: Session, words: str, reach: ColumnElement[bool]) -> list[InvoiceHit]:
    number = col(InvoiceRow.number)
    spellings = sorted({words, words.upper()})
    if session.get_bind().dialect.name == "sqlite":
        # A range walks the index; SQLite's LIKE would read every number.
        begins = or_(*(number.between(spelling, spelling + _AFTER_EVERYTHING) for spelling in spellings))
    else:
        begins = or_(*(number.startswith(spelling, autoescape=True) for spelling in spellings))
    rows = session.exec(
        select(CompanyRow.code, CustomerRow.code, InvoiceRow.number, CustomerRow.name)
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(InvoiceRow.company_id))
        .where(reach, in_any_company(col(InvoiceRow.company_id)), begins)
        .order_by(number, col(InvoiceRow.id))
        .limit(MOST_HITS)
    )
    return [InvoiceHit(*row) for row in rows]
