"""Which customer a screen shows, and what may be done with it: the parent of the states that load after the record."""

from __future__ import annotations

from typing import Any

from ar_cockpit import routes
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.customer.screen import CustomerState, key_of_address
from ar_cockpit.state.frame.session import SessionState


class OpenedCustomer(SessionState):
    """The customer of the page's own address, or the one open in the collector's middle pane."""

    key: str = ""  # company and code
    customer_name: str = ""
    may_work: bool = False  # record, change and archive
    may_note: bool = False
    may_keep_inside: bool = False  # write and see what is for finance alone
    may_set_terms: bool = False
    _customer_id: int = 0

    async def _which(self) -> str:
        if self._is_in_the_day():
            collector = await self.get_state(CollectorState)
            return str(collector.current) if collector.has_record else ""
        return key_of_address(self.params, self.company)

    async def _record_shown(self) -> CollectorState | CustomerState:
        """Return the state of the record that stands above."""
        return await self.get_state(CollectorState if self._is_in_the_day() else CustomerState)

    def _is_in_the_day(self) -> bool:
        return self.router.url.path.strip("/") == routes.COLLECTOR.strip("/")

    def _again(self) -> list[Any]:
        """Return what shows the customer anew after something was done with it."""
        if self._is_in_the_day():
            return [CollectorState.load, self._loading(), CollectorState.catch_up]
        return [CustomerState.load, self._loading()]

    def _loading(self) -> Any:
        """Return the event that loads what a part of the page shows; only the part itself knows it."""
        raise NotImplementedError

    def _opened(self) -> int:
        if not self._customer_id:
            raise NotFoundError("No customer is open.", "Choose one from the list.")
        return self._customer_id

    def _note_rights(self, actor: Actor, company_id: int, *, owns: bool) -> None:
        """Note what the person may do with this very customer; the services check it again."""
        is_today = self.as_of == self.today
        self.may_work = is_today and actor.may(Permission.WORK_CUSTOMERS, company_id)
        self.may_note = is_today and actor.may(Permission.WRITE_NOTE, company_id, owns=owns)
        self.may_keep_inside = actor.may(Permission.VIEW_INTERNAL, company_id)
        self.may_set_terms = is_today and actor.may(Permission.SET_CREDIT, company_id)
