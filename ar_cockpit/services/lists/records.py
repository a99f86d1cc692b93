"""The lists behind the figures: documents and customers, as far as the actor may see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.queries import documents
from ar_cockpit.db.queries.customers import names_of
from ar_cockpit.db.queries.lists import customers as customer_list
from ar_cockpit.db.queries.lists import groups as group_list
from ar_cockpit.db.queries.lists import invoices as invoice_list
from ar_cockpit.db.queries.lists import paid
from ar_cockpit.db.queries.lists.customers import CustomerLine, CustomerTotals
from ar_cockpit.db.queries.lists.groups import GroupLine
from ar_cockpit.db.queries.lists.invoices import InvoiceLine, ListTotals
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.consolidated import added, aged, due_or_not
from ar_cockpit.domain.figures.consolidation import Conversion, MissingRate
from ar_cockpit.domain.figures.kpis import combined
from ar_cockpit.domain.figures.listing import PAGE_SIZE, CustomerQuestion, InvoiceQuestion
from ar_cockpit.services.people import companies
from ar_cockpit.services.rates.book import rates_into

# The shapes that screens and files draw.
__all__ = ["CustomerLine", "CustomerPage", "GroupLine", "InvoiceLine", "InvoicePage"]


@dataclass(frozen=True, slots=True)
class Converted:
    """The sums of a list of several currencies: each currency's open amount, and two of them all in one currency."""

    rates: Conversion
    open_by_currency: Mapping[str, int]
    first: int | None  # the open amount
    second: int | None  # the amount of the documents, or what is overdue
    missing: tuple[MissingRate, ...]
    paid: int | None = 0  # in the days asked for, of a list of what was paid
    unapplied: int | None = 0  # what of it was applied to no document

    @property
    def worth(self) -> dict[str, float]:
        """What a minor unit of each currency weighs in an order by amount."""
        factors = {currency: self.rates.factor(currency) for currency in self.open_by_currency}
        return {currency: float(factor) for currency, factor in factors.items() if factor is not None}


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One page of documents, the sums of the whole list, the collectors' names, and the PDFs there are."""

    asked: InvoiceQuestion
    lines: list[InvoiceLine]
    totals: ListTotals
    names: dict[str, str]
    documents: dict[int, int]  # the PDFs that are shown, by invoice
    converted: Converted | None = None
    unapplied_minor: int = 0  # of a list of what payments were for: what of them was applied to no document


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One page of customers, the sums of the whole list, and the owners' names."""

    asked: CustomerQuestion
    lines: list[CustomerLine]
    totals: CustomerTotals
    names: dict[str, str]
    converted: Converted | None = None
    segments: Mapping[int, tuple[str, int | None]] = field(default_factory=dict)  # with the payer score, by customer
    every_segment: Sequence[str] = ()  # that the list may be filtered by


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One page of groups, and the sums of the whole list."""

    asked: CustomerQuestion
    lines: list[GroupLine]
    totals: CustomerTotals
    converted: Converted


def pages_of(count: int) -> int:
    """Return how many pages ``count`` rows fill; an empty list is one empty page."""
    return max(1, -(-count // PAGE_SIZE))


def invoices(session: Session, actor: Actor, asked: InvoiceQuestion) -> InvoicePage:
    """Return the page asked for, or the last one when there are fewer."""
    reached = _reached(session, actor, asked)
    converted = None
    if asked.consolidated:
        count, converted = _invoices_converted(session, reached, asked)
        totals = ListTotals(count, 0, 0)
    else:
        totals = invoice_list.invoice_totals(session, reached, asked)
    asked = replace(asked, page=min(asked.page, pages_of(totals.count)))
    lines = invoice_list.invoice_page(session, reached, asked, converted.worth if converted else None)
    names = names_of(session, {line.collector_email for line in lines})
    shown = documents.current_ids(session, [one.invoice_id for one in lines])
    rest = 0 if converted else sum(paid.received_unapplied(session, reached, asked).values())
    return InvoicePage(asked, lines, totals, names, shown, converted, rest)


def customers(session: Session, actor: Actor, asked: CustomerQuestion) -> CustomerPage:
    """Return the page asked for, or the last one when there are fewer."""
    reached = _reached(session, actor, asked)
    converted = None
    if asked.consolidated:
        count, converted = _customers_converted(session, reached, asked)
        totals = CustomerTotals(count, 0, 0)
    else:
        totals = customer_list.customer_totals(session, reached, asked)
    asked = replace(asked, page=min(asked.page, pages_of(totals.count)))
    lines = customer_list.customer_page(session, reached, asked, converted.worth if converted else None)
    owners = {email for line in lines for email in (line.collector_email, line.sales_email)}
    segments = customer_list.segments_of(session, [line.customer_id for line in lines])
    every = customer_list.segments(session, reached)
    return CustomerPage(asked, lines, totals, names_of(session, owners), converted, segments, every)


def groups(session: Session, actor: Actor, asked: CustomerQuestion) -> GroupPage:
    """Return a page of groups, with the sums of the whole list; customers outside of groups stand for themselves."""
    reached = _reached(session, actor, asked)
    count = group_list.group_count(session, reached, asked)
    asked = replace(asked, page=min(asked.page, pages_of(count)))
    converted = None
    if asked.consolidated:
        _, converted = _customers_converted(session, reached, asked)
        totals = CustomerTotals(count, 0, 0)
    else:
        totals = replace(customer_list.customer_totals(session, reached, asked), count=count)
    lines = group_list.group_page(session, reached, asked, converted.worth if converted else None)
    return GroupPage(asked, lines, totals, converted or _as_it_is(asked))


def _as_it_is(asked: CustomerQuestion) -> Converted:
    return Converted(Conversion(asked.currency, asked.as_of, {}), {}, None, None, ())


def all_invoices(session: Session, actor: Actor, asked: InvoiceQuestion) -> Iterator[InvoiceLine]:
    """Yield every document of the list, for an export."""
    return invoice_list.every_invoice(session, _reached(session, actor, asked, Permission.EXPORT), asked)


def all_customers(session: Session, actor: Actor, asked: CustomerQuestion) -> Iterator[CustomerLine]:
    """Yield every customer of the list, for an export."""
    return customer_list.every_customer(session, _reached(session, actor, asked, Permission.EXPORT), asked)


def rates_of_invoices(session: Session, actor: Actor, asked: InvoiceQuestion) -> Conversion:
    """Return the rates of the list, for an export."""
    reached = _reached(session, actor, asked, Permission.EXPORT)
    found = invoice_list.invoice_sums(session, reached, asked)
    return rates_into(asked.currency, [currency for currency, _ in found], asked.as_of)


def rates_of_customers(session: Session, actor: Actor, asked: CustomerQuestion) -> Conversion:
    """Return the rates of the list, for an export."""
    reached = _reached(session, actor, asked, Permission.EXPORT)
    return rates_into(asked.currency, customer_list.customer_sums(session, reached, asked), asked.as_of)


def _invoices_converted(
    session: Session, reached: ColumnElement[bool], asked: InvoiceQuestion
) -> tuple[int, Converted]:
    """Return how many documents there are, and their sums in one currency: what the figure says, to the cent.

    Some of the open documents are a share of all of them, as the figure is.
    """
    found = invoice_list.invoice_sums(session, reached, asked)
    shown = {key: one for key, one in found.items() if not asked.ages or key[1] in asked.ages}
    rest = paid.received_unapplied(session, reached, asked)
    rates = rates_into(asked.currency, [*(currency for currency, _ in found), *rest], asked.as_of)
    came = added(*({currency: one.paid_minor} for (currency, _), one in shown.items()))
    opened = added(*({currency: one.open_minor} for (currency, _), one in shown.items()))
    amounts = added(*({currency: one.amount_minor} for (currency, _), one in shown.items()))
    if asked.ages:
        buckets = {
            key: {currency: one.open_minor for (currency, age), one in found.items() if age == key}
            for key in BUCKET_KEYS
        }
        by_age = aged(buckets, rates)
        open_minor = combined(*(by_age[key] for key in asked.ages))
    else:
        open_minor = rates.total(opened)
    missing = rates.missing(opened, amounts, rest)
    converted = Converted(
        rates, opened, open_minor, rates.total(amounts), missing, rates.total(added(came, rest)), rates.total(rest)
    )
    return sum(one.count for one in shown.values()), converted


def _customers_converted(
    session: Session, reached: ColumnElement[bool], asked: CustomerQuestion
) -> tuple[int, Converted]:
    found = customer_list.customer_sums(session, reached, asked)
    rates = rates_into(asked.currency, found, asked.as_of)
    opened = {currency: one.open_minor for currency, one in found.items()}
    overdue = {currency: one.overdue_minor for currency, one in found.items()}
    not_due = {currency: minor - overdue[currency] for currency, minor in opened.items()}
    _, late = due_or_not(not_due, overdue, rates)
    converted = Converted(rates, opened, rates.total(opened), late, rates.missing(opened, overdue))
    return sum(one.count for one in found.values()), converted


def _reached(
    session: Session,
    actor: Actor,
    asked: InvoiceQuestion | CustomerQuestion,
    permission: Permission = Permission.VIEW_CUSTOMERS,
) -> ColumnElement[bool]:
    """Return the customers that ``actor`` may see and asked for: of a figure's list, those that the figure is of."""
    reached = customer_clause(actor.scope(permission), actor.email)
    if asked.of_figures:
        reached = and_(reached, customer_clause(actor.scope(Permission.VIEW_FIGURES), actor.email))
    if not asked.company:
        return reached
    chosen = companies.chosen_companies(session, actor, permission, asked.company)
    return and_(reached, col(CustomerRow.company_id).in_(chosen))
