"""The lists behind the figures: documents and customers, as far as the actor may see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.queries import documents
from ar_cockpit.db.queries.customers import people
from ar_cockpit.db.queries.lists import customers as customer_list
from ar_cockpit.db.queries.lists import invoices as invoice_list
from ar_cockpit.db.queries.lists.customers import CustomerLine, CustomerTotals
from ar_cockpit.db.queries.lists.invoices import InvoiceLine, ListTotals
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.listing import PAGE_SIZE, CustomerQuestion, InvoiceQuestion
from ar_cockpit.services.people import companies

__all__ = ["CustomerLine", "CustomerPage", "InvoiceLine", "InvoicePage"]  # the shapes that screens and files draw


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One page of documents, the sums of the whole list, the collectors' names, and the PDFs there are."""

    asked: InvoiceQuestion
    lines: list[InvoiceLine]
    totals: ListTotals
    names: dict[str, str]
    documents: dict[int, int]  # the PDFs that are shown, by invoice


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One page of customers, the sums of the whole list, and the owners' names."""

    asked: CustomerQuestion
    lines: list[CustomerLine]
    totals: CustomerTotals
    names: dict[str, str]


def pages_of(count: int) -> int:
    """Return how many pages ``count`` rows fill; an empty list is one empty page."""
    return max(1, -(-count // PAGE_SIZE))


def invoices(session: Session, actor: Actor, asked: InvoiceQuestion) -> InvoicePage:
    """Return the page asked for, or the last one when there are fewer."""
    reached = _reached(session, actor, asked.company)
    totals = invoice_list.invoice_totals(session, reached, asked)
    asked = replace(asked, page=min(asked.page, pages_of(totals.count)))
    lines = invoice_list.invoice_page(session, reached, asked)
    names = _names(session, {line.collector_email for line in lines})
    return InvoicePage(asked, lines, totals, names, documents.current_ids(session, [one.invoice_id for one in lines]))


def customers(session: Session, actor: Actor, asked: CustomerQuestion) -> CustomerPage:
    """Return the page asked for, or the last one when there are fewer."""
    reached = _reached(session, actor, asked.company)
    totals = customer_list.customer_totals(session, reached, asked)
    asked = replace(asked, page=min(asked.page, pages_of(totals.count)))
    lines = customer_list.customer_page(session, reached, asked)
    owners = {email for line in lines for email in (line.collector_email, line.sales_email)}
    return CustomerPage(asked, lines, totals, _names(session, owners))


def all_invoices(session: Session, actor: Actor, asked: InvoiceQuestion) -> Iterator[InvoiceLine]:
    """Yield every document of the list, for an export."""
    return invoice_list.every_invoice(session, _reached(session, actor, asked.company, Permission.EXPORT), asked)


def all_customers(session: Session, actor: Actor, asked: CustomerQuestion) -> Iterator[CustomerLine]:
    """Yield every customer of the list, for an export."""
    return customer_list.every_customer(session, _reached(session, actor, asked.company, Permission.EXPORT), asked)


def _names(session: Session, emails: set[str]) -> dict[str, str]:
    return {email: person.name for email, person in people(session, emails).items()}


def _reached(
    session: Session, actor: Actor, company: str, permission: Permission = Permission.VIEW_CUSTOMERS
) -> ColumnElement[bool]:
    """Return the customers that ``actor`` may see and asked for."""
    reached = customer_clause(actor.scope(permission), actor.email)
    if not company:
        return reached
    chosen = companies.chosen_companies(session, actor, permission, company)
    return and_(reached, col(CustomerRow.company_id).in_(chosen))
