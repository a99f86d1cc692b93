"""What the figures of a page leave out: open documents in other currencies than the one shown, and the way to them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services.figures import currencies
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_OWN = (routes.TARGETS,)  # converts nothing: goals and limits are in each company's currency


class LeftOutState(SessionState):
    """The sentence that says so; empty when nothing is left out."""

    left_out: str = ""
    left_out_href: str = ""  # all documents, converted; empty where the page converts nothing

    @rx.event
    @allowed(Permission.VIEW_FIGURES)
    async def look(self) -> None:
        """Count what the page of this address leaves out."""
        here = self.router.url.path.rstrip("/")
        if self.consolidate and here not in _OWN:
            self.left_out = self.left_out_href = ""
            return
        currency = "" if here in _OWN else self.currency
        found = await asyncio.to_thread(_ask, self.actor, self.as_of_date, self.company, currency)
        self.left_out, self.left_out_href = currencies.left_out_told(found, self.language), ""
        if found and here not in _OWN:
            self.left_out_href = self._address(currency="", consolidate=self.currency, page="")


def _ask(actor: Actor, as_of: date, company: str, currency: str) -> Mapping[str, int]:
    with reading() as session:
        return currencies.left_out(session, actor, as_of=as_of, company=company, currency=currency)
