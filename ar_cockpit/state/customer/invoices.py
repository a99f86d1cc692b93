"""A customer's open documents on screen: filtered, sorted, and what of them is selected."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from ar_cockpit.domain.access import Permission
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.state.collector.rows import InvoiceLine, invoice_line
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed

FILTERS = ("all", "overdue", "disputed", "not_due")
SORTS = ("due", "number", "open")


class OpenInvoices(rx.State, mixin=True):
    """The table of open documents, of which each screen has its own."""

    invoices: list[InvoiceLine] = []
    invoice_filter: str = "all"
    invoice_sort: str = "due"
    selected: list[str] = []
    selection_words: str = ""
    selection_note: str = ""
    selection_total: str = ""
    all_selected: bool = False
    _open_minor: dict[str, int] = {}
    _currency_of: dict[str, str] = {}

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def toggle(self, key: str) -> None:
        """Select an invoice or leave it out; a disputed one stays out."""
        selectable = {line.key for line in self.invoices if line.may_remind}
        if key in self.selected:
            self.selected = [one for one in self.selected if one != key]
        elif key in selectable:
            self.selected = [*self.selected, key]
        self._tell_selection()

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def toggle_all(self) -> None:
        """Select every invoice that is shown and may be asked for, or none."""
        selectable = [line.key for line in self.invoices if line.may_remind and is_shown(line, self.invoice_filter)]
        self.selected = [] if set(selectable) <= set(self.selected) else selectable
        self._tell_selection()

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def filter_invoices(self, which: str) -> None:
        """Show some of the documents; what is selected stays selected."""
        self.invoice_filter = which if which in FILTERS else "all"

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def sort_invoices(self, key: str) -> None:
        """Sort by a column: first its natural order, then the other, then as it was."""
        steps = {key: f"-{key}", f"-{key}": "due"}
        wanted = steps.get(self.invoice_sort, key)
        self.invoice_sort = wanted if wanted.removeprefix("-") in SORTS else "due"
        self.invoices = arranged(self.invoices, self.invoice_sort)

    def _draw_invoices(self, found: CustomerRecord, *, keep_selection: bool) -> None:
        currency = found.standing.facts.currency
        lines = [invoice_line(one, currency, self.language) for one in found.invoices]
        self.invoices = arranged(lines, self.invoice_sort)
        self._open_minor = {str(one.invoice.invoice_id): one.invoice.open_minor for one in found.invoices}
        self._currency_of = {str(one.invoice.invoice_id): one.invoice.currency for one in found.invoices}
        proposed = [str(one.invoice.invoice_id) for one in found.invoices if one.is_proposed]
        still = {line.key for line in self.invoices if line.may_remind}
        self.selected = [key for key in self.selected if key in still] if keep_selection else proposed
        self._tell_selection()

    def _tell_selection(self) -> None:
        chosen, total = len(self.selected), len(self.invoices)
        self.selection_words = self._say("collector.selected", chosen=chosen, total=total)
        self.all_selected = bool(chosen) and chosen == sum(line.may_remind for line in self.invoices)
        left_out = sum(line.is_disputed for line in self.invoices)
        self.selection_note = self._count("collector.disputed_out", left_out) if left_out else ""
        sums: dict[str, int] = {}
        for key in self.selected:
            currency = self._currency_of[key]
            sums[currency] = sums.get(currency, 0) + self._open_minor[key]
        self.selection_total = " + ".join(
            rows.money_cents(minor, currency, self.language) for currency, minor in sorted(sums.items())
        )


def is_shown(line: InvoiceLine, which: str) -> bool:
    """Return whether a filter shows a document."""
    return {"overdue": line.days_late > 0, "not_due": line.days_late == 0, "disputed": line.is_disputed}.get(
        which, True
    )


def arranged(lines: Sequence[InvoiceLine], sort: str) -> list[InvoiceLine]:
    """Return documents in the order asked for; equal ones by their due dates."""
    by_due = sorted(lines, key=lambda line: (line.due_on, line.key))
    key = sort.removeprefix("-")
    if key == "open":
        by_due = sorted(by_due, key=lambda line: -line.open_minor)
    elif key == "number":
        by_due = sorted(by_due, key=lambda line: line.number)
    return by_due[::-1] if sort.startswith("-") else by_due
