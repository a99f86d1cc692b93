"""Which column is which: the proposal, what a person corrects, and the first rows as they will be read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.importing.recognition.preview import Preview, preview
from ar_cockpit.importing.recognition.propose import targets_of, with_source
from ar_cockpit.importing.recognition.sample import Sample
from ar_cockpit.importing.records import Table
from ar_cockpit.importing.tabular.mapping import CONTENTS, DATE_FORMATS, DECIMAL_MARKS, Constant, Mapping, Source
from ar_cockpit.services.importing import proposals, uploads
from ar_cockpit.settings import get_settings
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.imports import mapping_rows
from ar_cockpit.state.imports.mapping_rows import CONSTANT, Shown, Target

COLUMNS = "columns"  # the address parameter: which of the uploaded files
_MOST_LETTERS = 60


class MappingState(SessionState):
    """The columns of one uploaded file while they are being told."""

    refused: str = ""
    file_name: str = ""
    remark: str = ""
    sheet: str = ""
    sheets: list[Choice] = []
    table: str = ""
    content: str = ""
    date_format: str = "auto"
    decimal_mark: str = "auto"
    keeps_rest: bool = False
    name: str = ""
    sources: list[Choice] = []
    targets: list[Target] = []
    more: list[Target] = []
    shown: Shown = Shown()
    missing: str = ""
    _draft: tuple[Mapping, ...] = ()  # a tuple: Reflex wraps dataclasses in proxies
    _is_known: bool = False
    _begun: str = ""  # the file of the draft: another language or a reload keeps what was corrected

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def load_columns(self) -> None:
        """Begin with what is known of the file at this address, or with what it seems to be."""
        place = self.params.get(COLUMNS, "")
        if not (self.params.get("upload") and place.isdigit()):
            return
        self.refused = ""
        try:
            mapping, sample = await self._beginning()
        except CockpitError as error:
            self.refused, self.targets, self._begun = self._refusal(error), [], ""
            return
        known = self._say("columns.known", name=mapping.name)
        self.remark = known if self._is_known else self._say("columns.guessed")
        await self._draw(mapping, sample)

    async def _beginning(self) -> tuple[Mapping, Sample]:
        here = "{}/{}".format(*self._where())
        if self._draft and self._begun == here:
            mark = proposals.mark_of(self._draft[0])
            return self._draft[0], await asyncio.to_thread(_sample, self.actor, *self._where(), self.sheet, mark)
        sample, mapping, self._is_known = await asyncio.to_thread(_begin, self.actor, *self._where())
        self._begun = here
        return mapping, sample

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def choose(self, target: str, value: str) -> None:
        """Read ``target`` from another column, from none, or from a value that is always the same."""
        mapping = self._mapping()
        if target not in targets_of(mapping.table):
            return
        source: Source | None = None
        if value == CONSTANT:
            source = Constant("")
        elif value.isdigit() and int(value) < len(mapping.header):
            source = mapping.header[int(value)]
        await self._change(with_source(mapping, target, source))

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def choose_constant(self, target: str, value: str) -> None:
        """Take the same value for every row."""
        mapping = self._mapping()
        if target in mapping_rows.CONSTANTS and target in targets_of(mapping.table):
            await self._change(with_source(mapping, target, Constant(value.strip()[:_MOST_LETTERS])))

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def choose_table(self, value: str) -> None:
        """Propose the columns anew for another kind of table."""
        if value not in set(Table):
            return
        sample = await asyncio.to_thread(_sample, self.actor, *self._where(), self.sheet, ".")
        found = await asyncio.to_thread(proposals.proposal_for, sample, Table(value))
        await self._draw(replace(found.mapping, name=self.name), sample)

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def choose_sheet(self, value: str) -> None:
        """Look at another sheet of the workbook."""
        sample = await asyncio.to_thread(_sample, self.actor, *self._where(), value[:_MOST_LETTERS], ".")
        found = await asyncio.to_thread(proposals.proposal_for, sample)
        self.remark = self._say("columns.guessed")
        await self._draw(found.mapping, sample)

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def set_reading(self, what: str, value: str) -> None:
        """Set the date order, the decimal mark, or whether the file is the whole ledger."""
        choices = {"date_format": DATE_FORMATS, "decimal_mark": DECIMAL_MARKS, "content": CONTENTS}
        is_open = what == "content" and self.table != Table.INVOICES  # only invoices are open items
        if value in choices.get(what, ()) and not is_open:
            await self._change(replace(self._mapping(), **{what: value}))

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def keep_rest(self, keeps: bool) -> None:
        """Keep the columns that nothing is read from as custom fields, or leave them out."""
        self.keeps_rest = keeps is True
        await self._change(replace(self._mapping(), custom={}))

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    def rename(self, value: str) -> None:
        """Call the mapping something else."""
        self.name = value.strip()[:_MOST_LETTERS]
        self._draft = (replace(self._mapping(), name=self.name),)

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def save_columns(self) -> Any:
        """Keep the mapping for this file, and go on to what it would do."""
        await asyncio.to_thread(_save, self.actor, *self._where(), self._mapping())
        return rx.redirect(self._address(**{COLUMNS: ""}))

    def _where(self) -> tuple[str, int]:
        return self.params.get("upload", ""), int(self.params.get(COLUMNS, "0")[:4])

    def _mapping(self) -> Mapping:
        if not self._draft:
            raise uploads.gone()
        return self._draft[0]

    async def _change(self, mapping: Mapping) -> None:
        if self.keeps_rest:
            mapping = proposals.with_rest(mapping)
        sample = await asyncio.to_thread(_sample, self.actor, *self._where(), self.sheet, proposals.mark_of(mapping))
        await self._draw(mapping, sample)

    async def _draw(self, mapping: Mapping, sample: Sample) -> None:
        """Show ``mapping`` with its evidence and the rows it reads."""
        self._draft = (mapping,)
        self.file_name, self.name, self.table = sample.file.name, mapping.name, mapping.table.value
        self.sheet = sample.file.sheet.title if sample.file.sheet else ""
        self.sheets = [Choice(title, title) for title in sample.sheets]
        self.content, self.date_format, self.decimal_mark = mapping.content, mapping.date_format, mapping.decimal_mark
        self.keeps_rest = mapping_rows.keeps_rest(mapping)
        self.sources = mapping_rows.sources(mapping, sample)
        every = mapping_rows.targets(mapping, sample, self.language)
        read: Preview = await asyncio.to_thread(preview, sample, mapping, get_settings().default_currency)
        self.shown = mapping_rows.shown(mapping, read, self.language)
        mapping_rows.tell_faults(every, read, self.language)
        self.targets = [one for one in every if one.is_required or one.choice]
        self.more = [one for one in every if not (one.is_required or one.choice)]
        lacking = [one.label for one in every if one.is_required and not one.choice]
        self.missing = self._count("columns.missing", len(lacking), names=", ".join(lacking)) if lacking else ""


def first_unknown(actor: Actor, token: str) -> proposals.Unknown | None:
    """Return the first uploaded file whose columns nobody knows."""
    with reading() as session:
        return proposals.first_unknown(session, actor, uploads.find(get_settings(), actor, token))


def _sample(actor: Actor, token: str, place: int, sheet: str, mark: str) -> Sample:
    upload = uploads.find(get_settings(), actor, token)
    path = upload.file(place)
    return proposals.look(actor, path, upload.names[path], sheet, mark)


def _begin(actor: Actor, token: str, place: int) -> tuple[Sample, Mapping, bool]:
    with reading() as session:
        return proposals.begin(session, actor, uploads.find(get_settings(), actor, token), place)


def _save(actor: Actor, token: str, place: int, mapping: Mapping) -> None:
    with reading() as session:
        finished = proposals.finished(session, mapping)
    uploads.keep_mapping(get_settings(), actor, token, place, finished)
