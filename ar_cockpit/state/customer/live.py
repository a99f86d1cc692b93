"""A customer's own page told of what others do with the customer, as the collector's day is."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.services.collecting import customer_record
from ar_cockpit.services.customers import page
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.customer.screen import CustomerState, key_of_address
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_SEE = Permission.VIEW_CUSTOMERS


class CustomerLive(SessionState):
    """What the page on screen was made of."""

    _shown: tuple[str, date] | None = None
    _mark: str = ""

    @rx.event
    @allowed(_SEE)
    async def begin(self) -> None:
        """Note how things stand before the page is filled; what changes from now on is news."""
        self._shown = (key_of_address(self.params, self.company), self.as_of_date)
        self._mark = await asyncio.to_thread(_mark, self.actor, self._shown[0])

    @rx.event
    @allowed(_SEE)
    async def refresh(self) -> Any:
        """Show what others did since; what is selected or being written here stays."""
        shown = (key_of_address(self.params, self.company), self.as_of_date)
        mark = await asyncio.to_thread(_mark, self.actor, shown[0])
        if shown == self._shown and mark == self._mark:
            return None
        self._shown, self._mark = shown, mark
        return [CustomerState.load, CustomerMore.load]


def _mark(actor: Actor, key: str) -> str:
    company, _, code = key.rpartition("/")
    with reading() as session:
        try:
            line = customer_record.find(session, actor, code, company)
        except NotFoundError:
            return ""
        return page.mark(session, line)
