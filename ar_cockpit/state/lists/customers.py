"""The list of customers with what they owe: filters, order and page from the address."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.ageing import days_overdue
from ar_cockpit.domain.figures.listing import CustomerQuestion, Show, customer_question
from ar_cockpit.services.lists import records
from ar_cockpit.services.lists.records import CustomerPage
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.converted import amount_of, parts_told
from ar_cockpit.state.lists.filters import Filter, download_address, record_address


@dataclass
class CustomerItem:
    """A customer, ready to draw."""

    name: str
    code: str
    country: str
    company: str
    href: str
    overdue: str
    overdue_href: str
    open: str
    open_href: str
    oldest: str
    limit: str
    collector: str
    sales: str


class CustomersState(SessionState):
    """One page of customers."""

    items: list[CustomerItem] = []
    filters: list[Filter] = []
    show: str = Show.ALL.value
    words: str = ""
    sums: str = ""
    parts: str = ""  # the sum in each currency, and the rates it was converted at
    head_currency: str = ""  # of every amount; none when each row has its own
    page: int = 1
    pages: int = 1
    csv_href: str = ""
    xlsx_href: str = ""
    is_loaded: bool = False

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    async def load(self) -> None:
        """Fill the list from the address."""
        params = dict(self.params) | {routes.COMPANY_PARAM: self.company}
        asked = customer_question(params, self.as_of_date, self.currency, consolidated=bool(self.consolidate))
        found = await asyncio.to_thread(_ask, self.actor, asked)
        self._draw(found)

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def search(self, form: dict[str, str]) -> rx.event.EventSpec:
        """Look for words in names and codes; the address carries them."""
        return rx.redirect(self._address(q=str(form.get("q", "")).strip(), page=""))

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def choose(self, show: str) -> rx.event.EventSpec:
        """Show all customers or those with something overdue, from the first page on."""
        return rx.redirect(self._address(show="" if show == Show.ALL.value else show, page=""))

    def _draw(self, found: CustomerPage) -> None:
        asked, totals = found.asked, found.totals
        opened, overdue = totals.open_minor, totals.overdue_minor
        if found.converted:
            opened, overdue = found.converted.first, found.converted.second
        self.head_currency, self.parts = parts_told(found.converted, asked.currency, self.language)
        self.items = [self._item(line, asked, found.names) for line in found.lines]
        self.filters = self._filters(asked, found.names)
        self.show = Show.OVERDUE.value if asked.overdue_only else Show.ALL.value
        self.words = asked.text
        self.page, self.pages = asked.page, records.pages_of(totals.count)
        self.sums = self._count(
            "customers.sums",
            totals.count,
            total=rows.number(totals.count, self.language),
            open=rows.money_cents(opened, asked.currency, self.language),
            overdue=rows.money_cents(overdue, asked.currency, self.language),
        )
        self.csv_href = download_address("customers.csv", self)
        self.xlsx_href = download_address("customers.xlsx", self)
        self.is_loaded = True

    def _item(self, line: records.CustomerLine, asked: CustomerQuestion, names: dict[str, str]) -> CustomerItem:
        theirs = {routes.COMPANY_PARAM: line.company, routes.CUSTOMER_PARAM: line.code, "q": "", "page": "", "sort": ""}
        days = days_overdue(line.oldest_due_on, asked.as_of) if line.oldest_due_on else 0
        return CustomerItem(
            name=line.name,
            code=line.code,
            country=line.country,
            company=line.company,
            href=record_address(self, line.company, line.code),
            overdue=amount_of(line.overdue_minor or None, line.owed_currency, self.head_currency, self.language),
            overdue_href=self._address(routes.INVOICES, **theirs, show=Show.OVERDUE.value),
            open=amount_of(line.open_minor or None, line.owed_currency, self.head_currency, self.language),
            open_href=self._address(routes.INVOICES, **theirs, show=""),
            oldest=self._count("customers.days", days) if days else rows.NOTHING,
            limit=rows.money(line.limit_minor, line.currency, self.language),
            collector=names.get(line.collector_email, line.collector_email),
            sales=names.get(line.sales_email, line.sales_email),
        )

    def _filters(self, asked: CustomerQuestion, names: dict[str, str]) -> list[Filter]:
        told = {
            "q": self._say("invoices.filter.words", words=asked.text) if asked.text else "",
            "collector": names.get(asked.collector, asked.collector),
        }
        return [Filter(label, self._address(**{name: "", "page": ""})) for name, label in told.items() if label]


def _ask(actor: Actor, asked: CustomerQuestion) -> CustomerPage:
    with reading() as session:
        return records.customers(session, actor, asked)
