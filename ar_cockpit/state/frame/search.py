"""The search box of the top bar: customers, invoices and contacts by how they begin."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services.lists import search
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.navigation import address, carried, cockpit_of
from ar_cockpit.state.frame.session import SessionState


@dataclass
class Hit:
    """One line of the answer."""

    text: str
    note: str
    href: str


class SearchState(SessionState):
    """What the search box shows; it is visible while the focus is in it."""

    customers: list[Hit] = []
    invoices: list[Hit] = []
    nothing: str = ""

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    async def look(self, words: str) -> None:
        """Answer what was typed so far; fewer than two characters find nothing."""
        found = await asyncio.to_thread(_find, self.actor, words, self.company)
        self.customers = [Hit(hit.name, hit.note, self._record(hit)) for hit in found.customers]
        self.invoices = [Hit(hit.number, hit.customer_name, self._record(hit)) for hit in found.invoices]
        is_asked = len(words.strip()) >= search.LEAST_CHARACTERS
        is_found = bool(self.customers or self.invoices)
        self.nothing = self._say("shell.search.nothing", words=words.strip()[:40]) if is_asked and not is_found else ""

    def _record(self, hit: search.CustomerHit | search.InvoiceHit) -> str:
        """Return the address of a customer in the cockpit this person works in."""
        chosen = {routes.COMPANY_PARAM: hit.company_code, routes.CUSTOMER_PARAM: hit.customer_code}
        return address(cockpit_of(self._may), carried(self.params) | chosen)


def _find(actor: Actor, words: str, company: str) -> search.Found:
    with reading() as session:
        return search.find(session, actor, words, company_code=company)
