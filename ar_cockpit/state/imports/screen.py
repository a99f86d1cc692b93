"""The Imports page: files looked at before they are loaded, the result, and the rows set aside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.importing.records import Table
from ar_cockpit.services.importing import history as import_history
from ar_cockpit.services.importing import uploaded, uploads
from ar_cockpit.services.importing.history import QUARANTINED, WARNING, Detail, PastImport, Remark
from ar_cockpit.services.importing.importer import Request
from ar_cockpit.services.importing.looks import Look
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.imports import rows as import_rows
from ar_cockpit.state.imports.changes import ChangesShown, changes_shown
from ar_cockpit.state.imports.mapping import COLUMNS, MappingState, first_unknown
from ar_cockpit.state.imports.rows import Past, Summary, Told, Tried

PER_PAGE = 15
UPLOAD, INTO, BATCH, LINE, ABOUT, CONTENT = "upload", "into", "batch", "line", "about", "content"
EXPORTED = "exported_on"  # the day of a list of open items
WARNINGS, WHOLE_ROW = "!warnings", "!row"  # no column of a file is called so
_MOST_DIGITS = 9
_PAUSE = 0.3


@dataclass
class NamedCell:
    """A cell of the row that was chosen, and whether it is the one that was wrong."""

    name: str
    value: str
    is_wrong: bool


@dataclass
class About:
    """A column that rows were set aside for, as a filter with its count."""

    href: str
    label: str
    count: str
    is_chosen: bool


@dataclass
class Chosen:
    """One row set aside, with its cells beside the names of their columns."""

    title: str = ""
    reason: str = ""
    mend: str = ""
    cells: list[NamedCell] = field(default_factory=list)
    raw: str = ""
    close_href: str = ""


class ImportsState(SessionState):
    """What the address asks for: the list, an upload to look at, or one past import."""

    view: str = "list"
    is_loaded: bool = False
    is_working: bool = False
    problem: str = ""
    past: list[Past] = []
    page: int = 1
    pages: int = 1
    counted: str = ""
    tried: list[Tried] = []
    can_import: bool = False
    refusal: str = ""
    summary: Summary = Summary("")
    when: str = ""
    badge_kind: str = ""
    badge: str = ""
    about: list[About] = []
    told: list[Told] = []
    chosen: Chosen = Chosen()
    download_href: str = ""
    changes: ChangesShown = ChangesShown()
    has_invoices: bool = False  # among the files that are looked at
    is_taken_back: bool = False
    list_href: str = ""
    files_hint: str = ""
    exported_on: str = ""
    columns_href: str = ""

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def load(self) -> Any:
        """Fill the page from its address."""
        chosen = (UPLOAD, INTO, BATCH, LINE, ABOUT, CONTENT, EXPORTED, COLUMNS, "page", "problem")
        self.list_href = self._address(**dict.fromkeys(chosen, ""))
        limit = rows.number(get_settings().upload_max_mb, self.language)
        self.files_hint = self._say("imports.files.hint", limit=limit)
        problem = self.params.get("problem", "")
        self.problem = self._say(f"imports.problem.{problem}", limit=limit) if problem in ("size", "files") else ""
        exported = uploaded.export_day(self.params.get(EXPORTED, ""), date.fromisoformat(self.today))
        answer, self.exported_on = None, exported.isoformat()
        if self.params.get(UPLOAD) and self.params.get(COLUMNS):
            self.view, answer = "columns", MappingState.load_columns
        elif self.params.get(UPLOAD):
            answer = await self._look()
        elif self.params.get(BATCH, "").isdigit():
            await self._show(int(self.params[BATCH]))
        else:
            await self._list()
        self.is_loaded = True
        return answer

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def import_now(self) -> AsyncIterator[Any]:
        """Load the files that were looked at, and show what became of them."""
        self.is_working = True
        yield
        try:
            reports = await asyncio.to_thread(uploaded.loaded, self.actor, *self._asked())
        finally:
            self.is_working = False
        batches = [report.batch_id for report in reports if report.batch_id]
        self._notify("ok", self._count("imports.done", len(batches)))
        only = str(batches[0]) if len(batches) == 1 else ""
        yield rx.redirect(self._address(**{UPLOAD: "", INTO: "", CONTENT: "", EXPORTED: "", BATCH: only}))

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def forget(self) -> Any:
        """Throw the uploaded files away; nothing was changed."""
        token = self.params.get(UPLOAD, "")
        await asyncio.to_thread(uploads.discard, get_settings(), self.actor, token)
        return rx.redirect(self.list_href)

    def _asked(self) -> tuple[str, Request]:
        request = Request(
            uploaded.export_day(self.params.get(EXPORTED, ""), date.fromisoformat(self.today)),
            self.params.get(INTO, ""),
            open_items=self.params.get(CONTENT) == "open_items",
        )
        return self.params.get(UPLOAD, ""), request

    async def _look(self) -> Any:
        """Try the files; one whose columns nobody knows, yet look like a ledger's, is asked about first."""
        self.view, self.tried, self.refusal, self.can_import, self.columns_href = "try", [], "", False, ""
        try:
            unknown = await asyncio.to_thread(first_unknown, self.actor, self.params.get(UPLOAD, ""))
            self.columns_href = self._address(**{COLUMNS: str(unknown.place)}) if unknown else ""
            if unknown and unknown.is_likely:
                return rx.redirect(self.columns_href)
            looks = await self._looks()
        except CockpitError as error:
            self.refusal = self._refusal(error)
            return None
        self.tried = [self._tried(look) for look in looks]
        self.has_invoices = any(look.table == Table.INVOICES for look in looks)
        self.can_import = any(look.told["totals"]["imported"]["count"] for look in looks)
        return None

    async def _looks(self) -> list[Look]:
        # Loaded again while the files are being tried, a page waits for what comes of it, and holds no thread.
        while True:
            found = await asyncio.to_thread(uploaded.looked, self.actor, *self._asked())
            if found is not None:
                return found
            await asyncio.sleep(_PAUSE)

    def _tried(self, look: Look) -> Tried:
        one = import_rows.tried(look, self.language)
        params = {name: self.params.get(name, "") for name in (UPLOAD, INTO, CONTENT, EXPORTED)}
        href = f"{routes.DOWNLOADS}/imports/changes.csv?{urlencode(params)}"
        one.changes = changes_shown(look.told["changes"], href, self.language)
        one.proposed = self._proposed(look)
        one.columns_href = self._address(**{COLUMNS: str(look.place)})
        return one

    def _proposed(self, look: Look) -> str:
        sums = (rows.money_cents(minor, currency, self.language) for currency, minor in look.proposed_minor.items())
        number = look.proposed
        return self._count("settling.would_propose", number, amounts=" + ".join(sums)) if number else ""

    async def _show(self, batch_id: int) -> None:
        about, page, line = self.params.get(ABOUT, ""), self._page(), self._number(LINE)
        self.view = "one"
        shown = await asyncio.to_thread(_detail, self.actor, batch_id, about, page, line)
        one, report = shown.one, shown.one.report
        self.summary = import_rows.summary_of(one.file_name, report, report.get("warnings", 0), self.language)
        self.when, self.badge_kind, self.badge = self._when(one), *self._badge(one)
        self.about = self._abouts(shown.counts, about)
        self.told = self._linked(shown.remarks)
        self._paged(page, sum(n for kind, name, n in shown.counts if _is_about(kind, name, about)), "imports.rows")
        self.chosen = self._chosen(shown)
        self.download_href = f"{routes.DOWNLOADS}/imports/{batch_id}.csv" if one.set_aside else ""
        self.is_taken_back = one.state == "taken_back"
        href = f"{routes.DOWNLOADS}/imports/{batch_id}/changes.csv"
        self.changes = changes_shown(None if self.is_taken_back else report.get("changes"), href, self.language)

    async def _list(self) -> None:
        self.view, page = "list", self._page()
        found, total = await asyncio.to_thread(_list, self.actor, page)
        self.past = [
            import_rows.past(
                one, self._address(**{BATCH: str(one.batch_id), "page": ""}), self._when(one), self.language
            )
            for one in found
        ]
        self._paged(page, total, "imports.count")

    def _number(self, name: str) -> int:
        given = self.params.get(name, "")
        return int(given) if given.isdigit() and len(given) < _MOST_DIGITS else 0

    def _page(self) -> int:
        return max(1, self._number("page"))

    def _paged(self, page: int, total: int, key: str) -> None:
        self.page, self.pages = page, max(1, -(-total // PER_PAGE))
        self.counted = self._count(key, total, total=rows.number(total, self.language))

    def _when(self, one: PastImport) -> str:
        at = one.started_at.astimezone(get_settings().zone)
        return f"{rows.weekday_year(at.date(), self.language)}, {at:%H:%M}"

    def _badge(self, one: PastImport) -> tuple[str, str]:
        if one.set_aside and one.state != "taken_back":
            told = rows.number(one.set_aside, self.language)
            return "watch", self._count("imports.badge.set_aside", one.set_aside, total=told)
        return ("info" if one.state in ("unchanged", "taken_back") else "ok"), self._say(f"imports.state.{one.state}")

    def _abouts(self, counts: list[tuple[str, str, int]], about: str) -> list[About]:
        set_aside = [
            (name, name or self._say("imports.about.row"), n) for kind, name, n in counts if kind == QUARANTINED
        ]
        warnings = sum(n for kind, _, n in counts if kind == WARNING)
        entries = [("", self._say("imports.about.all"), sum(n for _, _, n in set_aside)), *set_aside]
        if warnings:
            entries.append((WARNINGS, self._say("imports.about.warnings"), warnings))
        return [
            About(
                self._address(**{ABOUT: key or ("" if place == 0 else WHOLE_ROW), "page": "", LINE: ""}),
                label,
                rows.number(n, self.language),
                about == (key or ("" if place == 0 else WHOLE_ROW)),
            )
            for place, (key, label, n) in enumerate(entries)
        ]

    def _linked(self, told: list[Remark]) -> list[Told]:
        drawn = import_rows.told_rows(told, self.language)
        for line, remark in zip(drawn, told, strict=True):
            line.href = self._address(**{LINE: str(remark.line)})
            line.is_chosen = str(remark.line) == self.params.get(LINE)
        return drawn

    def _chosen(self, shown: Detail) -> Chosen:
        if shown.chosen is None:
            return Chosen()
        (told,) = import_rows.told_rows([shown.chosen], self.language)
        return Chosen(
            self._say("imports.line", line=told.line),
            told.reason,
            told.mend,
            [NamedCell(name, value, name == told.column) for name, value in shown.cells()],
            shown.chosen.raw,
            self._address(**{LINE: ""}),
        )


def _list(actor: Actor, page: int) -> tuple[list[PastImport], int]:
    with reading() as session:
        return import_history.past_imports(session, actor, offset=(page - 1) * PER_PAGE, limit=PER_PAGE)


def _detail(actor: Actor, batch_id: int, about: str, page: int, line: int) -> Detail:
    severity = WARNING if about == WARNINGS else QUARANTINED
    column = None if about in ("", WARNINGS) else about.replace(WHOLE_ROW, "")
    with reading() as session:
        return import_history.detail(
            session, actor, batch_id, severity, column=column, page=page, size=PER_PAGE, line=line
        )


def _is_about(kind: str, name: str, about: str) -> bool:
    if about == WARNINGS:
        return kind == WARNING
    return kind == QUARANTINED and about in ("", name or WHOLE_ROW)
