"""The list of customers with what they owe: filters, order and page from the address."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.ageing import days_overdue
from ar_cockpit.domain.figures.listing import ARCHIVED, OF, CustomerQuestion, Show, customer_question
from ar_cockpit.services.lists import records
from ar_cockpit.services.lists.records import CustomerPage, GroupPage
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.titles import key_title
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.lists.converted import amount_of, parts_told
from ar_cockpit.state.lists.filters import Filter, customer_address, download_address, part_told
from ar_cockpit.state.lists.shown import ListShown

ANY = "*"  # a Radix item may not have an empty value


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
    segment: str


@dataclass
class GroupItem:
    """A group of customers, or one outside of groups, ready to draw."""

    name: str
    code: str
    company: str
    members: str
    href: str
    overdue: str
    open: str
    oldest: str


class CustomersState(ListShown, SessionState):
    """One page of customers."""

    items: list[CustomerItem] = []
    groups: list[GroupItem] = []
    by_group: bool = False
    segment: str = ANY
    segments: list[Choice] = []

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    async def load(self) -> None:
        """Fill the list from the address."""
        params = dict(self.params) | {routes.COMPANY_PARAM: self.company}
        asked = customer_question(params, self.as_of_date, self.currency, consolidated=bool(self.consolidate))
        self.by_group = asked.by_group
        if asked.by_group:
            self._draw_groups(await asyncio.to_thread(_ask_groups, self.actor, asked))
        else:
            self._draw(await asyncio.to_thread(_ask, self.actor, asked))

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def choose(self, show: str) -> rx.event.EventSpec:
        """Show all customers or those with something overdue, from the first page on."""
        return rx.redirect(self._address(show="" if show == Show.ALL.value else show, page=""))

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def gather(self, by: str) -> rx.event.EventSpec:
        """Show a line for each customer, or for each group of them."""
        return rx.redirect(self._address(by="group" if by == "group" else "", group="", page=""))

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def choose_segment(self, segment: str) -> rx.event.EventSpec:
        """Show the customers of one segment, or of all."""
        return rx.redirect(self._address(segment="" if segment == ANY else segment, page=""))

    def _draw_groups(self, found: GroupPage) -> None:
        asked, totals = found.asked, found.totals
        opened, overdue = totals.open_minor, totals.overdue_minor
        if asked.consolidated:
            opened, overdue = found.converted.first, found.converted.second
        together = found.converted if asked.consolidated else None
        self.head_currency, self.parts = parts_told(together, asked.currency, self.language)
        self.groups = [self._group(line, found) for line in found.lines]
        self._draw_foot(asked, totals.count, "groups.sums", opened, overdue)
        self.filters, self.csv_href, self.xlsx_href = self._filters(asked, {}), "", ""

    def _group(self, line: records.GroupLine, found: GroupPage) -> GroupItem:
        """Return a group; several currencies are summed at the rates of the day, or not at all."""
        asked = found.asked
        rates = found.converted.rates
        opened, overdue = rates.total(line.open_by_currency), rates.total(line.overdue_by_currency)
        days = days_overdue(line.oldest_due_on, asked.as_of) if line.oldest_due_on else 0
        members = {routes.COMPANY_PARAM: line.company, "group": line.code, "by": "", "page": "", "q": ""}
        into = {routes.CONSOLIDATE_PARAM: self.consolidate} if self.consolidate else {}
        alone = customer_address(self, line.company, line.code)
        return GroupItem(
            name=line.name,
            code=line.code,
            company=line.company,
            members=self._count("groups.members", line.members) if line.is_group else "",
            href=self._address(**members, **into) if line.is_group else alone,
            overdue=rows.money_cents(overdue, asked.currency, self.language),
            open=rows.money_cents(opened, asked.currency, self.language),
            oldest=self._count("customers.days", days) if days else rows.NOTHING,
        )

    def _draw_foot(
        self, asked: CustomerQuestion, count: int, key: str, opened: int | None, overdue: int | None
    ) -> None:
        self.show = ARCHIVED if asked.archived else Show.OVERDUE.value if asked.overdue_only else Show.ALL.value
        self.segment = asked.segment or ANY
        self.words = asked.text
        self.page, self.pages = asked.page, records.pages_of(count)
        self.sums = self._count(
            key,
            count,
            total=rows.number(count, self.language),
            open=rows.money_cents(opened, asked.currency, self.language),
            overdue=rows.money_cents(overdue, asked.currency, self.language),
        )
        self.is_loaded = True

    def _draw(self, found: CustomerPage) -> None:
        asked, totals = found.asked, found.totals
        opened, overdue = totals.open_minor, totals.overdue_minor
        if found.converted:
            opened, overdue = found.converted.first, found.converted.second
        self.head_currency, self.parts = parts_told(found.converted, asked.currency, self.language)
        named = sorted({*found.every_segment, *([asked.segment] if asked.segment else [])})
        self.segments = [
            Choice(ANY, self._say("customers.segment.any")),
            *(Choice(one, key_title(one, self.language)) for one in named),
        ]
        self.items = [self._item(line, asked, found) for line in found.lines]
        self.filters = self._filters(asked, found.names)
        self._draw_foot(asked, totals.count, "customers.sums", opened, overdue)
        self.csv_href = download_address("customers.csv", self)
        self.xlsx_href = download_address("customers.xlsx", self)

    def _item(self, line: records.CustomerLine, asked: CustomerQuestion, found: CustomerPage) -> CustomerItem:
        names = found.names
        key, score = found.segments.get(line.customer_id, ("", None))
        segment = key_title(key, self.language)
        theirs = {routes.COMPANY_PARAM: line.company, routes.CUSTOMER_PARAM: line.code, "q": "", "page": "", "sort": ""}
        days = days_overdue(line.oldest_due_on, asked.as_of) if line.oldest_due_on else 0
        return CustomerItem(
            name=line.name,
            code=line.code,
            country=line.country,
            company=line.company,
            href=customer_address(self, line.company, line.code),
            overdue=amount_of(line.overdue_minor or None, line.owed_currency, self.head_currency, self.language),
            overdue_href=self._address(routes.INVOICES, **theirs, show=Show.OVERDUE.value),
            open=amount_of(line.open_minor or None, line.owed_currency, self.head_currency, self.language),
            open_href=self._address(routes.INVOICES, **theirs, show=""),
            oldest=self._count("customers.days", days) if days else rows.NOTHING,
            limit=rows.money(line.limit_minor, line.currency, self.language),
            collector=names.get(line.collector_email, line.collector_email),
            sales=names.get(line.sales_email, line.sales_email),
            segment=segment if score is None else f"{segment} · {score}",
        )

    def _filters(self, asked: CustomerQuestion, names: dict[str, str]) -> list[Filter]:
        told = {
            "q": self._say("invoices.filter.words", words=asked.text) if asked.text else "",
            **part_told(asked.part, names, self.language),
            "group": self._say("groups.filter", code=asked.group) if asked.group else "",
            "segment": self._say("customers.segment.filter", segment=named)
            if (named := key_title(asked.segment, self.language))
            else "",
            OF: self._say("invoices.filter.of_figures") if asked.of_figures else "",
        }
        return self._told(told)


def _ask(actor: Actor, asked: CustomerQuestion) -> CustomerPage:
    with reading() as session:
        return records.customers(session, actor, asked)


def _ask_groups(actor: Actor, asked: CustomerQuestion) -> GroupPage:
    with reading() as session:
        return records.groups(session, actor, asked)
