"""Reports made to measure: which one, and what is changed of it, stand in the address; what is saved has a name."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading_one_state
from ar_cockpit.domain.access import Actor, Permission, Role
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.reports.definition import OPERATORS, Definition, Filter, Table, from_json
from ar_cockpit.domain.reports.filters import as_kept
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.domain.reports.sources import SOURCES
from ar_cockpit.services import clock
from ar_cockpit.services.reports import kept
from ar_cockpit.services.reports.files import rates_of
from ar_cockpit.services.reports.kept import CHOICES, OWN, Kept, chosen
from ar_cockpit.services.reports.rows import Asked, table
from ar_cockpit.services.reports.words import field_label
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.rates import are_old
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.acting import act
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.lists.filters import Filter as Chip
from ar_cockpit.state.lists.filters import download_address
from ar_cockpit.state.reports.rows import (
    MOST_SHOWN,
    SHOWN,
    Cell,
    ColumnItem,
    Head,
    Line,
    ReportItem,
    column_items,
    foot,
    heads,
    lines,
    rows_shown,
)
from ar_cockpit.state.reports.ways import foot_ways, ways

NONE = "none"
_MAY = Permission.VIEW_FIGURES


class ReportsState(SessionState):
    """The reports to choose from, and the one that is shown."""

    is_loaded: bool = False
    shipped: list[ReportItem] = []
    saved: list[ReportItem] = []
    name: str = ""
    note: str = ""
    heads: list[Head] = []
    lines: list[Line] = []
    foot: list[Cell] = []
    rates: str = ""  # at which all documents were converted, and which are missing
    rates_are_old: bool = False
    more_href: str = ""  # the same with more rows; empty when all are shown
    columns: list[ColumnItem] = []
    groups: list[Choice] = []
    group: str = NONE
    fields: list[Choice] = []
    operators: list[Choice] = []
    chips: list[Chip] = []
    roles: list[Choice] = []
    shared_with: list[str] = []
    is_mine: bool = False
    is_saving: bool = False
    save_name: str = ""
    csv_href: str = ""
    xlsx_href: str = ""
    _definition: dict[str, Any] = {}

    @rx.event
    @allowed(_MAY)
    async def load(self) -> None:
        """Fill the page from its address."""
        asked = Asked(self.as_of_date, self.company, self.currency, bool(self.consolidate))
        known, definition, found = await asyncio.to_thread(_ask, self.actor, dict(self.params), asked)
        self._draw_list(known)
        if isinstance(found, Table):
            self._draw(definition, found)
        else:
            self._draw(definition, Table(definition.fields, [], {}))
            self.note = self._refusal(found)  # where the rows would be counted; the filter's chip takes it away

    @rx.event
    @allowed(_MAY)
    def toggle_column(self, key: str, is_on: bool) -> rx.event.EventSpec:
        """Show a column at the end, or leave it out; the last one stays."""
        others = [one.key for one in self.columns if one.is_shown and one.key != key]
        return rx.redirect(self._address(cols=",".join([*others, key] if is_on or not others else others)))

    @rx.event
    @allowed(_MAY)
    def move_column(self, key: str) -> rx.event.EventSpec:
        """Put a column one place to the front."""
        shown = [one.key for one in self.columns if one.is_shown]
        place = shown.index(key) if key in shown else 0
        if place:
            shown[place - 1 : place + 1] = [shown[place], shown[place - 1]]
        return rx.redirect(self._address(cols=",".join(shown)))

    @rx.event
    @allowed(_MAY)
    def add_filter(self, form: dict[str, Any]) -> rx.event.EventSpec | None:
        """Keep only rows that compare with what was typed."""
        if not self._definition:
            return None
        given = (str(form.get(name, "")).replace("|", " ").strip() for name in ("field", "operator", "value"))
        one = Filter(*given)
        definition = from_json(self._definition)
        if not one.value or one.key not in {each.key for each in SOURCES[definition.source]}:
            return None
        one = replace(one, value=as_kept(one, definition.source, self.language))
        told = [each.told() for each in definition.filters] + [one.told()]
        return rx.redirect(self._address(where="|".join(told)))

    @rx.event
    @allowed(_MAY)
    def ask_save(self, is_open: bool) -> None:
        """Open or close the dialog that names the report."""
        self.is_saving = is_open

    @rx.event
    @allowed(_MAY)
    async def save(self, form: dict[str, Any]) -> rx.event.EventSpec | None:
        """Save the report as it is shown; one's own report that had the name can be had back."""
        if not self._definition:
            return None
        roles = [one.value for one in self.roles if form.get(f"role_{one.value}")]
        name, definition = str(form.get("name", "")), from_json(self._definition)
        key, before = await act(kept.save, self.actor, name, definition, roles, at=clock.now())
        self.is_saving = False
        if before is None:
            self._notify("ok", self._say("reports.saved"))
        else:
            undo = ReportsState.put_back(before.name, before.definition.as_json(), list(before.shared_with))
            self._notify("watch", self._say("reports.replaced", name=before.name), undo=undo)
        return rx.redirect(self._address(report=f"{OWN}{key}", **dict.fromkeys(CHOICES, "")))

    @rx.event
    @allowed(_MAY)
    async def delete(self) -> rx.event.EventSpec:
        """Delete one's own report; it can be taken back."""
        gone = await act(kept.delete, self.actor, _key_of(self.params.get("report", "")))
        undo = ReportsState.put_back(gone.name, gone.definition.as_json(), list(gone.shared_with))
        self._notify("ok", self._say("reports.deleted", name=gone.name), undo=undo)
        return rx.redirect(self._address(report="", **dict.fromkeys(CHOICES, "")))

    @rx.event
    @allowed(_MAY)
    async def put_back(self, name: str, definition: dict[str, Any], roles: list[str]) -> rx.event.EventSpec:
        """Save again what was deleted or replaced."""
        key, _ = await act(kept.save, self.actor, name, from_json(definition), roles, at=clock.now())
        self._notify("ok", self._say("shell.undone"))
        return rx.redirect(self._address(report=f"{OWN}{key}", **dict.fromkeys(CHOICES, "")))

    def _draw_list(self, known: list[Kept]) -> None:
        chosen = self.params.get("report", "") or next(iter(SHIPPED))
        fresh = dict.fromkeys(CHOICES, "")
        self.shipped = [
            ReportItem(
                key,
                self._say(f"reports.name.{key}"),
                self._say(f"reports.note.{key}"),
                self._address(report=key, **fresh),
                key == chosen,
            )
            for key in SHIPPED
        ]
        self.saved = [
            ReportItem(
                f"{OWN}{one.report_id}",
                one.name,
                self._say("reports.mine") if one.is_mine else self._say("reports.of", name=one.owner),
                self._address(report=f"{OWN}{one.report_id}", **fresh),
                f"{OWN}{one.report_id}" == chosen,
            )
            for one in known
        ]
        mine = next((one for one in known if f"{OWN}{one.report_id}" == chosen), None)
        shown = next((one for one in (*self.shipped, *self.saved) if one.is_chosen), self.shipped[0])
        self.name, self.is_mine = shown.name, bool(mine and mine.is_mine)
        self.shared_with = list(mine.shared_with) if mine else []
        self.save_name = shown.name if self.is_mine else self._say("reports.copy", name=shown.name)
        self.roles = [Choice(role.value, self._say(f"reports.role.{role.value}")) for role in _READERS]

    def _draw(self, definition: Definition, found: Table) -> None:
        language = self.language
        self._definition = definition.as_json()
        self.rates = rates_of(found, language)
        self.rates_are_old = bool(found.missing) or (found.conversion is not None and are_old(found.conversion))
        self.heads, self.columns = heads(definition, language), column_items(definition, language)
        most = rows_shown(self.params)
        self.lines = lines(found, language, lambda row: ways(self, definition.source, row), most)
        self.foot = foot(found, language, foot_ways(self, definition))
        texts = [one for one in SOURCES[definition.source] if not one.is_numeric]
        named = [Choice(one.key, field_label(one.key, language)) for one in texts if one.key != "currency"]
        self.groups = [Choice(NONE, self._say("reports.no_group")), *named]
        self.group = definition.group or NONE
        self.fields = [Choice(one.key, field_label(one.key, language)) for one in SOURCES[definition.source]]
        self.operators = [Choice(one, self._say(f"reports.operator.{one}")) for one in OPERATORS]
        self.chips = [self._chip(one, definition) for one in definition.filters]
        more = len(found.rows) > most
        self.more_href = self._address(rows=str(most + SHOWN)) if more and most < MOST_SHOWN else ""
        self.note = self._count(
            "reports.rows_more" if more else "reports.rows",
            len(found.rows),
            total=rows.number(len(found.rows), language),
            shown=rows.number(most, language),
        )
        self.csv_href = download_address("report.csv", self)
        self.xlsx_href = download_address("report.xlsx", self)
        self.is_loaded = True

    def _chip(self, one: Filter, definition: Definition) -> Chip:
        others = [each.told() for each in definition.filters if each != one]
        operator = self._say(f"reports.operator.{one.operator}")
        label = f"{field_label(one.key, self.language)} {operator} {one.value}"
        return Chip(label, self._address(where="|".join(others) or "-"))


_READERS = (Role.EXECUTIVE, Role.CREDIT_MANAGER, Role.COLLECTOR)


def _key_of(chosen: str) -> int:
    told = chosen.removeprefix(OWN)
    return int(told) if told.isdecimal() else 0


def _ask(actor: Actor, params: dict[str, str], asked: Asked) -> tuple[list[Kept], Definition, Table | InputError]:
    """Return the reports to choose from, the one chosen, and its rows, or why a filter cannot be read."""
    with reading_one_state() as session:
        known = kept.reports(session, actor)
        definition = chosen(params, known).definition
        try:
            return known, definition, table(session, actor, definition, asked)
        except InputError as error:
            return known, definition, error
