"""Archiving a customer and merging it into another, each with its consequences told before."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.services.customers import archiving
from ar_cockpit.services.customers.archiving import MergePreview
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.navigation import address, carried

_WORK = Permission.WORK_CUSTOMERS


class CustomerEnding(CustomerMore):
    """The dialog that merges, in two steps: whom into, then what would happen."""

    is_merging: bool = False
    target: str = ""
    target_name: str = ""
    moves: list[str] = []
    merge_error: str = ""

    @rx.event
    @allowed(_WORK)
    def archive(self) -> Any:
        """Archive the customer, with undo; refused while anything is open."""
        with transaction() as session:
            archiving.archive(session, self.actor, self._opened(), self._when())
        self._notify("ok", self._say("record.archive.done", name=self.customer_name), undo=CustomerEnding.unarchive())
        return self._again()

    @rx.event
    @allowed(_WORK)
    def unarchive(self) -> Any:
        """Bring the customer back into the lists."""
        with transaction() as session:
            archiving.unarchive(session, self.actor, self._opened(), self._when())
        self._notify("ok", self._say("record.unarchive.done", name=self.customer_name))
        return self._again()

    @rx.event
    @allowed(Permission.SET_CREDIT)
    def ask_merging(self, is_open: bool) -> None:
        """Open or shut the dialog."""
        self.is_merging, self.target, self.target_name = is_open, "", ""
        self.moves, self.merge_error = [], ""

    @rx.event
    @allowed(Permission.SET_CREDIT)
    def look_at_merge(self, form: dict[str, Any]) -> None:
        """Tell what merging into the customer of that code would do."""
        self.merge_error, self.moves, self.target_name = "", [], ""
        try:
            with reading() as session:
                found = archiving.preview_merge(session, self.actor, self._opened(), str(form.get("code", "")))
        except CockpitError as error:
            self.merge_error = self._refusal(error)
            return
        self.target, self.target_name = found.target.code, found.target.name
        self.moves = self._told(found)

    @rx.event
    @allowed(Permission.SET_CREDIT)
    def merge(self, form: dict[str, Any]) -> Any:
        """Merge, and go to the customer that is left."""
        try:
            with transaction() as session:
                reason = str(form.get("reason", ""))
                into = archiving.merge(session, self.actor, self._opened(), self.target, reason, self._when())
        except CockpitError as error:
            self.merge_error = self._refusal(error)
            return None
        self.is_merging = False
        self._notify("ok", self._say("record.merge.done", name=self.customer_name, into=into.name))
        theirs = {routes.COMPANY_PARAM: into.company_code, routes.CUSTOMER_PARAM: into.code}
        return rx.redirect(address(routes.CUSTOMER, carried(self.params) | theirs))

    def _told(self, found: MergePreview) -> list[str]:
        told = [
            self._count(f"record.merge.{name}", number, total=rows.number(number, self.language))
            for name, number in found.moves.items()
            if number
        ]
        stays = [self._count("record.merge.stays", found.stays)] if found.stays else []
        return [*told, *stays] or [self._say("record.merge.nothing")]
