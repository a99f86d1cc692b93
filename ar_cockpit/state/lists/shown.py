"""What every long list shows around its rows, each list for itself: filters in force, sums, pages, exports."""

from __future__ import annotations

from collections.abc import Mapping

import reflex as rx

from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.figures.listing import Show
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.lists.filters import Filter


class ListShown(rx.State, mixin=True):
    """The parts that a list's state takes over as its own."""

    filters: list[Filter] = []
    show: str = Show.ALL.value
    words: str = ""
    sums: str = ""
    parts: str = ""  # the sum in each currency, and the rates it was converted at
    head_currency: str = ""  # of every amount; none when each row has its own
    page: int = 1
    pages: int = 1
    csv_href: str = ""
    xlsx_href: str = ""
    is_loaded: bool = False

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def search(self, form: dict[str, str]) -> rx.event.EventSpec:
        """Look for words in what the list names; the address carries them."""
        return rx.redirect(self._address(q=str(form.get("q", "")).strip(), page=""))

    def _told(self, told: Mapping[str, str]) -> list[Filter]:
        """Return the filters in force, by their parameters, each with the address without it."""
        return [Filter(label, self._address(**{name: "", "page": ""})) for name, label in told.items() if label]
