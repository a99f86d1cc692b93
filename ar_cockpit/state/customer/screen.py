"""A customer's own page: the record that the collector's middle pane shows, at an address of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import glancing
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import customer_record
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.state.collector.rows import (
    ContactLine,
    RecordView,
    ageing_line,
    record_view,
)
from ar_cockpit.state.customer.invoices import OpenInvoices
from ar_cockpit.state.customer.people import contact_lines
from ar_cockpit.state.customer.told import Timeline
from ar_cockpit.state.display.figures import AgeingPart
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.navigation import address, carried, cockpit_of
from ar_cockpit.state.frame.session import SessionState


def key_of_address(params: Mapping[str, str], company: str) -> str:
    """Return the customer an address names, with its company where that is told."""
    wanted = params.get(routes.CUSTOMER_PARAM, "")
    return f"{company}/{wanted}" if wanted and "/" not in wanted and company else wanted


class CustomerState(OpenInvoices, Timeline, SessionState):
    """The head of the page: what is owed, who to talk to, what happened."""

    record: RecordView = RecordView()
    has_record: bool = False
    is_loaded: bool = False
    missing: str = ""
    moved: str = ""  # that the address named another customer, which became this one
    contacts: list[ContactLine] = []
    ageing: list[AgeingPart] = []
    cockpit_href: str = ""
    invoices_href: str = ""
    list_href: str = ""
    _customer_id: int = 0

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    async def load(self) -> None:
        """Fill the page from its address."""
        wanted = key_of_address(self.params, self.company)
        self.list_href = self._address(routes.CUSTOMERS, customer="")
        try:
            found = await asyncio.to_thread(_load, self.actor, wanted, self.as_of_date)
        except (NotFoundError, InputError) as error:  # the latter where several companies have the code
            self.has_record, self.missing, self._customer_id = False, self._refusal(error), 0
            self.is_loaded = True
            return
        self._draw(found, wanted)

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def show_group(self, group: str) -> None:
        """Show one kind of entries alone in the timeline, or all."""
        self.timeline_group = group[:20]

    def _draw(self, found: CustomerRecord, wanted: str) -> None:
        line = found.customer
        is_same, self._customer_id = line.customer_id == self._customer_id, line.customer_id
        self.record, self.has_record, self.missing = record_view(found, self.params, self.language), True, ""
        code = wanted.rpartition("/")[2]
        self.moved = self._say("record.moved", code=code, name=line.name) if code != line.code else ""
        self.contacts = contact_lines(found.contacts, self.language)
        self.ageing = ageing_line(found, self.language)
        self._draw_timeline(found)
        self._draw_invoices(found, keep_selection=is_same)
        theirs = carried(self.params) | {routes.COMPANY_PARAM: line.company_code, routes.CUSTOMER_PARAM: line.code}
        cockpit = cockpit_of(self._may)
        self.cockpit_href = "" if cockpit == routes.CUSTOMER else address(cockpit, theirs)
        self.invoices_href = address(routes.INVOICES, theirs | {"show": "all"})
        self.is_loaded = True


def _load(actor: Actor, key: str, as_of: date) -> CustomerRecord:
    company, _, code = key.rpartition("/")
    with glancing() as session:
        line = customer_record.find(session, actor, code, company)
        return customer_record.record(session, actor, line, as_of=as_of, at=clock.now())
