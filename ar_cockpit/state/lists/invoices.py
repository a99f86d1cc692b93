"""The list of documents: filters, order and page from the address, one page of rows from the database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.ageing import days_overdue
from ar_cockpit.domain.figures.listing import OF, InvoiceQuestion, Show, invoice_question
from ar_cockpit.services.lists import records
from ar_cockpit.services.lists.records import InvoicePage
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.documents import document_address
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.converted import amount_of, parts_told
from ar_cockpit.state.lists.filters import Filter, download_address, part_told, record_address
from ar_cockpit.state.lists.shown import ListShown

LONG_OVERDUE_DAYS = 90


@dataclass
class InvoiceItem:
    """A document, ready to draw; ``state_kind`` is ok, watch, bad, info or empty for a quiet word."""

    key: str
    number: str
    document_href: str
    kind: str
    customer: str
    customer_href: str
    company: str
    invoice_on: str
    due_on: str
    amount: str
    open: str
    state: str
    state_kind: str
    collector: str
    expected: str


class InvoicesState(ListShown, SessionState):
    """One page of the documents that a figure is the sum of."""

    items: list[InvoiceItem] = []
    show: str = Show.OPEN.value
    bucket: str = ""
    is_paid: bool = False  # a list of what was paid in some days: that amount stands in place of the open one

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    async def load(self) -> None:
        """Fill the list from the address."""
        params = dict(self.params) | {routes.COMPANY_PARAM: self.company}
        asked = invoice_question(params, self.as_of_date, self.currency, consolidated=bool(self.consolidate))
        found = await asyncio.to_thread(_ask, self.actor, asked)
        self._draw(found)

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def choose(self, show: str) -> rx.event.EventSpec:
        """Show other documents, from the first page on."""
        fresh = dict.fromkeys(("paid_from", "paid_to", "known_on", "late", "page"), "")
        return rx.redirect(self._address(show="" if show == Show.OPEN.value else show, **fresh))

    def _draw(self, found: InvoicePage) -> None:
        asked, totals = found.asked, found.totals
        opened, amount = totals.open_minor, totals.amount_minor
        if found.converted:
            opened, amount = found.converted.first, found.converted.second
        self.head_currency, self.parts = parts_told(found.converted, asked.currency, self.language)
        self.items = [self._item(line, found) for line in found.lines]
        self.filters = self._filters(asked, found.names)
        self.show, self.words, self.bucket = asked.show.value, asked.text, asked.bucket
        self.is_paid = asked.paid is not None
        self.page, self.pages = asked.page, records.pages_of(totals.count)
        self.sums = self._count(
            "invoices.sums",
            totals.count,
            total=rows.number(totals.count, self.language),
            open=rows.money_cents(opened, asked.currency, self.language),
            amount=rows.money_cents(amount, asked.currency, self.language),
        )
        if self.is_paid:
            self.sums = self._paid_sums(found)
        self.csv_href = download_address("invoices.csv", self)
        self.xlsx_href = download_address("invoices.xlsx", self)
        self.is_loaded = True

    def _paid_sums(self, found: InvoicePage) -> str:
        """Return what was paid in the days asked for: what the bar of the chart says, to the cent."""
        currency, rest = found.asked.currency, found.unapplied_minor
        whole: int | None = found.totals.paid_minor + rest
        unapplied: int | None = rest
        if found.converted:
            whole, unapplied = found.converted.paid, found.converted.unapplied
        told = self._count(
            "invoices.sums_paid",
            found.totals.count,
            total=rows.number(found.totals.count, self.language),
            paid=rows.money_cents(whole, currency, self.language),
        )
        if not unapplied:
            return told
        return f"{told} {self._say('invoices.unapplied', rest=rows.money_cents(unapplied, currency, self.language))}"

    def _item(self, line: records.InvoiceLine, found: InvoicePage) -> InvoiceItem:
        state, state_kind = self._state_of(line)
        return InvoiceItem(
            key=str(line.invoice_id),
            number=line.number,
            document_href=document_address(found.documents.get(line.invoice_id)),
            kind=line.kind,
            customer=line.customer_name,
            customer_href=record_address(self, line.company, line.customer),
            company=line.company,
            invoice_on=rows.day(line.invoice_on, self.language),
            due_on=rows.day(line.due_on, self.language),
            amount=amount_of(line.amount_minor, line.currency, self.head_currency, self.language),
            open=amount_of(
                line.paid_minor if found.asked.paid else line.open_minor,
                line.currency,
                self.head_currency,
                self.language,
            ),
            state=state,
            state_kind=state_kind,
            collector=found.names.get(line.collector_email, line.collector_email),
            expected=rows.expected(line.expected_on, line.chance, self.language),
        )

    def _state_of(self, line: records.InvoiceLine) -> tuple[str, str]:
        if line.settled_on is not None:
            return self._say("invoices.settled_on", date=rows.day(line.settled_on, self.language)), "ok"
        if line.is_disputed:
            return self._say("invoices.disputed"), "info"
        days = days_overdue(line.due_on, self.as_of_date)
        if days == 0:
            return self._say("invoices.not_due"), ""
        return self._count("invoices.overdue_days", days), "bad" if days > LONG_OVERDUE_DAYS else "watch"

    def _filters(self, asked: InvoiceQuestion, names: dict[str, str]) -> list[Filter]:
        told = {
            "q": self._say("invoices.filter.words", words=asked.text) if asked.text else "",
            "bucket": self._say(f"shell.ageing.{asked.bucket}") if asked.bucket else "",
            "customer": self._say("invoices.filter.customer", code=asked.customer) if asked.customer else "",
            "paid_from": self._paid_told(asked),
            "late": self._late_told(asked),
            OF: self._say("invoices.filter.of_figures") if asked.of_figures else "",
            **part_told(asked.part, names, self.language),
        }
        return self._told(told)

    def _paid_told(self, asked: InvoiceQuestion) -> str:
        if asked.paid is None:
            return ""
        start, end = (rows.day(one, self.language) for one in (asked.paid.start, asked.paid.end))
        if asked.known_on is None:
            kind = "received" if asked.show is Show.RECEIVED else "paid"
            return self._say(f"invoices.filter.{kind}", start=start, end=end)
        known = rows.day(asked.known_on, self.language)
        return self._say("invoices.filter.came", start=start, end=end, known=known)

    def _late_told(self, asked: InvoiceQuestion) -> str:
        band = self._say(f"record.band.{asked.late}") if asked.late else ""
        return self._say("invoices.filter.late", band=band) if band else ""


def _ask(actor: Actor, asked: InvoiceQuestion) -> InvoicePage:
    with reading() as session:
        return records.invoices(session, actor, asked)
