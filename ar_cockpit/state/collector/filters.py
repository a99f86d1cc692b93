"""Choices of tasks kept under a name, as links to their address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import filters
from ar_cockpit.services.collecting.filters import SavedFilter
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.navigation import address

_VIEW = Permission.VIEW_QUEUE


@dataclass
class SavedLine:
    """A named choice and where it leads."""

    key: int
    name: str
    href: str


class CollectorFilters(CollectorState):
    """One's own choices."""

    saved: list[SavedLine] = []
    saving_error: str = ""

    @rx.event
    @allowed(_VIEW)
    def load_saved(self) -> None:
        """Fill the list of choices."""
        self.saving_error = ""
        self._show_saved()

    @rx.event
    @allowed(_VIEW)
    def save_filter(self, form: dict[str, Any]) -> None:
        """Keep what the address chooses now."""
        self.saving_error = ""
        name = str(form.get("name", ""))
        try:
            with transaction() as session:
                filters.save(session, self.actor, name, self.params, at=clock.now())
        except InputError as error:
            self.saving_error = self._refusal(error)
            return
        self._show_saved()
        self._notify("ok", self._say("queue.filter.saved", name=" ".join(name.split())))

    @rx.event
    @allowed(_VIEW)
    def remove_filter(self, key: int) -> None:
        """Forget a choice."""
        with transaction() as session:
            gone = filters.remove(session, self.actor, int(key))
        back = CollectorFilters.put_filter_back(gone.name, dict(gone.params))
        self._notify("ok", self._say("queue.filter.removed", name=gone.name), undo=back)
        self._show_saved()

    @rx.event
    @allowed(_VIEW)
    def put_filter_back(self, name: str, params: dict[str, str]) -> None:
        """Undo the removal of a choice."""
        with transaction() as session:
            filters.save(session, self.actor, name, params, at=clock.now())
        self._show_saved()

    def _show_saved(self) -> None:
        with reading() as session:
            self.saved = [self._saved_line(one) for one in filters.saved(session, self.actor)]

    def _saved_line(self, one: SavedFilter) -> SavedLine:
        kept = {key: value for key, value in self.params.items() if key == routes.CURRENCY_PARAM}
        return SavedLine(one.filter_id, one.name, address(routes.COLLECTOR, kept | dict(one.params)))
